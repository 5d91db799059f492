"""The warehouse made again from the lake and what the journal has beyond it.

The new file is built beside the old one and takes its name only when it is whole. Results that other rooms keep in
the warehouse (layer history, frozen audiences, the change log) are copied over: their sequence numbers still hold.
"""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from potager.core import journal
from potager.core.settings import environment
from potager.facts import entries, lake, loader, warehouse
from potager.facts.warehouse import schema
from potager.facts.warehouse.base import Writer
from potager.facts.warehouse.duckdb import DuckWarehouse

Progress = Callable[[int], None]


def rebuild(progress: Progress = lambda _seq: None) -> int:
    """Make the warehouse again; returns the newest sequence number it contains.

    progress  told the sequence number reached after each batch
    Raises Conflict("warehouse.owned") when another process has the warehouse open.
    """
    path = environment().warehouse_file
    beside = path.with_name("warehouse.rebuild.duckdb")
    # Opening it is what proves that nobody else is using it, and leaves no write-ahead log behind.
    warehouse.owned().checkpoint()
    warehouse.close()
    _remove(beside)
    fresh = DuckWarehouse(beside)
    try:
        with fresh.write() as writer:
            schema.ensure(writer)
        reached = _replay(fresh, progress)
        _copy_results(fresh, path)
        fresh.checkpoint()
    finally:
        fresh.close()
    _remove_log(path)
    beside.replace(path)
    _remove(beside)
    return reached


def _replay(fresh: DuckWarehouse, progress: Progress) -> int:
    reached = 0
    for batch in lake.batches():
        reached = _feed(fresh, batch.table(), progress)
    while rows := journal.stored(reached, lake.BATCH):
        reached = _feed(fresh, entries.table_of(rows), progress)
    return reached


def _feed(fresh: DuckWarehouse, table: pa.Table, progress: Progress) -> int:
    while table.num_rows:
        part = loader.upto_bulk(table.slice(0, lake.BATCH))
        with fresh.write() as writer:
            loader.apply(writer, part, ledger_from=None)
        table = table.slice(part.num_rows)
        reached = int(part["seq"][-1].as_py())
        progress(reached)
    return reached


def _copy_results(fresh: DuckWarehouse, old: Path) -> None:
    with fresh.write() as writer:
        writer.execute(f"ATTACH '{str(old).replace(chr(39), chr(39) * 2)}' AS old (READ_ONLY)")
        for name in _result_tables(writer):
            writer.execute(f'CREATE TABLE "{name}" AS FROM old.main."{name}"')
    with fresh.write() as writer:
        writer.execute("DETACH old")


def _result_tables(writer: Writer) -> list[str]:
    found = writer.query(
        "SELECT table_name AS name FROM duckdb_tables() WHERE database_name = 'old' AND NOT temporary ORDER BY name"
    )
    return [row["name"] for row in found.to_pylist() if row["name"] not in schema.TABLES]


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_log(path)


def _remove_log(path: Path) -> None:
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
