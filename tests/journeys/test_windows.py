"""Must show 2: wait windows and quiet hours exact to the minute, over midnight, both changes of summer time, weekdays,
month ends, and at the ends of the earth (+14, −11)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from potager.core import house
from potager.journeys.nodes.wait import Arrival, Wait
from potager.journeys.times import into_window, time_of_day
from potager.journeys.triggers.schedule import Schedule
from potager.touch.quiet import QuietHours

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
KIRITIMATI, PAGO_PAGO = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # +14 and −11
LORD_HOWE = "Australia/Lord_Howe"  # half an hour of summer time


def moment(wall: str, zone: str) -> datetime:
    """A wall clock in a zone as an instant; "… *" is the second time a repeated hour shows it."""
    fold = int(wall.endswith("*"))
    return datetime.fromisoformat(wall.rstrip(" *")).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def after(at: datetime, zone: str, wait: dict[str, object]) -> datetime:
    """When somebody who came at this instant goes on."""
    return Wait.model_validate(wait).ends(Arrival(at, at, ZoneInfo(zone)))


def between(start: str, end: str) -> Callable[[datetime, str], datetime]:
    return lambda at, zone: after(at, zone, {"between": [start, end]})


def until(time: str, day: int | None = None) -> Callable[[datetime, str], datetime]:
    wait = {"until": time} if day is None else {"until": time, "day": day}
    return lambda at, zone: after(at, zone, wait)


def span(text: str) -> Callable[[datetime, str], datetime]:
    return lambda at, zone: after(at, zone, {"for": text})


def quiet(start: str, end: str) -> Callable[[datetime, str], datetime]:
    return lambda at, zone: QuietHours(time_of_day(start), time_of_day(end)).over(at, ZoneInfo(zone))


NIGHT = quiet("21:30", "08:30")
LATE = between("22:00", "02:00")

TABLE = [
    # A window of the day: before, first minute, last minute, just over.
    (between("10:00", "20:00"), SHANGHAI, "2026-11-01 09:59", "2026-11-01 10:00"),
    (between("10:00", "20:00"), SHANGHAI, "2026-11-01 10:00", "2026-11-01 10:00"),
    (between("10:00", "20:00"), SHANGHAI, "2026-11-01 19:59", "2026-11-01 19:59"),
    (between("10:00", "20:00"), SHANGHAI, "2026-11-01 20:00", "2026-11-02 10:00"),
    # Over midnight, and over the ends of months and years.
    (LATE, SHANGHAI, "2026-11-01 21:59", "2026-11-01 22:00"),
    (LATE, SHANGHAI, "2026-11-01 23:59", "2026-11-01 23:59"),
    (LATE, SHANGHAI, "2026-11-02 01:59", "2026-11-02 01:59"),
    (LATE, SHANGHAI, "2026-11-02 02:00", "2026-11-02 22:00"),
    (between("09:00", "12:00"), SHANGHAI, "2026-12-31 12:00", "2027-01-01 09:00"),
    (between("09:00", "12:00"), SHANGHAI, "2028-02-28 18:00", "2028-02-29 09:00"),
    # Clocks go forward, 02:00 → 03:00: a window begins at the jump when its start is skipped, and may be all skipped.
    (between("02:30", "03:15"), NEW_YORK, "2026-03-08 01:00", "2026-03-08 03:00"),
    (between("02:30", "03:15"), NEW_YORK, "2026-03-08 03:14", "2026-03-08 03:14"),
    (between("02:30", "03:15"), NEW_YORK, "2026-03-08 03:15", "2026-03-09 02:30"),
    (between("02:10", "02:50"), NEW_YORK, "2026-03-08 01:00", "2026-03-09 02:10"),
    (between("22:00", "02:30"), NEW_YORK, "2026-03-08 03:00", "2026-03-08 22:00"),
    # Clocks go back, 02:00 → 01:00: the hour that repeats has its windows twice.
    (between("01:30", "03:00"), NEW_YORK, "2026-11-01 01:15", "2026-11-01 01:30"),
    (between("01:30", "03:00"), NEW_YORK, "2026-11-01 01:15 *", "2026-11-01 01:30 *"),
    (between("01:00", "01:30"), NEW_YORK, "2026-11-01 01:30", "2026-11-01 01:00 *"),
    (between("01:00", "01:30"), NEW_YORK, "2026-11-01 01:30 *", "2026-11-02 01:00"),
    (between("01:45", "02:15"), LORD_HOWE, "2026-04-05 01:40", "2026-04-05 01:45"),
    (between("01:45", "02:15"), LORD_HOWE, "2026-04-05 01:40 *", "2026-04-05 01:45 *"),
    # The ends of the earth.
    (LATE, KIRITIMATI, "2026-10-31 21:59", "2026-10-31 22:00"),
    (LATE, PAGO_PAGO, "2026-10-31 02:00", "2026-10-31 22:00"),
    # The next such time: later than now, also when it comes twice or is skipped.
    (until("12:30"), SHANGHAI, "2026-11-01 12:29", "2026-11-01 12:30"),
    (until("12:30"), SHANGHAI, "2026-11-30 12:30", "2026-12-01 12:30"),
    (until("01:15"), NEW_YORK, "2026-11-01 01:15", "2026-11-01 01:15 *"),
    (until("01:15"), NEW_YORK, "2026-11-01 01:15 *", "2026-11-02 01:15"),
    (until("02:30"), NEW_YORK, "2026-03-08 01:00", "2026-03-08 03:30"),
    (until("02:30"), NEW_YORK, "2026-03-08 03:30", "2026-03-09 02:30"),
    # Days are local days, whole spans are not.
    (until("20:00", day=1), NEW_YORK, "2026-10-31 20:00", "2026-11-01 20:00"),
    (span("1d"), NEW_YORK, "2026-10-31 20:00", "2026-11-01 19:00"),
    (span("1d"), NEW_YORK, "2026-03-07 20:00", "2026-03-08 21:00"),
    (until("10:00", day=1), SHANGHAI, "2028-02-28 23:59", "2028-02-29 10:00"),
    (until("10:00", day=3), PAGO_PAGO, "2026-12-30 23:59", "2027-01-02 10:00"),
    # Quiet hours.
    (NIGHT, SHANGHAI, "2026-12-31 21:30", "2027-01-01 08:30"),
    (NIGHT, SHANGHAI, "2026-11-01 21:29", "2026-11-01 21:29"),
    (NIGHT, KIRITIMATI, "2026-10-31 21:30", "2026-11-01 08:30"),
    (NIGHT, PAGO_PAGO, "2026-11-01 08:29", "2026-11-01 08:30"),
    (quiet("23:00", "02:30"), NEW_YORK, "2026-03-07 23:30", "2026-03-08 03:00"),
    (quiet("23:00", "01:30"), NEW_YORK, "2026-11-01 01:10 *", "2026-11-01 01:30 *"),
]


def test_there_are_forty():
    assert len(TABLE) == 40


@pytest.mark.parametrize(("rule", "zone", "came", "goes"), TABLE)
def test_table(rule, zone, came, goes):
    assert rule(moment(came, zone), zone) == moment(goes, zone)


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "slot"),
    [
        # Sunday 1 November 2026: Monday begins at its own midnight wherever that is.
        ({"at": "00:00", "weekdays": [1]}, SHANGHAI, "2026-11-01 23:59", "2026-10-26 00:00"),
        ({"at": "00:00", "weekdays": [1]}, SHANGHAI, "2026-11-02 00:00", "2026-11-02 00:00"),
        ({"at": "23:59", "weekdays": [7]}, KIRITIMATI, "2026-11-02 00:00", "2026-11-01 23:59"),
        ({"at": "23:59", "weekdays": [7]}, PAGO_PAGO, "2026-11-01 23:58", "2026-10-25 23:59"),
        # A month's 28th, over a February that has no more days.
        ({"at": "09:00", "monthday": 28}, SHANGHAI, "2026-03-01 00:00", "2026-02-28 09:00"),
        ({"at": "09:00", "monthday": 1}, PAGO_PAGO, "2026-12-01 08:59", "2026-11-01 09:00"),
        # Each day has one slot, also the one whose hour comes twice, or not at all.
        ({"at": "01:30"}, NEW_YORK, "2026-11-01 01:45 *", "2026-11-01 01:30"),
        ({"at": "02:30"}, NEW_YORK, "2026-03-08 03:29", "2026-03-07 02:30"),
        ({"at": "02:30"}, NEW_YORK, "2026-03-08 03:30", "2026-03-08 03:30"),
    ],
)
def test_slots_of_the_calendar(db, schedule, zone, now, slot):
    house.found("测试花园", zone=zone, currency="CNY", world_at=moment(now, zone))
    assert Schedule.model_validate(schedule).latest_slot(moment(now, zone)) == moment(slot, zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (NEW_YORK, "2026-03-08 00:00"),
        (NEW_YORK, "2026-11-01 00:00"),
        (LORD_HOWE, "2026-10-04 00:00"),
        (LORD_HOWE, "2026-04-05 00:00"),
        (KIRITIMATI, "2026-12-31 00:00"),
        (PAGO_PAGO, "2026-02-28 00:00"),
    ],
)
@pytest.mark.parametrize("window", [("22:00", "02:15"), ("01:30", "03:00"), ("02:15", "02:45"), ("00:00", "12:00")])
def test_every_minute_against_a_walk_along_the_clock(zone, day, window):
    place, (start, end) = ZoneInfo(zone), (time_of_day(text) for text in window)
    minutes = [moment(day, zone) + n * timedelta(minutes=1) for n in range(72 * 60)]

    def inside(at: datetime) -> bool:
        clock = at.astimezone(place).time()
        return start <= clock < end if start < end else clock >= start or clock < end

    open_ = [inside(minute) for minute in minutes]
    for n in range(0, 24 * 60, 7):
        walked = next(minutes[m] for m in range(n, len(minutes)) if open_[m])
        assert into_window(minutes[n], start, end, place) == walked
