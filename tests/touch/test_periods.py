"""touch.periods: calendar days, weeks and months of the business zone."""

from datetime import UTC, datetime

import pytest

from potager.touch.periods import Period, period_of


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "per", "start", "end", "days"),
    [
        # Shanghai's midnight is 16:00 UTC the day before.
        (utc(2026, 11, 1, 15, 59, 59), "day", utc(2026, 10, 31, 16), utc(2026, 11, 1, 16), 1),
        (utc(2026, 11, 1, 16), "day", utc(2026, 11, 1, 16), utc(2026, 11, 2, 16), 1),
        (utc(2026, 11, 1, 15), "week", utc(2026, 10, 25, 16), utc(2026, 11, 1, 16), 7),
        (utc(2026, 11, 1, 16), "week", utc(2026, 11, 1, 16), utc(2026, 11, 8, 16), 7),
        (utc(2026, 10, 31, 15), "month", utc(2026, 9, 30, 16), utc(2026, 10, 31, 16), 31),
        (utc(2026, 10, 31, 16), "month", utc(2026, 10, 31, 16), utc(2026, 11, 30, 16), 30),
        (utc(2026, 12, 31, 15), "month", utc(2026, 11, 30, 16), utc(2026, 12, 31, 16), 31),
        (utc(2027, 2, 10), "month", utc(2027, 1, 31, 16), utc(2027, 2, 28, 16), 28),
        (utc(2028, 2, 10), "month", utc(2028, 1, 31, 16), utc(2028, 2, 29, 16), 29),
    ],
)
def test_the_period_an_instant_falls_into(house, at, per, start, end, days):
    assert period_of(at, per) == Period(start, end, days)
