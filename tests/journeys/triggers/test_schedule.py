"""journeys.triggers.schedule: slots of the calendar, each filled once."""

from datetime import UTC, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from potager.core import clock
from potager.core.journal import to_us
from potager.insight import refresh
from potager.journeys import checks, intakes, present, queries, starting, workdays
from potager.journeys.models import Run, Slot
from potager.journeys.triggers.schedule import OnSchedule, Schedule
from tests.journeys.conftest import HELLO, problems, small


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


@pytest.mark.parametrize(
    ("schedule", "now", "slot"),
    [
        ({"cron": "0 10 * * 1-5"}, "2026-11-01T12:00", "2026-10-30T10:00"),
        ({"cron": "0 10 * * 1-5"}, "2026-11-02T10:00", "2026-11-02T10:00"),
        ({"cron": "*/30 9-18 * * *"}, "2026-11-01T12:29", "2026-11-01T12:00"),
        ({"cron": "0 9 L * *"}, "2026-11-02T10:00", "2026-10-31T09:00"),
        ({"cron": "0 9 1 1 *"}, "2026-11-02T10:00", None),
        ({"cron": "0 10 * * *", "only": "workdays"}, "2026-10-08T09:00", "2026-09-30T10:00"),
        ({"at": "10:00", "only": "workdays"}, "2026-10-07T12:00", "2026-09-30T10:00"),
        ({"at": "10:00", "only": "workdays"}, "2026-10-10T12:00", "2026-10-10T10:00"),
        ({"at": "10:00", "only": "days_off"}, "2026-10-10T12:00", "2026-10-07T10:00"),
        ({"at": "10:00", "only": "workdays", "weekdays": [6]}, "2026-10-20T12:00", "2026-10-10T10:00"),
        ({"at": "10:00", "holiday": "spring_festival", "days": -7}, "2026-02-10T12:00", "2026-02-08T10:00"),
        ({"at": "10:00", "holiday": "national_day"}, "2026-10-01T09:59", None),
        ({"at": "10:00", "holiday": "national_day"}, "2026-10-05T12:00", "2026-10-01T10:00"),
        ({"at": "10:00", "holiday": "national_day", "days": 1}, "2026-10-05T12:00", "2026-10-02T10:00"),
        ({"at": "18:00", "last_workday": True}, "2026-03-10T12:00", "2026-02-28T18:00"),
        ({"at": "10:00", "only": "workdays"}, "2031-10-10T12:00", None),
    ],
)
def test_cron_lines_and_the_working_calendar(garden, schedule, now, slot):
    def local(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)

    assert Schedule(**schedule).latest_slot(local(now)) == (local(slot) if slot else None)


@given(st.datetimes(datetime(2025, 3, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))
def test_a_cron_line_and_the_same_time_of_day_agree(now):
    with mock.patch.object(clock, "zone", return_value=ZoneInfo("Asia/Shanghai")):
        for said, line in (
            ({"at": "10:30"}, "30 10 * * *"),
            ({"at": "07:00", "weekdays": [1, 7]}, "0 7 * * 1,7"),
            ({"at": "23:59", "monthday": 28}, "59 23 28 * *"),
        ):
            assert Schedule(**said).latest_slot(now) == Schedule(cron=line).latest_slot(now)


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        {"at": "10:00", "cron": "0 10 * * *"},
        {"cron": "0 10 * *"},
        {"cron": "0 0 10 * * *"},
        {"cron": "0 25 * * *"},
        {"cron": "0 9 30 2 *"},
        {"cron": "0 10 * * *", "weekdays": [1]},
        {"at": "10:00", "days": 3},
        {"at": "10:00", "holiday": "halloween"},
        {"at": "10:00", "holiday": "qingming", "days": 31},
    ],
)
def test_a_schedule_that_says_nothing_or_two_things_is_refused(schedule):
    with pytest.raises(ValidationError):
        Schedule(**schedule)


def test_slots_too_close_together_are_refused(garden):
    garden.audience("a")
    for line, code in (("*/10 * * * *", ["journey.cron_dense"]), ("*/15 * * * *", []), ("0 9 29 2 *", [])):
        assert [found for found, _ in problems(triggers=[{"schedule": {"cron": line}, "audience": "a"}])] == code


def test_a_calendar_about_to_end_is_a_problem_at_publishing_and_on_the_page(garden):
    garden.audience("a")
    asking = {"schedule": {"at": "10:00", "only": "workdays"}, "audience": "a"}
    garden.publish(triggers=[asking])
    garden.now = clock.day_start(workdays.known_until()) - timedelta(days=14)
    clock.set_world(garden.now)
    assert problems(triggers=[asking]) == []
    garden.now += timedelta(days=1)
    clock.set_world(garden.now)
    assert problems(triggers=[asking]) == [("journey.calendar_unknown", "triggers[0]")]
    assert problems(triggers=[{"schedule": {"at": "10:00"}, "audience": "a"}]) == []
    shown = present.detail(queries.journey_of("welcome"), "en")
    assert [each.code for each in shown.broken] == ["journey.calendar_unknown"]
    assert str(workdays.known_until()) in shown.broken[0].message


def test_what_was_written_before_is_what_it_was():
    """The name of a schedule says which slots were filled, and the hash which version it is."""
    old = {"schedule": {"at": "10:00", "weekdays": [5, 1]}, "audience": "a"}
    definition = checks.read(small(triggers=[old]))
    assert definition.triggers[0].name() == "a@10:00/15/"
    assert definition.canonical()["triggers"] == [old]
    assert OnSchedule(schedule={"cron": "0 10 * * 1"}, audience="a").name() == "a@0 10 * * 1"
    assert OnSchedule(schedule={"at": "09:00", "only": "workdays"}, audience="a").name() == ("a@09:00///workdays/+0/")


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
    monkeypatch.setattr(intakes, "members", lambda condition, _at: [people[condition["audience"]]])
    garden.later(hours=1)
    assert (starting.fill_slots(), starting.fill_slots()) == (2, 0)
    assert set(Run.objects.values_list("subject_id", flat=True)) == set(people.values())


def test_a_slot_filled_before_schedules_had_names_stays_filled(garden, monkeypatch):
    garden.audience("a")
    cid = garden.person()
    garden.publish(entry="each", triggers=[{"schedule": {"at": "13:00"}, "audience": "a"}])
    monkeypatch.setattr(intakes, "members", lambda *_: [cid])
    garden.later(hours=1)
    Slot.objects.create(journey=queries.journey_of("welcome"), at_us=to_us(garden.now))
    assert starting.fill_slots() == 0
