"""The journal's subscriber: an event starts, wakes, converts or ends runs at once, in the transaction that accepts it.

Reads operations only and sees only the event, so an event and what it starts are never separated by a crash.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from potager.core import clock
from potager.core.journal import Entry, to_us
from potager.insight.moment import Moment
from potager.journeys import closing, merging
from potager.journeys.entry import Candidate, enter
from potager.journeys.live import Live, Way, board
from potager.journeys.models import Slot
from potager.journeys.parts import Json
from potager.journeys.triggers.trigger import Heard, Timed


def on_entries(entries: Sequence[Entry]) -> None:
    """Called with accepted entries, in order, inside the append transaction."""
    merging.follow([entry for entry in entries if entry.fact.type in {"customer_merged", "customer_restored"}])
    now_board = board()
    opening = [(entry, ways) for entry in entries if (ways := now_board.triggers.get(entry.fact.type))]
    starting: dict[str, list[Candidate]] = defaultdict(list)
    if opening:
        now = clock.now()
        for entry, ways in opening:
            for way in starts(ways, entry, now):
                starting[way.live.definition.key].append(candidate_of(way.live, way.trigger, entry))
    for entry in entries:
        for live, candidate in _into_slots(now_board.slots.get(entry.fact.type, ()), entry):
            starting[live.definition.key].append(candidate)
    # The most urgent first: what one event opens at once, limits let in by priority.
    for key in sorted(starting, key=lambda key: (-now_board.by_key[key].definition.priority, key)):
        enter(now_board.by_key[key], starting[key])
    # After the entries, so that a later event of this batch can end a run an earlier one has started.
    ending = [entry for entry in entries if entry.fact.type in now_board.closing]
    closing.act(now_board, [entry for entry in ending if entry.fact.cid is not None])
    if about_nobody := [entry for entry in ending if entry.fact.cid is None]:
        closing.act_on_staff(about_nobody)


def starts(ways: Sequence[Way], entry: Entry, now: datetime) -> list[Way]:
    """The ways in that this event opens. A late fact opens none: nobody wants a welcome for last month's friendship."""
    fact = entry.fact
    if fact.cid is None or fact.body.get("cause") == "rebuild":
        return []
    moment = Moment(fact.at, clock.zone())
    return [
        way
        for way in ways
        if now - fact.at <= way.fresh
        and way.trigger.hears(fact)
        and (way.matches is None or way.matches.passes(fact.body, moment))
    ]


def _into_slots(ways: Sequence[tuple[Live, Timed]], entry: Entry) -> Iterator[tuple[Live, Candidate]]:
    """Slots of today that stand open already and that this fact puts its customer into: whoever was chosen for them
    was chosen without it."""
    fact = entry.fact
    if not ways or fact.cid is None:
        return
    now = clock.now()
    for live, trigger in ways:
        for slot in trigger.slots(now):
            if clock.business_date(slot) != clock.business_date(now) or not trigger.belongs(fact, slot):
                continue
            opened = Slot.objects.filter(journey_id=live.journey_id, trigger=trigger.name(), at_us=to_us(slot))
            if opened.filter(journey__live__published_at__lte=slot).exists():
                key = "" if live.definition.entry == "once" else trigger.slot_key(slot)
                yield live, Candidate(fact.cid, key, now, entry.seq, {"event": trigger.KIND})


def candidate_of(live: Live, trigger: Heard, entry: Entry) -> Candidate:
    """Who enters by this event, and under which name."""
    fact = entry.fact
    assert fact.cid is not None
    key = "" if live.definition.entry == "once" else trigger.entry_key(entry)
    return Candidate(fact.cid, key, fact.at, entry.seq, context_of(entry))


def context_of(entry: Entry) -> Json:
    """What a run keeps of the event that started it: its plain values, and the main product of an order."""
    body = entry.fact.body
    context: Json = {key: value for key, value in body.items() if isinstance(value, str | int | float | bool)}
    items = body.get("items")
    if isinstance(items, list) and items:
        main = max(items, key=lambda item: item.get("amount") or 0)
        context |= {"product": main.get("product", ""), "qty": main.get("qty", 1)}
    return context | {"event": entry.fact.type}
