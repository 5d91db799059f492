"""touch.quiet: quiet hours exact to the minute, over midnight, summer time, month ends, the ends of the earth."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from potager.touch.quiet import QuietHours

NIGHT = QuietHours(time(21, 30), time(8, 30))
LUNCH = QuietHours(time(12), time(14))
MINUTE = timedelta(minutes=1)

TABLE = [
    # quiet hours, zone, wall clock (fold) → when it may go out, in the same zone
    (NIGHT, "Asia/Shanghai", "2026-11-01 21:29", "2026-11-01 21:29"),
    (NIGHT, "Asia/Shanghai", "2026-11-01 21:30", "2026-11-02 08:30"),
    (NIGHT, "Asia/Shanghai", "2026-11-02 00:00", "2026-11-02 08:30"),
    (NIGHT, "Asia/Shanghai", "2026-11-02 08:29", "2026-11-02 08:30"),
    (NIGHT, "Asia/Shanghai", "2026-11-02 08:30", "2026-11-02 08:30"),
    (NIGHT, "Asia/Shanghai", "2026-11-30 23:59", "2026-12-01 08:30"),
    (NIGHT, "Asia/Shanghai", "2026-12-31 22:00", "2027-01-01 08:30"),
    (NIGHT, "Asia/Shanghai", "2028-02-28 22:00", "2028-02-29 08:30"),
    (LUNCH, "Asia/Shanghai", "2026-11-01 12:00", "2026-11-01 14:00"),
    (LUNCH, "Asia/Shanghai", "2026-11-01 14:00", "2026-11-01 14:00"),
    (NIGHT, "Pacific/Kiritimati", "2026-10-31 21:30", "2026-11-01 08:30"),
    (NIGHT, "Pacific/Pago_Pago", "2026-10-31 21:30", "2026-11-01 08:30"),
    (NIGHT, "Pacific/Kiritimati", "2026-10-31 21:29", "2026-10-31 21:29"),
    (NIGHT, "Pacific/Pago_Pago", "2026-11-01 08:29", "2026-11-01 08:30"),
    # The night the clocks go forward is an hour shorter, the one they go back an hour longer.
    (NIGHT, "America/New_York", "2026-03-07 22:00", "2026-03-08 08:30"),
    (NIGHT, "America/New_York", "2026-10-31 22:00", "2026-11-01 08:30"),
    # The end itself is skipped by the clock: 02:00 → 03:00.
    (QuietHours(time(23), time(2, 30)), "America/New_York", "2026-03-07 23:30", "2026-03-08 03:00"),
    # The end comes twice: the first counts, and the hour that repeats is quiet again until it comes once more.
    (QuietHours(time(23), time(1, 30)), "America/New_York", "2026-10-31 23:30", "2026-11-01 01:30"),
]


def at(wall: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("quiet", "zone", "now", "free"), TABLE)
def test_table(quiet, zone, now, free):
    assert quiet.over(at(now, zone), ZoneInfo(zone)) == at(free, zone)


def test_hours_slept_when_the_clocks_change():
    new_york = ZoneInfo("America/New_York")
    spring, autumn = at("2026-03-07 22:00", "America/New_York"), at("2026-10-31 22:00", "America/New_York")
    assert NIGHT.over(spring, new_york) - spring == timedelta(hours=9, minutes=30)
    assert NIGHT.over(autumn, new_york) - autumn == timedelta(hours=11, minutes=30)


def test_the_repeated_hour_is_quiet_again():
    quiet, zone = QuietHours(time(23), time(1, 30)), ZoneInfo("America/New_York")
    again = at("2026-11-01 01:10", "America/New_York", fold=1)
    assert quiet.over(again, zone) == at("2026-11-01 01:30", "America/New_York", fold=1)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/New_York", "2026-03-08 00:00"),
        ("America/New_York", "2026-11-01 00:00"),
        ("Australia/Lord_Howe", "2026-10-04 00:00"),
        ("Australia/Lord_Howe", "2026-04-05 00:00"),
        ("Africa/Casablanca", "2026-02-15 00:00"),
        ("Pacific/Kiritimati", "2026-12-31 00:00"),
        ("Pacific/Pago_Pago", "2026-02-28 00:00"),
    ],
)
@pytest.mark.parametrize(
    "quiet",
    [NIGHT, QuietHours(time(23), time(2, 15)), QuietHours(time(1, 45), time(2, 30)), QuietHours(time(0), time(3))],
)
def test_every_minute_of_the_day_against_a_walk_along_the_clock(zone, day, quiet):
    place = ZoneInfo(zone)
    start = at(day, zone)
    minutes = [start + n * MINUTE for n in range(48 * 60)]
    free = [not quiet.holds(minute, place) for minute in minutes]
    for n in range(0, 24 * 60, 7):
        walked = next(minutes[m] for m in range(n, len(minutes)) if free[m])
        assert quiet.over(minutes[n], place) == walked
