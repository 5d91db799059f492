"""A plan at work: its statements run in the warehouse, its numbers in their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.beside import tables as lists_of
from potager.insight.conditions import Bound
from potager.insight.dialects import DUCKDB, printed
from potager.insight.dialects.by_hand import ask, reader
from potager.insight.dictionaries import binding_of
from potager.insight.fields import Fields
from potager.insight.metrics.measures.returns import base_of
from potager.insight.metrics.periods import Period
from potager.insight.metrics.plan import Plan, Step
from potager.insight.metrics.terms import Base, Sum
from potager.insight.moment import Moment
from potager.insight.plan import make_plan
from potager.insight.sql import Printer, ScanTable
from potager.insight.statements import Statement, beside_of, members_statement, run
from potager.org.models import Staff

_MICRO: Final = timedelta(microseconds=1)
Cell = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The sums of a plan.

    cells    period → cell → sum → number; a cell that is not there holds zeros
    wholes   period → sum → number
    unknown  bases of which this house has no facts at all
    """

    cells: Mapping[str, Mapping[Cell, Mapping[str, int]]]
    wholes: Mapping[str, Mapping[str, int]]
    unknown: frozenset[str] = field(default_factory=frozenset)


def run_plan(plan: Plan, as_of: datetime, fields: Fields) -> Found:
    """Ask the warehouse. Facts up to `as_of`."""
    owner = tables.asked(fields)
    beside = _beside(plan.periods, as_of)
    asked = Lists(owner, Moment(as_of, fields.zone))
    if plan.question.where is not None:
        beside["chosen"] = asked.members(plan.question.where)
    for cut in plan.cuts:
        if cut.cases:
            beside[cut.listed] = asked.values(cut.cases, cut.otherwise)
    days = list(plan.periods.values())
    params = params_of(as_of, Period(min(each.start for each in days), max(each.end for each in days)))
    cells: dict[str, dict[Cell, dict[str, int]]] = {}
    wholes: dict[str, dict[str, int]] = {}
    for step in plan.steps:
        rows = ask(owner, step.sql(), used(params, step.sql()), beside=beside).to_pylist()
        for row in rows:
            numbers = {each.key: row[f"s{i}"] for i, each in enumerate(step.sums)}
            cell = tuple(row[f"d{i}"] for i in range(len(plan.cuts)))
            if row["whole"]:
                wholes.setdefault(row["period"], {}).update(numbers)
            if not row["whole"] or not plan.cuts:
                cells.setdefault(row["period"], {}).setdefault(cell, {}).update(numbers)
    return Found(cells, wholes, _unknown(owner, [step.base for step in plan.steps]))


def sums_of(periods: Mapping[str, Period], sums: Sequence[Sum], as_of: datetime) -> dict[str, dict[str, int]]:
    """Sums of any named periods, overlapping ones too, of the whole house. One statement per base they need."""
    if not periods:
        return {}
    owner = tables.asked()
    days = list(periods.values())
    params = params_of(as_of, Period(min(each.start for each in days), max(each.end for each in days)))
    found = {name: {each.key: 0 for each in sums} for name in periods}
    by_base: dict[str, list[Sum]] = {}
    for each in sums:
        by_base.setdefault(next(iter(each.forms)), []).append(each)
    for name, some in by_base.items():
        step = Step(base_of(name), tuple(some), (), days[0], is_filtered=False)
        for row in ask(owner, step.sql(), used(params, step.sql()), beside=_beside(periods, as_of)).to_pylist():
            found[row["period"]] |= {each.key: row[f"s{i}"] for i, each in enumerate(some)}
    return found


