"""Links over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.content.links import addresses, personal, queries, schemas, writing
from potager.content.links.models import Kind, Link
from potager.content.links.specs import LinkSpec
from potager.core import store
from potager.core.errors import NotFound
from potager.core.journal import from_us
from potager.core.paging import page_of
from potager.org import queries as org
from potager.org.access import Actor, actor_of, require_write
from potager.people import queries as people

router = Router(tags=["content"])


@router.get("/links", response=schemas.LinkPage, summary="Tracked links with how many people opened them")
def list_links(request: HttpRequest, asked: Query[schemas.LinkFilter]) -> schemas.LinkPage:
    actor = actor_of(request)
    rows, total = page_of(queries.links(actor, search=asked.search, state=asked.state or ""), asked)
    numbers = queries.numbers(actor, [row.pk for row in rows])
    names = org.names_of({row.changed_by for row in rows})
    return schemas.LinkPage(items=[schemas.LinkOut.of(row, numbers[row.pk], names) for row in rows], total=total)


@router.post("/links", response={201: schemas.LinkDetail}, summary="Make a tracked link")
def create_link(request: HttpRequest, body: LinkSpec) -> Status[schemas.LinkDetail]:
    actor = actor_of(request)
    with store.write():
        row = writing.create(actor, body)
    return Status(201, _detail(actor, row))


@router.get("/links/{key}", response=schemas.LinkDetail, summary="A link with its numbers by journey and sender")
def get_link(request: HttpRequest, key: str) -> schemas.LinkDetail:
    actor = actor_of(request)
    return _detail(actor, _known(actor, key))


@router.put("/links/{key}", response=schemas.LinkDetail, summary="Change what a link shows and does")
def change_link(request: HttpRequest, key: str, body: LinkSpec) -> schemas.LinkDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.change(actor, key, body)
    return _detail(actor, row)


@router.post("/links/{key}/retire", response=schemas.LinkDetail, summary="Let a link open for nobody any more")
def retire_link(request: HttpRequest, key: str) -> schemas.LinkDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.retire(actor, key)
    return _detail(actor, row)


@router.post("/links/{key}/revive", response=schemas.LinkDetail, summary="Let a retired link open again")
def revive_link(request: HttpRequest, key: str) -> schemas.LinkDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.revive(actor, key)
    return _detail(actor, row)


@router.get("/links/{key}/people", response=schemas.LinkPersonPage, summary="Who opened a link, or did not")
def list_link_people(request: HttpRequest, key: str, asked: Query[schemas.LinkPeople]) -> schemas.LinkPersonPage:
    actor = actor_of(request)
    link = _known(actor, key)
    rows = queries.people(actor, link.pk, opened=asked.opened)
    start = (asked.page - 1) * asked.size
    page = list(rows[start : start + asked.size])
    cards = people.in_cards(row["cid"] for row in page)
    items = [
        schemas.LinkPerson(
            cid=row["cid"],
            name=cards[row["cid"]].name if row["cid"] in cards else "",
            sent_at=from_us(row["sent"]),
            opens=row["times"],
            first_at=from_us(row["first"]) if row["first"] else None,
            last_at=from_us(row["last"]) if row["last"] else None,
            seconds=row["read"] if link.kind == Kind.PAGE else None,
        )
        for row in page
    ]
    return schemas.LinkPersonPage(items=items, total=rows.count())


@router.post("/links/{key}/hand-out", response=schemas.LinkAddress, summary="The address for one customer, to send")
def hand_out_link(request: HttpRequest, key: str, body: schemas.LinkHandOut) -> schemas.LinkAddress:
    actor = actor_of(request)
    customer = people.customer(actor, body.cid)
    with store.write():
        url = personal.hand_out(actor, key, customer)
    return schemas.LinkAddress(url=url)


@router.get("/link-base", response=schemas.LinkBase, summary="What short links begin with")
def get_link_base(request: HttpRequest) -> schemas.LinkBase:
    require_write(actor_of(request))
    return schemas.LinkBase(base=addresses.base(), default=addresses.default_base())


@router.put("/link-base", response=schemas.LinkBase, summary="Set what short links begin with")
def put_link_base(request: HttpRequest, body: schemas.LinkBaseIn) -> schemas.LinkBase:
    actor = actor_of(request)
    with store.write():
        addresses.put_base(actor, body.base)
    return schemas.LinkBase(base=addresses.base(), default=addresses.default_base())


def _known(actor: Actor, key: str) -> Link:
    row = queries.links(actor).filter(key=key).first()
    if row is None:
        raise NotFound("链接", "link", key)
    return row


def _detail(actor: Actor, row: Link) -> schemas.LinkDetail:
    parts = {by: queries.split(actor, row.pk, by) for by in ("journey", "sender")}
    names = org.names_of({row.changed_by, *(key for key, _ in parts["sender"])})
    journeys, senders = (
        [
            schemas.LinkPart(key=key, name=names.get(key, key), **dict(schemas.LinkNumbers.of(found)))
            for key, found in parts[by]
        ]
        for by in ("journey", "sender")
    )
    found = queries.numbers(actor, [row.pk])[row.pk]
    return schemas.LinkDetail.whole(row, found, names, journeys, senders)
