"""The one place where a touch changes state after it was judged: transition rules, marks, caps, facts.

Everything here runs inside the caller's `store.write` and holds the journal's order, which also makes every read of
a touch's state and of the caps in this room exact on PostgreSQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from potager.core import journal, store
from potager.core.bulk import insert_rows
from potager.core.journal import Fact, from_us
from potager.touch import hurry, life, places
from potager.touch.life import State
from potager.touch.models import Touch, TouchMark

SOURCE = "touch"
# States that say by themselves that the channel took the message.
_HAD = life.REACHED | {State.HANDED_OVER}
JSON = Any


@dataclass(frozen=True, slots=True)
class Change:
    """News of a touch: it is, or was at some time, in this state."""

    touch: int
    state: State
    at_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact says of its touch."""

    id: int
    state: State
    iid: int | None
    cid: int
    channel: str
    purpose: str
    sender: str
    journey: str
    run_id: int
    step: str
    visit: int
    shadow: bool
    cost_minor: int = 0


_FIELDS = tuple(Subject.__slots__)


def hold() -> None:
    """Hold the order of touches until the transaction ends; before reading what is about to be changed."""
    if not store.is_writing():
        raise RuntimeError("a touch changes inside store.write only")
    store.serialise("journal")


def apply(changes: Sequence[Change]) -> int:
    """Record news in any order, as often as it comes; returns how many touches moved."""
    hold()
    ids = {change.touch for change in changes}
    subjects = {row[0]: Subject(*row) for row in Touch.objects.filter(id__among=ids).values_list(*_FIELDS)}
    states = {id_: subject.state for id_, subject in subjects.items()}
    heard: list[Change] = []
    implied: list[Change] = []
    for change in changes:
        current = states.get(change.touch)
        if current is None:
            continue
        moves = life.advances(State(current), change.state)
        if moves:
            states[change.touch] = change.state
        # News of a station already passed still belongs to the life of the touch.
        if moves or life.advances(change.state, State(current)):
            heard.append(change)
        if moves and change.state in life.REACHED and State(current) not in _HAD:
            implied.append(Change(change.touch, State.HANDED_OVER, change.at_us))
    moved = {id_: state for id_, state in states.items() if state != subjects[id_].state}
    by_state: dict[State, list[int]] = {}
    for id_, state in moved.items():
        by_state.setdefault(state, []).append(id_)
    for state, touches in by_state.items():
        Touch.objects.filter(id__among=touches).update(state=state, lease_until_us=0)
    places.release(id_ for id_, state in moved.items() if state in life.RELEASING)
    places.take_again(id_ for id_, state in moved.items() if subjects[id_].state in life.LOST and state in life.REACHED)
    note([*heard, *_unsaid(implied, subjects)], subjects)
    return len(moved)


def _unsaid(implied: Sequence[Change], subjects: dict[int, Subject]) -> list[Change]:
    """What arrived was handed over, also where its sender died before it wrote that down: it was sent, and paid for."""
    ids = {change.touch for change in implied}
    if not ids:
        return []
    said = TouchMark.objects.filter(touch_id__among=ids, state=State.HANDED_OVER).values_list("touch_id", flat=True)
    unsaid = ids - set(said)
    for id_, cost in places.costs(unsaid).items():
        Touch.objects.filter(id=id_).update(cost_minor=cost)
        subjects[id_] = replace(subjects[id_], cost_minor=cost)
    return [change for change in implied if change.touch in unsaid]


def note(changes: Sequence[Change], subjects: dict[int, Subject]) -> None:
    """Write marks not written before and let each re-enter the journal. Nothing happened to a shadow's person."""
    fresh = {
        (int(str(touch)), str(state))
        for touch, state in insert_rows(
            TouchMark._meta.db_table,
            {"touch_id": "bigint", "state": "text", "at_us": "bigint", "reason": "text"},
            [(change.touch, change.state, change.at_us, change.reason[:200]) for change in changes],
            on_conflict="ON CONFLICT (touch_id, state) DO NOTHING",
            returning=("touch_id", "state"),
        )
    }
    facts: list[Fact] = []
    for change in changes:
        if (change.touch, change.state) in fresh:
            fresh.remove((change.touch, change.state))
            if change.state in life.EVENTS and not subjects[change.touch].shadow:
                facts.append(_fact(change, subjects[change.touch]))
    if facts:
        journal.append(facts)
    if any(change.state == State.QUEUED for change in changes):
        hurry.outbox()


def _fact(change: Change, subject: Subject) -> Fact:
    body: dict[str, object] = {
        "touch": subject.id,
        "channel": subject.channel,
        "purpose": subject.purpose,
        "sender": subject.sender,
        "journey": subject.journey,
        "run": subject.run_id,
        "step": subject.step,
        "visit": subject.visit,
    }
    if change.reason:
        body["reason"] = change.reason
    if change.state == State.HANDED_OVER and subject.cost_minor:
        # What evidence takes off the profit, once per message.
        body["amount"] = subject.cost_minor
    return Fact(
        kind="event",
        type=life.EVENTS[change.state],
        source=SOURCE,
        message_id=f"touch:{subject.id}:{change.state}",
        at=from_us(change.at_us),
        body=body,
        iid=subject.iid,
        cid=subject.cid,
    )
