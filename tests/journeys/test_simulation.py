"""journeys.simulation: a period that was really run, simulated, gives the same numbers, and leaves no trace."""

from collections import Counter
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.journal import from_us, last_seq, to_us
from potager.core.models import JournalEntry
from potager.evidence.models import Assignment
from potager.journeys import files, queries, simulation
from potager.journeys.foreseen import day_of, hour_of
from potager.journeys.graph import Definition
from potager.journeys.impact import draft_of
from potager.journeys.models import Run, RunStep
from potager.org.access import SYSTEM
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import CapReservation, StaffTask, Touch
from tests.journeys.conftest import HELLO, small

OFFER = {"id": "offer", "message": {"text": "新品到店", "purpose": "marketing", "valid": "2d"}}
MORE = {"id": "more", "message": {"text": "再看看", "purpose": "marketing", "valid": "2h"}}
HOLE = {"id": "hole", "message": {"text": "送您{product_name}", "purpose": "marketing"}}
CALL = {"id": "call", "task": {"title": "打个电话"}}
BOUGHT = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}
STEPS = [
    OFFER,
    {"id": "pause", "wait": {"for": "1d", "or_event": {"event": "page_viewed"}}},
    {"id": "who", "branch": [{"if": BOUGHT, "go": "call"}]},
    {**MORE, "next": "hole"},
    CALL,
    {"id": "night", "wait": {"until": "22:00"}},
    {**OFFER, "id": "late"},
    HOLE,
]


def simulate(garden, since, key="welcome", **changes):
    journey = queries.journey_of(key)
    definition = Definition.model_validate(small(**changes)) if changes else draft_of(journey)
    return simulation.simulate(journey, definition, since, garden.now)


@pytest.fixture
def lived(garden):
    """Two days in which people came, looked, bought, left and came again, each thing at once when it was due."""
    since = garden.now
    garden.publish(steps=STEPS, exits=[{"event": "friend_lost"}], control=25, entry="each", gap="2d")
    people = [garden.person() for _ in range(9)]
    told = 0
    for hours in (0, 4, 5, 10, 20.5, 24, 28, 34, 44.5, 46):
        garden.now = since + timedelta(hours=hours)
        clock.set_world(garden.now)
        if hours in {0, 4, 24}:
            for cid in people[: 9 if hours == 4 else 5]:
                garden.tell("friend_added", cid, staff="chen")
        if hours == 5:
            garden.tell("page_viewed", people[1])
            for cid in people[4:8]:
                garden.order(cid)
            garden.tell("friend_lost", people[3], staff="chen")
        if hours == 4:
            garden.tell("friend_lost", people[8], staff="chen")
        garden.at(garden.now)
        garden.send()
        garden.paper.told += [Receipt(token, State.DELIVERED, garden.now) for token in garden.paper.tokens[told:]]
        told = len(garden.paper.tokens)
        garden.send()
    return since


def test_a_period_that_was_run_is_simulated_to_the_same_numbers(garden, lived):
    before = [kept.objects.count() for kept in (Run, RunStep, Touch, CapReservation, StaffTask, Assignment)]
    written = last_seq()
    told = simulate(garden, lived)
    runs, touches = Run.objects.exclude(arm=""), Touch.objects.all()
    assert told.entries == Counter(day_of(from_us(run.entered_us)) for run in runs)
    assert told.entries.total() == 9
    assert told.refused == {"gap": 10}
    assert told.steps == Counter(RunStep.objects.values_list("step", flat=True))
    assert told.ends == Counter(runs.exclude(end_reason="").values_list("end_reason", flat=True))
    assert told.converted == runs.filter(converted_us__isnull=False).count() == 4
    sent = CapReservation.objects.filter(shadow=False).values_list("at_us", flat=True)
    assert told.sends == Counter(hour_of(from_us(at)) for at in sent)
    assert told.withheld == touches.filter(state="withheld").count() > 0
    skipped = touches.filter(state="skipped").values_list("rule", flat=True)
    assert {rule: n for (said, rule), n in told.verdicts.items() if said == "skip"} == Counter(skipped)
    assert told.pending == touches.filter(state="deferred").count()
    assert told.empty == {"product_name": touches.exclude(missing=[]).count()}
    asked = Counter(day_of(from_us(at)) for at in StaffTask.objects.values_list("due_us", flat=True))
    assert told.work == {"chen": asked}
    assert told.largest_day() == ("chen", *asked.most_common(1)[0])
    assert told.deferred["quiet"] > 0
    assert before == [kept.objects.count() for kept in (Run, RunStep, Touch, CapReservation, StaffTask, Assignment)]
    assert last_seq() == written


