"""A tick that comes late, and facts that come late, change nothing of what happens when."""

from datetime import timedelta

import pytest

from potager.core import clock
from potager.core.journal import from_us
from potager.journeys.models import RunStep
from potager.people.models import Customer
from tests.journeys.conftest import BYE, HELLO

DAY = {"id": "day", "wait": {"for": "1d"}}
SEEN = {"id": "seen", "wait": {"for": "9d", "or_event": {"event": "product_viewed"}}}


def enter(garden) -> int:
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    return cid


def moments(cid: int) -> list[tuple[str, timedelta]]:
    """Each step taken and how long after the entry."""
    rows = list(RunStep.objects.filter(run__subject_id=cid).order_by("visit").select_related("run"))
    return [(row.step, from_us(row.at_us) - from_us(row.run.entered_us)) for row in rows]


def unseen(garden, at) -> None:
    """Time passes and nothing moves."""
    garden.now = at
    clock.set_world(at)


@pytest.mark.parametrize(
    ("seen", "ends"),
    [
        (timedelta(days=1, minutes=4), "event"),
        (timedelta(days=1), "event"),
        (timedelta(days=1, minutes=-1), "waited"),
    ],
)
def test_an_event_between_the_due_time_and_a_late_tick_ends_the_wait_ahead(garden, seen, ends):
    garden.publish(steps=[DAY, SEEN, BYE])
    start = garden.now
    cid = enter(garden)
    unseen(garden, start + timedelta(days=1, minutes=5))
    garden.tell("product_viewed", cid, at=start + seen)
    garden.later(seconds=1)
    if ends == "event":
        assert moments(cid) == [("day", timedelta(days=1)), ("seen", seen), ("bye", seen)]
    else:
        assert moments(cid) == [("day", timedelta(days=1))]
    garden.at(start + timedelta(days=11))
    assert garden.steps(cid) == [("day", "waited"), ("seen", ends), ("bye", "queued")]


def test_only_what_comes_after_the_arrival_counts_however_many_waits_are_late(garden):
    two = {"id": "two", "wait": {"for": "1d"}}
    garden.publish(steps=[DAY, two, SEEN, BYE])
    start = garden.now
    cid = enter(garden)
    unseen(garden, start + timedelta(days=5))
    for hours in (30, 50, 70):
        garden.tell("product_viewed", cid, at=start + timedelta(hours=hours))
    garden.later(seconds=1)
    assert moments(cid)[2:] == [("seen", timedelta(hours=50)), ("bye", timedelta(hours=50))]


def test_an_event_after_the_wait_was_over_did_not_end_it(garden):
    garden.publish(steps=[SEEN, BYE])
    start = garden.now
    cid = enter(garden)
    unseen(garden, start + timedelta(days=9, hours=1))
    garden.tell("product_viewed", cid)
    garden.later(seconds=1)
    assert moments(cid) == [("seen", timedelta(days=9)), ("bye", timedelta(days=9))]
    assert garden.steps(cid)[0] == ("seen", "waited")


def test_a_branch_behind_sees_what_ended_the_wait(garden):
    viewed = {"event": "product_viewed", "measure": "count", "op": "gte", "value": 1}
    garden.publish(steps=[DAY, SEEN, {"id": "who", "branch": [{"if": viewed, "go": "bye"}], "next": "end"}, BYE])
    start = garden.now
    cid = enter(garden)
    unseen(garden, start + timedelta(days=1, minutes=5))
    garden.tell("product_viewed", cid)
    garden.at(garden.now + timedelta(seconds=1), load=False)
    assert garden.steps(cid) == [("day", "waited"), ("seen", "event")]
    garden.later(seconds=1)
    assert garden.steps(cid)[2:] == [("who", "#1"), ("bye", "queued")]


def test_a_fact_of_before_the_wait_does_not_end_it(garden):
    garden.publish(steps=[{"id": "five", "wait": {"for": "5d"}}, HELLO, SEEN, BYE])
    start = garden.now
    cid = enter(garden)
    garden.at(start + timedelta(days=5))
    garden.later(hours=1)
    garden.tell("product_viewed", cid, at=start + timedelta(days=1))
    garden.later(seconds=1)
    assert moments(cid) == [("five", timedelta(days=5)), ("hello", timedelta(days=5))]
    garden.tell("product_viewed", cid, at=start + timedelta(days=5, minutes=1))
    garden.later(seconds=1)
    assert moments(cid)[2:] == [("seen", timedelta(days=5, minutes=1)), ("bye", timedelta(days=5, minutes=1))]


LEAD = {
    "lead": {"for": "10d"},
    "triggers": [{"event": "order_paid"}],
    "goal": {"event": "friend_lost"},
    "entry": "each",
}


def test_in_its_lead_a_run_is_not_woken_by_what_its_first_step_waits_for(garden):
    garden.publish(**LEAD, steps=[SEEN, HELLO])
    start = garden.now
    cid = garden.person()
    garden.order(cid)
    garden.later(days=1)
    garden.tell("product_viewed", cid)
    garden.later(seconds=1)
    run = garden.run(cid)
    assert (run.arm, from_us(run.due_us)) == ("", start + timedelta(days=10))
    garden.at(start + timedelta(days=10))
    garden.later(seconds=1)
    assert garden.steps(cid) == []
    assert from_us(garden.run(cid).due_us) == start + timedelta(days=19)


def test_a_dropped_run_ends_in_the_step_that_was_dropped(garden):
    garden.publish(steps=[HELLO, DAY, BYE])
    start = garden.now
    cid = garden.person()
    garden.tell("friend_added", cid)
    Customer.objects.filter(id=cid).update(state="deleted")
    garden.later(seconds=1)
    run = garden.run(cid)
    assert (run.step, run.visit, run.waiting, from_us(run.ended_us)) == ("hello", 1, False, start)
    assert garden.steps(cid) == [("hello", "dropped")]
