"""Every read of people. `visible_to` is the one door to customers."""

from collections.abc import Collection, Iterable

from django.db.models import Prefetch, Q, QuerySet

from potager.core.errors import NotFound, Problem
from potager.org.access import Actor
from potager.people.identity_types import SEALED, IdentityRef, handle_of
from potager.people.models import (
    Consent,
    Customer,
    FollowRelation,
    HouseholdMember,
    Identity,
    Merge,
    ReviewItem,
    State,
    Statement,
)
from potager.people.profile import newest
from potager.people.sql import among, listed

SORTS = {
    "first_seen": "first_seen_at",
    "created": "created_at",
    "name": "name",
    "id": "id",
}
# Identities come with their customers in the order they were first known.
IDENTITIES = Prefetch("identities", Identity.objects.order_by("id"))


def first_identities(cids: Collection[int]) -> dict[int, int]:
    """An identity of each customer, the one first known: facts that carry it follow the customer through merges."""
    # Grouped here: the store would read the whole table in the order of customers for it.
    rows = Identity.objects.filter(customer_id__among=cids).values_list("customer_id", "id")
    return dict(sorted(rows, reverse=True))


def visible_to(actor: Actor) -> QuerySet[Customer]:
    """The customers this actor may know of: role staff sees those they own or are actively connected with."""
    customers = Customer.objects.all()
    if actor.sees_all:
        return customers
    if actor.staff_id is None:
        return customers.none()
    followed = FollowRelation.objects.filter(staff_id=actor.staff_id, state=FollowRelation.State.ACTIVE)
    return customers.filter(Q(owner_id=actor.staff_id) | Q(id__in=followed.values("customer_id")))


def customer(actor: Actor, cid: int) -> Customer:
    """One customer, or where a merged one went.

    Raises NotFound when there is none or the actor may not see it.
    """
    heir = Customer.objects.filter(id=cid, state=State.MERGED).values_list("merged_into_id", flat=True).first()
    row = visible_to(actor).filter(id=heir or cid).first()
    if row is None:
        raise NotFound("客户", "customer", cid)
    return row


def search(
    actor: Actor,
    *,
    text: str = "",
    source: str = "",
    owner: str = "",
    store: str = "",
    state: str = State.LIVE,
    cids: Iterable[int] | None = None,
    sort: str = "-first_seen",
) -> QuerySet[Customer]:
    """Customers an actor sees, filtered and ordered.

    text   part of a name, or exactly a phone, e-mail, member number or any other identity value
    store  customers whose owner, or an active staff relation, belongs to this store
    cids   only these: where a condition's members are given by the caller
    sort   a key of SORTS, "-" in front for descending
    """
    rows = visible_to(actor).filter(state=state)
    if text := text.strip():
        rows = rows.filter(Q(name__icontains=text) | Q(id__in=identities_named(text).values("customer_id")))
    if source:
        rows = rows.filter(source=source)
    if owner:
        rows = rows.filter(owner__key=owner)
    if store:
        active = FollowRelation.objects.filter(staff__store__key=store, state=FollowRelation.State.ACTIVE)
        rows = rows.filter(Q(owner__store__key=store) | Q(id__in=active.values("customer_id")))
    if cids is not None:
        # One bound list, however long: a variable per cid would meet SQLite's limit.
        condition = among("people_customer.id")
        rows = rows.extra(where=[condition], params=[listed(list(cids))])  # noqa: S610  our text, bound values
    key = sort.removeprefix("-")
    if key not in SORTS:
        raise Problem(
            "people.sort",
            zh=f"只能按 {'、'.join(SORTS)} 排序",
            en=f"Sorting is by one of {', '.join(SORTS)}",
            place="sort",
        )
    descending = "-" if sort.startswith("-") else ""
    return rows.select_related("owner").prefetch_related(IDENTITIES).order_by(f"{descending}{SORTS[key]}", "-id")


def identities_named(text: str) -> QuerySet[Identity]:
    """Identities whose value is exactly `text`; phones and e-mails are met however they are written."""
    wanted = Q(value=text, sealed="")
    for kind in SEALED:
        try:
            wanted |= Q(type=kind, value=handle_of(IdentityRef(kind, "", text)).value)
        except Problem:
            continue
    return Identity.objects.filter(wanted)


def reviews(*, state: str = ReviewItem.State.OPEN) -> QuerySet[ReviewItem]:
    """Review items of a state, oldest first."""
    return ReviewItem.objects.filter(state=state).select_related("identity").order_by("opened_at", "id")


