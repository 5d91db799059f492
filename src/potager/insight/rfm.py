"""RFM over the orders of a window: recency in days, frequency in orders, monetary value net of refunds.

Thresholds are taken over buyers only: customers with an order in the window. Averages are compared without division
(days * buyers ≤ sum of days), so a tie with the average is high, exactly.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

from potager.core import money
from potager.insight import tables
from potager.insight.layers import NO_ORDER, RFM_CELLS, SEGMENT_OF, Fixed, Mean, Median, Quantile, Quintile, RfmSettings
from potager.insight.moment import Moment
from potager.insight.rfm_portable import quantiles_sql
from potager.insight.slots import utc_text
from potager.insight.statements import fingerprint

# What buyers are measured by. A refund lowers the money of its order's window, whenever it came.
_VALUES: Final = """
SELECT o.cid, CAST(max(o.day) AS DATE) AS last_day, date_diff('day', max(o.day), DATE '{day}') AS r, count(*) AS f,
       CAST(sum(o.amount - coalesce(b.amount, 0)) AS BIGINT) AS m, CAST(NULL AS VARCHAR) AS layer
FROM {orders} o
LEFT JOIN (SELECT o1, o2, sum(amount) AS amount FROM refund WHERE ts <= TIMESTAMP '{at}' GROUP BY o1, o2) b
       ON b.o1 = o.k1 AND b.o2 = o.k2
WHERE o.status = 'paid' AND o.ts <= TIMESTAMP '{at}' AND o.day > DATE '{day}' - {days}
  AND o.cid IN (SELECT cid FROM customer WHERE live){one}
GROUP BY o.cid"""

_MEASURED: Final = "v.cid, v.last_day, v.r, v.f, v.m"


def values_table(settings: RfmSettings) -> str:
    """Where buyers' values and layers are kept from one refresh to the next; named after what they mean."""
    return f"{tables.KEPT}rfm_{fingerprint(settings)[:16]}"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """High is: days at most `days`, orders at least `orders`, net amount at least `amount` (minor units)."""

    buyers: int
    days: float | None
    orders: float | None
    amount: float | None


def values_sql(settings: RfmSettings, moment: Moment, *, cid: int | None = None, orders: str = "orders") -> str:
    """One row per buyer: cid, last_day, r (days), f (orders), m (net minor units), layer (not known yet).

    orders  the table read: all orders, or those of some customers
    """
    one = "" if cid is None else f" AND o.cid = {int(cid)}"
    return _VALUES.format(
        day=moment.day.isoformat(), at=utc_text(moment.at), days=settings.days, one=one, orders=orders
    )


def thresholds_sql(settings: RfmSettings, values: str, currency: str, *, portable: bool = False) -> str:
    """One row: buyers, days, orders, amount; cuts, the ends of the first four fifths of r, f and m as JSON.

    Only the rule of quintiles has cuts, and it has nothing else. A fifth ends with the smallest value that at least so
    many buyers do not exceed (the inverted distribution function: Hyndman & Fan 1996, definition 1).

    portable  quantiles in a form that every engine computes alike (insight.rfm_portable)
    """
    cuts = "CAST(NULL AS VARCHAR) AS cuts"
    match settings.thresholds:
        case Median() | Quintile() | Quantile() as rule if portable:
            return quantiles_sql(rule, values)
        case Mean():
            picked = "avg(r) AS days, avg(f) AS orders, avg(m) AS amount"
        case Median():
            picked = _quantiles(0.5, 0.5)
        case Quantile(q=q):
            picked = _quantiles(q, 1 - q)
        case Fixed(days=days, orders=orders, amount=amount):
            minor = money.to_minor(amount, currency)
            picked = (
                f"CAST({days} AS DOUBLE) AS days, CAST({orders} AS DOUBLE) AS orders, CAST({minor} AS DOUBLE) AS amount"
            )
        case Quintile():
            picked = "CAST(NULL AS DOUBLE) AS days, CAST(NULL AS DOUBLE) AS orders, CAST(NULL AS DOUBLE) AS amount"
            ends = ", ".join(f"'{name}', quantile_disc({name}, [0.2, 0.4, 0.6, 0.8])" for name in ("r", "f", "m"))
            cuts = f"CAST(json_object({ends}) AS VARCHAR) AS cuts"
    return f"SELECT CAST(count(*) AS BIGINT) AS buyers, {picked}, {cuts} FROM {values}"


