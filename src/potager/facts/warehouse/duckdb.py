"""The embedded warehouse: one DuckDB file, opened by exactly one process.

No extension is ever loaded, no index is built on facts, rows go in and out as Arrow (docs/concepts/warehouse.md
has the measurements). Readers use a small pool of cursors and are never blocked by the writer.
"""

import os
import queue
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from potager.core.errors import Conflict, Problem
from potager.facts.warehouse.base import Capabilities, Params
from potager.facts.warehouse.rows import counted, refuse_inside_store_write

READERS = 4
_MEMORY_SHARE = 0.6
# Views over several tables: see schema.recreate_event_view.
_PARTS = {"event": ("event_cold", "event_hot")}
_MEMORY = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)


class DuckWriter:
    """See base.Writer."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._staged: list[str] = []

    def execute(self, sql: str, params: Params = ()) -> int:
        # The engine answers with one number, also CREATE TABLE AS; a definition has no answer.
        counted = self._connection.execute(sql, params).fetchone()
        return int(counted[0]) if counted else 0

    def query(self, sql: str, params: Params = ()) -> pa.Table:
        return _arrow(self._connection, sql, params)

    def stage(self, name: str, rows: pa.Table) -> None:
        self._connection.register(name, rows)
        self._staged.append(name)

    def append(self, table: str, rows: pa.Table) -> None:
        self._connection.register("_rows", rows)
        try:
            self._connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM _rows')
        finally:
            self._connection.unregister("_rows")

    def replace(self, table: str, rows: str | pa.Table) -> None:
        if isinstance(rows, str):
            self._connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS {rows}')
            return
        self._connection.register("_rows", rows)
        try:
            self._connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS SELECT * FROM _rows')
        finally:
            self._connection.unregister("_rows")

    def interrupt(self) -> None:
        """Break off the statement in hand; it raises where it runs. Called from another thread."""
        self._connection.interrupt()

    def release(self) -> None:
        for name in self._staged:
            self._connection.unregister(name)


class DuckReader:
    """One cursor of the pool, in the hands of one thread."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        staged = beside or {}
        try:
            for name, rows in staged.items():
                self._cursor.register(name, rows)
            return _arrow(self._cursor, sql, params)
        finally:
            for name in staged:
                self._cursor.unregister(name)

    def interrupt(self) -> None:
        """See DuckWriter.interrupt."""
        self._cursor.interrupt()


class DuckWarehouse:
    """See base.Warehouse. Raises Conflict("warehouse.owned") when another process has the file open."""

    capabilities = Capabilities("duckdb")

    def __init__(self, path: Path) -> None:
        # The engine makes the last folder of its scratch space, and fails when one above it is missing.
        (path.parent / "tmp").mkdir(parents=True, exist_ok=True)
        self._connection = _connect(path)
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        self._writer = self._connection.cursor()
        self._write_lock = threading.Lock()
        self._write_owner = 0
        self._heavy = threading.Semaphore(1)
        self._readers: queue.LifoQueue[duckdb.DuckDBPyConnection] = queue.LifoQueue()
        for _ in range(READERS):
            self._readers.put(self._connection.cursor())

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        with self.reader() as reader:
            return reader.query(sql, params, beside=beside)

    @contextmanager
    def reader(self) -> Iterator[DuckReader]:
        """A cursor to read with; waits for one where all are in use."""
        refuse_inside_store_write()
        cursor = self._readers.get()
        try:
            yield DuckReader(cursor)
        finally:
            self._readers.put(cursor)

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        # Of a table the engine knows the number; through a view it would look at every row.
        return counted(self.query, {table: _PARTS.get(table, (table,)) for table in tables})

    @contextmanager
    def heavy(self) -> Iterator[None]:
        refuse_inside_store_write()
        with self._heavy:
            yield

    @contextmanager
    def write(self) -> Iterator[DuckWriter]:
        refuse_inside_store_write()
        if self._write_owner == threading.get_ident():
            raise RuntimeError("a warehouse write is already open in this thread: pass its writer on")
        with self._write_lock:
            self._write_owner = threading.get_ident()
            writer = DuckWriter(self._writer)
            self._writer.execute("BEGIN TRANSACTION")
            try:
                yield writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                writer.release()
                self._write_owner = 0

    def checkpoint(self) -> None:
        with self._write_lock:
            self._writer.execute("CHECKPOINT")

    def close(self) -> None:
        """Let go of the file. A write in hand is waited for."""
        with self._write_lock:
            while not self._readers.empty():
                self._readers.get().close()
            self._writer.close()
            self._connection.close()

    def _roll_back(self) -> None:
        try:
            self._writer.execute("ROLLBACK")
        except duckdb.TransactionException:
            # A failed COMMIT has rolled back already.
            return


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(
            str(path),
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                # Names in SQL are tables, never variables of the calling Python code.
                "python_enable_replacements": "false",
                "threads": str(os.cpu_count() or 1),
                "memory_limit": _memory_limit(),
                # Writing the log into the file stops everybody for a second or two at 50 million events. By default it
                # comes with every 16 MB of log, which is every other refresh.
                "checkpoint_threshold": "128MB",
                "temp_directory": str(path.parent / "tmp" / "duckdb"),
            },
        )
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        pid = match.group(1) if (match := re.search(r"\(PID (\d+)\)", str(error))) else "?"
        raise Conflict(
            "warehouse.owned",
            zh=f"数据仓库文件正被另一个进程（PID {pid}）使用：请先停掉正在运行的 potager，再执行这条命令",
            en=f"Another process (PID {pid}) has the warehouse file open: stop that potager first, then try again",
            place=str(path),
        ) from error


def _memory_limit() -> str:
    """POTAGER_MEMORY ("4GB"), else 60 % of the machine: the rest is for Python and the page cache."""
    given = os.environ.get("POTAGER_MEMORY", "")
    if not given:
        return f"{int(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') * _MEMORY_SHARE) // 2**20}MiB"
    if not _MEMORY.fullmatch(given.strip()):
        raise Problem(
            "settings.memory",
            zh=f"POTAGER_MEMORY「{given}」应写成 4GB 或 800MB 这样的大小",
            en=f"POTAGER_MEMORY “{given}” must be a size such as 4GB or 800MB",
        )
    return given.strip()


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str, params: Params) -> pa.Table:
    # The relation form hands Arrow buffers over without the copy that the DB-API form makes.
    result = connection.sql(sql, params=params) if params else connection.sql(sql)
    table: pa.Table = result.to_arrow_table()
    return table