def naive(at: datetime) -> datetime:
    """An instant as the warehouse stores one: UTC without zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def params_of(as_of: datetime, span: Period | None = None) -> dict[str, object]:
    """What statements may name behind a $."""
    span = span or Period(date.min, date.max)
    return {
        "as_of": naive(as_of),
        "as_of_day": clock.business_date(as_of),
        "first": span.start,
        "last": span.end,
    }


def used(params: Mapping[str, object], sql: str) -> dict[str, object]:
    """The engine refuses a parameter no statement names."""
    words = set(sql.replace(",", " ").replace(")", " ").split())
    return {name: value for name, value in params.items() if f"${name}" in words}


def _beside(periods: Mapping[str, Period], as_of: datetime) -> dict[str, pa.Table]:
    """The periods as `period`, each of their days as `calendar`, and where staff belong as `staff`."""
    each = list(periods.values())
    ends = [min(clock.day_start(period.end + timedelta(days=1)), as_of + _MICRO) for period in each]
    period = pa.table(
        {
            "name": pa.array(periods, pa.string()),
            "start": pa.array([one.start for one in each], pa.date32()),
            "stop": pa.array([one.end for one in each], pa.date32()),
            "start_ts": pa.array([naive(clock.day_start(one.start)) for one in each], pa.timestamp("us")),
            "stop_ts": pa.array([naive(end) for end in ends], pa.timestamp("us")),
        }
    )
    days = [(name, day, one.start, one.end) for name, one in periods.items() for day in one.each_day()]
    calendar = pa.table(
        {
            "name": pa.array([row[0] for row in days], pa.string()),
            "day": pa.array([row[1] for row in days], pa.date32()),
            "start": pa.array([row[2] for row in days], pa.date32()),
            "stop": pa.array([row[3] for row in days], pa.date32()),
        }
    )
    return {"period": period, "calendar": calendar, "staff": staff_table()}


def staff_table() -> pa.Table:
    """Where staff belong today: staff, department, store."""
    staff = list(Staff.objects.values_list("key", "department__key", "store__key"))
    columns = zip(*staff, strict=True) if staff else ([], [], [])
    names = ("staff", "department", "store")
    return pa.table({name: pa.array(list(some), pa.string()) for name, some in zip(names, columns, strict=True)})


def _unknown(owner: Warehouse, bases: Sequence[Base]) -> frozenset[str]:
    """The bases without any fact, found by one statement."""
    if not bases:
        return frozenset()
    tests = ", ".join(f"EXISTS (FROM {base.known}) AS k{i}" for i, base in enumerate(bases))
    row: dict[str, Any] = ask(owner, f"SELECT {tests}").to_pylist()[0]
    return frozenset(base.name for i, base in enumerate(bases) if not row[f"k{i}"])


class Lists:
    """People chosen or valued by conditions at one instant, as Arrow rows."""

    def __init__(self, owner: Warehouse, moment: Moment) -> None:
        self._owner = owner
        self._moment = moment
        self._binding = binding_of(moment, owner.query)

    def members(self, where: Bound) -> pa.Table:
        """The column cid of those for whom a condition holds."""
        return self._printed(members_statement(where, self._owner.capabilities.name), "SELECT cid FROM ({}) AS m")

    def values(self, cases: tuple[tuple[str, Bound], ...], otherwise: str | None) -> pa.Table:
        """Every live customer with the value of the first case that holds: columns cid, x."""
        statement = values_statement(cases, otherwise, self._owner.capabilities.name)
        return self._printed(statement, "SELECT cid, x FROM ({}) AS m")

    def run(self, statement: Statement, outer: str, beside: Mapping[str, pa.Table]) -> pa.Table:
        """A statement written by hand inside `outer`, whose {} it takes the place of."""
        return run(statement, self._binding, lambda sql, named: ask(self._owner, sql, beside=named), beside, outer)

    def _printed(self, statement: Statement, outer: str) -> pa.Table:
        lists = lists_of(statement.beside, self._moment.at, reader(self._owner))
        query = self._owner.query
        return run(statement, self._binding, lambda sql, named: query(sql, beside=named), lists, outer)


@lru_cache(maxsize=128)
def values_statement(cases: tuple[tuple[str, Bound], ...], otherwise: str | None, dialect: str = DUCKDB) -> Statement:
    """Every live customer with the value of the first case that holds: columns cid, x."""
    import ibis

    plan = make_plan({str(i): bound for i, (_, bound) in enumerate(cases)})
    printer = Printer(plan)
    scans = [ScanTable(printer.scan(scan), scan.aggregates) for scan in plan.scans]
    rows: Any = printer.customers().select("cid")
    flags = printer.flags(scans)
    if flags is not None:
        rows = rows.left_join(flags, "cid")
    branches = [(printer.test(bound, rows), ibis.literal(value)) for value, bound in cases]
    rest = ibis.null("string") if otherwise is None else ibis.literal(otherwise)
    expression = rows.select("cid", x=ibis.cases(*branches, else_=rest))
    return Statement(printed(expression, dialect), dict(printer.slots.given), beside_of(*(bound for _, bound in cases)))
