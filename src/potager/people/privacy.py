"""What the house knows of a person, in clear; and the person taken out of it for ever."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from potager.core import crypto, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.journal import from_us
from potager.org.access import SYSTEM
from potager.people import attributes, profile, queries
from potager.people.identity_types import SEALED, TIERS, IdentityRef, handle_of
from potager.people.models import (
    Consent,
    Customer,
    FollowRelation,
    HouseholdMember,
    Identity,
    Link,
    Merge,
    ReviewItem,
    Severance,
    State,
    Statement,
)

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a request is about, in numbers that name nobody.

    cids  the customer and those merged into it; the first is the customer
    iids  the identities they hold
    keys  person_key → the one that takes its place when the person is erased
    """

    cids: tuple[int, ...]
    iids: tuple[int, ...]
    keys: Mapping[str, str]


def find(*, cid: int | None = None, identity: str = "") -> Person:
    """The person with this customer number, or with an identity given as type:value.

    Raises NotFound, Problem("privacy.identity") for an identity that cannot be read, and
    Conflict("privacy.ambiguous") when several customers bear it in different realms.
    """
    if cid is None:
        cid = _bearer(identity)
    row = Customer.objects.filter(id=cid).first()
    if row is None:
        raise NotFound("客户", "customer", cid)
    while row.state == State.MERGED and row.merged_into is not None:
        row = row.merged_into
    cids = [row.id]
    for each in cids:
        cids += Customer.objects.filter(merged_into_id=each).order_by("id").values_list("id", flat=True)
    keys = Customer.objects.filter(id__in=cids).values_list("person_key", flat=True)
    iids = Identity.objects.filter(customer_id__in=cids).order_by("id").values_list("id", flat=True)
    return Person(tuple(cids), tuple(iids), {key: secrets.token_hex(16) for key in keys})


def told(person: Person) -> dict[str, Any]:
    """Customer, identities, attributes, relations, consents and households, sealed values opened."""
    customer = queries.customer(SYSTEM, person.cids[0])
    return {
        "customer": {
            "number": customer.id,
            "merged_numbers": list(person.cids[1:]),
            "name": customer.name,
            "state": customer.state,
            "first_seen": customer.first_seen_at,
            "source": customer.source,
            "owner": customer.owner.name if customer.owner else None,
            "attributes": {key: _opened(key, value) for key, value in customer.attrs.items()},
        },
        "identities": [
            {
                "type": row.type,
                "realm": row.realm,
                "value": crypto.unseal(base64.b64decode(row.sealed), bytes.fromhex(row.value))
                if row.sealed
                else row.value,
                "first_heard": from_us(row.first_us),
                "source": row.source,
            }
            for row in Identity.objects.filter(id__in=person.iids).order_by("id")
        ],
        "undeclared_traits": queries.extras(customer.id),
        "relations": [
            {
                "staff": row.staff.name,
                "since": row.since,
                "until": row.until,
                "state": row.state,
                "source": row.source,
                "remark": row.remark,
            }
            for row in queries.relations(customer.id)
        ],
        "consents": list(
            Consent.objects.filter(customer_id__in=person.cids)
            .order_by("at", "id")
            .values("channel", "purpose", "allowed", "at", "source")
        ),
        "households": list(
            HouseholdMember.objects.filter(customer_id__in=person.cids)
            .order_by("id")
            .values("role", key=F("household__key"), name=F("household__name"))
        ),
    }


def erase(person: Person) -> None:
    """Take out what identifies the person; must be called inside `store.write`, and may be called again.

    Identities keep their numbers, which facts hang on, and get values nobody can guess or derive: what comes later by
    the same phone or account meets no record and begins a new one. Links go, so that no contact shared with somebody
    else can ever join the emptied record to a living one.
    """
    store.serialise("journal")
    for iid in person.iids:
        Identity.objects.filter(id=iid).update(value=f"{ERASED}:{secrets.token_hex(16)}", sealed="", hint="", realm="")
    for model in (Link, Severance):
        model.objects.filter(a__in=person.iids).delete()
        model.objects.filter(b__in=person.iids).delete()
    Merge.objects.filter(a_id__in=person.iids).delete()
    Merge.objects.filter(b_id__in=person.iids).delete()
    Statement.objects.filter(identity_id__in=person.iids).delete()
    HouseholdMember.objects.filter(customer_id__in=person.cids).delete()
    FollowRelation.objects.filter(customer_id__in=person.cids).update(remark="")
    ReviewItem.objects.filter(identity_id__in=person.iids).delete()
    for item in ReviewItem.objects.filter(state=ReviewItem.State.OPEN):
        if set(item.customers) & set(person.cids):
            item.delete()
    profile.bury(person.cids)
    for old, new in person.keys.items():
        Customer.objects.filter(person_key=old, id__in=person.cids).update(person_key=new)


def _bearer(identity: str) -> int:
    kind, _, value = identity.partition(":")
    if kind not in TIERS or not value:
        raise Problem(
            "privacy.identity",
            zh=f"身份应写成 类型:值，类型是 {'、'.join(TIERS)} 之一，例如 phone:13800138000",
            en=f"An identity is written type:value, the type one of {', '.join(TIERS)}; such as phone:13800138000",
            place="identity",
        )
    handle = handle_of(IdentityRef(kind, "", value))
    rows = Identity.objects.filter(type=kind, value=handle.value)
    cids = sorted(set(rows.values_list("customer_id", flat=True)))
    if not cids:
        # A phone is not repeated in a message that may be logged.
        raise NotFound("身份", "identity", kind if kind in SEALED else identity)
    if len(cids) > 1:
        raise Conflict(
            "privacy.ambiguous",
            zh=f"有 {len(cids)} 位客户带着这个身份（客户号 {'、'.join(map(str, cids))}）：请用 --customer 指定其中一位",
            en=f"{len(cids)} customers bear this identity ({', '.join(map(str, cids))}): name one with --customer",
            place="identity",
        )
    return cids[0]


def _opened(key: str, value: object) -> object:
    return attributes.opened(key, value) if isinstance(value, dict) else value
