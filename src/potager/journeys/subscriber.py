"""The journal's subscriber: an event starts, wakes, converts or ends runs at once, in the transaction that accepts it.

Reads operations only and sees only the event, so an event and what it starts are never separated by a crash.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from potager.core import clock
from potager.core.journal import Entry
from potager.insight.moment import Moment
from potager.journeys import closing, merging
from potager.journeys.entry import Candidate, enter
from potager.journeys.live import Live, Way, board
from potager.journeys.parts import Json
from potager.journeys.triggers.trigger import Heard


def on_entries(entries: Sequence[Entry]) -> None:
    """Called with accepted entries, in order, inside the append transaction."""
    merging.follow([entry for entry in entries if entry.fact.type in {"customer_merged", "customer_restored"}])
    now_board = board()
    opening = [(entry, ways) for entry in entries if (ways := now_board.triggers.get(entry.fact.type))]
    starting: dict[str, list[Candidate]] = defaultdict(list)
    if opening:
        now = clock.now()
        for entry, ways in opening:
            for way in _starts(ways, entry, now):
                starting[way.live.definition.key].append(_candidate(way.live, way.trigger, entry))
    for key, candidates in starting.items():
        enter(now_board.by_key[key], candidates)
    # After the entries, so that a later event of this batch can end a run an earlier one has started.
    closing.act(
        now_board, [entry for entry in entries if entry.fact.type in now_board.closing and entry.fact.cid is not None]
    )


def _starts(ways: Sequence[Way], entry: Entry, now: datetime) -> list[Way]:
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


def _candidate(live: Live, trigger: Heard, entry: Entry) -> Candidate:
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
