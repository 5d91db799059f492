"""Tracking plan, timeline, products and costs over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.core import store
from potager.core.paging import PageQuery
from potager.facts import plan, queries
from potager.facts.imports.api import router as imports
from potager.facts.schemas import (
    CostOut,
    CostPage,
    EventList,
    EventNames,
    EventOut,
    MomentList,
    MomentOut,
    ProductOut,
    ProductPage,
    PropertyChange,
    TimelineAsk,
    UnplannedProperties,
    UnplannedProperty,
)
from potager.facts.timeline import timeline
from potager.org.access import actor_of, require_write

router = Router(tags=["facts"])
router.add_router("/imports", imports)


@router.get("/events", response=EventList, summary="The tracking plan with what was heard, unplanned events first")
def list_events(request: HttpRequest) -> EventList:
    actor_of(request)
    misfits = queries.misfits()
    items = [EventOut.of(event, heard, misfits) for event, heard in queries.plan_events()]
    return EventList(items=items, total=len(items))


@router.put("/events/{key}", response={204: None}, summary="Add an event to the plan, or name an unplanned one")
def name_event(request: HttpRequest, key: str, body: EventNames) -> Status[None]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        plan.define_event(actor, key, zh=body.name_zh, en=body.name_en)
    return Status(204, None)


@router.put("/events/{key}/properties/{name}", response={204: None}, summary="Type a property of an event")
def type_property(request: HttpRequest, key: str, name: str, body: PropertyChange) -> Status[None]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        plan.define_property(actor, key, name, zh=body.name_zh, en=body.name_en, kind=body.kind)
    return Status(204, None)


@router.get(
    "/events/{key}/unplanned", response=UnplannedProperties, summary="Properties of the newest events nobody planned"
)
def list_unplanned(request: HttpRequest, key: str) -> UnplannedProperties:
    actor_of(request)
    items = [UnplannedProperty(key=name, n=n) for name, n in queries.unplanned_properties(key)]
    return UnplannedProperties(items=items, total=len(items))


@router.get("/customers/{cid}/timeline", response=MomentList, summary="What a customer did, newest first")
def customer_timeline(request: HttpRequest, cid: int, ask: Query[TimelineAsk]) -> MomentList:
    moments = timeline(actor_of(request), cid, keys=ask.keys, before=ask.before, limit=ask.limit)
    return MomentList(items=[MomentOut.of(moment) for moment in moments], total=len(moments))


@router.get("/products", response=ProductPage, summary="Products by key")
def list_products(request: HttpRequest, page: Query[PageQuery], search: str = "") -> ProductPage:
    actor_of(request)
    rows, total = queries.products(page, search=search)
    return ProductPage(items=[ProductOut.of(row) for row in rows], total=total, page=page.page, size=page.size)


@router.get("/costs", response=CostPage, summary="What sources and channels cost, newest day first")
def list_costs(request: HttpRequest, page: Query[PageQuery]) -> CostPage:
    actor_of(request)
    rows, total = queries.costs(page)
    return CostPage(items=[CostOut.of(row) for row in rows], total=total, page=page.page, size=page.size)
