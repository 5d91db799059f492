"""Customers over HTTP. What happened to them over time is read from the warehouse, elsewhere."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.core import clock, store
from potager.core.errors import Forbidden
from potager.core.paging import PageQuery, page_of
from potager.org.access import Actor, actor_of, require_write
from potager.org.models import Role
from potager.people import attributes, consent, customers, merge, present, queries, reveal, sources
from potager.people.models import Source
from potager.people.schemas import (
    AttributeIn,
    AttributeOut,
    ConsentIn,
    CustomerCard,
    CustomerChange,
    CustomerCreate,
    CustomerOut,
    CustomerPage,
    CustomerQuery,
    MergeIn,
    Revealed,
    ReviewDecision,
    ReviewOut,
    ReviewPage,
    SourceIn,
    SourceOut,
    SplitIn,
    SplitOut,
)

router = Router(tags=["people"])


@router.get("/customers", response=CustomerPage, summary="Customers the caller may see, filtered, a page at a time")
def list_customers(request: HttpRequest, query: Query[CustomerQuery]) -> CustomerPage:
    rows = queries.search(
        actor_of(request),
        text=query.search,
        source=query.source,
        owner=query.owner,
        store=query.store,
        state=query.state,
        sort=query.sort,
    )
    page, total = page_of(rows, query)
    return CustomerPage(items=[CustomerOut.of(row) for row in page], total=total, page=query.page, size=query.size)


@router.post("/customers", response={201: CustomerCard}, summary="Add a customer by identities, or add to a known one")
def create_customer(request: HttpRequest, body: CustomerCreate) -> Status[CustomerCard]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        cid = customers.add(actor, body)
    return Status(201, present.card(actor, cid))


@router.get(
    "/customers/{int:cid}",
    response=CustomerCard,
    summary="The head of the 360° page (a merged cid answers with its heir)",
)
def get_customer(request: HttpRequest, cid: int) -> CustomerCard:
    return present.card(actor_of(request), cid)


@router.patch("/customers/{int:cid}", response=CustomerCard, summary="Change name, owner or attributes")
def change_customer(request: HttpRequest, cid: int, body: CustomerChange) -> CustomerCard:
    actor = _hand(request)
    with store.write():
        customers.edit(actor, cid, body, clock.now())
    return present.card(actor, cid)


@router.post("/customers/{int:cid}/merge", response=CustomerCard, summary="Declare two customers to be one person")
def merge_customers(request: HttpRequest, cid: int, body: MergeIn) -> CustomerCard:
    actor = actor_of(request)
    with store.write():
        merge.merge(actor, cid, body.with_cid)
    return present.card(actor, cid)


@router.post("/customers/{int:cid}/split", response=SplitOut, summary="Split identities off as another person")
def split_customer(request: HttpRequest, cid: int, body: SplitIn) -> SplitOut:
    actor = actor_of(request)
    with store.write():
        return SplitOut(cids=merge.split(actor, cid, body.iids))


@router.delete("/merges/{int:merge_id}", response={204: None}, summary="Take back a merge made by a person")
def undo_merge(request: HttpRequest, merge_id: int) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        merge.unmerge(actor, merge_id)
    return Status(204, None)


@router.post(
    "/customers/{int:cid}/identities/{int:iid}/reveal",
    response=Revealed,
    summary="A sealed phone or e-mail in clear; written to the audit trail",
)
def reveal_identity(request: HttpRequest, cid: int, iid: int) -> Revealed:
    actor = actor_of(request)
    with store.write():
        return Revealed(value=reveal.identity(actor, cid, iid))


@router.post(
    "/customers/{int:cid}/attributes/{key}/reveal",
    response=Revealed,
    summary="A personal attribute in clear; written to the audit trail",
)
def reveal_attribute(request: HttpRequest, cid: int, key: str) -> Revealed:
    actor = actor_of(request)
    with store.write():
        return Revealed(value=reveal.attribute(actor, cid, key))


@router.post("/customers/{int:cid}/consents", response=CustomerCard, summary="Record an opt-out or a consent")
def record_consent(request: HttpRequest, cid: int, body: ConsentIn) -> CustomerCard:
    actor = _hand(request)
    with store.write():
        consent.state(actor, cid, body.channel, body.purpose, allowed=body.allowed)
    return present.card(actor, cid)


@router.get("/reviews", response=ReviewPage, summary="Contacts shared by contradicting customers, oldest first")
def list_reviews(request: HttpRequest, page: Query[PageQuery], state: str = "open") -> ReviewPage:
    require_write(actor_of(request))
    rows, total = page_of(queries.reviews(state=state), page)
    people = queries.in_cards({cid for row in rows for cid in row.customers})
    return ReviewPage(items=[ReviewOut.of(row, people) for row in rows], total=total, page=page.page, size=page.size)


@router.post("/reviews/{int:item_id}", response=ReviewOut, summary="Decide: one person, or not")
def decide_review(request: HttpRequest, item_id: int, body: ReviewDecision) -> ReviewOut:
    actor = actor_of(request)
    with store.write():
        item = merge.decide(actor, item_id, same=body.same)
    return ReviewOut.of(item, queries.in_cards(item.customers))


@router.get("/attributes", response=list[AttributeOut], summary="The declared custom attributes")
def list_attributes(request: HttpRequest) -> list[AttributeOut]:
    actor_of(request)
    return [AttributeOut.of(row) for row in attributes.declared().values()]


@router.put("/attributes/{key}", response=AttributeOut, summary="Declare an attribute, or change names and options")
def put_attribute(request: HttpRequest, key: str, body: AttributeIn) -> AttributeOut:
    actor = actor_of(request)
    with store.write():
        return AttributeOut.of(attributes.define(actor, key, **body.model_dump()))


@router.get("/sources", response=list[SourceOut], summary="Where customers come from")
def list_sources(request: HttpRequest) -> list[SourceOut]:
    actor_of(request)
    return [SourceOut.of(row) for row in Source.objects.order_by("key")]


@router.put("/sources/{key}", response=SourceOut, summary="Name a source")
def put_source(request: HttpRequest, key: str, body: SourceIn) -> SourceOut:
    actor = actor_of(request)
    with store.write():
        return SourceOut.of(sources.put(actor, key, name_zh=body.name_zh, name_en=body.name_en))


def _hand(request: HttpRequest) -> Actor:
    """The actor, when it is more than a reader: staff may work on the customers they see."""
    actor = actor_of(request)
    if actor.role == Role.READ_ONLY:
        raise Forbidden
    return actor
