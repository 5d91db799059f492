"""Scans that stay: what they computed is kept in the warehouse, one table a scan, so that a merge adds what is new.

A customer has one row, and where scans add up one more for every merge that found something since the last full run.

A table is named after what it computes. A definition that changes has scans of other names; one that no refresh wants
any more is dropped by the next full one.
"""

from dataclasses import dataclass
from typing import Final

from potager.facts.warehouse import Writer
from potager.insight import changed, tables
from potager.insight.conditions.features import MERGED, Fn
from potager.insight.fields import Kind
from potager.insight.plan import Scan
from potager.insight.slots import Binding
from potager.insight.statements import Statement, fingerprint

# Columns no condition looks at: not worth carrying.
LEFT: Final = {"event": "props", "orders": "order_no, iid, version, source, first_seq"}
# What a merge computes, for the customers of `changed`; temporary.
_PART: Final = "part_"


def table_of(scan: Scan, *, only: bool) -> str:
    """Where a scan's rows are: of everybody, or of the customers a merge computes."""
    return (_PART if only else tables.KEPT) + fingerprint(scan)[:16]


@dataclass(frozen=True, slots=True)
class Printed:
    """A scan and the statement that computes it, over all facts of its table."""

    scan: Scan
    statement: Statement

    @property
    def kept(self) -> str:
        return table_of(self.scan, only=False)

    @property
    def part(self) -> str:
        return table_of(self.scan, only=True)

    @property
    def added_up(self) -> str:
        """The aggregates of rows that each hold part of a customer's, for a scan that adds up."""
        columns = []
        for i, each in enumerate(self.scan.aggregates):
            value = f"{MERGED[each.fn]}(a{i})"
            # Sums of integers are of 128 bits, which no reader of Arrow knows.
            whole = each.fn == Fn.COUNT or (each.fn == Fn.SUM and each.kind == Kind.MONEY)
            columns.append(f"CAST({value} AS BIGINT) AS a{i}" if whole else f"{value} AS a{i}")
        return ", ".join(columns)


class Scans:
    """The scans of one refresh: each is computed once, whatever asks for it.

    only  of the customers in `changed`, from what is kept and what is new; else of everybody
    """

    def __init__(self, writer: Writer, binding: Binding, *, only: bool) -> None:
        self._writer = writer
        self._binding = binding
        self._only = only
        self._done: set[str] = set()
        self._again: set[tuple[str, str]] = set()
        self._quiet = self._quiet_types() if only else frozenset()
        self._counts_again = only and bool(writer.query(f"FROM {changed.RECOUNTED} LIMIT 1").num_rows)

    def compute(self, each: Printed) -> None:
        """Fill the table its readers look at."""
        if each.kept in self._done:
            return
        self._done.add(each.kept)
        if not self._only:
            self._writer.execute(f"CREATE OR REPLACE TABLE {each.kept} AS {each.statement.filled(self._binding)}")
        elif each.scan.adds_up:
            self._add(each)
        else:
            self._recompute(each)

    def _add(self, each: Printed) -> None:
        """What came is put beside what is kept, as rows of their own until the next full refresh: nothing is looked for
        to be taken away, save of customers who are counted again."""
        fresh = [] if each.scan.event in self._quiet else [self._over(each, changed.ADDED)]
        if self._counts_again:
            fresh.append(self._over(each, self.facts_of(each.scan.table, changed.RECOUNTED)))
            self._writer.execute(f"DELETE FROM {each.kept} WHERE cid IN (FROM {changed.RECOUNTED})")
        if fresh:
            self._writer.execute(f"INSERT INTO {each.kept} BY NAME {' UNION ALL BY NAME '.join(fresh)}")
        self._writer.execute(
            f"CREATE OR REPLACE TEMP TABLE {each.part} AS SELECT cid, {each.added_up} FROM {each.kept}"
            " WHERE cid IN (FROM changed) GROUP BY cid"
        )

    def _recompute(self, each: Printed) -> None:
        """The customers with something new are counted from all their facts; of the others the kept row stands."""
        facts = self._over(each, self.facts_of(each.scan.table, changed.CONCERNED))
        concerned = f"cid IN (FROM {changed.CONCERNED})"
        self._writer.execute(f"DELETE FROM {each.kept} WHERE {concerned}")
        self._writer.execute(f"INSERT INTO {each.kept} BY NAME {facts}")
        self._writer.execute(
            f"CREATE OR REPLACE TEMP TABLE {each.part} AS FROM {each.kept} WHERE cid IN (FROM changed)"
        )

    def _quiet_types(self) -> frozenset[str]:
        """Event types of which nothing came: nothing is added to what is kept of them."""
        came = set(self._writer.query(f"SELECT DISTINCT type FROM {changed.ADDED}")["type"].to_pylist())
        return frozenset(key for key, number in self._binding.types.items() if number not in came)

    def _over(self, each: Printed, facts: str) -> str:
        """The scan over some of its facts: a name given in WITH stands before the table of that name."""
        names = {each.scan.table: facts}
        if each.scan.table == "orders":
            names["order_item"] = self.facts_of("order_item", changed.CONCERNED)
        given = ", ".join(f"{name} AS (FROM {table})" for name, table in names.items())
        return f"SELECT * FROM (WITH {given} SELECT * FROM ({each.statement.filled(self._binding)}))"

    def facts_of(self, table: str, whose: str) -> str:
        """The facts of the customers in `whose`, read once for all scans."""
        name = f"{table}_of_{whose}"
        if (table, whose) not in self._again:
            columns = f"* EXCLUDE ({LEFT[table]})" if table in LEFT else "*"
            self._writer.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM {table} WHERE cid IN (FROM {whose})"
            )
            self._again.add((table, whose))
        return name
