"""Rows of texts into rows of values, a chunk at a time; what cannot be is rejected, with line and reason."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from potager.core import crypto
from potager.facts.imports.mapping import FIELDS, PERSONAL_KINDS, FileMapping, Kind
from potager.facts.imports.sniff import Row, Shape
from potager.facts.imports.values import REASONS, Converted, Converter, required
from potager.facts.warehouse.literals import literal

REJECT_COLUMNS = ("line", "column", "code", "reason_zh", "reason_en", "value")
_TIMES, _DAYS = {"ts", "first_seen", "updated_at"}, {"day"}
_MONEY, _NUMBERS, _WHOLES = {"amount", "discount", "cost", "price"}, {"qty"}, {"version", "life_days"}
_DIGITS = re.compile(r"\d{7,}")
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row is not loaded. `value` is masked already."""

    line: int
    column: str
    code: str
    value: str
    reason_zh: str = ""
    reason_en: str = ""

    def cells(self) -> tuple[object, ...]:
        reason = REASONS[self.code]
        return (
            self.line,
            self.column,
            self.code,
            self.reason_zh or reason.zh,
            self.reason_en or reason.en,
            self.value,
        )


@dataclass(frozen=True, slots=True)
class _Check:
    """One way a row can fail: the code, the SQL that finds it, the column to name and the cell to show."""

    code: str
    sql: str
    column: str
    cell: str


