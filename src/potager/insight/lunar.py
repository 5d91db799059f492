"""The lunar calendar 农历: which lunar month and day a date is, from 1900 to 2100 (the tables of the borax library).

A birthday in a leap month is kept in the common month of that number, and one on the 30th on the 29th where the month
has no 30th; so a lunar birthday comes round once in every lunar year.
"""

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
from borax.calendars.lunardate import MAX_LUNAR_YEAR, MIN_LUNAR_YEAR, MIN_SOLAR_DATE, LCalendars


@cache
def _months() -> tuple[tuple[int, int, bool], ...]:
    """Every lunar month since 1900 as (number, days, whether a leap month)."""
    return tuple(
        (month, days, bool(leap))
        for year in range(MIN_LUNAR_YEAR, MAX_LUNAR_YEAR + 1)
        for month, days, leap in LCalendars.iter_year_month(year)
    )


@cache
def _days() -> tuple[tuple[int, int, bool], ...]:
    """Every day since MIN_SOLAR_DATE as (month * 100 + day, days of its month, whether in a leap month)."""
    return tuple((month * 100 + day, days, leap) for month, days, leap in _months() for day in range(1, days + 1))


def lunar_day(day: date) -> int | None:
    """month * 100 + day in the lunar calendar, a leap month counted as its common one; None outside the tables."""
    n = (day - MIN_SOLAR_DATE).days
    return _days()[n][0] if 0 <= n < len(_days()) else None


def lunar_days(today: date, days: tuple[int, int]) -> frozenset[int]:
    """The lunar birthdays (month * 100 + day) kept on the dates so many days from today, both ends included."""
    found = set()
    start = (today - MIN_SOLAR_DATE).days
    for n in range(start + days[0], start + days[1] + 1):
        if not 0 <= n < len(_days()):
            continue
        number, length, leap = _days()[n]
        if leap:
            continue
        found.add(number)
        if length == 29 and number % 100 == 29:
            found.add(number + 1)
    return frozenset(found)


@cache
def table() -> pa.Table:
    """The calendar as rows (day, number), for the set interpreter."""
    first = np.datetime64(MIN_SOLAR_DATE, "D")
    numbers = [number for number, _, _ in _days()]
    return pa.table({
        "day": pa.array(first + np.arange(len(numbers)), pa.date32()),
        "number": pa.array(numbers, pa.int32()),
    })  # fmt: skip
