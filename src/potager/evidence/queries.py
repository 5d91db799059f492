"""Reads of what the people of experiments did, from the warehouse: one statement for any number of journeys.

`rows` are people.People.rows: journey, touching, pid, cid, treated, entered, closes.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from potager.facts import warehouse
from potager.facts.warehouse import Params

REACHED, REPLIED, LOST, OPTED_OUT = "reached", "replied", "lost", "opted_out"


@dataclass(frozen=True, slots=True)
class Day:
    """What one arm of a journey added on the n-th day after entry. Squares are those of each person's running sum."""

    journey: str
    treated: bool
    day: int
    new_buyers: int
    orders: int
    gmv: int
    refunds: int
    touch_cost: int
    profit: int
    uncosted_gmv: int
    gmv_squares: float
    profit_squares: float


@dataclass(frozen=True, slots=True)
class Attributed:
    """Orders of treated people whose last delivered touch came from this journey."""

    orders: int = 0
    buyers: int = 0
    gmv: int = 0
    margin: int = 0


# One pass over the orders and refunds of the people's windows. The squares of running sums per person are summed as
# differences, so that every day's sufficient statistics come out of the same rows as the total. Whole numbers stay
# whole (HUGEINT) until the squares leave as doubles.
_DAYS = """
WITH flow AS (
    SELECT p.journey, p.pid, p.treated, (epoch_us(o.ts) - epoch_us(p.entered)) // 86400000000 AS day,
           1 AS orders, o.amount AS gmv, 0 AS refunds, 0 AS touch_cost,
           COALESCE(o.amount - o.cost, 0) AS profit, CASE WHEN o.cost IS NULL THEN o.amount ELSE 0 END AS uncosted
    FROM person AS p JOIN orders AS o ON o.cid = p.cid AND o.ts >= p.entered AND o.ts < p.closes
    WHERE o.status = 'paid'
    UNION ALL
    SELECT p.journey, p.pid, p.treated, (epoch_us(r.ts) - epoch_us(p.entered)) // 86400000000, 0, 0, r.amount, 0,
           COALESCE(o.cost::HUGEINT * r.amount // NULLIF(o.amount, 0) - r.amount, 0), 0
    FROM person AS p JOIN refund AS r ON r.cid = p.cid AND r.ts >= p.entered AND r.ts < p.closes
    LEFT JOIN orders AS o ON o.k1 = r.o1 AND o.k2 = r.o2
    UNION ALL
    SELECT p.journey, p.pid, p.treated, (epoch_us(e.ts) - epoch_us(p.entered)) // 86400000000,
           0, 0, 0, e.amount, -e.amount, 0
    FROM person AS p JOIN event AS e ON e.cid = p.cid AND e.ts >= p.entered AND e.ts < p.closes
    WHERE e.type = (SELECT id FROM event_type WHERE key = 'touch_sent') AND e.amount <> 0
), per_day AS (
    SELECT journey, pid, treated, day, SUM(orders) AS orders, SUM(gmv) AS gmv, SUM(refunds) AS refunds,
           SUM(touch_cost) AS touch_cost, SUM(profit) AS profit, SUM(uncosted) AS uncosted
    FROM flow GROUP BY journey, pid, treated, day
), running AS (
    SELECT *, SUM(orders) OVER so_far AS orders_so_far, SUM(gmv) OVER so_far AS gmv_so_far,
           SUM(profit) OVER so_far AS profit_so_far
    FROM per_day WINDOW so_far AS (PARTITION BY journey, pid ORDER BY day)
)
SELECT journey, treated, day::INTEGER AS day,
       COUNT(*) FILTER (orders > 0 AND orders_so_far = orders) AS new_buyers, SUM(orders)::BIGINT AS orders,
       SUM(gmv)::BIGINT AS gmv, SUM(refunds)::BIGINT AS refunds, SUM(touch_cost)::BIGINT AS touch_cost,
       SUM(profit)::BIGINT AS profit, SUM(uncosted)::BIGINT AS uncosted_gmv,
       SUM(gmv * (2 * gmv_so_far - gmv))::DOUBLE AS gmv_squares,
       SUM(profit * (2 * profit_so_far - profit))::DOUBLE AS profit_squares
FROM running GROUP BY journey, treated, day ORDER BY journey, day, treated
"""


