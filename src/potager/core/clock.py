"""The only place that asks for the time. Two readings: business and wall.

business  dues, windows, facts. In mode `real` it is the wall; in a world it stands still at T and moves only
          when told to (`advance`), or when a test freezes it.
wall      leases, sessions, rate limits, audit. Always the machine's.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from potager.core import house
from potager.core.errors import Problem
from potager.core.models import House

_frozen = threading.local()


def wall() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The business time, aware UTC."""
    held: datetime | None = getattr(_frozen, "at", None)
    if held is not None:
        return held
    return _world_at() or wall()


def is_world() -> bool:
    """Whether this house is a simulated world whose time stands still."""
    return House.objects.filter(world_at__isnull=False).exists()


def set_world(at: datetime) -> None:
    """Move a world's time forward to `at`; it never goes back."""
    if not House.objects.filter(world_at__isnull=False, world_at__lte=at).update(world_at=at):
        raise Problem(
            "clock.world",
            zh="只有演示世界可以拨动时间，而且只能向前",
            en="Only a world's time can be moved, and only forward",
            status=409,
        )


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Inside, this thread's business time is `at` (aware). For computing as of an instant, and for tests."""
    if at.tzinfo is None:
        raise ValueError("clock.frozen needs an aware datetime")
    before = getattr(_frozen, "at", None)
    _frozen.at = at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen.at = before


def zone() -> ZoneInfo:
    """The business time zone."""
    return house.facts().zone


def business_date(at: datetime) -> date:
    """The business date an instant falls on."""
    return at.astimezone(zone()).date()


def today() -> date:
    """The business date of now."""
    return business_date(now())


def day_start(day: date) -> datetime:
    """The first instant of a business day, aware UTC."""
    return datetime.combine(day, time.min, tzinfo=zone()).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The last microsecond of a business day, aware UTC."""
    return day_start(day + timedelta(days=1)) - timedelta(microseconds=1)


def as_of(value: str | date | datetime | None) -> datetime:
    """An instant from what a person gives: nothing = now, a date = the end of that business day capped at now.

    Raises Problem("clock.as_of") for text that is neither an ISO date nor an ISO instant with an offset.
    """
    if value is None:
        return now()
    if isinstance(value, str):
        value = _parse(value)
    if isinstance(value, datetime):
        return min(value.astimezone(UTC), now())
    return min(day_end(value), now())


def _world_at() -> datetime | None:
    """Where the world of this house stands. Asked as often as anything: without building a query each time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT world_at FROM {House._meta.db_table} WHERE world_at IS NOT NULL")
        row = cursor.fetchone()
    if row is None:
        return None
    at: datetime = row[0]
    # SQLite keeps instants in UTC without saying so.
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _parse(text: str) -> date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    except ValueError:
        pass
    raise Problem(
        "clock.as_of",
        zh=f"「{text}」不是日期（2026-11-01）或带时区的时间（2026-11-01T09:00:00+08:00）",
        en=f"“{text}” is neither a date (2026-11-01) nor an instant with an offset (2026-11-01T09:00:00+08:00)",
        place="as_of",
    )
