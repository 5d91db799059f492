"""What a touch needs to know of customers and senders, set-wise."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Min

from potager.core import clock
from potager.org.models import Staff
from potager.people.models import Attribute, Customer, Identity


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
    rows: dict[int, tuple[Customer, int]] = {}
    wanted = {cid: cid for cid in cids}
    while missing := set(wanted.values()) - rows.keys():
        for row in Customer.objects.filter(id__in=missing).select_related("owner"):
            rows[row.id] = (row, row.merged_into_id or row.id)
        for cid, now in wanted.items():
            wanted[cid] = rows[now][1] if now in rows else now
        if missing - rows.keys():
            break
    present = set(wanted.values()) & rows.keys()
    iids = dict(
        Identity.objects.filter(customer_id__in=present)
        .values_list("customer_id")
        .annotate(first=Min("id"))
        .values_list("customer_id", "first")
    )
    home = clock.zone().key
    known = {cid: _known(rows[cid][0], iids.get(cid), zone_attr, home) for cid in present}
    return {cid: known[now] for cid, now in wanted.items() if now in known}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a channel calls by person_key: the living customer and its first identity."""

    cid: int
    iid: int | None


def by_person_key(keys: Collection[str]) -> dict[str, Addressee]:
    """person_key → the customer it is now."""
    asked = dict(Customer.objects.filter(person_key__in=keys).exclude(state="deleted").values_list("person_key", "id"))
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


def _known(row: Customer, iid: int | None, zone_attr: str, home: str) -> Known:
    zone = row.attrs.get(zone_attr)
    return Known(
        cid=row.id,
        iid=iid,
        person_key=row.person_key,
        name=row.name,
        owner=row.owner.key if row.owner and row.owner.active else "",
        zone=zone if isinstance(zone, str) and zone else home,
        gone=row.state == "deleted",
        attrs=row.attrs,
    )
