"""journeys.triggers.schedule: slots of the calendar, each filled once."""

from datetime import UTC, datetime

import pytest

from potager.core.journal import to_us
from potager.insight import refresh
from potager.journeys import queries, starting
from potager.journeys.models import Run, Slot
from potager.journeys.triggers.schedule import Schedule
from tests.journeys.conftest import HELLO


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
    assert schedule.latest_slot(garden.now) == slot


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


def test_two_schedules_at_one_time_are_two(garden, monkeypatch):
    garden.audience("a")
    garden.audience("b")
    people = {"a": garden.person(), "b": garden.person()}
    schedule = {"at": "13:00"}
    garden.publish(
        entry="each", triggers=[{"schedule": schedule, "audience": "a"}, {"schedule": schedule, "audience": "b"}]
    )
    monkeypatch.setattr(starting, "members", lambda condition, _at: [people[condition["audience"]]])
    garden.later(hours=1)
    assert (starting.fill_slots(), starting.fill_slots()) == (2, 0)
    assert set(Run.objects.values_list("subject_id", flat=True)) == set(people.values())


def test_a_slot_filled_before_schedules_had_names_stays_filled(garden, monkeypatch):
    garden.audience("a")
    cid = garden.person()
    garden.publish(entry="each", triggers=[{"schedule": {"at": "13:00"}, "audience": "a"}])
    monkeypatch.setattr(starting, "members", lambda *_: [cid])
    garden.later(hours=1)
    Slot.objects.create(journey=queries.journey_of("welcome"), at_us=to_us(garden.now))
    assert starting.fill_slots() == 0
