"""How the layers of a model fare: period by period what their people bought, and how long people stay.

A period's people of a layer are those who stood in it when the period began (its first business day), so that nobody's
purchase puts them among those it is told of. Of a layer and period:
    people    how many they were
    buyers    of them, with a paid order in the period
    gmv       money of these orders, minor units
    costed    of gmv, orders whose item cost is known; profit = Σ (amount − cost) of those, before refunds
    stayed    of people, in the same layer when the next period began; None while it is not over
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import pyarrow as pa

from potager.insight import tables
from potager.insight.metrics.periods import first_of, next_of

Grain = Literal["week", "month"]
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class LayerPeriod:
    layer: str
    start: date
    people: int
    buyers: int
    gmv: int
    costed: int
    profit: int
    stayed: int | None


@dataclass(frozen=True, slots=True)
class Dwell:
    """now, age: people in the layer and the median days they have been there; left, stay: spells that ended, and the
    median days they lasted. A spell begun before the history is counted from its first day."""

    layer: str
    now: int
    age: float | None
    left: int
    stay: float | None


_TREND: Final = """
WITH stood AS (
    SELECT p.start, p.next, h.layer, h.cid FROM period p JOIN layer_history h
    ON h.model = $model AND h.from_day <= p.start AND (h.to_day IS NULL OR h.to_day > p.start)
), bought AS (
    SELECT p.start, o.cid, sum(o.amount)::BIGINT AS gmv,
        coalesce(sum(CASE WHEN o.cost IS NOT NULL THEN o.amount END), 0)::BIGINT AS costed,
        coalesce(sum(o.amount - o.cost), 0)::BIGINT AS profit
    FROM period p JOIN orders o ON o.day >= p.start AND o.day < p.next AND o.status = 'paid' AND o.day <= $today
    GROUP BY 1, 2
), later AS (
    SELECT p.start, h.layer, h.cid FROM period p JOIN layer_history h
    ON p.next <= $today AND h.model = $model AND h.from_day <= p.next AND (h.to_day IS NULL OR h.to_day > p.next)
)
SELECT s.start, s.layer, any_value(s.next) AS next, count(*)::BIGINT AS people, count(b.cid)::BIGINT AS buyers,
    coalesce(sum(b.gmv), 0)::BIGINT AS gmv, coalesce(sum(b.costed), 0)::BIGINT AS costed,
    coalesce(sum(b.profit), 0)::BIGINT AS profit, count(l.cid)::BIGINT AS stayed
FROM stood s
LEFT JOIN bought b ON b.start = s.start AND b.cid = s.cid
LEFT JOIN later l ON l.start = s.start AND l.cid = s.cid AND l.layer = s.layer
GROUP BY 1, 2 ORDER BY 1, 2"""
_DWELL: Final = """
SELECT layer,
    count(*) FILTER (to_day IS NULL)::BIGINT AS now, median($today - from_day) FILTER (to_day IS NULL) AS age,
    count(*) FILTER (to_day IS NOT NULL)::BIGINT AS left_, median(to_day - from_day) FILTER (to_day IS NOT NULL) AS stay
FROM layer_history WHERE model = $model AND from_day <= $today GROUP BY layer ORDER BY layer"""


def trend(model: str, start: date, end: date, grain: Grain) -> list[LayerPeriod]:
    """Each layer in each whole or running period from the one that holds `start` to the one that holds `end`."""
    periods = _periods(grain, start, end)
    owner = tables.opened()
    asked = {"model": model, "today": end}
    rows = owner.query(_TREND, asked, beside={"period": _table(periods)}).to_pylist()
    return [
        LayerPeriod(
            row["layer"], row["start"], row["people"], row["buyers"], row["gmv"], row["costed"], row["profit"],
            row["stayed"] if row["next"] <= end else None,
        )
        for row in rows
    ]  # fmt: skip


def dwell(model: str, day: date) -> list[Dwell]:
    """How long people have been and were in each layer, as known on a day."""
    rows = tables.opened().query(_DWELL, {"model": model, "today": day}).to_pylist()
    return [Dwell(row["layer"], row["now"], row["age"], row["left_"], row["stay"]) for row in rows]


def _periods(grain: Grain, start: date, end: date) -> list[tuple[date, date]]:
    """First days of the periods and of those that follow, the latest MOST of them."""
    found = []
    first = first_of(grain, start)
    while first <= end:
        following = next_of(grain, first)
        found.append((first, following))
        first = following
    return found[-MOST:]


def _table(periods: Sequence[tuple[date, date]]) -> pa.Table:
    starts, nexts = zip(*periods, strict=True) if periods else ((), ())
    return pa.table({"start": pa.array(starts, pa.date32()), "next": pa.array(nexts, pa.date32())})
