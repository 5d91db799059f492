"""最佳时段: the hour of the day at which a person is most likely to answer, from when they acted before. Pure.

Source of the estimate: the hours of past acts, each weighted by how many dates ago it was, smoothed over neighbouring
hours of the clock's circle (a kernel of ¼, ½, ¼), so that 20:55 and 21:05 speak for each other. Of equal hours the
nearest after the fallback wins. With fewer acts than `LEAST` the fallback is the answer: one act is noise.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Acts that weigh together less than this many of today say nothing.
LEAST: Final = 3
# After so long an act weighs half.
HALF_LIFE: Final = timedelta(days=60)
FALLBACK: Final = 10
_HOURS = 24


def best_hour(acts: Iterable[datetime], now: datetime, zone: ZoneInfo, *, fallback: int = FALLBACK) -> int:
    """The hour (0 to 23, on the person's clock) to write at.

    acts      aware instants of their replies, clicks and orders; later ones than `now` do not count
    fallback  the house's own hour, for people too little is known of
    """
    weights = [0.0] * _HOURS
    for act in acts:
        if act <= now:
            local = act.astimezone(zone)
            weights[local.hour] += 0.5 ** ((now.astimezone(zone).date() - local.date()) / HALF_LIFE)
    if sum(weights) < LEAST:
        return fallback
    # Rounded: equal hours must not be told apart by the order of a sum.
    smooth = [round(weights[h] / 2 + (weights[h - 1] + weights[(h + 1) % _HOURS]) / 4, 9) for h in range(_HOURS)]
    return max(range(_HOURS), key=lambda hour: (smooth[hour], -((hour - fallback) % _HOURS)))


def next_at(hour: int, due: datetime, expires: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (aware UTC) from `due` on, and before `expires`, at which the person's clock shows this hour;
    `due` itself when it never does. An hour skipped by summer time is met where the clock lands."""
    day = due.astimezone(zone).date()
    for ahead in range((expires - due).days + 3):
        for fold in (0, 1):
            start = datetime.combine(day + timedelta(days=ahead), time(hour, fold=fold), zone).astimezone(UTC)
            # The hour may have begun already.
            at = max(start, due.astimezone(UTC))
            if at < start + timedelta(hours=1):
                return at if at < expires else due
    return due
