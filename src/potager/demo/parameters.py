"""What decides a world: its seed, its size, its dates. The same parameters give the same world, to the last fen."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

_EPOCH = date(2020, 1, 1)


class Stream(IntEnum):
    """Independent sources of chance, so that drawing more of one never moves another."""

    JOINS = 1
    PEOPLE = 2
    LIVES = 3
    BROWSING = 4
    ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Parameters:
    """Days are counted from 2020-01-01 (`day_number`).

    customers     people known at the end of the replay
    end           the day T the world stands at when built (at 09:00); replayed days are the ones before it
    history_days  days before the replay, given to the house as history
    replay_days   days lived through with the product running
    newcomers     share of the customers who join during the year
    moments       seconds into a day at which the house looks up and acts on what is due; the last lies in the next
                  morning, in time to be done by nine
    window        days over which the SOPs' outcomes are counted; None leaves each as shipped
    """

    seed: int = 7
    customers: int = 20_000
    end: date = date(2026, 11, 20)
    history_days: int = 305
    replay_days: int = 60
    newcomers: float = 0.55
    moments: tuple[int, ...] = (13 * 3600, 20 * 3600 + 600, 32 * 3600 + 2100)
    window: int | None = None

    @property
    def last_day(self) -> int:
        """The first day not lived yet when the world is built."""
        return day_number(self.end)

    @property
    def replay_day(self) -> int:
        return self.last_day - self.replay_days

    @property
    def first_day(self) -> int:
        return self.replay_day - self.history_days

    def chance(self, stream: Stream, day: int = 0) -> np.random.Generator:
        """The generator of one stream on one day. Nothing else is random."""
        return np.random.default_rng([self.seed, int(stream), day])


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    return _EPOCH + timedelta(days=int(number))
