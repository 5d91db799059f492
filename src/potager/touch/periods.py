"""Calendar days, weeks and months of the business zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from potager.core import clock

Per = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to but not including `end` (aware UTC), `days` business dates long."""

    start: datetime
    end: datetime
    days: int


def period_of(at: datetime, per: Per) -> Period:
    """The calendar period an instant falls into; weeks begin on Monday."""
    day = clock.business_date(at)
    match per:
        case "day":
            first, following = day, day + timedelta(days=1)
        case "week":
            first = day - timedelta(days=day.weekday())
            following = first + timedelta(days=7)
        case "month":
            first = day.replace(day=1)
            following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return Period(clock.day_start(first), clock.day_start(following), (following - first).days)
