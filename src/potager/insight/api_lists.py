"""Uploaded lists over HTTP."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from potager.core import store
from potager.insight import catalogue, list_files, lists
from potager.insight.list_schemas import ListAsk, ListList, ListNames, ListOut, ListPreview
from potager.insight.present import language_of
from potager.insight.present_lists import list_list, newest, uploaded_list
from potager.insight.specs import ListSpec
from potager.org.access import actor_of, require_write

router = Router(tags=["insight"])


@router.get("", response=ListList, summary="Uploaded lists, the newest upload first")
def list_lists(request: HttpRequest) -> ListList:
    actor_of(request)
    items = list_list(catalogue.load(), language_of(request))
    return ListList(items=items, total=len(items))


@router.post("/preview", response=ListPreview, summary="Whom a CSV or XLSX file names, line by line; nothing is kept")
def preview_list(request: HttpRequest, ask: Form[ListAsk], file: File[UploadedFile]) -> ListPreview:
    require_write(actor_of(request))
    return ListPreview.of(_read(file, ask))


@router.post("", response={201: ListOut}, summary="Keep a new list: whom a file names")
def create_list(
    request: HttpRequest, spec: Form[ListSpec], ask: Form[ListAsk], file: File[UploadedFile]
) -> Status[ListOut]:
    actor = actor_of(request)
    require_write(actor)
    found = _read(file, ask)
    with store.write():
        lists.save(actor, spec, found, _name(file))
    return Status(201, _out(request, spec.key))


@router.get("/{key}", response=ListOut, summary="An uploaded list")
def get_list(request: HttpRequest, key: str) -> ListOut:
    actor_of(request)
    return _out(request, key)


@router.post("/{key}/file", response=ListOut, summary="Let a list be whom a new file names, from now on")
def replace_list(request: HttpRequest, key: str, ask: Form[ListAsk], file: File[UploadedFile]) -> ListOut:
    actor = actor_of(request)
    require_write(actor)
    row, found = uploaded_list(key), _read(file, ask)
    with store.write():
        lists.replace(actor, row, found, _name(file))
    return _out(request, key)


@router.put("/{key}", response=ListOut, summary="Change what a list is called")
def describe_list(request: HttpRequest, key: str, body: ListNames) -> ListOut:
    actor = actor_of(request)
    row = uploaded_list(key)
    with store.write():
        lists.describe(actor, row, ListSpec(key=key, **body.model_dump()))
    return _out(request, key)


@router.delete("/{key}", response={204: None}, summary="Remove a list nothing uses")
def remove_list(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        lists.remove(actor, key)
    return Status(204, None)


@router.get("/{key}/misses", summary="The lines of the newest file that named nobody, as CSV; values are masked")
def list_misses(request: HttpRequest, key: str) -> HttpResponse:
    require_write(actor_of(request))
    upload = newest(uploaded_list(key))
    answer = HttpResponse(list_files.misses_csv(upload.misses), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}-misses.csv"'
    return answer


def _read(file: UploadedFile, ask: ListAsk) -> list_files.Read:
    with _kept(file) as path:
        return list_files.read(path, column=ask.column, kind=ask.kind)


@contextmanager
def _kept(file: UploadedFile) -> Iterator[Path]:
    """The upload as a file while it is read: it may hold contacts in clear, and is gone afterwards."""
    with tempfile.NamedTemporaryFile(prefix="list-") as beside:
        for block in file.chunks():
            beside.write(block)
        beside.flush()
        yield Path(beside.name)


def _name(file: UploadedFile) -> str:
    return Path(file.name or "file").name


def _out(request: HttpRequest, key: str) -> ListOut:
    uploaded_list(key)
    return next(each for each in list_list(catalogue.load(), language_of(request)) if each.key == key)