def _quantiles(high: float, low: float) -> str:
    return (
        f"quantile_cont(CAST(r AS DOUBLE), {low!r}) AS days, quantile_cont(CAST(f AS DOUBLE), {high!r}) AS orders, "
        f"quantile_cont(CAST(m AS DOUBLE), {high!r}) AS amount"
    )


def cells_sql(settings: RfmSettings, values: str, thresholds: str) -> str:
    """One row per buyer: what they are measured by, layer, and `was`, the layer that stands in `values`."""
    if isinstance(settings.thresholds, Quintile):
        return _segments_sql(values, thresholds)
    if isinstance(settings.thresholds, Mean):
        # Days and orders stay 64 bits wide, which compares faster; money times buyers may need more.
        sums = "CAST(sum(r) AS BIGINT) AS r, CAST(sum(f) AS BIGINT) AS f, sum(m) AS m"
        total = f"(SELECT count(*) AS n, {sums} FROM {values})"
        recent, often, much = "v.r * t.n <= t.r", "v.f * t.n >= t.f", "v.m * t.n >= t.m"
    else:
        total = thresholds
        recent, often, much = "v.r <= t.days", "v.f >= t.orders", "v.m >= t.amount"
    whens = " ".join(
        f"WHEN {_is('recent', r)} AND {_is('often', f)} AND {_is('much', m)} THEN '{key}'"
        for key, (r, f, m, _, _) in RFM_CELLS.items()
    )
    return f"""
SELECT x.cid, x.last_day, x.r, x.f, x.m, x.was, CASE {whens} END AS layer FROM (
    SELECT {_MEASURED}, v.layer AS was, {recent} AS recent, {often} AS often, {much} AS much
    FROM {values} v CROSS JOIN {total} t
) x"""


def _segments_sql(values: str, thresholds: str) -> str:
    """The same by scores: 1 and one more for every fifth a value lies beyond; of days, the fewer the better."""

    def beyond(name: str) -> str:
        return " + ".join(f"CASE WHEN v.{name} > t.{name}{i} THEN 1 ELSE 0 END" for i in range(4))

    places = product(("r", "f", "m"), range(4))
    ends = ", ".join(f"CAST(json_extract(cuts, '$.{name}[{i}]') AS BIGINT) AS {name}{i}" for name, i in places)
    segments = [key for row in SEGMENT_OF for key in row]
    whens = " ".join(f"WHEN {number} THEN '{key}'" for number, key in enumerate(segments, 1))
    return f"""
SELECT x.cid, x.last_day, x.r, x.f, x.m, x.was,
       CASE (4 - x.rs) * 5 + (x.fs + x.ms + 3) // 2 {whens} END AS layer
FROM (
    SELECT {_MEASURED}, v.layer AS was, {beyond("r")} AS rs, {beyond("f")} AS fs, {beyond("m")} AS ms
    FROM {values} v CROSS JOIN (SELECT {ends} FROM {thresholds}) t
) x"""


def layers_sql(values: str, *, among: str | None = None) -> str:
    """One row per live customer, or of those among a relation of customers: cid, layer."""
    who = "" if among is None else f" AND c.cid IN {among}"
    return f"""
SELECT c.cid, coalesce(v.layer, '{NO_ORDER}') AS layer
FROM customer c LEFT JOIN {values} v ON v.cid = c.cid
WHERE c.live{who}"""


def _is(name: str, high: bool) -> str:
    return f"x.{name}" if high else f"NOT x.{name}"
