"""Spans of time and local times of day, as an operator writes them: "3d", "90m", "19:30", 22:00–08:00."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

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
    """`at` on the local date of `day`, plus whole days, as UTC. A time skipped by a clock change moves forward."""
    date = day.astimezone(zone).date() + timedelta(days=plus_days)
    return datetime.combine(date, at, tzinfo=zone).astimezone(UTC)


def next_at(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first instant later than `after` that reads `at` on the local clock."""
    today = at_local(after, at, zone)
    return today if today > after else at_local(after, at, zone, plus_days=1)


def into_window(at: datetime, start: time, end: time, zone: ZoneInfo) -> datetime:
    """`at` itself when the local clock is inside [start, end), else the next start. end < start spans midnight."""
    local = at.astimezone(zone).time()
    inside = start <= local < end if start < end else local >= start or local < end
    return at if inside else next_at(at, start, zone)
