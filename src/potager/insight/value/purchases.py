"""What the models are told of the orders: sums per customer, from the warehouse, set by set.

A purchase is a business day with at least one paid order that was not refunded in full: several orders of a day are
one purchase, as in the library results are compared with. Its money is that of its orders net of their refunds, as
known at the instant asked for. The first purchase makes a customer; what counts are the later ones, the repeats.
"""

from datetime import date
from typing import Final

import pyarrow as pa

from potager.facts.warehouse import Warehouse
from potager.insight.moment import Moment
from potager.insight.slots import utc_text

MARGIN_DAYS: Final = 365

_REFUNDED: Final = """
(SELECT o1, o2, sum(amount) AS amount FROM refund WHERE ts <= TIMESTAMP '{at}' GROUP BY o1, o2)"""

_DAYS: Final = f"""
SELECT o.cid, o.day, CAST(sum(greatest(o.amount - coalesce(b.amount, 0), 0)) AS BIGINT) AS amount
FROM orders o LEFT JOIN {_REFUNDED} b ON b.o1 = o.k1 AND b.o2 = o.k2
WHERE o.status = 'paid' AND o.ts <= TIMESTAMP '{{at}}' AND o.cid IN (SELECT cid FROM customer WHERE live)
  AND NOT coalesce(b.amount > 0 AND b.amount >= o.amount, false)
GROUP BY o.cid, o.day"""

# Per customer: x repeats, t_x and age in days since the first purchase, what the repeats came to, and how many came
# after `cut`, which the first four do not see.
_SUMMARY: Final = """
SELECT cid, count(*) FILTER (day <= DATE '{cut}') - 1 AS x,
       date_diff('day', min(day), max(day) FILTER (day <= DATE '{cut}')) AS t_x,
       date_diff('day', min(day), DATE '{cut}') AS age,
       CAST(sum(amount) FILTER (day <= DATE '{cut}') AS BIGINT) - arg_min(amount, day) AS total,
       count(*) FILTER (day > DATE '{cut}') AS later
FROM purchase_day GROUP BY cid HAVING min(day) <= DATE '{cut}' ORDER BY cid"""

# Per day: how many became customers, and the repeats of all who had by `cut`.
_BY_DAY: Final = """
SELECT p.day, count(*) FILTER (p.day = f.first) AS came, count(*) FILTER (p.day > f.first) AS repeats
FROM purchase_day p JOIN (SELECT cid, min(day) AS first FROM purchase_day GROUP BY cid) f USING (cid)
WHERE f.first <= DATE '{cut}' GROUP BY p.day ORDER BY p.day"""

# What a refund takes from profit is its amount less the cost of the goods that come back, in proportion.
_MARGIN: Final = f"""
SELECT CAST(sum(o.amount - coalesce(b.amount, 0)) AS DOUBLE) AS net, CAST(sum(
    o.amount - o.cost - coalesce(b.amount - o.cost::HUGEINT * b.amount // nullif(o.amount, 0), 0)) AS DOUBLE) AS profit
FROM orders o LEFT JOIN {_REFUNDED} b ON b.o1 = o.k1 AND b.o2 = o.k2
WHERE o.status = 'paid' AND o.ts <= TIMESTAMP '{{at}}' AND o.day > DATE '{{day}}' - {MARGIN_DAYS}
  AND o.cost IS NOT NULL"""


def days(owner: Warehouse, moment: Moment) -> pa.Table:
    """Every purchase of every live customer up to the moment: cid, day, amount (net minor units)."""
    return owner.query(_DAYS.format(at=utc_text(moment.at)))


def summary(owner: Warehouse, purchases: pa.Table, cut: date) -> pa.Table:
    """One row per customer who bought by the end of `cut`: cid, x, t_x, age, total; and `later`, purchases since."""
    return owner.query(_SUMMARY.format(cut=cut), beside={"purchase_day": purchases})


def by_day(owner: Warehouse, purchases: pa.Table, cut: date) -> pa.Table:
    """One row per day with a purchase of a customer who first bought by `cut`: day, came, repeats."""
    return owner.query(_BY_DAY.format(cut=cut), beside={"purchase_day": purchases})


def margin(owner: Warehouse, moment: Moment) -> float | None:
    """Gross profit per unit of net money over the orders whose cost is known. None without such orders."""
    found = owner.query(_MARGIN.format(at=utc_text(moment.at), day=moment.day)).to_pylist()[0]
    return found["profit"] / found["net"] if found["net"] else None
