"""journeys.starting: by hand, by the calendar, and taking in orders whose reminder lies ahead."""

from datetime import UTC, datetime, timedelta

import pytest

from potager.core import store
from potager.core.errors import Conflict
from potager.insight import refresh
from potager.journeys import publish, queries, starting
from potager.journeys.graph import Schedule
from potager.journeys.models import Run, Slot
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO
from tests.journeys.test_triggers import TestLead


@pytest.mark.parametrize(
    ("schedule", "slot"),
    [
        (Schedule(at="10:00"), datetime(2026, 11, 1, 2, tzinfo=UTC)),
        (Schedule(at="12:00"), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (Schedule(at="12:01"), datetime(2026, 10, 31, 4, 1, tzinfo=UTC)),
        (Schedule(at="10:00", weekdays=[1]), datetime(2026, 10, 26, 2, tzinfo=UTC)),
        (Schedule(at="10:00", monthday=5), datetime(2026, 10, 5, 2, tzinfo=UTC)),
    ],
)
def test_the_latest_slot(garden, schedule, slot):
    assert starting.latest_slot(schedule, garden.now) == slot


def test_a_slot_is_filled_once_and_not_before_the_publication(garden):
    garden.audience("everybody")
    cid = garden.person()
    garden.later(seconds=1)
    garden.publish(entry="each", triggers=[{"audience": "everybody", "schedule": {"at": "10:00"}}], steps=[HELLO])
    assert starting.fill_slots() == 0
    garden.later(days=1)
    refresh.run()
    assert (starting.fill_slots(), starting.fill_slots()) == (1, 0)
    assert list(Run.objects.values_list("subject_id", "entry_key")) == [(cid, "slot:20261102T0200")]
    assert Slot.objects.count() == 2


def test_a_start_needs_a_live_journey(garden):
    garden.publish(triggers=[{"manual": True}], steps=[HELLO])
    with store.write():
        publish.pause(SYSTEM, queries.journey_of("welcome"))
    with pytest.raises(Conflict):
        starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})


def test_orders_whose_reminder_lies_ahead_are_taken_in(garden):
    old, recent, both = garden.person(), garden.person(), garden.person()
    garden.order(old, at=garden.now - timedelta(days=11))
    garden.order(recent, at=garden.now - timedelta(days=9), no="R1")
    garden.order(both, at=garden.now - timedelta(days=9), no="B1")
    garden.order(both, at=garden.now - timedelta(days=2), no="B2")
    garden.later(seconds=1)
    garden.publish(**TestLead.REMIND)
    assert starting.catch_up(SYSTEM, queries.journey_of("remind"), days=60) == 2
    assert starting.catch_up(SYSTEM, queries.journey_of("remind"), days=60) == 0
    keys = Run.objects.order_by("subject_id").values_list("subject_id", "entry_key")
    assert list(keys) == [(recent, "order_no:R1"), (both, "order_no:B2")]

    def who(state: str) -> set[int]:
        return {run.subject_id for run in queries.runs(SYSTEM, journey=queries.journey_of("remind"), state=state)}

    assert (who("ahead"), who("inside"), who("over")) == ({recent, both}, set(), set())
    garden.later(seconds=1)
    garden.later(days=1)
    assert who("ahead") == {both}
    assert recent in who("inside") | who("over")
    assert [step for step, _ in garden.steps(recent, "remind")] == ["remind"]
    assert garden.steps(both, "remind") == []


def test_only_reminders_of_orders_take_them_in(garden):
    garden.publish(steps=[HELLO])
    with pytest.raises(Conflict):
        starting.catch_up(SYSTEM, queries.journey_of("welcome"), days=60)
