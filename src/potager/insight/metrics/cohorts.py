"""Retention: of the people who did something for the first time in one period, how many came back in later ones.

A person's cohort is the period of the first such fact ever known of her. Coming back is a fact strictly later.

classic  in the n-th calendar period after the cohort's (0: the cohort's own)
rolling  in the n-th calendar period or any later one until the answer
bounded  in the n-th stretch of 1, 7 or 30 days counted from the person's own first day

A number stands only where its period is over for everybody in the cohort.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from potager.insight.conditions.features import Feature
from potager.insight.metrics.happenings import printed
from potager.insight.metrics.periods import Period, first_of, label, next_of
from potager.insight.statements import Statement

Mode = Literal["classic", "rolling", "bounded"]
Grain = Literal["day", "week", "month"]
STRETCH: Final = {"day": 1, "week": 7, "month": 30}
MOST: Final = 60
# Bit 61 stands for every later period: only rolling looks at it, and 62 bits stay clear of the sign.
_LATER: Final = 61


@dataclass(frozen=True, slots=True)
class Retention:
    """first: what puts a person in a cohort; back: what counts as coming back; periods 0 … `periods`."""

    first: Feature
    back: Feature
    grain: Grain
    mode: Mode
    periods: int
    span: Period


@dataclass(frozen=True, slots=True)
class Cohort:
    """People by the first day of their period; back[n] of them came back in period n, None where it is not over."""

    label: str
    people: int
    back: tuple[int | None, ...]


def statement(retention: Retention, *, chosen: bool) -> Statement:
    """Rows per cohort: cohort (its calendar period's number), people, b0 … bN.

    Each person's returns are one integer, a bit a period, so that nobody is counted twice without a distinct count.
    """
    (first, back), given = printed([retention.first, retention.back])
    narrowed = " AND cid IN (SELECT cid FROM chosen)" if chosen else ""
    period = _number(retention.grain)
    if retention.mode == "bounded":
        n = f"date_diff('day', s.day, b.day) // {STRETCH[retention.grain]}"
    else:
        n = f"{period.format('b.day')} - {period.format('s.day')}"
    test = "(mask >> {n}) > 0" if retention.mode == "rolling" else "((mask >> {n}) & 1) = 1"
    counts = ", ".join(f"COUNT(CASE WHEN {test.format(n=i)} THEN 1 END) AS b{i}" for i in range(retention.periods + 1))
    span = retention.span
    return Statement(
        f"""WITH met AS (
    SELECT cid, MIN(us) AS us, MIN(day) AS day FROM ({first}) AS first_facts GROUP BY cid
), started AS (
    SELECT * FROM met WHERE day BETWEEN DATE '{span.start}' AND DATE '{span.end}'{narrowed}
), returned AS (
    SELECT s.cid, BIT_OR(CAST(1 AS BIGINT) << CAST(LEAST({n}, {_LATER}) AS INTEGER)) AS mask
    FROM started AS s JOIN ({back}) AS b ON b.cid = s.cid AND b.us > s.us
    WHERE b.day >= DATE '{span.start}' GROUP BY s.cid
)
SELECT {period.format("s.day")} AS cohort, COUNT(*) AS people, {counts}
FROM started AS s LEFT JOIN returned AS r ON r.cid = s.cid
GROUP BY 1 ORDER BY 1""",
        given,
    )


def cohorts(retention: Retention, rows: list[dict[str, int]], last_day: date) -> list[Cohort]:
    """The rows as cohorts, the empty ones too. `last_day`: the last business day that is over."""
    found = {row["cohort"]: row for row in rows}
    result = []
    first = first_of(retention.grain, retention.span.start)
    while first <= retention.span.end:
        row = found.get(number_of(retention.grain, first), {})
        ends = _ends(retention, first)
        back = tuple(row.get(f"b{n}", 0) if end <= last_day else None for n, end in enumerate(ends))
        result.append(Cohort(label(retention.grain, first), row.get("people", 0), back))
        first = next_of(retention.grain, first)
    return result


def overall(found: list[Cohort]) -> list[tuple[int, int]]:
    """Per period, people back and people, over the cohorts for which it is over."""
    periods = len(found[0].back) if found else 0
    closed = [[(each.back[n], each.people) for each in found if each.back[n] is not None] for n in range(periods)]
    return [(sum(back or 0 for back, _ in pairs), sum(people for _, people in pairs)) for pairs in closed]


def number_of(grain: str, day: date) -> int:
    """The number of the calendar period that holds a day: days and weeks since Monday 5 January 1970, months."""
    since = (day - date(1970, 1, 5)).days
    match grain:
        case "day":
            return since
        case "week":
            return since // 7
        case _:
            return day.year * 12 + day.month


def _number(grain: str) -> str:
    """The same in SQL, of the day in {}."""
    match grain:
        case "day":
            return "date_diff('day', DATE '1970-01-05', {})"
        case "week":
            # Whole weeks before 1970 would round towards zero: no fact is that old.
            return "(date_diff('day', DATE '1970-01-05', {}) // 7)"
        case _:
            return "(EXTRACT(year FROM {0}) * 12 + EXTRACT(month FROM {0}))"


def _ends(retention: Retention, first: date) -> list[date]:
    """The last day of period 0, 1, … for everybody in the cohort that begins on `first`."""
    ends = []
    following = next_of(retention.grain, first)
    # The last day somebody of the cohort can have started on.
    latest = min(following - timedelta(days=1), retention.span.end)
    for n in range(retention.periods + 1):
        if retention.mode == "bounded":
            ends.append(latest + timedelta(days=(n + 1) * STRETCH[retention.grain] - 1))
        else:
            ends.append(following - timedelta(days=1))
            following = next_of(retention.grain, following)
    return ends
