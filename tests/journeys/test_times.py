"""journeys.times: spans and local times, over midnight and over changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from potager.journeys.times import at_local, into_window, next_at, span, time_of_day

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3d", timedelta(days=3)), ("1d12h", timedelta(hours=36)), ("90m", timedelta(minutes=90))],
)
def test_spans(text, expected):
    assert span(text) == expected


@pytest.mark.parametrize("text", ["", "3", "12h3d", "-1d", "1.5d"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="span of time"):
        span(text)


@pytest.mark.parametrize("text", ["24:00", "9:00", "09:60", "9"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="time of day"):
        time_of_day(text)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-01T21:59", "2026-11-01T22:00"),
        ("2026-11-01T22:00", "2026-11-01T22:00"),
        ("2026-11-02T01:59", "2026-11-02T01:59"),
        ("2026-11-02T02:00", "2026-11-02T22:00"),
    ],
)
def test_a_window_over_midnight(at, expected):
    assert into_window(local(at), time(22), time(2), SHANGHAI) == local(expected)


def test_a_window_of_the_day():
    assert into_window(local("2026-11-01T08:00"), time(10), time(20), SHANGHAI) == local("2026-11-01T10:00")
    assert into_window(local("2026-11-01T19:59"), time(10), time(20), SHANGHAI) == local("2026-11-01T19:59")
    assert into_window(local("2026-11-01T20:00"), time(10), time(20), SHANGHAI) == local("2026-11-02T10:00")


def test_the_next_time_is_later_than_now():
    assert next_at(local("2026-11-01T12:29"), time(12, 30), SHANGHAI) == local("2026-11-01T12:30")
    assert next_at(local("2026-11-01T12:30"), time(12, 30), SHANGHAI) == local("2026-11-02T12:30")


def test_days_are_local_days_over_a_change_of_the_clock():
    before = local("2026-10-31T20:00", NEW_YORK)
    assert at_local(before, time(20), NEW_YORK, plus_days=1) == before + timedelta(hours=25)
