"""What programs send over HTTP: read item by item, stored in one transaction, exactly once.

`read` touches no table it could block on and refuses bad items one by one; `accept` stores the rest: identities,
what was said of the persons, memberships, then the facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from potager.core import clock, journal
from potager.core.errors import Problem
from potager.core.journal import Fact
from potager.facts import commerce, personal, plan, segment
from potager.facts.models import PropertyKind, WriteKey
from potager.facts.segment import Arrival, Said
from potager.org.access import SYSTEM
from potager.people import customers, households
from potager.people.customers import Reader
from potager.people.households import Membership
from potager.people.identify import Resolved, resolve
from potager.people.identity_types import TIERS

# Events a program outside may tell; the system's others are its own to tell.
_TOLD_BY_ANYONE = frozenset(
    {"code_scanned", "group_joined", "group_left", "product_viewed", "page_viewed", "message_replied"}
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that was not stored, by its place in the batch, and why."""

    index: int
    problem: Problem


@dataclass(slots=True)
class Prepared:
    """A batch, read: what will be stored and what will not."""

    key: WriteKey
    said: list[Said] = field(default_factory=list)
    values: list[tuple[Mapping[str, object], Mapping[str, object]]] = field(default_factory=list)
    facts: list[Fact | None] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """accepted counts items stored, duplicates among them those whose fact was known already."""

    accepted: int
    duplicates: int
    rejected: Sequence[Rejected]


def read(key: WriteKey, raws: Sequence[bytes | msgspec.Raw], *, call: str = "", sent_at: str | None = None) -> Prepared:
    """Read items; `call` is their type when the address says it. Without `sent_at` no clock is corrected."""
    reading = _Reading(key)
    arrival = Arrival(clock.now(), clock.wall(), sent_at)
    prepared = Prepared(key)
    for index, raw in enumerate(raws):
        try:
            said = segment.read(raw, call, key.realm, arrival)
            values = reading.values(said)
            fact = reading.fact(said)
        except Problem as problem:
            prepared.rejected.append(Rejected(index, problem))
            continue
        prepared.said.append(said)
        prepared.values.append(values)
        prepared.facts.append(fact)
    return prepared


def accept(prepared: Prepared) -> Outcome:
    """Store a batch. Must be called inside `store.write`; when that commits, all of it is there."""
    said = prepared.said
    sources = [each.source or prepared.key.key for each in said]
    found = resolve([each.claim for each in said], at=[each.at for each in said], source=sources)
    _put(prepared, found)
    memberships = [(each, one) for each, one in zip(said, found, strict=True) if each.group]
    households.join([Membership(one.iid, one.cid, f"{prepared.key.realm}:{each.group}") for each, one in memberships])
    for each, _ in memberships:
        if name := each.traits.get("name"):
            households.name(f"{prepared.key.realm}:{each.group}", str(name))
    facts = [
        Fact(fact.kind, fact.type, fact.source, fact.message_id, fact.at, fact.body, iid=one.iid, cid=one.cid)
        for fact, one in zip(prepared.facts, found, strict=True)
        if fact is not None
    ]
    plan.note_unplanned({fact.type for fact in facts if fact.kind == "event"})
    appended = journal.append(facts)
    return Outcome(len(said), appended.duplicates, prepared.rejected)


def _put(prepared: Prepared, found: Sequence[Resolved]) -> None:
    stated = [
        customers.Said(one.iid, one.cid, each.at, values, extras)
        for each, one, (values, extras) in zip(prepared.said, found, prepared.values, strict=True)
        if values or extras
    ]
    if stated:
        customers.put(SYSTEM, stated)


class _Reading:
    """What reading a batch needs to know, looked up once."""

    def __init__(self, key: WriteKey) -> None:
        self._source = f"wk:{key.key}"
        self._realm = key.realm
        self._reader: Reader | None = None
        self._personal = personal.ALWAYS | plan.personal()
        self._money = {name for name, kind in plan.kinds().items() if kind == PropertyKind.MONEY} | {"amount"}

    def values(self, said: Said) -> tuple[Mapping[str, object], Mapping[str, object]]:
        """The traits of an identify call as (declared attributes and name, what nobody declared)."""
        if said.call != "identify":
            return {}, {}
        if self._reader is None:
            self._reader = Reader()
        values: dict[str, object] = {}
        extras: dict[str, Any] = {}
        for trait, value in said.traits.items():
            if trait == "name" or trait in self._reader.attributes:
                self._reader.stored(trait, value)
                values[trait] = value
            elif trait not in TIERS:
                extras[trait] = value
        return values, personal.sealed(extras, self._personal)

    def fact(self, said: Said) -> Fact | None:
        """The fact a call tells, without whom it concerns; identify, group and alias tell of persons only."""
        if not said.name:
            return None
        at, properties = said.at, said.properties
        if said.name in commerce.ORDER_EVENTS:
            at = _paid_at(properties) or at
            body = commerce.order_body(said.name, properties, self._realm, said.at)
            kind, told = "order", commerce.EVENT_OF_STATUS[str(body["status"])]
        elif said.name in commerce.REFUND_EVENTS:
            body = commerce.refund_body(properties, self._realm, said.at)
            kind, told = "refund", said.name
        else:
            kind, told, body = "event", said.name, self._event_body(said)
        return Fact(kind, told, self._source, said.message_id, at, body)

    def _event_body(self, said: Said) -> dict[str, object]:
        if said.name in plan.SYSTEM_EVENTS and said.name not in _TOLD_BY_ANYONE:
            raise Problem(
                "ingest.reserved",
                zh=f"事件「{said.name}」由系统自己记录，不能从外部写入",
                en=f"The event “{said.name}” is told by the system itself and cannot be sent",
                place="event",
            )
        body = personal.sealed(said.properties, self._personal)
        for name in self._money & body.keys():
            if body[name] is not None:
                body[name] = commerce.minor(body[name], name)
        return body


def _paid_at(properties: Mapping[str, Any]) -> datetime | None:
    given = properties.get("paid_at")
    return segment.instant(str(given), "properties.paid_at") if given else None