def days(rows: pa.Table) -> dict[str, list[Day]]:
    """Per journey, arm and day since entry: buyers, orders, GMV, refunds, gross profit, and running squares.

    Facts count by their own time: a refund counts on its day, inside the window of its person. Profit is amount minus
    item cost, minus the lost margin of refunds (the goods come back), minus what touches cost, this journey's and any
    other's. Orders whose cost is unknown, and their refunds, stay out of profit; their GMV is in `uncosted_gmv`.
    """
    found: dict[str, list[Day]] = defaultdict(list)
    for row in _about(rows, _DAYS):
        found[row["journey"]].append(Day(**row))
    return found


_REACTIONS = """
SELECT journey, treated, reaction, COUNT(DISTINCT pid) AS people
FROM (
    SELECT p.journey, p.pid, p.treated,
           CASE t.key WHEN 'friend_lost' THEN 'lost' WHEN 'opted_out' THEN 'opted_out'
                      WHEN 'message_replied' THEN 'replied' WHEN 'touch_replied' THEN 'replied'
                      ELSE 'reached' END AS reaction
    FROM person AS p
    JOIN event AS e ON e.cid = p.cid AND e.ts >= p.entered AND e.ts < p.closes
    JOIN event_type AS t ON t.id = e.type
    WHERE t.key IN ('message_replied', 'touch_replied', 'friend_lost', 'opted_out')
       OR (t.key IN ('touch_confirmed', 'touch_delivered') AND p.touching IN ('', e.p_journey))
) GROUP BY journey, treated, reaction
"""


def reactions(rows: pa.Table) -> dict[tuple[str, str, bool], int]:
    """(journey, reaction, treated) → people who showed it in their window.

    reached is by the touches the contrast speaks of, confirmed by the sender or delivered, whichever the channel can
    know; a reply, a deletion and an opt-out count whatever caused them, in both arms.
    """
    return {(row["journey"], row["reaction"], row["treated"]): row["people"] for row in _about(rows, _REACTIONS)}


@dataclass(frozen=True, slots=True)
class Before:
    """GMV of an arm in the window's length before entry: people with an order, Σ and Σ of squares."""

    active: int = 0
    total: int = 0
    squares: float = 0.0


_BEFORE = """
SELECT p.journey, p.treated, COUNT(*) AS active, SUM(x)::BIGINT AS total, SUM(x * x)::DOUBLE AS squares
FROM (
    SELECT p.journey, p.pid, p.treated, SUM(o.amount) AS x
    FROM person AS p
    JOIN orders AS o ON o.cid = p.cid AND o.ts < p.entered AND o.ts >= p.entered - (p.closes - p.entered)
    WHERE o.status = 'paid' GROUP BY p.journey, p.pid, p.treated
) AS p GROUP BY p.journey, p.treated
"""


def before(rows: pa.Table) -> dict[tuple[str, bool], Before]:
    """(journey, treated) → what assignment cannot have changed."""
    return {(row.pop("journey"), row.pop("treated")): Before(**row) for row in _about(rows, _BEFORE)}


_ATTRIBUTED = """
SELECT journey, COUNT(*) AS orders, COUNT(DISTINCT pid) AS buyers, COALESCE(SUM(amount), 0)::BIGINT AS gmv,
       COALESCE(SUM(amount - cost), 0)::BIGINT AS margin
FROM (
    SELECT p.journey, p.touching, p.pid, o.k1, o.k2, ANY_VALUE(o.amount) AS amount, ANY_VALUE(o.cost) AS cost,
           ARG_MAX(e.p_journey, (e.ts, e.seq)) AS touched_by
    FROM person AS p
    JOIN orders AS o ON o.cid = p.cid AND o.ts >= p.entered AND o.ts < p.closes
    JOIN event AS e ON e.cid = p.cid AND e.ts <= o.ts AND e.ts > o.ts - to_days($days::INTEGER)
    WHERE p.treated AND o.status = 'paid'
      AND e.type IN (SELECT id FROM event_type WHERE key IN ('touch_confirmed', 'touch_delivered'))
    GROUP BY p.journey, p.touching, p.pid, o.k1, o.k2
) WHERE touching IN ('', touched_by) GROUP BY journey
"""


def attributed(rows: pa.Table, within_days: int) -> dict[str, Attributed]:
    """Last touch: an order belongs to the journey of the last touch, of any, at most `within_days` before it."""
    found = _about(rows, _ATTRIBUTED, {"days": within_days})
    return {row.pop("journey"): Attributed(**row) for row in found}


def _about(rows: pa.Table, sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """Rows of a statement that reads the people as `person`; none without people (there may be no facts at all yet)."""
    if not rows.num_rows:
        return []
    return warehouse.get().query(sql, params, beside={"person": rows}).to_pylist()
