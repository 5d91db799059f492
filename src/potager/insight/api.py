"""Conditions, tags, layers and audiences over HTTP."""

from django.http import HttpRequest
from ninja import Router, Status

from potager.core import store
from potager.core.errors import Forbidden, Problem
from potager.core.paging import page_of
from potager.insight import (
    catalogue,
    cost,
    definitions,
    forwarder,
    present,
    queries,
    reasons,
    refresh,
    sets,
    tables,
    tags,
)
from potager.insight.affinity.api import router as affinity
from potager.insight.api_audience_sets import router as audience_sets
from potager.insight.api_audiences import router as audiences
from potager.insight.api_layers import router as layers
from potager.insight.api_lists import router as lists
from potager.insight.api_properties import router as properties
from potager.insight.api_tags import router as tag_sets
from potager.insight.conditions import bind_rule, json_schema
from potager.insight.metrics.api import router as metrics
from potager.insight.present import language_of
from potager.insight.schemas import (
    Catalogue,
    Changed,
    CountIn,
    CountOut,
    ExplainIn,
    ExplainOut,
    Knowledge,
    Reason,
    RefreshOut,
    SchemaOut,
    SelectIn,
    TagChange,
    TagInsight,
    TagList,
    TagOut,
)
from potager.insight.specs import TagSpec
from potager.insight.value.api import router as value
from potager.org.access import Actor, actor_of, require_all, require_write
from potager.people import queries as people
from potager.people.schemas import CustomerOut, CustomerPage

router = Router(tags=["insight"])
router.add_router("/layers", layers)
router.add_router("/audiences", audiences)
router.add_router("/audience-sets", audience_sets)
router.add_router("/lists", lists)
router.add_router("/value", value)
router.add_router("", tag_sets)
router.add_router("/properties", properties)
router.add_router("/affinity", affinity)
router.add_router("/metrics", metrics)


@router.get("/catalog", response=Catalogue, summary="Everything a condition may name, for the rule builder")
def get_catalog(request: HttpRequest) -> Catalogue:
    actor_of(request)
    return present.catalog(catalogue.load())


@router.get("/schema", response=SchemaOut, summary="The JSON Schema of a condition")
def get_schema(request: HttpRequest) -> SchemaOut:
    actor_of(request)
    return SchemaOut(condition=json_schema())


@router.post("/count", response=CountOut, summary="How many customers a condition selects, with ten of them")
def count(request: HttpRequest, body: CountIn) -> CountOut:
    actor = actor_of(request)
    require_all(actor)
    return reasons.count(actor, body, language_of(request))


@router.post("/explain", response=ExplainOut, summary="Why a condition holds for one customer, leaf by leaf")
def explain(request: HttpRequest, body: ExplainIn) -> ExplainOut:
    customer = people.customer(actor_of(request), body.cid)
    return reasons.explain(customer, body.condition, body.as_of, language_of(request))


@router.post("/customers", response=CustomerPage, summary="The customer list by condition")
def select_customers(request: HttpRequest, body: SelectIn) -> CustomerPage:
    actor = actor_of(request)
    fields = catalogue.load()
    cids = sets.members(bind_rule(body.condition, fields), body.as_of, fields=fields)
    rows = people.search(
        actor,
        text=body.search,
        source=body.source,
        owner=body.owner,
        store=body.store,
        state=body.state,
        cids=cids.tolist(),
        sort=body.sort,
    )
    page, total = page_of(rows, body)
    return CustomerPage(items=[CustomerOut.of(row) for row in page], total=total, page=body.page, size=body.size)


@router.get("/customers/{int:cid}", response=Knowledge, summary="The tags, layers and audiences of one customer")
def get_knowledge(request: HttpRequest, cid: int) -> Knowledge:
    return reasons.knowledge(people.customer(actor_of(request), cid), language_of(request))


