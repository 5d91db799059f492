"""When scheduled audiences are due: days, weekdays, ends of months, and the two nights the clock jumps."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from potager.insight.schedules import Schedule

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def dues(schedule: dict, after: str, n: int, zone: ZoneInfo = SHANGHAI) -> list[str]:
    """The next n times, as the business clock shows them."""
    asked, at, found = Schedule.model_validate(schedule), local(after, zone).astimezone(UTC), []
    for _ in range(n):
        at = asked.next_after(at, zone)
        found.append(f"{at.astimezone(zone):%m-%d %H:%M}")
    return found


def test_every_day_at_one_time_or_several():
    assert dues({"every": "day", "at": ["09:00"]}, "2026-11-01T08:59", 2) == ["11-01 09:00", "11-02 09:00"]
    assert dues({"every": "day", "at": ["09:00"]}, "2026-11-01T09:00", 1) == ["11-02 09:00"]
    twice = {"every": "day", "at": ["18:30", "09:00"]}
    assert dues(twice, "2026-12-31T09:00", 3) == ["12-31 18:30", "01-01 09:00", "01-01 18:30"]


def test_on_weekdays():
    # 2026-11-01 is a Sunday.
    weekly = {"every": "week", "weekdays": [1, 5], "at": ["10:00"]}
    assert dues(weekly, "2026-11-01T12:00", 3) == ["11-02 10:00", "11-06 10:00", "11-09 10:00"]


def test_on_a_day_of_the_month_and_its_last_where_it_is_shorter():
    last = {"every": "month", "day": 31, "at": ["23:59"]}
    assert dues(last, "2026-01-31T23:59", 3) == ["02-28 23:59", "03-31 23:59", "04-30 23:59"]
    assert dues({"every": "month", "day": 30, "at": ["00:00"]}, "2028-02-01T00:00", 2) == ["02-29 00:00", "03-30 00:00"]
    assert dues({"every": "month", "day": 15, "at": ["00:00"]}, "2026-02-15T00:00", 1) == ["03-15 00:00"]


def test_a_time_the_clock_skips_comes_as_much_later_as_it_jumped():
    daily = {"every": "day", "at": ["02:30"]}
    assert dues(daily, "2026-03-07T12:00", 2, NEW_YORK) == ["03-08 03:30", "03-09 02:30"]


def test_a_time_the_clock_shows_twice_comes_once_the_first_time():
    schedule = Schedule.model_validate({"every": "day", "at": ["01:30"]})
    first = schedule.next_after(local("2026-10-31T12:00", NEW_YORK), NEW_YORK)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert schedule.next_after(first, NEW_YORK) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_a_day_of_23_or_25_hours_keeps_the_time_of_the_clock():
    daily = {"every": "day", "at": ["09:00"]}
    assert dues(daily, "2026-03-07T09:00", 2, NEW_YORK) == ["03-08 09:00", "03-09 09:00"]
    assert dues(daily, "2026-10-31T09:00", 2, NEW_YORK) == ["11-01 09:00", "11-02 09:00"]


def test_the_last_of_several_missed():
    schedule = Schedule.model_validate({"every": "day", "at": ["09:00"]})
    due = local("2026-11-01T09:00").astimezone(UTC)
    assert schedule.newest(due, local("2026-11-04T08:59"), SHANGHAI) == local("2026-11-03T09:00")
    assert schedule.newest(due, due, SHANGHAI) == due


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "day", "at": []},
        {"every": "day", "at": ["24:00"]},
        {"every": "day", "at": ["9:00"]},
        {"every": "week", "at": ["09:00"]},
        {"every": "week", "at": ["09:00"], "weekdays": [0]},
        {"every": "day", "at": ["09:00"], "weekdays": [1]},
        {"every": "month", "at": ["09:00"]},
        {"every": "month", "at": ["09:00"], "day": 32},
        {"every": "hour", "at": ["09:00"]},
    ],
)
def test_what_names_no_time_is_refused(wrong):
    with pytest.raises(ValidationError):
        Schedule.model_validate(wrong)
