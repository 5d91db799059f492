"""What every engine of ours does alike: rows as it hands them out, how many there are, where it is not asked."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from potager.core import store


def counted(read: Callable[[str], pa.Table], parts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many rows the tables of each name have together, in one query."""
    columns = ", ".join(
        f"CAST({' + '.join(f'(SELECT count(*) FROM {table})' for table in tables)} AS BIGINT) AS {name}_rows"
        for name, tables in parts.items()
    )
    [row] = read(f"SELECT {columns}").to_pylist()
    return {name: int(row[f"{name}_rows"]) for name in parts}


def without_zone(rows: pa.Table) -> pa.Table:
    """Instants as UTC without zone, in microseconds: distributed engines name the zone of the session, which is UTC."""
    for i, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            rows = rows.set_column(i, column.name, rows.column(i).cast(pa.timestamp("us")))
    return rows


def refuse_inside_store_write() -> None:
    """SQLite has one writer: a long query inside its transaction would stop every click (DESIGN §2)."""
    if store.is_writing():
        raise RuntimeError("the warehouse must not be used inside store.write")
