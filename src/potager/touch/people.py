"""What a touch needs to know of customers and senders, set-wise."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from potager.core import clock
from potager.org.models import Staff
from potager.people.models import Attribute, Customer
from potager.people.queries import first_identities


@dataclass(frozen=True, slots=True)
class Known:
    """A customer as messages see them. `owner` is the key of an owner who still works here; `gone` when deleted."""

    cid: int
    iid: int | None
    person_key: str
    name: str
    owner: str
    zone: str
    gone: bool
    attrs: Mapping[str, object]


def customers(cids: Collection[int], zone_attr: str) -> dict[int, Known]:
    """cid asked for → the customer it is now (a merged one is who it was merged into)."""
    rows: dict[int, _Row] = {}
    wanted = {cid: cid for cid in cids}
    while missing := set(wanted.values()) - rows.keys():
        # Plain values: thousands are asked for at once, and a model object costs five times as much.
        found = Customer.objects.filter(id__among=missing).values_list(*_FIELDS)
        rows |= {row[0]: _Row(*row) for row in found}
        for cid, now in wanted.items():
            wanted[cid] = rows[now].merged_into or now if now in rows else now
        if missing - rows.keys():
            break
    present = set(wanted.values()) & rows.keys()
    iids = first_identities(present)
    home = clock.zone().key
    known = {cid: _known(rows[cid], iids.get(cid), zone_attr, home) for cid in present}
    return {cid: known[now] for cid, now in wanted.items() if now in known}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a channel calls by person_key: the living customer and its first identity."""

    cid: int
    iid: int | None


def by_person_key(keys: Collection[str]) -> dict[str, Addressee]:
    """person_key → the customer it is now."""
    asked = dict(
        Customer.objects.filter(person_key__among=keys).exclude(state="deleted").values_list("person_key", "id")
    )
    now = customers(asked.values(), "")
    return {key: Addressee(now[cid].cid, now[cid].iid) for key, cid in asked.items() if cid in now}


def senders(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Staff key → (name, store name)."""
    rows = Staff.objects.filter(key__in=set(keys)).values_list("key", "name", "store__name")
    return {key: (name, store or "") for key, name, store in rows}


def attribute_names() -> dict[str, str]:
    """Attribute key → the operator's word for it; personal attributes are sealed and never stand in a message."""
    return dict(Attribute.objects.filter(personal=False).values_list("key", "name_zh"))


def values_of(customer: Known, sender: tuple[str, str] | None, attributes: Mapping[str, str]) -> dict[str, object]:
    """The variables every message may use: the customer's name and attributes, the sender's name and store."""
    values: dict[str, object] = {}
    for key, name in attributes.items():
        if (value := customer.attrs.get(key)) is not None:
            values[key] = values[name] = value
    staff, store = sender or ("", "")
    return {**values, "customer_name": customer.name, "staff_name": staff, "store_name": store}


def zone_of(key: str) -> ZoneInfo:
    """The zone of this name; the house's when nobody knows such a zone."""
    return _zone(key) or clock.zone()


@lru_cache(maxsize=1_024)
def _zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError):
        return None


class _Row(NamedTuple):
    """What is read of a customer, in the order of `_FIELDS`."""

    cid: int
    person_key: str
    name: str
    attrs: Mapping[str, object]
    state: str
    merged_into: int | None
    owner: str | None
    owner_active: bool | None


_FIELDS = ("id", "person_key", "name", "attrs", "state", "merged_into_id", "owner__key", "owner__active")


def _known(row: _Row, iid: int | None, zone_attr: str, home: str) -> Known:
    zone = row.attrs.get(zone_attr)
    return Known(
        cid=row.cid,
        iid=iid,
        person_key=row.person_key,
        name=row.name,
        owner=row.owner if row.owner and row.owner_active else "",
        zone=zone if isinstance(zone, str) and zone else home,
        gone=row.state == "deleted",
        attrs=row.attrs,
    )
