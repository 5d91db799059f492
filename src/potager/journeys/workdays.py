"""The working calendar of China: workdays with the Saturdays and Sundays worked for a holiday, and the public holidays
(the tables of the chinesecalendar library).

The State Council names the days of a year in the autumn before it. In a year the tables do not know nothing is a
workday, a day off or a holiday, and `known_until` says where they end.
"""

from datetime import date, timedelta
from functools import cache
from typing import Literal, get_args

import chinese_calendar

HolidayName = Literal[
    "new_year", "spring_festival", "qingming", "labour_day", "dragon_boat", "mid_autumn", "national_day"
]
HOLIDAYS: tuple[HolidayName, ...] = get_args(HolidayName)
_NAMES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
}


@cache
def known_until() -> date:
    """The last day the tables know."""
    return date(max(chinese_calendar.holidays).year, 12, 31)


def is_workday(day: date) -> bool | None:
    """Whether people work; None where the tables do not know the year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def begins(day: date) -> str | None:
    """The holiday whose first day off this is; None where it is none, or not known."""
    named = _named(day)
    return named if named != _named(day - timedelta(days=1)) else None


def is_last_workday(day: date) -> bool:
    """Whether nobody works on a later day of its month."""
    if not is_workday(day):
        return False
    later = day + timedelta(days=1)
    while later.month == day.month:
        if is_workday(later):
            return False
        later += timedelta(days=1)
    return True


def _named(day: date) -> str | None:
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return _NAMES.get(name) if is_off and name is not None else None