def test_a_draft_nobody_published_is_simulated(garden):
    since, cid, other = garden.now, garden.person(), garden.person()
    garden.tell("friend_added", cid, staff="chen")
    garden.tell("order_paid", other, kind="order", amount=1)
    garden.at(since + timedelta(hours=1))
    with store.write():
        files.apply(SYSTEM, small())
    told = simulate(garden, since)
    assert told.entries == {day_of(since): 1}
    assert told.verdicts == {("send", ""): 1}
    assert told.sends == {"2026-11-01 12": 1}
    assert told.ends == {"done": 1}


def test_messages_before_the_period_count_against_it(garden):
    garden.publish(key="first", steps=[OFFER])
    cid = garden.person()
    garden.tell("friend_added", cid, staff="chen")
    garden.later(minutes=1)
    since = garden.later(hours=2) or garden.now
    garden.tell("friend_added", cid, staff="chen")
    garden.later(hours=3)
    journey = queries.journey_of("first")
    once = simulation.simulate(journey, draft_of(journey), since, garden.now)
    assert once.refused == {"key_used": 1}
    again = Definition.model_validate(small(key="first", entry="each", steps=[OFFER]))
    told = simulation.simulate(journey, again, since, garden.now)
    assert (told.deferred, told.pending, told.sends) == ({"cap": 1}, 1, {})


def test_whom_the_filter_refuses_may_try_again_and_a_lead_lies_before_the_entry(garden):
    since, cid, leaver = garden.now, garden.person(), garden.person()
    garden.at(since)
    garden.tell("friend_added", cid, staff="chen")
    garden.tell("friend_added", leaver, staff="chen")
    garden.at(since + timedelta(hours=2))
    garden.order(cid)
    garden.tell("friend_lost", leaver, staff="chen")
    garden.at(since + timedelta(hours=5))
    garden.tell("friend_added", cid, staff="chen")
    garden.at(since + timedelta(hours=9))
    with store.write():
        written = small(filter=BOUGHT, lead={"for": "1h"}, exits=[{"event": "friend_lost"}], goal={"event": "x"})
        files.apply(SYSTEM, written)
    told = simulate(garden, since)
    assert (told.entries.total(), told.refused) == (1, {"filter": 2})
    assert told.sends == {"2026-11-01 18": 1}


def test_over_its_limits_it_says_how_far_it_came_and_of_whom(garden, monkeypatch):
    since = garden.now
    for _ in range(40):
        garden.tell("friend_added", garden.person(), staff="chen")
    garden.at(since + timedelta(hours=1))
    with store.write():
        files.apply(SYSTEM, small())
    monkeypatch.setattr(simulation, "MOST", 10)
    told = simulate(garden, since)
    assert told.share == 0.25
    assert 0 < told.entries.total() < 40
    monkeypatch.setattr(simulation, "LONGEST", timedelta())
    told = simulate(garden, since)
    assert (told.reached, told.entries.total()) == (since, 0)


def test_who_comes_to_a_goal_has_converted_once(garden):
    since = garden.now
    by_step, by_both = garden.person(), garden.person()
    garden.tell("friend_added", by_step, staff="chen")
    garden.tell("friend_added", by_both, staff="chen")
    garden.at(since + timedelta(hours=1))
    garden.order(by_both)
    garden.at(since + timedelta(days=2))
    with store.write():
        files.apply(SYSTEM, small(steps=[HELLO, {"id": "there", "goal": {}}, {"id": "again", "goal": {}}]))
    assert simulate(garden, since).converted == 2


def test_a_staff_sop_is_not_walked_through_events(garden):
    at_nine = {"staff": {"roles": ["staff"]}, "schedule": {"at": "09:00"}}
    with store.write():
        files.apply(
            SYSTEM, small(subject="staff", triggers=[at_nine], steps=[{"id": "meet", "task": {"title": "早会"}}])
        )
    with pytest.raises(Problem, match="staff SOP"):
        simulate(garden, garden.now - timedelta(days=1))


def test_days_the_journal_has_forgotten_are_told(garden):
    began = garden.now
    garden.tell("friend_added", garden.person(), staff="chen")
    garden.at(began + timedelta(days=20))
    garden.tell("friend_added", garden.person(), staff="chen")
    garden.at(began + timedelta(days=40))
    with store.write():
        JournalEntry.objects.filter(at_us__lt=to_us(began + timedelta(days=10))).delete()
        files.apply(SYSTEM, small())
    told = simulate(garden, began)
    assert told.entries == {"2026-11-21": 1}
    assert "2026-11-21" in told.problems["since"].zh
    assert "since" not in simulate(garden, began + timedelta(days=20)).problems
