"""How eager the whole country is to shop on a given day: sales, holidays, weekends."""

from datetime import date
from typing import NamedTuple

from potager.demo.parameters import date_of

# (first day, last day, factor on buying, share off the price) by month-day; the first that fits wins.
_SALES = (
    ((6, 16), (6, 18), 2.4, 0.15),
    ((5, 25), (6, 15), 1.25, 0.08),
    ((11, 10), (11, 11), 2.9, 0.18),
    ((10, 28), (11, 9), 1.5, 0.1),
    ((11, 12), (11, 14), 0.75, 0.05),
    ((12, 11), (12, 12), 1.7, 0.1),
    ((3, 6), (3, 8), 1.9, 0.12),
    ((2, 15), (2, 23), 0.5, 0.0),
    ((10, 1), (10, 7), 0.8, 0.0),
    ((5, 18), (5, 20), 1.4, 0.06),
)
_WEEKDAY = (0.93, 0.92, 0.95, 0.97, 1.02, 1.12, 1.09)


class Season(NamedTuple):
    """`buying` multiplies the daily chance to buy; `sale` is how much of a sale it is (0 ordinary … 1 双11);
    `off` is the share taken off list prices."""

    buying: float
    sale: float
    off: float


def season_of(day: int) -> Season:
    """The season of a day, weekday included."""
    when = date_of(day)
    factor, off = _sale(when)
    return Season(buying=factor * _WEEKDAY[when.weekday()], sale=min(max(factor - 1, 0) / 1.9, 1), off=off)


def _sale(when: date) -> tuple[float, float]:
    for first, last, factor, off in _SALES:
        if first <= (when.month, when.day) <= last:
            return factor, off
    return 1.0, 0.0
