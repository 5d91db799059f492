"""Audiences over HTTP."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pyroaring import BitMap

from potager.core import clock, store
from potager.core.paging import PageQuery, page_of
from potager.insight import (
    catalogue,
    cost,
    definitions,
    exporting,
    membership,
    present_audiences,
    queries,
    scheduled,
    sets,
    tables,
)
from potager.insight.conditions import bind_rule
from potager.insight.models import Audience
from potager.insight.present import language_of
from potager.insight.schemas import AudienceList, AudienceOut, FreezeIn
from potager.insight.set_schemas import ExportQuery
from potager.insight.specs import AudienceSpec
from potager.org.access import actor_of, require_write
from potager.people import queries as people
from potager.people.schemas import CustomerOut, CustomerPage

router = Router(tags=["insight"])


@router.get("", response=AudienceList, summary="Audiences, the newest first")
def list_audiences(request: HttpRequest) -> AudienceList:
    actor_of(request)
    items = present_audiences.audience_list(catalogue.load(), language_of(request))
    return AudienceList(items=items, total=len(items))


@router.post("", response={201: AudienceOut}, summary="Create a live or scheduled audience")
def create_audience(request: HttpRequest, body: AudienceSpec) -> Status[AudienceOut]:
    return Status(201, _save(request, body))


@router.get("/{key}", response=AudienceOut, summary="An audience")
def get_audience(request: HttpRequest, key: str) -> AudienceOut:
    actor_of(request)
    return _out(request, key)


@router.put(
    "/{key}", response=AudienceOut, summary="Change a live or scheduled audience; who enters by it starts no journey"
)
def change_audience(request: HttpRequest, key: str, body: AudienceSpec) -> AudienceOut:
    queries.audience(key)
    return _save(request, body.model_copy(update={"key": key}))


@router.delete("/{key}", response={204: None}, summary="Remove an audience nothing refers to")
def remove_audience(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        definitions.remove(actor, "audience", key)
    return Status(204, None)


@router.post("/{key}/run", response=AudienceOut, summary="Compute a scheduled audience now, besides its times")
def run_audience(request: HttpRequest, key: str) -> AudienceOut:
    scheduled.run_now(actor_of(request), queries.audience(key))
    return _out(request, key)


@router.post("/{key}/freeze", response={201: AudienceOut}, summary="Keep today's members as a list of its own")
def freeze_audience(request: HttpRequest, key: str, body: FreezeIn) -> Status[AudienceOut]:
    actor = actor_of(request)
    source = queries.audience(key)
    spec = AudienceSpec(
        key=body.key, name_zh=body.name_zh, name_en=body.name_en, condition=source.condition, note=source.note
    )
    members = BitMap(_cids(source))
    with store.write():
        definitions.freeze(actor, spec, members, of=source.key)
    return Status(201, _out(request, spec.key))


@router.get("/{key}/members", response=CustomerPage, summary="The members the caller may see, a page at a time")
def list_members(request: HttpRequest, key: str, page: Query[PageQuery]) -> CustomerPage:
    rows = people.search(actor_of(request), cids=_cids(queries.audience(key)))
    found, total = page_of(rows, page)
    return CustomerPage(items=[CustomerOut.of(row) for row in found], total=total, page=page.page, size=page.size)


@router.get("/{key}/csv", summary="The members as CSV (an export: written to the audit trail)")
def export_members(request: HttpRequest, key: str, columns: Query[ExportQuery]) -> HttpResponse:
    text = exporting.as_csv(_export(request, key, columns, "csv"))
    return _file(text, f"{key}.csv", "text/csv; charset=utf-8")


@router.get("/{key}/xlsx", summary="The members as a workbook (an export: written to the audit trail)")
def export_workbook(request: HttpRequest, key: str, columns: Query[ExportQuery]) -> HttpResponse:
    book = exporting.as_xlsx(_export(request, key, columns, "xlsx"))
    return _file(book, f"{key}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _export(request: HttpRequest, key: str, columns: ExportQuery, form: exporting.Format) -> exporting.Export:
    actor = actor_of(request)
    require_write(actor)
    export = exporting.gather(
        actor, _cids(queries.audience(key)), tags=columns.tag, layers=columns.layer, language=language_of(request)
    )
    exporting.check(export, form)
    with store.write():
        exporting.note(actor, key, export, form)
    return export


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _save(request: HttpRequest, body: AudienceSpec) -> AudienceOut:
    actor = actor_of(request)
    sizes = tables.asked().counts(cost.TABLES)
    with store.write():
        definitions.save_audience(actor, body, sizes)
    return _out(request, body.key)


def _out(request: HttpRequest, key: str) -> AudienceOut:
    queries.audience(key)
    items = present_audiences.audience_list(catalogue.load(), language_of(request))
    return next(each for each in items if each.key == key)


def _cids(row: Audience) -> list[int]:
    """The members: of a live audience as its condition stands now, of another its list."""
    if row.kind == "live":
        fields = catalogue.load()
        return [int(cid) for cid in sets.members(bind_rule(row.condition, fields), fields=fields)]
    return list(membership.members([row.key], clock.now(), tables.opened().query)[row.key])
