"""When people act: kept as it happens, so that a message may ask for the hour at which a person is likely to answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from potager.core import clock, store
from potager.core.bulk import insert_rows
from potager.core.journal import Entry, from_us, to_us
from potager.core.store import Lane
from potager.touch.best_hour import best_hour
from potager.touch.models import PersonAct

ACTS = frozenset({"message_replied", "touch_clicked", "order_paid"})
# What is older weighs next to nothing (`best_hour.HALF_LIFE`).
KEPT = timedelta(days=365)


def keep(entries: Sequence[Entry]) -> None:
    """Part of a journal subscriber: remember when people acted. The same order told twice is one act."""
    acts = [
        (entry.fact.iid, entry.fact.cid, to_us(entry.fact.at))
        for entry in entries
        if entry.fact.type in ACTS and entry.fact.iid is not None and entry.fact.cid is not None
    ]
    if acts:
        insert_rows(
            PersonAct._meta.db_table,
            {"iid": "bigint", "cid": "integer", "at_us": "bigint"},
            acts,
            on_conflict="ON CONFLICT (iid, at_us) DO NOTHING",
        )


def best_hours(zones: Mapping[int, ZoneInfo], now: datetime, *, fallback: int) -> dict[int, int]:
    """The hour to write at, on their own clock, by customer; `fallback` for those of whom too little is known."""
    rows = PersonAct.objects.filter(cid__among=zones, at_us__gt=to_us(now - KEPT), at_us__lte=to_us(now))
    acts: dict[int, list[datetime]] = {}
    for cid, at_us in rows.values_list("cid", "at_us"):
        acts.setdefault(cid, []).append(from_us(at_us))
    return {cid: best_hour(acts.get(cid, ()), now, zone, fallback=fallback) for cid, zone in zones.items()}


def forget() -> None:
    """Drop what is too old to weigh."""
    late = PersonAct.objects.filter(at_us__lt=to_us(clock.now() - KEPT))
    if late.exists():
        with store.write(Lane.TICK):
            late.delete()
