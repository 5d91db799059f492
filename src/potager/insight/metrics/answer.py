"""From sums to the answer people read: levels with their numerators, reasons where there is none, comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from potager.insight.fields import Fields
from potager.insight.metrics.measures.returns import base_of
from potager.insight.metrics.plan import BEFORE, WHOLE, Plan, Question, make_plan
from potager.insight.metrics.run import Cell, Found, run_plan
from potager.insight.metrics.terms import Gap, Measure, Ratio, Words, total


@dataclass(frozen=True, slots=True)
class Level:
    """A value with what it is made of, or why there is none. A missing number is never zero."""

    ratio: Ratio | None
    why: Words | None = None

    @property
    def value(self) -> float | None:
        return self.ratio.value if self.ratio else None


@dataclass(frozen=True, slots=True)
class Row:
    """One cell: the piece of time (WHOLE when time is not cut), its values in the order of the cuts, its levels.

    before  the same of the comparison, None when nothing was compared
    """

    period: str
    cell: Cell
    now: tuple[Level, ...]
    before: tuple[Level, ...] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows by time, then the largest first by the first measure; `whole` is the span without cuts."""

    plan: Plan
    as_of: datetime
    rows: tuple[Row, ...]
    whole: Row


def answer(question: Question, as_of: datetime, fields: Fields) -> Answer:
    """Plan, ask, and put together."""
    plan = make_plan(question, fields)
    found = run_plan(plan, as_of, fields) if plan.steps else Found({}, {})
    compare = question.compare
    rows = []
    for piece in plan.pieces:
        here, there = found.cells.get(piece, {}), found.cells.get(BEFORE + piece, {})
        # Without other cuts every piece of time has its row, also the empty ones.
        cells = dict.fromkeys([*here, *there]) if plan.cuts and not plan.absent else {(None,) * len(plan.cuts): None}
        some = [
            Row(
                piece,
                cell,
                _levels(plan, here.get(cell, {}), found),
                _levels(plan, there.get(cell, {}), found) if compare else None,
            )
            for cell in cells
        ]
        rows += sorted(some, key=_largest_first)
    whole = Row(
        WHOLE,
        (),
        _levels(plan, found.wholes.get(WHOLE, {}), found),
        _levels(plan, found.wholes.get(BEFORE + WHOLE, {}), found) if compare else None,
    )
    return Answer(plan, as_of, tuple(rows), whole)


def _largest_first(row: Row) -> tuple[float, tuple[str, ...]]:
    return -(row.now[0].value or 0), tuple(value or "\uffff" for value in row.cell)


def _levels(plan: Plan, sums: Mapping[str, int], found: Found) -> tuple[Level, ...]:
    return tuple(_level(measure, plan, sums, found) for measure in plan.measures)


def _level(measure: Measure, plan: Plan, sums: Mapping[str, int], found: Found) -> Level:
    if plan.absent:
        return Level(None, plan.absent)
    if lacking := _lacking(measure, found.unknown):
        return Level(None, lacking)
    numbers = {each.key: sums.get(each.key, 0) for each in measure.sums}
    if gap := _gap(measure.gaps, numbers):
        return Level(None, gap)
    over = 1 if measure.over is None else total(numbers, measure.over)
    if not over:
        return Level(None, measure.nothing)
    return Level(Ratio(total(numbers, measure.part), over))


def _lacking(measure: Measure, unknown: frozenset[str]) -> Words | None:
    """Why a measure says nothing in this house: the first of its bases without any facts."""
    if not unknown:
        return None
    parts = measure.part.plus + (measure.over.sums if measure.over else ())
    for each in parts:
        if unknown.intersection(each.forms):
            return base_of(next(iter(each.forms))).lacking
    return None


def _gap(gaps: Sequence[Gap], numbers: Mapping[str, int]) -> Words | None:
    return next((gap.why for gap in gaps if numbers[gap.of.key] and not numbers[gap.known.key]), None)
