"""Entering people by hand or by the calendar: the warehouse says who, then they enter by jobs in parts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from potager.core import clock, journal, store
from potager.core.errors import Conflict
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.facts import loader, warehouse
from potager.journeys import intakes, live, staffing
from potager.journeys.entry import Candidate
from potager.journeys.graph import Definition
from potager.journeys.knowing import Warehouse
from potager.journeys.models import Journey, Slot
from potager.journeys.nodes.wait import Arrival
from potager.journeys.parts import Json
from potager.journeys.triggers.event import OnEvent
from potager.journeys.triggers.staff import OnStaff
from potager.journeys.triggers.trigger import Calendar, Timed
from potager.journeys.waits import product_of
from potager.org import audit
from potager.org.access import Actor


def count(condition: Json) -> int:
    """How many would be entered now; shown before starting."""
    return len(intakes.members(condition, clock.now()))


def start(actor: Actor, journey: Journey, condition: Json) -> int:
    """Enter everybody the condition selects before returning; returns how many entered. Opens its own write
    transactions."""
    with store.write(Lane.WEB):
        begun = intakes.begin(actor, journey, condition)
    return intakes.work_off(begun.pk)


def fill_slots() -> int:
    """Enter the people of schedules whose slot has come before returning; returns how many entered."""
    return sum(intakes.work_off(intake) for intake in open_slots())


def open_slots() -> list[int]:
    """Choose the people of schedules whose slot has come; a slot is opened once. Returns the intakes by which customers
    enter; they are worked off by jobs. Staff are few and enter at once."""
    now = clock.now()
    opened = []
    for current in list(live.board().by_key.values()):
        for trigger in current.definition.triggers:
            if not isinstance(trigger, Calendar):
                continue
            for slot in trigger.slots(now):
                # A slot filled before schedules had names was filled for all of them.
                filled = Slot.objects.filter(journey_id=current.journey_id, trigger__in=["", trigger.name()])
                if filled.filter(at_us=to_us(slot)).exists():
                    continue
                if isinstance(trigger, OnStaff):
                    _open_for_staff(current, trigger, slot)
                elif isinstance(trigger, Timed) and (taken := _open(current, trigger, slot, now)):
                    opened.append(taken)
    return opened


def _open(current: live.Live, trigger: Timed, slot: datetime, now: datetime) -> int | None:
    """Open one slot. One before the publication is noted and stays empty."""
    wanted = slot >= _published(current)
    seen = loader.loaded_seq()
    cids = set(intakes.members(trigger.condition(slot, now), now)) if wanted else set()
    with store.write(Lane.TICK):
        # What is accepted after this is held back until the slot stands as open, and finds it so.
        journal.hold()
        _, opened = Slot.objects.get_or_create(journey_id=current.journey_id, trigger=trigger.name(), at_us=to_us(slot))
        if not opened or not wanted or live.board().by_key.get(current.definition.key) is None:
            return None
        told = journal.since(seen, None, trigger.HEARS) if trigger.HEARS else []
        cids |= {entry.fact.cid for entry in told if entry.fact.cid is not None and trigger.belongs(entry.fact, slot)}
        if not cids:
            return None
        key = trigger.slot_key(slot)
        return intakes.take(current, cids, key=key, at=slot, seq=seen, event=trigger.KIND).pk


def _open_for_staff(current: live.Live, trigger: OnStaff, slot: datetime) -> None:
    """Open one slot, and let in who works here now. One before the publication is noted and stays empty."""
    with store.write(Lane.TICK):
        journal.hold()
        # Read under the hold: the version may have changed since the board was looked at.
        standing = live.board().by_key.get(current.definition.key)
        if standing is None or standing.version_id != current.version_id:
            return
        filled, opened = Slot.objects.get_or_create(
            journey_id=current.journey_id, trigger=trigger.name(), at_us=to_us(slot)
        )
        if opened and slot >= _published(current):
            filled.entered = staffing.enter(current, trigger.staff.people(), trigger.slot_key(slot), slot)
            filled.save(update_fields=["entered"])


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


def _in_parts(journey: str, candidates: Sequence[Candidate]) -> int:
    """Enter them part by part, as the journey stands when each is written. Returns how many entered."""
    entered = 0
    for at in range(0, len(candidates), intakes.AT_ONCE):
        with store.write(Lane.TICK):
            journal.hold()
            board = live.board()
            current = board.by_key.get(journey)
            if current is None:
                break
            entered += len(intakes.let_in(board, current, candidates[at : at + intakes.AT_ONCE]))
    return entered


def _published(current: live.Live) -> datetime:
    return Journey.objects.values_list("live__published_at", flat=True).get(id=current.journey_id)
