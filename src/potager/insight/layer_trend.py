"""How the layers of a model fare: period by period what their people bought, and how long people stay.

A period's people of a layer are those who stood in it when the period began (its first business day), so that nobody's
purchase puts them among those it is told of.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

import pyarrow as pa

from potager.insight import tables
from potager.insight.layer_schemas import DwellOut, LayerPeriodOut
from potager.insight.metrics.periods import first_of, next_of

Grain = Literal["week", "month"]
MOST: Final = 60


_TREND: Final = """
WITH stood AS (
    SELECT p.start, p.next, h.layer, h.cid FROM period p JOIN layer_history h
    ON h.model = $model AND h.from_day <= p.start AND (h.to_day IS NULL OR h.to_day > p.start)
), bought AS (
    SELECT p.start, o.cid, sum(o.amount)::BIGINT AS gmv_minor,
        coalesce(sum(CASE WHEN o.cost IS NOT NULL THEN o.amount END), 0)::BIGINT AS costed_minor,
        coalesce(sum(o.amount - o.cost), 0)::BIGINT AS profit_minor
    FROM period p JOIN orders o ON o.day >= p.start AND o.day < p.next AND o.status = 'paid' AND o.day <= $today
    GROUP BY 1, 2
), later AS (
    SELECT p.start, h.layer, h.cid FROM period p JOIN layer_history h
    ON p.next <= $today AND h.model = $model AND h.from_day <= p.next AND (h.to_day IS NULL OR h.to_day > p.next)
)
SELECT s.start, s.layer, count(*)::BIGINT AS people, count(b.cid)::BIGINT AS buyers,
    coalesce(sum(b.gmv_minor), 0)::BIGINT AS gmv_minor, coalesce(sum(b.costed_minor), 0)::BIGINT AS costed_minor,
    coalesce(sum(b.profit_minor), 0)::BIGINT AS profit_minor,
    CASE WHEN any_value(s.next) <= $today THEN count(l.cid)::BIGINT END AS stayed
FROM stood s
LEFT JOIN bought b ON b.start = s.start AND b.cid = s.cid
LEFT JOIN later l ON l.start = s.start AND l.cid = s.cid AND l.layer = s.layer
GROUP BY 1, 2 ORDER BY 1, 2"""
_DWELL: Final = """
SELECT layer,
    count(*) FILTER (to_day IS NULL)::BIGINT AS now, median($today - from_day) FILTER (to_day IS NULL) AS age_days,
    count(*) FILTER (to_day IS NOT NULL)::BIGINT AS "left",
    median(to_day - from_day) FILTER (to_day IS NOT NULL) AS stay_days
FROM layer_history WHERE model = $model AND from_day <= $today GROUP BY layer ORDER BY layer"""


def trend(model: str, start: date, end: date, grain: Grain) -> list[LayerPeriodOut]:
    """Each layer in each whole or running period from the one that holds `start` to the one that holds `end`."""
    asked, beside = {"model": model, "today": end}, {"period": _table(_periods(grain, start, end))}
    return [LayerPeriodOut(**row) for row in tables.opened().query(_TREND, asked, beside=beside).to_pylist()]


def dwell(model: str, day: date) -> list[DwellOut]:
    """How long people have been and were in each layer, as known on a day."""
    rows = tables.opened().query(_DWELL, {"model": model, "today": day}).to_pylist()
    return [DwellOut(**row) for row in rows]


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
