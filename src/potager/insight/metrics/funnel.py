"""Funnels: how many people do one thing after another in time.

A person takes step 1 on a day of the span, each later step strictly after the one before, the last at most `within` ×
24 hours after the first. She may start as often as she likes: her furthest start counts. Every step is a fact up to
the instant of the answer.

Two forms of the same: the portable one carries, along each person's facts in order, the latest start that still has
the steps so far behind it (the latest leaves most time, so it is the only one worth carrying); the fast one looks, from
every start, for the first next step, where the engine joins by nearness. Tests hold them equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from potager.insight.conditions.features import Feature
from potager.insight.metrics.cuts import refused
from potager.insight.metrics.happenings import printed
from potager.insight.metrics.periods import Period
from potager.insight.slots import Give
from potager.insight.statements import Statement

STEPS: Final = (2, 12)
LONGEST: Final = 366
_DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps in order, the days from first to last, the span in which people take the first."""

    steps: tuple[Feature, ...]
    within: int
    span: Period


def make_funnel(steps: Sequence[Feature], within: int, span: Period) -> Funnel:
    """A funnel that can be answered.

    Raises Problem("metrics.query") for too few or too many steps, or a window of no or over 366 days.
    """
    if not STEPS[0] <= len(steps) <= STEPS[1]:
        refused(f"漏斗需要 {STEPS[0]} 到 {STEPS[1]} 步", f"A funnel has {STEPS[0]} to {STEPS[1]} steps", "steps")
    if not 1 <= within <= LONGEST:
        refused(f"时间窗应为 1 到 {LONGEST} 天", f"The window is 1 to {LONGEST} days", "within")
    return Funnel(tuple(steps), within, span)


def portable(funnel: Funnel, *, chosen: bool) -> Statement:
    """Rows per person who took step 1: cid, t1 … the first microsecond each step was reached, last the last start.

    chosen  only people of the relation `chosen`
    """
    given, heads = _stages(funnel, chosen=chosen)
    window = funnel.within * _DAY
    union = " UNION ALL ".join(f"SELECT cid, us, {n} AS step FROM stage_{n}" for n in range(1, len(funnel.steps) + 1))
    parts = [*heads, f"reach_1 AS (SELECT cid, us, step, CASE WHEN step = 1 THEN us END AS s1 FROM ({union}) AS done)"]
    for n in range(2, len(funnel.steps) + 1):
        # RANGE … 1 PRECEDING: strictly before, whatever else happened in the same microsecond.
        start = f"MAX(s{n - 1}) OVER (PARTITION BY cid ORDER BY us RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        kept = ", ".join(f"s{m}" for m in range(1, n))
        parts.append(
            f"reach_{n} AS (SELECT cid, us, step, {kept},"
            f" CASE WHEN step = {n} AND us <= s + {window} THEN s END AS s{n}"
            f" FROM (SELECT *, {start} AS s FROM reach_{n - 1}) AS looked)"
        )
    firsts = ", ".join(f"MIN(CASE WHEN s{n} IS NOT NULL THEN us END) AS t{n}" for n in range(1, len(funnel.steps) + 1))
    last = f"SELECT cid, {firsts}, MAX(s1) AS last FROM reach_{len(funnel.steps)} GROUP BY cid"
    last += " HAVING MAX(s1) IS NOT NULL"
    return Statement(f"WITH {', '.join(parts)} {last}", given)


def by_nearness(funnel: Funnel, *, chosen: bool) -> Statement:
    """The same rows by ASOF joins."""
    given, heads = _stages(funnel, chosen=chosen)
    window = funnel.within * _DAY
    parts = [*heads, "from_1 AS (SELECT cid, us AS t1 FROM stage_1)"]
    for n in range(2, len(funnel.steps) + 1):
        kept = ", ".join(f"a.t{m}" for m in range(1, n))
        parts.append(
            f"from_{n} AS (SELECT a.cid, {kept}, CASE WHEN b.us <= a.t1 + {window} THEN b.us END AS t{n}"
            f" FROM from_{n - 1} AS a ASOF LEFT JOIN stage_{n} AS b ON b.cid = a.cid AND b.us > a.t{n - 1})"
        )
    firsts = ", ".join(f"MIN(t{n}) AS t{n}" for n in range(1, len(funnel.steps) + 1))
    last = f"SELECT cid, {firsts}, MAX(t1) AS last FROM from_{len(funnel.steps)} GROUP BY cid"
    return Statement(f"WITH {', '.join(parts)} {last}", given)


def counted(steps: int) -> str:
    """Around either form ({}), with a relation `value` (cid, x): people per value and step, and how long steps took.

    Rows value, whole (1: everybody), n1 …, m2 … median microseconds since the step before, still: people whose last
    start may still lead further after $now_us.
    """
    counts = ", ".join(f"COUNT(f.t{n}) AS n{n}" for n in range(1, steps + 1))
    medians = ", ".join(f"MEDIAN(f.t{n} - f.t{n - 1}) AS m{n}" for n in range(2, steps + 1))
    still = f"COUNT(CASE WHEN f.t{steps} IS NULL AND f.last > $open_us THEN 1 END) AS still"
    return (
        f"SELECT v.x AS value, GROUPING(v.x) AS whole, {counts}, {medians}, {still}"
        " FROM ({}) AS f LEFT JOIN value AS v ON v.cid = f.cid GROUP BY GROUPING SETS ((v.x), ())"
    )


def _stages(funnel: Funnel, *, chosen: bool) -> tuple[Mapping[str, Give], list[str]]:
    """The rows of each step from the first day on, as common table expressions stage_1 …, and their slots."""
    texts, given = printed(funnel.steps)
    first, last = funnel.span.start, funnel.span.end
    narrowed = " AND cid IN (SELECT cid FROM chosen)" if chosen else ""
    heads = []
    for n, text in enumerate(texts, start=1):
        days = f"day BETWEEN DATE '{first}' AND DATE '{last}'" if n == 1 else f"day >= DATE '{first}'"
        heads.append(f"stage_{n} AS (SELECT cid, us FROM ({text}) AS stage WHERE {days}{narrowed})")
    return given, heads
