"""What has to be asked of the warehouse for some measures, cut and filtered. Pure: no database.

Measures → their sums → one statement per base, whichever measures share it → each cell's numerators and denominators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from potager.insight.conditions import Bound
from potager.insight.conditions.base import Words as Naming
from potager.insight.conditions.logic import say
from potager.insight.fields import Fields, nearest
from potager.insight.metrics import measures as declared
from potager.insight.metrics.bases import BASES
from potager.insight.metrics.cuts import Cut, read, refused
from potager.insight.metrics.dimensions import DIMENSIONS, GRAINS
from potager.insight.metrics.measures.returns import base_of
from potager.insight.metrics.periods import Period, cut, previous
from potager.insight.metrics.terms import Base, Measure, Sum, When, Words

# The whole span, and the mark of what something is compared with.
WHOLE: Final = "*"
BEFORE: Final = "<"
MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Question:
    """Measures, what to cut them by, whose facts, when, and whether to compare."""

    measures: tuple[str, ...]
    by: tuple[str, ...]
    span: Period
    where: "Bound | None" = None
    compare: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: the sums that share a base, per period and cell and per period as a whole."""

    base: Base
    sums: tuple[Sum, ...]
    cuts: tuple[Cut, ...]
    span: Period
    is_filtered: bool

    @property
    def columns(self) -> list[str]:
        """What each cut groups by."""
        return [f"NULLIF(CAST({_column(self.base.cuts[each.dimension], each)} AS VARCHAR), '')" for each in self.cuts]

    def sql(self) -> str:
        """Rows period, d0 …, whole (1: the period as a whole), s0 … in the order of `sums`."""
        base, cuts = self.base, range(len(self.cuts))
        names = [f"d{i}" for i in cuts]
        aggregates = ", ".join(
            f"CAST(COALESCE({each.forms[base.name]}, 0) AS BIGINT) AS s{i}" for i, each in enumerate(self.sums)
        )
        person = f"WITH person AS ({self._person()})\n" if self._needs_person else ""
        if base.when == When.UNTIL:
            picked = ", ".join(["b.day", *(f"{sql} AS d{i}" for i, sql in enumerate(self.columns))])
            by_day = f"SELECT {picked}, COUNT(*) AS n {self._rows()} GROUP BY {', '.join(['b.day', *self.columns])}"
            rows = f"({by_day}) AS b JOIN period AS c ON b.day <= c.stop"
            return person + _grouped([f"b.{name}" for name in names], aggregates, f"FROM {rows}")
        if base.per_person:
            inner = _grouped(self.columns, "COUNT(*) AS n", self._rows(self._join), "b.cid")
            keys = ", ".join(["b.period", *(f"b.{name}" for name in names), "b.whole"])
            return f"{person}SELECT {keys}, {aggregates} FROM ({inner}) AS b GROUP BY {keys}"
        return person + _grouped(self.columns, aggregates, self._rows(self._join))

    @property
    def _needs_person(self) -> bool:
        return any(self.base.cuts[each.dimension].startswith("p.") for each in self.cuts)

    @property
    def _join(self) -> str:
        match self.base.when:
            case When.AT:
                return " JOIN period AS c ON b.at >= c.start_ts AND b.at < c.stop_ts"
            case When.OPEN:
                return " JOIN period AS c ON b.since < c.stop_ts AND (b.until IS NULL OR b.until >= c.start_ts)"
            case _:
                return " JOIN calendar AS c ON c.day = b.day"

    def _rows(self, join: str = "") -> str:
        person = " LEFT JOIN person AS p ON p.cid = b.cid" if self._needs_person else ""
        tests = []
        if self.base.when == When.DAY and join:
            tests.append("b.day BETWEEN $first AND $last")
        if self.base.per_person:
            tests.append("b.cid IS NOT NULL")
        if self.is_filtered:
            tests.append("b.cid IN (SELECT cid FROM chosen)")
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"FROM ({self.base.sql}) AS b{join}{person}{where}"

    def _person(self) -> str:
        return _person(self.cuts, self.span)


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements, and the periods they are about.

    periods  the pieces of time by label, each piece's comparison under "<" + label; WHOLE is the span, "<*" before it
    absent   why nothing can be cut by one of the dimensions: then there are no steps
    """

    question: Question
    measures: tuple[Measure, ...]
    grain: str | None
    cuts: tuple[Cut, ...]
    periods: dict[str, Period]
    steps: tuple[Step, ...]
    absent: Words | None = None

    @property
    def pieces(self) -> tuple[str, ...]:
        """The labels of the pieces of time; the span alone when it is not cut."""
        return tuple(name for name in self.periods if name[0] not in {WHOLE, BEFORE}) or (WHOLE,)

    def describe(self, fields: Fields) -> str:
        """The plan as a person can read it."""
        asked = ", ".join(each.key for each in self.measures)
        where = f" of {say(self.question.where, Naming('en', fields))}" if self.question.where is not None else ""
        lines = [f"{asked} by {', '.join(self.question.by) or 'nothing'}{where}"]
        lines.append(f"{len(self.periods)} periods within {self._span.start} to {self._span.end}")
        if self.absent:
            lines.append(f"no statement: {self.absent.en}")
        for number, step in enumerate(self.steps):
            lines.append(f"statement {number}: {', '.join(each.key for each in step.sums)} from {step.base.name}")
            lines.append(step.sql())
        return "\n".join(lines)

    @property
    def _span(self) -> Period:
        return Period(
            min(each.start for each in self.periods.values()), max(each.end for each in self.periods.values())
        )


def make_plan(question: Question, fields: Fields) -> Plan:
    """Plan the statements that answer a question.

    Raises Problem("metrics.query") with the place of a name that is not known or a combination that has no answer.
    """
    found = _measures(question.measures)
    grain, cuts = read(question.by, fields)
    absent = next((each.absent for each in cuts if each.absent), None)
    periods = _periods(question, grain)
    if absent:
        return Plan(question, found, grain, cuts, periods, (), absent)
    wanted: dict[str, dict[Sum, None]] = {}
    for i, measure in enumerate(found):
        for each, base in _bases(measure, question, cuts, i).items():
            wanted.setdefault(base.name, {})[each] = None
    steps = tuple(
        Step(base_of(name), tuple(sums), cuts, question.span, question.where is not None)
        for name, sums in wanted.items()
    )
    return Plan(question, found, grain, cuts, periods, steps)


def cuttable(measure: Measure) -> tuple[str, ...]:
    """The dimensions a measure can be cut by."""
    return (*GRAINS, *(key for key in DIMENSIONS if key not in GRAINS and _meets(measure, (key,)) is not None))


def _meets(measure: Measure, dimensions: Sequence[str]) -> dict[Sum, Base] | None:
    """For each of its sums the coarsest base with all these dimensions, when all mean the same by them."""
    found: dict[Sum, Base] = {}
    for each in measure.sums:
        bases = [base_of(name) for name in each.forms]
        fit = next((base for base in bases if all(base.meaning(key) for key in dimensions)), None)
        if fit is None:
            return None
        found[each] = fit
    agree = all(len({base.meaning(key) for base in found.values()}) == 1 for key in dimensions)
    return found if agree else None


def _measures(keys: Sequence[str]) -> tuple[Measure, ...]:
    if not 1 <= len(keys) <= MOST:
        refused(f"请选 1 到 {MOST} 个指标", f"Ask for 1 to {MOST} measures", "measures")
    found = []
    for i, key in enumerate(keys):
        measure = declared.named(key)
        if measure is None:
            close = nearest(key, [each.key for each in declared.offered()])
            refused(
                f"没有指标「{key}」" + (f"，是不是「{close}」？" if close else ""),
                f"There is no measure “{key}”" + (f"; did you mean “{close}”?" if close else ""),
                f"measures[{i}]",
            )
        found.append(measure)
    return tuple(dict.fromkeys(found))


def _bases(measure: Measure, question: Question, cuts: Sequence[Cut], number: int) -> dict[Sum, Base]:
    found = _meets(measure, [each.dimension for each in cuts])
    if found is None:
        able = cuttable(measure)
        alone = next((each for each in cuts if each.dimension not in able), cuts[-1])
        together = [each.key for each in cuts]
        possible = [key for key in able if key not in GRAINS]
        refused(
            f"「{measure.name.zh}」不能按 {'、'.join(together)} 拆分；可以按：{'、'.join((*GRAINS, *possible))}",
            f"{measure.name.en} cannot be cut by {', '.join(together)}; it can by: {', '.join((*GRAINS, *possible))}",
            f"by[{question.by.index(alone.key)}]",
        )
    if question.where is not None and not all(base.of_people for base in found.values()):
        refused(
            f"「{measure.name.zh}」含有不属于某个客户的成本，不能再用客户条件筛选",
            f"{measure.name.en} holds costs that belong to no customer: no condition about customers can narrow it",
            f"measures[{number}]",
        )
    return found


def _periods(question: Question, grain: str | None) -> dict[str, Period]:
    pieces = cut(question.span, grain) if grain else {}
    found = {**pieces, WHOLE: question.span}
    if question.compare:
        found |= {BEFORE + name: previous(piece, grain) for name, piece in pieces.items() if grain}
        found[BEFORE + WHOLE] = question.span.before()
    return found


def _column(column: str, each: Cut) -> str:
    return f"p.x_{each.n}" if column == "p.x" else column


def _grouped(columns: Sequence[str], aggregates: str, rows: str, person: str = "") -> str:
    """Rows per period and cell, and per period as a whole; with `person`, per person too."""
    keys = ["c.name", *columns] + ([person] if person else [])
    whole = ["c.name"] + ([person] if person else [])
    picked = ["c.name AS period", *(f"{sql} AS d{i}" for i, sql in enumerate(columns))]
    if person:
        picked.append(person)
    if not columns:
        return f"SELECT {', '.join(picked)}, 1 AS whole, {aggregates} {rows} GROUP BY {', '.join(keys)}"
    sets = f"GROUPING SETS (({', '.join(keys)}), ({', '.join(whole)}))"
    return f"SELECT {', '.join(picked)}, GROUPING({columns[0]}) AS whole, {aggregates} {rows} GROUP BY {sets}"


def _person(cuts: Sequence[Cut], span: Period) -> str:
    """One row per customer with what the cuts group by."""
    columns, joins = ["k.cid", "k.source", "k.owner"], ""
    if any(each.dimension == "department" for each in cuts):
        columns.append("s.department")
        joins += " LEFT JOIN staff AS s ON s.staff = k.owner"
    for each in cuts:
        if each.column:
            columns.append(f"{each.column} AS x_{each.n}")
        elif people := each.people_sql(span.start, span.end):
            columns.append(f"x{each.n}.x AS x_{each.n}")
            joins += f" LEFT JOIN {people} AS x{each.n} ON x{each.n}.cid = k.cid"
    return f"SELECT {', '.join(columns)} FROM customer AS k{joins}"


def is_of_people(each: Cut) -> bool:
    """Whether a cut says what a customer is."""
    return each.dimension in BASES["arrived"].cuts


def people_statement(each: Cut, span: Period) -> str:
    """Every customer with the value of a cut of people: columns cid, x."""
    column = _column(BASES["arrived"].cuts[each.dimension], each)
    return f"SELECT p.cid, NULLIF(CAST({column} AS VARCHAR), '') AS x FROM ({_person([each], span)}) AS p"
