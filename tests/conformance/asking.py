"""Definitions asked of any engine: one statement each, as a count asks, or all in one, as a refresh plans them."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from potager.insight.dialects import printed
from potager.insight.moment import Moment
from potager.insight.programs import Definition, _select, plan_of
from potager.insight.slots import Binding
from potager.insight.sql import Printer, ScanTable
from potager.insight.statements import Statement, beside_of, members_statement, run
from tests.insight.garden import CHANNELS, TYPES


def together(definitions: Sequence[Definition], dialect: str) -> Statement:
    """One row per live customer, one column per definition: the plan of a refresh with its scans in place."""
    plan = plan_of(definitions)
    printer = Printer(plan)
    scans = [ScanTable(printer.scan(scan), scan.aggregates) for scan in plan.scans]
    selected = _select(printer, definitions, scans, printer.flags(scans), None)
    conditions = [bound for each in definitions for _, bound in each.cases]
    return Statement(printed(selected, dialect), dict(printer.slots.given), beside_of(*conditions))


def members(engine: Any, bound: Any, moment: Moment, lists: dict[str, pa.Table], binding: Any = None) -> frozenset[int]:
    """Who a condition selects on an engine."""
    statement = members_statement(bound, engine.capabilities.name)
    found = ask(engine, statement, moment, lists, binding)
    return frozenset(found["cid"].to_pylist())


def ask(engine: Any, statement: Statement, moment: Moment, lists: dict[str, pa.Table], binding: Any = None) -> pa.Table:
    needed = {name: rows for name, rows in lists.items() if name in statement.beside}
    filled = binding or Binding(moment, TYPES, CHANNELS)
    return run(statement, filled, lambda sql, beside: engine.query(sql, beside=beside), needed, "{}")
