"""Spans of time and local times of day, as an operator writes them: "3d", "90m", "19:30", 22:00–08:00."""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from potager.touch.quiet import QuietHours

_SPAN = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def span(text: str) -> timedelta:
    """ "1d12h" as a timedelta."""
    match = _SPAN.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"“{text}” is not a span of time; write 3d, 12h, 90m or 1d12h")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def time_of_day(text: str) -> time:
    """ "19:30" as a time."""
    if _TIME.fullmatch(text) is None:
        raise ValueError(f"“{text}” is not a time of day; write 09:00")
    return time.fromisoformat(text)


def _span_text(text: str) -> str:
    span(text)
    return text


def _time_text(text: str) -> str:
    time_of_day(text)
    return text


Span = Annotated[str, AfterValidator(_span_text)]
TimeOfDay = Annotated[str, AfterValidator(_time_text)]


def at_local(day: datetime, at: time, zone: ZoneInfo, *, plus_days: int = 0) -> datetime:
    """`at` on the local date of `day`, plus whole days, as UTC. A time skipped by a clock change moves forward, of a
    time that comes twice it is the first."""
    date = day.astimezone(zone).date() + timedelta(days=plus_days)
    return datetime.combine(date, at, tzinfo=zone).astimezone(UTC)


def next_at(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first instant later than `after` that reads `at` on the local clock; a time skipped by a clock change moves
    forward."""
    return min(instant for days in (0, 1) for instant in _instants(after, at, zone, days) if instant > after)


def _instants(day: datetime, at: time, zone: ZoneInfo, plus_days: int) -> Iterator[datetime]:
    first = at_local(day, at, zone, plus_days=plus_days)
    yield first
    # Where the clock goes back a time comes twice; where it goes forward, the second reading is no time at all.
    again = datetime.combine(first.astimezone(zone).date(), at, tzinfo=zone).replace(fold=1).astimezone(UTC)
    if again > first:
        yield again


def into_window(at: datetime, start: time, end: time, zone: ZoneInfo) -> datetime:
    """`at` itself when the local clock is inside [start, end), else the first instant at which it is. end < start spans
    midnight. Where the clock jumps over the start it is the instant of the jump."""
    return QuietHours(end, start).over(at, zone)


def on_weekdays(after: datetime, at: time, weekdays: Collection[int], zone: ZoneInfo) -> datetime:
    """The first instant later than `after` that reads `at` on a local date of these days of the week (1 = Monday)."""
    found = next_at(after, at, zone)
    while found.astimezone(zone).isoweekday() not in weekdays:
        found = next_at(found, at, zone)
    return found


def window_on_weekdays(at: datetime, start: time, end: time, weekdays: Collection[int], zone: ZoneInfo) -> datetime:
    """`at` itself when it lies in a window that began on one of these days, else the start of the next that does. A
    window over midnight belongs to the day it begins."""
    found = into_window(at, start, end, zone)
    while _begun(found, start, end, zone).isoweekday() not in weekdays:
        # Out of this window, into the next.
        found = into_window(next_at(found, end, zone), start, end, zone)
    return found


def _begun(inside: datetime, start: time, end: time, zone: ZoneInfo) -> date:
    """The local date on which the window that holds this instant began."""
    local = inside.astimezone(zone)
    over_midnight = end < start and local.time() < end
    return local.date() - timedelta(days=1) if over_midnight else local.date()


def next_anniversary(after: datetime, of: date, days: int, at: time, zone: ZoneInfo) -> datetime:
    """The first instant later than `after` that reads `at` some days after an anniversary of a date. 29 February is the
    28th in years that have none."""
    year = after.astimezone(zone).year
    for candidate in range(year - 2, year + 3):
        day = _anniversary(of, candidate) + timedelta(days=days)
        instant = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
        if instant > after:
            return instant
    raise AssertionError("five years hold an anniversary")  # days is at most a year


def _anniversary(of: date, year: int) -> date:
    try:
        return of.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
