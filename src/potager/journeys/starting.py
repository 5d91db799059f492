"""Entering people by hand or by the calendar: the warehouse says who, then they enter in parts."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from potager.core import clock, journal, store
from potager.core.errors import Conflict
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.facts import loader, warehouse
from potager.insight import sets
from potager.insight.conditions import parse
from potager.journeys import closing, live
from potager.journeys.entry import Candidate, enter
from potager.journeys.graph import Definition
from potager.journeys.knowing import Warehouse
from potager.journeys.models import Journey, Slot
from potager.journeys.nodes.wait import Arrival
from potager.journeys.parts import Json
from potager.journeys.triggers.event import OnEvent
from potager.journeys.triggers.trigger import Timed
from potager.journeys.waits import product_of
from potager.org import audit
from potager.org.access import Actor

_AT_ONCE = 500


def count(condition: Json) -> int:
    """How many would be entered now; shown before starting."""
    return len(members(condition, clock.now()))


def members(condition: Json, as_of: datetime) -> list[int]:
    return sorted(int(cid) for cid in sets.members(parse(condition), as_of))


def start(actor: Actor, journey: Journey, condition: Json) -> int:
    """Enter everybody the condition selects; returns how many entered. Opens its own write transactions."""
    current = live.board().by_key.get(journey.key)
    if current is None:
        raise Conflict(
            "journey.not_live", zh="旅程没有在运行，不能加入客户", en="The journey is not live; nobody can enter"
        )
    now, seen = clock.now(), loader.loaded_seq()
    cids = members(condition, now)
    key = "" if current.definition.entry == "once" else f"manual:{now:%Y%m%dT%H%M%S}"
    entered = _enter(current, cids, key, at=now, seen=seen, event="manual")
    with store.write(Lane.WEB):
        detail = {"condition": condition, "selected": len(cids), "entered": entered}
        audit.record(actor, "journey.start", f"journey:{journey.key}", detail)
    return entered


def fill_slots() -> int:
    """Enter the people of schedules whose slot has come; a slot is filled once. Returns how many entered."""
    now = clock.now()
    entered = 0
    for current in list(live.board().by_key.values()):
        for trigger in current.definition.triggers:
            if not isinstance(trigger, Timed):
                continue
            slot, name = trigger.latest_slot(now), trigger.name()
            # A slot filled before schedules had names was filled for all of them.
            filled = Slot.objects.filter(journey_id=current.journey_id, trigger__in=["", name])
            if slot is None or filled.filter(at_us=to_us(slot)).exists():
                continue
            if slot >= _published(current):
                key = "" if current.definition.entry == "once" else f"slot:{slot:%Y%m%dT%H%M}"
                seen = loader.loaded_seq()
                cids = members(trigger.condition(), now)
                entered += _enter(current, cids, key, at=slot, seen=seen, event="schedule")
            with store.write(Lane.TICK):
                Slot.objects.get_or_create(journey_id=current.journey_id, trigger=name, at_us=to_us(slot))
    return entered


def catch_up(actor: Actor, journey: Journey, days: int) -> int:
    """Take in the newest order of each customer in the last `days` whose reminder still lies ahead.

    So a reminder published today does not begin only with today's buyers. Opens its own write transactions.
    """
    current = live.board().by_key.get(journey.key)
    trigger = _by_orders(current.definition) if current else None
    if current is None or trigger is None or current.definition.lead is None or current.definition.entry != "each":
        raise Conflict(
            "journey.no_catch_up",
            zh="只有由订单触发、带提前等待的旅程可以补入已有订单",
            en="Only a live journey started by orders, with a lead, can take in earlier orders",
        )
    now = clock.now()
    seen = loader.loaded_seq()
    rows = warehouse.get().query(_NEWEST_ORDERS, [now - timedelta(days=days), now]).to_pylist()
    candidates = [
        Candidate(
            row["cid"],
            f"order_no:{row['order_no']}" if trigger.key == "order_no" else f"event:{row['k1']:x}{row['k2']:x}",
            row["ts"].replace(tzinfo=now.tzinfo),
            seen,
            {
                "event": "order_paid",
                "order_no": row["order_no"],
                "amount": row["amount"],
                "product": row["product"] or "",
                "qty": row["qty"] or 1,
            },
        )
        for row in rows
    ]
    lead, zone = current.definition.lead, clock.zone()
    lives = Warehouse().life_days({product_of(each.context) for each in candidates})
    ahead = [c for c in candidates if lead.ends(Arrival(c.at, c.at, zone, c.context, lives)) > now]
    entered = _in_parts(journey.key, ahead)
    with store.write(Lane.WEB):
        audit.record(actor, "journey.catch_up", f"journey:{journey.key}", {"days": days, "taken": entered})
    return entered


def _by_orders(definition: Definition) -> OnEvent | None:
    return next((t for t in definition.triggers if isinstance(t, OnEvent) and t.event == "order_paid"), None)


# The newest paid order of each customer in the window, with its dearest item.
_NEWEST_ORDERS = """
SELECT o.cid, o.k1, o.k2, o.order_no, o.ts, o.amount, i.product, i.qty
FROM (SELECT * FROM orders WHERE status = 'paid' AND cid IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY cid ORDER BY ts DESC, k1, k2) = 1) AS o
LEFT JOIN (SELECT k1, k2, product, qty FROM order_item
           QUALIFY row_number() OVER (PARTITION BY k1, k2 ORDER BY amount DESC, line) = 1) AS i USING (k1, k2)
WHERE o.ts > ? AND o.ts <= ? ORDER BY o.ts, o.cid
"""


def _enter(current: live.Live, cids: Sequence[int], key: str, *, at: datetime, seen: int, event: str) -> int:
    return _in_parts(current.definition.key, [Candidate(cid, key, at, seen, {"event": event}) for cid in cids])


def _in_parts(journey: str, candidates: Sequence[Candidate]) -> int:
    """Enter them part by part, as the journey stands when each is written; their `seq` is what the warehouse had
    when they were chosen. Returns how many entered."""
    entered = 0
    for some in _batches(candidates):
        with store.write(Lane.TICK):
            journal.hold()
            board = live.board()
            current = board.by_key.get(journey)
            if current is None:
                break
            started = enter(current, some)
            # What happened since the warehouse was asked happens to them now.
            closing.act(board, journal.since(some[0].seq, {each.cid for each in some}, board.closing), only=started)
            entered += len(started)
    return entered


def _batches(items: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    return (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))


def _published(current: live.Live) -> datetime:
    return Journey.objects.values_list("live__published_at", flat=True).get(id=current.journey_id)