def in_cards(cids: Iterable[int]) -> dict[int, Customer]:
    """Customers by cid with owner and identities loaded, whoever asks: for decisions made by managers."""
    rows = Customer.objects.filter(id__in=list(cids)).select_related("owner").prefetch_related(IDENTITIES)
    return {row.id: row for row in rows}


def relations(cid: int) -> QuerySet[FollowRelation]:
    """The staff relations of a customer, active first, then newest."""
    return FollowRelation.objects.filter(customer_id=cid).select_related("staff").order_by("state", "-since")


def household_roles() -> Iterable[tuple[int, int, str]]:
    """Every membership as (household, customer, role)."""
    return HouseholdMember.objects.values_list("household_id", "customer_id", "role").distinct().iterator()


def roles_at_home(cids: Iterable[int]) -> list[tuple[int, int, str]]:
    """The memberships of these customers, as `household_roles` gives them."""
    return list(
        HouseholdMember.objects.filter(customer_id__in=cids)
        .values_list("household_id", "customer_id", "role")
        .distinct()
    )


def roles_of_relatives(cid: int) -> list[tuple[int, int, str]]:
    """The memberships of everybody in the households of a customer, the customer included."""
    mine = HouseholdMember.objects.filter(customer_id=cid).values("household_id")
    return list(
        HouseholdMember.objects.filter(household_id__in=mine)
        .values_list("household_id", "customer_id", "role")
        .distinct()
    )


def memberships(cid: int) -> QuerySet[HouseholdMember]:
    """The households of a customer, their members loaded."""
    others = HouseholdMember.objects.select_related("customer").order_by("id")
    return (
        HouseholdMember.objects.filter(customer_id=cid)
        .select_related("household")
        .prefetch_related(Prefetch("household__members", others))
        .order_by("id")
    )


def consents(cid: int) -> list[Consent]:
    """The statement that counts for each channel and purpose of a customer."""
    rows = Consent.objects.filter(customer_id=cid).order_by("at", "-allowed")
    return list({(row.channel, row.purpose): row for row in rows}.values())


def merges(cid: int) -> QuerySet[Merge]:
    """The merges by hand that stand within a customer."""
    return Merge.objects.filter(undone_at__isnull=True, a__customer_id=cid, b__customer_id=cid).order_by("id")


def extras(cid: int) -> dict[str, object]:
    """Traits of a customer that nobody declared, the newest of each."""
    rows = Statement.objects.filter(identity__customer_id=cid).values_list("extras", flat=True)
    return newest(rows)


def speaker(cid: int) -> int:
    """The identity that what is said of a customer as such is kept with: the oldest at home there, else the oldest."""
    held = Identity.objects.filter(customer_id=cid).order_by("id")
    home = held.filter(home_cid=cid).values_list("id", flat=True).first()
    return home or held.values_list("id", flat=True)[0]


def bearers(kind: str, values: Iterable[str]) -> dict[str, set[int]]:
    """Who bears each value as an identity of this type, in whatever realm; kind "cid" reads numbers of customers.

    Values that nobody living bears, or that no identity of the type can have, are left out.
    """
    asked = dict.fromkeys(values)
    found: dict[str, set[int]] = {}
    stored = _stored(kind, asked)
    keys = list(stored)
    for start in range(0, len(keys), _LOOKED_UP):
        chunk = keys[start : start + _LOOKED_UP]
        for value, cid in _bearing(kind, chunk):
            for text in stored[value]:
                found.setdefault(text, set()).add(cid)
    return found


# Values a statement asks for: SQLite takes some thousands of parameters.
_LOOKED_UP = 900


def _stored(kind: str, values: Iterable[str]) -> dict[str, list[str]]:
    """The values as they are stored → as they were written."""
    found: dict[str, list[str]] = {}
    for text in values:
        if kind == "cid":
            if text.isascii() and text.isdecimal() and 0 < int(text) < _MOST_CID:
                found.setdefault(str(int(text)), []).append(text)
            continue
        try:
            value = handle_of(IdentityRef(kind, "", text)).value
        except Problem:
            continue
        found.setdefault(value, []).append(text)
    return found


_MOST_CID = 2**31


def _bearing(kind: str, values: list[str]) -> Iterable[tuple[str, int]]:
    if kind == "cid":
        known = Customer.objects.filter(id__in=[int(each) for each in values]).exclude(state=State.DELETED)
        return [(str(cid), heir or cid) for cid, heir in known.values_list("id", "merged_into_id")]
    rows = Identity.objects.filter(type=kind, value__in=values).exclude(customer__state=State.DELETED)
    return rows.values_list("value", "customer_id")
