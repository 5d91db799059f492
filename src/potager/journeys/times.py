"""Spans of time and local times of day, as an operator writes them: "3d", "90m", "19:30", 22:00–08:00."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
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
