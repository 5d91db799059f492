"""journeys.workdays: the working calendar of China."""

from datetime import date, timedelta

import pytest

from potager.journeys import workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-16", False),
        ("2026-02-28", True),  # another
        ("2026-10-10", True),  # a Saturday worked for the National Day
        ("2026-10-11", False),
        ("2026-11-02", True),
    ],
)
def test_weekends_worked_for_a_holiday_are_workdays(day, works):
    assert workdays.is_workday(date.fromisoformat(day)) is works


def test_a_holiday_begins_with_its_first_day_off():
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert {day.isoformat(): name for day in year if (name := workdays.begins(day))} == {
        "2026-01-01": "new_year",
        "2026-02-15": "spring_festival",
        "2026-04-04": "qingming",
        "2026-05-01": "labour_day",
        "2026-06-19": "dragon_boat",
        "2026-09-25": "mid_autumn",
        "2026-10-01": "national_day",
    }
    assert set(workdays.HOLIDAYS) == {name for day in year if (name := workdays.begins(day))}


def test_the_last_workday_of_each_month():
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    last = [day for day in year if workdays.is_last_workday(day)]
    assert [day.month for day in last] == list(range(1, 13))
    assert [day.day for day in last] == [30, 28, 31, 30, 29, 30, 31, 31, 30, 30, 30, 31]


def test_in_a_year_nobody_has_named_nothing_is_known():
    after = workdays.known_until() + timedelta(days=1)
    assert (after.month, after.day) == (1, 1)
    assert workdays.is_workday(workdays.known_until()) is not None
    assert (workdays.is_workday(after), workdays.begins(after), workdays.is_last_workday(after)) == (None, None, False)