class Parser:
    """Turns chunks of one file into tables. Columns of an accepted table:

    at_line, hash  where the row stands, and a digest of all its cells
    <field>        one per mapped field or constant, converted
    id0, id1, …    the identity cells, in the order of the mapping
    attr0, …       the attribute cells          props   the properties as JSON
    """

    def __init__(self, kind: Kind, mapping: FileMapping, shape: Shape, converter: Converter) -> None:
        self._kind, self._mapping, self._shape, self._convert = kind, mapping, shape, converter
        self._used = mapping.columns()
        self._places = {column: f"c{i}" for i, column in enumerate(self._used)}
        self._fields = [self._field(name) for name in self._names()]
        self._checks = self._all_checks()
        self._select = self._sql()
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        self._connection.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        self._connection.close()

    def parse(self, rows: Sequence[Row]) -> tuple[pa.Table, list[Reject]]:
        """The accepted rows as values, in order, and the rejected ones."""
        self._connection.register("raw", self._raw(rows))
        table: pa.Table = self._connection.sql(self._select).to_arrow_table()
        self._connection.unregister("raw")
        failed = table.filter(pa.compute.is_valid(table["problem"])).select(["at_line", "problem", "shown"])
        rejects = [self._reject(**row) for row in failed.to_pylist()]
        accepted = table.filter(pa.compute.is_null(table["problem"])).drop_columns(["problem", "shown"])
        return accepted, rejects

    def _names(self) -> list[str]:
        required_fields, optional = FIELDS[self._kind]
        given = {**self._mapping.fields, **self._mapping.constants}
        return sorted(name for name in required_fields | optional if name in given)

    def _field(self, name: str) -> Converted:
        cell = self._cell(name)
        values = self._mapping.values.get(name)
        if name in _TIMES:
            converted = self._convert.time(name, cell)
        elif name in _DAYS:
            converted = self._convert.day(name, cell)
        elif name in _MONEY:
            converted = self._convert.money(name, cell)
        elif name in _NUMBERS:
            converted = self._convert.number(name, cell)
        elif name in _WHOLES:
            converted = self._convert.whole(name, cell)
        elif name == "status":
            converted = self._convert.status(name, cell, values)
        else:
            converted = self._convert.text(name, cell, values)
        must = FIELDS[self._kind][0] | ({"ts"} if self._mapping.derive_orders else frozenset())
        return required(converted) if name in must else converted

    def _cell(self, name: str) -> str:
        if name in self._mapping.constants:
            return literal(self._mapping.constants[name])
        column = self._mapping.fields[name]
        if isinstance(column, str):
            return self._places[column]
        # A key made of several columns is there only when all of them are.
        return "(" + " || '|' || ".join(self._places[each] for each in column) + ")"

    def _all_checks(self) -> list[_Check]:
        checks = [_Check(code, f"bad = '{code}'", "", "''") for code in ("cells", "encoding", "json")]
        for field in self._fields:
            column = self._column(field.name)
            checks += [_Check(code, sql, column, field.cell) for code, sql in field.problems]
            if field.name == "amount" and self._rejects_negatives():
                checks.append(_Check("negative", f"{field.sql} < 0", column, field.cell))
        identities = self._mapping.identities
        if self._kind in PERSONAL_KINDS and identities and self._needs_person():
            nobody = " AND ".join(f"{self._places[each.column]} IS NULL" for each in identities)
            checks.append(_Check("identity", nobody, identities[0].column, "''"))
        return checks

    def _rejects_negatives(self) -> bool:
        return self._kind in {Kind.ORDERS, Kind.ORDER_ITEMS} and self._mapping.negatives == "reject"

    def _needs_person(self) -> bool:
        return self._kind == Kind.CUSTOMERS or self._mapping.anonymous == "reject"

    def _column(self, name: str) -> str:
        column = self._mapping.fields.get(name, name)
        return column if isinstance(column, str) else "+".join(column)

    def _sql(self) -> str:
        picks = ["at_line", "md5(whole) AS hash", *(f'{field.sql} AS "{field.name}"' for field in self._fields)]
        picks += [f"{self._places[each.column]} AS id{i}" for i, each in enumerate(self._mapping.identities)]
        picks += [f"{self._places[column]} AS attr{i}" for i, column in enumerate(self._mapping.attributes.values())]
        if self._kind == Kind.EVENTS:
            pairs = ", ".join(f"{literal(key)}, {self._places[c]}" for key, c in self._mapping.properties.items())
            # Merging drops the empty ones.
            picks.append(f"CAST(json_merge_patch('{{}}', json_object({pairs})) AS VARCHAR) AS props")
        problem = " ".join(f"WHEN {check.sql} THEN {i}" for i, check in enumerate(self._checks))
        shown = " ".join(f"WHEN {i} THEN {check.cell}" for i, check in enumerate(self._checks))
        return f"""SELECT {", ".join(picks)}, problem, CASE problem {shown} END AS shown
            FROM (SELECT *, CASE {problem} END AS problem FROM raw)"""

    def _raw(self, rows: Sequence[Row]) -> pa.Table:
        width = len(self._shape.columns)
        indexes = [self._shape.columns.index(column) for column in self._used]
        bad: list[str | None] = []
        kept: list[Sequence[str]] = []
        for row in rows:
            cells = row.cells[:width] if not any(row.cells[width:]) else row.cells
            if self._shape.format == "xlsx":
                # Spreadsheets do not store the empty cells at a row's end.
                cells = [*cells, *[""] * (width - len(cells))]
            reason = row.bad or ("cells" if len(cells) != width else None if _is_unicode(cells) else "encoding")
            bad.append(reason)
            kept.append([""] * width if reason else cells)
        columns: dict[str, pa.Array[Any]] = {
            "at_line": pa.array([row.line for row in rows], pa.int64()),
            "whole": pa.array(["\x1f".join(cells) for cells in kept], pa.string()),
            "bad": pa.array(bad, pa.string()),
        }
        for place, index in zip(self._places.values(), indexes, strict=True):
            columns[place] = pa.array([cells[index] or None for cells in kept], pa.string())
        return pa.table(columns)

    def _reject(self, at_line: int, problem: int, shown: str | None) -> Reject:
        check = self._checks[problem]
        return Reject(at_line, check.column, check.code, mask(shown or ""))


def mask(value: str) -> str:
    """The value with e-mails and runs of seven or more digits hidden, and no longer than 60 characters."""
    hidden = _EMAIL.sub(lambda found: crypto.hint("email", found.group()), value)
    return _DIGITS.sub(lambda found: crypto.hint("", found.group()), hidden)[:60]


def rejects_csv(rejects: Iterable[Reject]) -> str:
    """CSV lines without a header."""
    out = io.StringIO()
    csv.writer(out).writerows(reject.cells() for reject in rejects)
    return out.getvalue()


def _is_unicode(cells: Sequence[str]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True
