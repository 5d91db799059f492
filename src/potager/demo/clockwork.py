"""The moments of a day of the world. A day runs from 09:00 to 09:00 in Shanghai, which has no summer time."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from potager.demo.parameters import Ints, date_of, day_number

_OFFSET = timedelta(hours=8)
_EPOCH_DAY = (date_of(0) - date(1970, 1, 1)).days
OPENING = 9 * 3600
# People answer within this many seconds of what reaches them.
ANSWERED = 1500


def at(day: int, second: int) -> datetime:
    """The instant so many seconds into a day of the twin."""
    there = datetime.combine(date_of(day), datetime.min.time(), tzinfo=UTC)
    return there - _OFFSET + timedelta(seconds=int(second))


def microseconds(day: Ints, second: Ints) -> Ints:
    """The same as microseconds since 1970, for many."""
    return ((day + _EPOCH_DAY) * 86_400 - 8 * 3600 + second) * 1_000_000


def day_of(instant: datetime) -> tuple[int, int]:
    """The twin's day an instant falls on, and the second of it."""
    there = instant.astimezone(UTC) + _OFFSET
    return day_number(there.date()), there.hour * 3600 + there.minute * 60 + there.second


def morning(day: int) -> datetime:
    return at(day, OPENING)


def instants(day: int, second: Ints) -> npt.NDArray[np.datetime64]:
    """The same for many seconds of one day, as naive UTC."""
    return microseconds(np.array(day), second).astype("datetime64[us]")
