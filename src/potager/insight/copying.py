"""The embedded warehouse brought to a distributed engine: `potager warehouse copy`.

Facts go month by month. A month that is there already, by its counts and sums, is left alone, so a copy that was
stopped goes on where it was; one that differs is taken out and brought again. Every month is compared after it was
brought. Everything else is small and replaced whole; of the history of layers and audiences only what a refresh on the
engine does not keep up itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa

from potager.core.errors import Conflict
from potager.facts.warehouse import Target, Warehouse
from potager.facts.warehouse.literals import literals
from potager.insight import refresh
from potager.insight.staging import Staging

FACTS: Final = ("event", "orders", "order_item", "refund")
# What conditions look at besides; `watermark` last: it says up to where the copy knows.
WHOLE: Final = (
    "customer", "relation", "manual_tag", "product", "event_type", "channel_dict", "channel_cost", "layer_history",
    "rfm_threshold", "audience_version", "customer_value",
    "watermark",
)  # fmt: skip
# Of these, by a column, the rows of results that were refreshed on the engine are its own.
_OWN: Final = {
    "layer_history": ("model", "layer:"),
    "rfm_threshold": ("model", "layer:"),
    "audience_version": ("audience", "audience:"),
}
BATCH: Final = 500_000
# Keys are 64 bits of a hash: their sums would not fit into 64 bits.
_PRIME: Final = 1_000_003
_WHOLE_SUMS: Final = {"amount", "cost", "seq"}
Told = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a table that are brought and compared together."""

    table: str
    where: str
    name: str


def of_month(table: str, month: date | None) -> Piece:
    """A month of a table of facts; None holds the rows without a business date."""
    if month is None:
        return Piece(table, "day IS NULL", f"{table} –")
    year, following = divmod(month.year * 12 + month.month, 12)
    until = date(year, following + 1, 1)
    return Piece(table, f"day >= DATE '{month}' AND day < DATE '{until}'", f"{table} {month:%Y-%m}")


@dataclass(slots=True)
class Copied:
    """What a copy did: rows brought, pieces brought and pieces that were there already."""

    rows: int = 0
    brought: int = 0
    there: int = 0


def copy(source: Warehouse, target: Target, tell: Callable[[str], None]) -> Copied:
    """Bring everything that conditions look at.

    Raises Conflict("warehouse.copy") when what arrived is not what was sent.
    """
    done = Copied()
    for table in FACTS:
        schema = source.query(f"SELECT * FROM {table} LIMIT 0").schema
        target.create(table, schema)
        wanted = _months(source, table)
        for gone in sorted(_months(target, table) - wanted, key=str):
            target.remove(table, of_month(table, gone).where)
        for month in sorted(wanted, key=str):
            piece = of_month(table, month)
            _bring(source, target, piece, schema, done)
            tell(f"{piece.name}  {done.rows:,}")
    target.create("result_state", refresh.STATE)
    refreshed = refresh.states(target)
    for table in WHOLE:
        column, kind = _OWN.get(table, ("", ""))
        own = sorted(name.removeprefix(kind) for name in refreshed if kind and name.startswith(kind))
        piece = Piece(table, f"{column} NOT IN ({literals(own)})" if own else "1 = 1", table)
        rows = source.query(f"SELECT * FROM {table} WHERE {piece.where}")
        if own:
            _put_beside(target, table, rows, f"{column} IN ({literals(own)})")
        else:
            target.replace(table, rows)
        _compare(source, target, piece, rows.schema)
        done.rows += rows.num_rows
        done.brought += 1
        tell(f"{table}  {done.rows:,}")
    return done


def _bring(source: Warehouse, target: Target, piece: Piece, schema: pa.Schema, done: Copied) -> None:
    sent = told(source, piece.table, schema, piece.where)
    found = told(target, piece.table, schema, piece.where)
    if found == sent:
        done.there += 1
        return
    if found["n"]:
        target.remove(piece.table, piece.where)
    rows = source.query(f"SELECT * FROM {piece.table} WHERE {piece.where}")
    for start in range(0, rows.num_rows, BATCH):
        target.append(piece.table, rows.slice(start, BATCH))
    _compare(source, target, piece, schema)
    done.rows += rows.num_rows
    done.brought += 1


def _put_beside(target: Target, table: str, rows: pa.Table, kept: str) -> None:
    """Put rows in place of those of the table that are not kept."""
    columns, stage = ", ".join(rows.column_names), Staging(target)
    try:
        stage.put("copied", rows)
        stage.write(table, f"SELECT {columns} FROM {table} WHERE {kept} UNION ALL SELECT {columns} FROM copied")
        stage.exchange([table])
    finally:
        stage.clear()


def _compare(source: Warehouse, target: Target, piece: Piece, schema: pa.Schema) -> None:
    sent, found = (told(each, piece.table, schema, piece.where) for each in (source, target))
    if sent == found:
        return
    column = next(each for each in sent if sent[each] != found[each])
    here, there = sent[column], found[column]
    raise Conflict(
        "warehouse.copy",
        zh=f"{piece.name} 拷贝后对不上：{column} 原为 {here}，那边是 {there}；请重新执行这条命令",
        en=f"{piece.name} does not agree after the copy: {column} is {here} here and {there} there; run it again",
        place=piece.table,
    )


def told(engine: Warehouse | Target, table: str, schema: pa.Schema, where: str) -> Told:
    """What rows are known by: how many, how many values per column, and sums of whole numbers (keys by remainder)."""
    mark = "`" if engine.capabilities.name == "spark" else '"'
    asked = {"n": "count(*)"}
    for each in schema:
        value = f"{mark}{each.name}{mark}"
        asked[f"n_{each.name}"] = f"count({value})"
        if pa.types.is_integer(each.type):
            asked[f"r_{each.name}"] = f"sum({value} % {_PRIME})"
        if each.name in _WHOLE_SUMS:
            asked[f"sum_{each.name}"] = f"sum({value})"
    columns = ", ".join(f"{sql} AS {mark}{name}{mark}" for name, sql in asked.items())
    row = engine.query(f"SELECT {columns} FROM {table} WHERE {where}").to_pylist()[0]
    return {name: None if value is None else int(value) for name, value in row.items()}


def _months(engine: Warehouse | Target, table: str) -> set[date | None]:
    month = "EXTRACT(YEAR FROM day) * 100 + EXTRACT(MONTH FROM day)"
    found: Sequence[int | None] = engine.query(f"SELECT DISTINCT {month} AS m FROM {table}")["m"].to_pylist()
    return {None if each is None else date(int(each) // 100, int(each) % 100, 1) for each in found}