@router.get("/tags", response=TagList, summary="Tags with their coverage")
def list_tags(request: HttpRequest) -> TagList:
    actor_of(request)
    items = present.tag_list(catalogue.load(), language_of(request))
    return TagList(items=items, total=len(items))


@router.post("/tags", response={201: TagOut}, summary="Create a tag")
def create_tag(request: HttpRequest, body: TagSpec) -> Status[TagOut]:
    return Status(201, _save_tag(request, body))


@router.get("/tags/{key}", response=TagOut, summary="A tag with its coverage")
def get_tag(request: HttpRequest, key: str) -> TagOut:
    actor_of(request)
    return _tag_out(request, key)


@router.put("/tags/{key}", response=TagOut, summary="Change a tag; its changes of value start no journey")
def change_tag(request: HttpRequest, key: str, body: TagSpec) -> TagOut:
    queries.tag(key)
    return _save_tag(request, body.model_copy(update={"key": key}))


@router.delete("/tags/{key}", response={204: None}, summary="Remove a tag nothing refers to")
def remove_tag(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        definitions.remove(actor, "tag", key)
    return Status(204, None)


@router.get("/tags/{key}/insight", response=TagInsight, summary="How many had a tag day by day, and what goes with it")
def get_tag_insight(request: HttpRequest, key: str) -> TagInsight:
    require_all(actor_of(request))
    return present.tag_insight_out(queries.tag(key), catalogue.load())


@router.get("/tags/{key}/reason", response=Reason, summary="Why a customer has this tag, or not")
def get_reason(request: HttpRequest, key: str, cid: int) -> Reason:
    customer = people.customer(actor_of(request), cid)
    return reasons.reason(customer, queries.tag(key), language_of(request))


@router.post("/tags/{key}/add", response=Changed, summary="Give a tag by hand, to some or to all a condition selects")
def add_tag(request: HttpRequest, key: str, body: TagChange) -> Changed:
    actor = actor_of(request)
    cids = _whom(actor, body)
    with store.write():
        return Changed(changed=tags.add(actor, cids, key, body.value))


@router.post("/tags/{key}/remove", response=Changed, summary="Take a tag given by hand")
def take_tag(request: HttpRequest, key: str, body: TagChange) -> Changed:
    actor = actor_of(request)
    cids = _whom(actor, body)
    with store.write():
        return Changed(changed=tags.remove(actor, cids, key))


@router.post("/refresh", response=RefreshOut, summary="Bring tags, layers and audiences up to now")
def run_refresh(request: HttpRequest) -> RefreshOut:
    require_write(actor_of(request))
    report = refresh.merge()
    forwarder.forward_all()
    return RefreshOut(
        mode=report.mode,
        as_of=report.as_of,
        upto_seq=report.upto_seq,
        changes=report.changes,
        names=report.names,
        ms=report.ms,
    )


def _save_tag(request: HttpRequest, body: TagSpec) -> TagOut:
    actor = actor_of(request)
    sizes = tables.asked().counts(cost.TABLES)
    with store.write():
        definitions.save_tag(actor, body, sizes)
    return _tag_out(request, body.key)


def _tag_out(request: HttpRequest, key: str) -> TagOut:
    queries.tag(key)
    items = present.tag_list(catalogue.load(), language_of(request))
    return next(each for each in items if each.key == key)


def _whom(actor: Actor, body: TagChange) -> list[int]:
    """The customers meant, as far as the actor may see them. Staff tag their own; a condition is for managers."""
    if (body.condition is None) == (not body.cids):
        raise Problem(
            "tag.whom",
            zh="请给出客户，或给出一个条件，二选一",
            en="Name customers or give a condition, one of the two",
            place="cids",
        )
    if body.condition is not None:
        require_write(actor)
        return [int(cid) for cid in sets.members(bind_rule(body.condition, catalogue.load()))]
    if actor.role == "read_only":
        raise Forbidden
    return list(people.visible_to(actor).filter(id__in=body.cids).values_list("id", flat=True))
