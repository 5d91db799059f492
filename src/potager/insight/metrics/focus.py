"""The focus list 精: what each group of people brings for the money and staff time put into it, and what to stop.

A group is a source × what people are (a layer, an audience): something known before anything is put in. Within it:

profit   gross profit of the period's lines and refunds
money    what touches to these people cost, and the acquisition cost of their source shared per head over the
         customers who came from it in the period
time     staff acts (a touch confirmed by hand, a task done) at so many minutes each

Each group is told by the categories bought, a person's money and time shared over them by amount; what was put into
people who bought nothing stands apart. Everything adds up. Only groups are judged: people told apart by what they
bought always brought something, and those who bought nothing never did.

A group is to be stopped when the 95 % interval of the return per person lies below zero and there are people enough;
to be grown when it lies above. Anything else is kept, or unknown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from potager.insight.metrics.bases import BASES
from potager.insight.metrics.terms import Words

ENOUGH: Final = 30
# As in the results of journeys: with more than this share of GMV of unknown cost, profit says nothing.
UNKNOWN_SHARE: Final = 0.02
_Z: Final = 1.96
_ACTS: Final = "'touch_confirmed', 'task_done'"

_SUMS: Final = """SUM(gmv)::BIGINT AS gmv, SUM(profit)::BIGINT AS profit, SUM(uncosted)::BIGINT AS uncosted,
    SUM(touches)::DOUBLE AS touches, SUM(money)::DOUBLE AS money, SUM(minutes)::DOUBLE AS minutes,
    SUM(earned)::DOUBLE AS earned"""

# With a relation `value` (cid, x): rows per group and category, and per group. Amounts are doubles, since shares are.
STATEMENT: Final = f"""
WITH sold AS (
    SELECT b.cid, b.category, SUM(b.amount) AS gmv, SUM(b.amount - b.cost) AS margin,
           SUM(CASE WHEN b.cost IS NULL THEN b.amount ELSE 0 END) AS uncosted
    FROM ({BASES["lines"].sql}) AS b WHERE b.day BETWEEN $first AND $last GROUP BY b.cid, b.category
), back AS (
    SELECT b.cid, b.category, SUM(b.lost) AS lost
    FROM ({BASES["refund_lines"].sql}) AS b WHERE b.day BETWEEN $first AND $last GROUP BY b.cid, b.category
), result AS (
    SELECT cid, category, SUM(gmv) AS gmv, SUM(profit) AS profit, SUM(uncosted) AS uncosted FROM (
        SELECT cid, category, gmv, COALESCE(margin, 0) AS profit, uncosted FROM sold
        UNION ALL SELECT cid, category, 0, -lost, 0 FROM back
    ) GROUP BY cid, category
), spent AS (
    SELECT source, SUM(amount) AS amount FROM channel_cost
    WHERE day BETWEEN $first AND $last AND day <= $as_of_day GROUP BY source
), arrived AS (
    SELECT source, COUNT(*) AS n FROM customer
    WHERE live AND first_seen <= $as_of AND first_day BETWEEN $first AND $last GROUP BY source
), done AS (
    SELECT e.cid, COUNT(CASE WHEN t.key = 'touch_sent' THEN 1 END) AS touches,
           SUM(CASE WHEN t.key = 'touch_sent' THEN COALESCE(e.amount, 0) ELSE 0 END) AS money,
           COUNT(CASE WHEN t.key IN ({_ACTS}) THEN 1 END) AS acts
    FROM event AS e JOIN event_type AS t ON t.id = e.type
    WHERE t.key IN ('touch_sent', {_ACTS}) AND e.ts <= $as_of AND e.day BETWEEN $first AND $last GROUP BY e.cid
), effort AS (
    SELECT k.cid, k.source, p.x, COALESCE(d.touches, 0) AS touches, COALESCE(d.acts, 0) AS acts,
           COALESCE(d.money, 0) + CASE WHEN k.first_day BETWEEN $first AND $last
                THEN COALESCE(s.amount::DOUBLE / a.n, 0) ELSE 0 END AS money
    FROM customer AS k LEFT JOIN value AS p ON p.cid = k.cid LEFT JOIN done AS d ON d.cid = k.cid
    LEFT JOIN spent AS s ON s.source = k.source LEFT JOIN arrived AS a ON a.source = k.source
    WHERE k.live AND k.first_seen <= $as_of
), bought AS (
    SELECT cid, SUM(gmv) AS gmv, COUNT(*) AS parts FROM result GROUP BY cid
), shared AS (
    SELECT e.cid, e.source, e.x, e.touches, e.acts, e.money, r.category, r.cid IS NOT NULL AS has_bought,
           COALESCE(r.gmv, 0) AS gmv, COALESCE(r.profit, 0) AS profit, COALESCE(r.uncosted, 0) AS uncosted,
           CASE WHEN r.cid IS NULL THEN 1e0 WHEN b.gmv > 0 THEN r.gmv::DOUBLE / b.gmv ELSE 1e0 / b.parts END AS share
    FROM effort AS e LEFT JOIN result AS r ON r.cid = e.cid LEFT JOIN bought AS b ON b.cid = e.cid
), each AS (
    SELECT cid, NULLIF(source, '') AS source, x, category, has_bought, gmv, profit, uncosted,
           touches * share AS touches, money * share AS money, acts * share * $minutes AS minutes,
           profit::DOUBLE - money * share - acts * share * $minutes * $wage / 60e0 AS earned
    FROM shared
)
SELECT source, x, category, has_bought, false AS is_group, COUNT(*)::BIGINT AS people, {_SUMS}, NULL::DOUBLE AS squares
FROM each GROUP BY source, x, category, has_bought
UNION ALL
SELECT source, x, NULL, NULL, true, COUNT(*)::BIGINT, {_SUMS}, SUM(earned * earned)::DOUBLE
FROM (
    SELECT cid, source, x, SUM(gmv) AS gmv, SUM(profit) AS profit, SUM(uncosted) AS uncosted, SUM(touches) AS touches,
           SUM(money) AS money, SUM(minutes) AS minutes, SUM(earned) AS earned
    FROM each GROUP BY cid, source, x
) GROUP BY source, x
"""

Verdict = Literal["grow", "keep", "stop", "unknown"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What to do with a row, and why; low and high bound the return per person."""

    verdict: Verdict
    why: Words
    low: float | None = None
    high: float | None = None


def judge(row: Mapping[str, Any]) -> Judged:
    """The verdict on a group."""
    people = row["people"]
    if row["gmv"] and row["uncosted"] > UNKNOWN_SHARE * row["gmv"]:
        return Judged("unknown", Words("商品成本不全，算不出回报", "item costs are missing: no return can be told"))
    if people < ENOUGH:
        return Judged(
            "unknown",
            Words(f"样本不足：{people} 人，至少要 {ENOUGH} 人", f"too few people: {people}, {ENOUGH} are needed"),
        )
    mean = row["earned"] / people
    variance = max(0.0, (row["squares"] - row["earned"] * mean) / (people - 1))
    reach = _Z * math.sqrt(variance / people)
    low, high = mean - reach, mean + reach
    if high < 0:
        return Judged(
            "stop", Words("投入大于回报，而且不是偶然", "costs more than it brings, not by chance"), low, high
        )
    if low > 0:
        return Judged("grow", Words("回报为正，而且不是偶然", "brings more than it costs, not by chance"), low, high)
    return Judged("keep", Words("回报还分不出正负", "whether it pays cannot be told apart yet"), low, high)
