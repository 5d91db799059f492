"""Scans that stay: what they computed is kept in the warehouse, one table a scan, so that a merge adds what is new.

A table is named after what it computes. A definition that changes has scans of other names; one that no refresh wants
any more is dropped by the next full one.
"""

from dataclasses import dataclass

from potager.facts.warehouse import Writer
from potager.insight import changed, tables
from potager.insight.conditions.features import MERGED, Fn
from potager.insight.fields import Kind
from potager.insight.plan import Scan
from potager.insight.slots import Binding
from potager.insight.statements import Statement, fingerprint

# Columns no condition looks at: the widest are not worth carrying.
_NEVER_ASKED = {"event": "props", "orders": "order_no, iid, version, source, first_seq"}
# What a merge computes, for the customers of `changed`; temporary.
_PART = "part_"


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

    def compute(self, each: Printed) -> None:
        """Fill the table its readers look at."""
        if each.kept in self._done:
            return
        self._done.add(each.kept)
        if not self._only:
            self._writer.execute(f"CREATE OR REPLACE TABLE {each.kept} AS {each.statement.filled(self._binding)}")
            return
        if each.scan.adds_up and each.scan.event in self._quiet:
            self._writer.execute(f"CREATE OR REPLACE TEMP TABLE {each.part} AS {_kept(each)}")
            return
        self._writer.execute(f"CREATE OR REPLACE TEMP TABLE {each.part} AS {self._merged(each)}")
        touched = f"cid IN (FROM {changed.TOUCHED})"
        self._writer.execute(f"DELETE FROM {each.kept} WHERE {touched}")
        self._writer.execute(f"INSERT INTO {each.kept} BY NAME FROM {each.part} WHERE {touched}")

    def _quiet_types(self) -> frozenset[str]:
        """Event types of which nothing came, while nobody is counted again: what is kept of them stands."""
        if self._writer.query(f"FROM {changed.RECOUNTED} LIMIT 1").num_rows:
            return frozenset()
        came = set(self._writer.query(f"SELECT DISTINCT type FROM {changed.ADDED}")["type"].to_pylist())
        return frozenset(key for key, number in self._binding.types.items() if number not in came)

    def _merged(self, each: Printed) -> str:
        """What is kept of the customers of whom no old fact changed, theirs who are counted again, and what came."""
        again = changed.RECOUNTED if each.scan.adds_up else changed.TOUCHED
        parts = [
            f"{_kept(each)} AND cid NOT IN (FROM {again})",
            self._over(each, self.facts_of(each.scan.table, again)),
        ]
        if not each.scan.adds_up:
            return " UNION ALL BY NAME ".join(parts)
        parts.append(self._over(each, changed.ADDED))
        return f"SELECT cid, {each.added_up} FROM ({' UNION ALL BY NAME '.join(parts)}) GROUP BY cid"

    def _over(self, each: Printed, facts: str) -> str:
        """The scan over some of its facts: a name given in WITH stands before the table of that name."""
        names = {each.scan.table: facts}
        if each.scan.table == "orders":
            names["order_item"] = self.facts_of("order_item", changed.TOUCHED)
        given = ", ".join(f"{name} AS (FROM {table})" for name, table in names.items())
        return f"SELECT * FROM (WITH {given} SELECT * FROM ({each.statement.filled(self._binding)}))"

    def facts_of(self, table: str, whose: str) -> str:
        """The facts of the customers in `whose`, read once for all scans."""
        name = f"{table}_of_{whose}"
        if (table, whose) not in self._again:
            columns = f"* EXCLUDE ({_NEVER_ASKED[table]})" if table in _NEVER_ASKED else "*"
            self._writer.execute(
                f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM {table} WHERE cid IN (FROM {whose})"
            )
            self._again.add((table, whose))
        return name


def _kept(each: Printed) -> str:
    return f"SELECT * FROM {each.kept} WHERE cid IN (FROM changed)"
