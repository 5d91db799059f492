"""Backwards from the target: how high each lever must be for the rest of the period, and when it last was. Pure.

What the present pace brings in the days left is the last weeks' measures, counts scaled to the days left. A lever is
then raised alone, the others held, until the rest of the target is reached; counts of the best month are its daily
average over the days left, rates are that month's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from potager.goals.tree import KEYS, Key, Measures, levels

LEVERS: tuple[Key, ...] = ("customers_new", "first_order_rate", "buyers_old", "orders_per_buyer", "aov")
State = Literal["reached", "on_course", "one_lever", "together", "out_of_reach", "over", "no_pace"]


@dataclass(frozen=True, slots=True)
class Month:
    """A complete calendar month: "2026-06", its days and measures."""

    label: str
    days: int
    measures: Measures


@dataclass(frozen=True, slots=True)
class Lever:
    """One factor raised alone. present, needed and best are levels for the days left (counts) or rates.

    best        the best complete month so far, at its pace over the days left; None without a complete month
    reachable   whether needed ≤ best
    """

    key: Key
    present: float
    needed: float
    best: float | None
    best_month: str | None
    reachable: bool


@dataclass(frozen=True, slots=True)
class Requirement:
    """What it takes.

    forecast    actual to date + the present pace over the days left, minor units
    missing     what the days left must bring, minor units
    together    what the days left bring with every lever at its best month at once; None without a complete month
    """

    state: State
    forecast: int
    missing: int
    days_left: float
    levers: tuple[Lever, ...]
    together: int | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a goal stands. `recent` are the measures of the last `recent_days` whole days: the present pace."""

    target: int
    actual: int
    days_left: float
    recent: Measures
    recent_days: int
    months: Sequence[Month]


def require(at: Position) -> Requirement:
    """Whether the goal is on course, and if not, how high each lever would have to be."""
    missing = max(0, at.target - at.actual)
    scale = max(0.0, at.days_left) / at.recent_days
    forecast = at.actual + round(at.recent.gmv * scale)
    levers: tuple[Lever, ...] = ()
    together = None
    state: State
    if not missing:
        state = "reached"
    elif at.days_left <= 0:
        state = "over"
    elif not (at.recent.customers_new and at.recent.buyers_new):
        state = "no_pace"
    else:
        levers = tuple(_levers(at, missing, scale))
        together = _together(levers)
        state = _judge(levers, together, missing, is_on_course=forecast >= at.target)
    return Requirement(state, forecast, missing, at.days_left, levers, together)


def _judge(levers: Sequence[Lever], together: int | None, missing: int, *, is_on_course: bool) -> State:
    if is_on_course:
        return "on_course"
    if any(lever.reachable for lever in levers):
        return "one_lever"
    return "together" if together is not None and together >= missing else "out_of_reach"


def _levers(at: Position, missing: int, scale: float) -> list[Lever]:
    now = {key: (ratio.value or 0.0) * (scale if KEYS[key].grows else 1) for key, ratio in levels(at.recent).items()}
    growth = missing / now["gmv"]
    more_buyers = now["buyers"] * (growth - 1)
    needed: Mapping[Key, float] = {
        "customers_new": (now["buyers_new"] + more_buyers) / now["first_order_rate"],
        "first_order_rate": (now["buyers_new"] + more_buyers) / now["customers_new"],
        "buyers_old": now["buyers_old"] + more_buyers,
        "orders_per_buyer": now["orders_per_buyer"] * growth,
        "aov": now["aov"] * growth,
    }
    found = []
    for key in LEVERS:
        best, label = _best(key, at)
        level = max(0.0, needed[key])
        found.append(Lever(key, now[key], level, best, label, reachable=best is not None and level <= best))
    return found


def _best(key: Key, at: Position) -> tuple[float | None, str | None]:
    seen = [
        (value * at.days_left / month.days if KEYS[key].grows else value, month.label)
        for month in at.months
        if (value := levels(month.measures)[key].value) is not None
    ]
    return max(seen, default=(None, None))


def _together(levers: Sequence[Lever]) -> int | None:
    best = {lever.key: lever.best for lever in levers}
    parts = [best[key] for key in LEVERS]
    if None in parts:
        return None
    customers, rate, old, orders, aov = (part or 0.0 for part in parts)
    return round((customers * min(rate, 1.0) + old) * orders * aov)
