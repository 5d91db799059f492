"""ClickHouse as a warehouse that answers questions, through its own client (clickhouse-connect, HTTP).

Facts are MergeTree by month and customer. Sessions carry the settings that keep NULLs as in the embedded engine
(docs/guide/scale.md). Lists beside a query are temporary tables of the session that asks.
"""

import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

import pyarrow as pa

from potager.facts.warehouse import refusals
from potager.facts.warehouse.base import Capabilities, Params, Writer
from potager.facts.warehouse.rows import counted, refuse_inside_store_write, without_zone

READERS: Final = 4
SETTINGS: Final = {
    # An aggregate of nothing is NULL, not 0 or 1970-01-01; a row a join did not find is NULL, not ''.
    "aggregate_functions_null_for_empty": 1,
    "join_use_nulls": 1,
    # A name in SQL is the column first, not what the same SELECT calls something.
    "prefer_column_name_to_alias": 1,
    # first and last values are pairs (instant, value), missing where nothing passes.
    "allow_experimental_nullable_tuple_type": 1,
    # Instants without zone are UTC.
    "session_timezone": "UTC",
    # Many definitions in one statement are longer than the 256 KB a statement may have by default.
    "max_query_size": 16 * 2**20,
    # A removal is over when it returns.
    "mutations_sync": 2,
}
_TYPES: Final = {
    pa.int8(): "Int8",
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.float64(): "Float64",
    pa.bool_(): "Bool",
    pa.string(): "String",
    pa.binary(): "String",
    pa.date32(): "Date32",
    pa.timestamp("us"): "DateTime64(6)",
}


class ClickHouseWarehouse:
    """See base.Warehouse and base.Target."""

    capabilities = Capabilities("clickhouse", transactions=False, own_sql=False)

    def __init__(self, url: str) -> None:
        self._options = _options(url)
        self._made = 0
        self._lock = threading.Lock()
        self._heavy = threading.Semaphore(1)
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        self._idle.put(self._connect())

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        refuse_inside_store_write()
        if params:
            raise refusals.no_own_sql("ClickHouse", "带参数的查询", "Queries with parameters")
        from clickhouse_connect.driver.exceptions import ClickHouseError

        staged = beside or {}
        with self._client() as client:
            try:
                for name, rows in staged.items():
                    client.command(f"CREATE OR REPLACE TEMPORARY TABLE {_named(name)} ({_columns(rows.schema)})")
                    if rows.num_rows:
                        client.insert_arrow(_named(name), rows)
                return without_zone(client.query_arrow(sql, use_strings=True))
            except ClickHouseError as error:
                raise refusals.failed("ClickHouse", error) from error
            finally:
                for name in staged:
                    client.command(f"DROP TEMPORARY TABLE IF EXISTS {_named(name)}")

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        return counted(self.query, {table: (table,) for table in tables})

    @contextmanager
    def heavy(self) -> Iterator[None]:
        refuse_inside_store_write()
        with self._heavy:
            yield

    def write(self) -> AbstractContextManager[Writer]:
        raise refusals.no_transactions("ClickHouse")

    def checkpoint(self) -> None:
        """The server keeps its own parts."""

    def create(self, table: str, schema: pa.Schema) -> None:
        with self._client() as client:
            client.command(f"CREATE TABLE IF NOT EXISTS {_named(table)} ({_columns(schema)}) {_layout(schema)}")
            added = ", ".join(f"ADD COLUMN IF NOT EXISTS {_named(each.name)} {_type(each)}" for each in schema)
            client.command(f"ALTER TABLE {_named(table)} {added}")

    def append(self, table: str, rows: pa.Table) -> None:
        with self._client() as client:
            client.insert_arrow(_named(table), rows)

    def replace(self, table: str, rows: pa.Table) -> None:
        """Fill a table beside it, then exchange the two names: readers see the old rows or the new."""
        beside = f"{table}__{uuid4().hex[:12]}"
        with self._client() as client:
            made = f"({_columns(rows.schema)}) {_layout(rows.schema)}"
            client.command(f"CREATE TABLE {_named(beside)} {made}")
            try:
                if rows.num_rows:
                    client.insert_arrow(_named(beside), rows)
                client.command(f"CREATE TABLE IF NOT EXISTS {_named(table)} {made}")
                client.command(f"EXCHANGE TABLES {_named(table)} AND {_named(beside)}")
            finally:
                client.command(f"DROP TABLE IF EXISTS {_named(beside)}")

    def make(self, table: str, select: str, by: Sequence[str] = ()) -> None:
        self._command(f"CREATE TABLE {_named(table)} {_sorted(by)} AS {select}")

    def exchange(self, table: str, fresh: str) -> None:
        self._command(f"CREATE TABLE IF NOT EXISTS {_named(table)} AS {_named(fresh)}")
        self._command(f"EXCHANGE TABLES {_named(table)} AND {_named(fresh)}")
        self.drop(fresh)

    def drop(self, table: str) -> None:
        self._command(f"DROP TABLE IF EXISTS {_named(table)}")

    def remove(self, table: str, where: str) -> None:
        with self._client() as client:
            client.command(f"ALTER TABLE {_named(table)} DELETE WHERE {where}")

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()

    def _command(self, sql: str) -> None:
        from clickhouse_connect.driver.exceptions import ClickHouseError

        refuse_inside_store_write()
        with self._client() as client:
            try:
                client.command(sql)
            except ClickHouseError as error:
                raise refusals.failed("ClickHouse", error) from error

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """A client of this thread's own: a session takes one statement at a time."""
        client = self._borrow()
        try:
            yield client
        finally:
            self._idle.put(client)

    def _borrow(self) -> Any:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._made < READERS:
                    return self._connect()
            return self._idle.get()

    def _connect(self) -> Any:
        try:
            import clickhouse_connect
            from clickhouse_connect.driver.exceptions import ClickHouseError
        except ImportError as error:
            raise refusals.no_client("ClickHouse", "clickhouse") from error
        try:
            client = clickhouse_connect.get_client(**self._options, session_id=uuid4().hex, settings=SETTINGS)
        except ClickHouseError as error:
            where = f"{self._options['host']}:{self._options['port']}"
            raise refusals.unreachable("ClickHouse", where, error) from error
        self._made += 1
        return client


def _options(url: str) -> dict[str, Any]:
    """clickhouse://user:password@host:8123/database?secure=1"""
    parts = urlsplit(url)
    if not parts.hostname:
        raise refusals.bad_url(url.replace(f":{parts.password}@", ":…@") if parts.password else url)
    secure = dict(parse_qsl(parts.query)).get("secure") == "1"
    return {
        "host": parts.hostname,
        "port": parts.port or (8443 if secure else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or ""),
        "database": parts.path.strip("/") or "default",
        "secure": secure,
    }


def _named(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{_named(each.name)} {_type(each)}" for each in schema)


def _type(column: "pa.Field[Any]") -> str:
    found = _TYPES[column.type]
    return found if not column.nullable else f"Nullable({found})"


def _layout(schema: pa.Schema) -> str:
    """Facts by month, and within by customer and time."""
    names = set(schema.names)
    month = "PARTITION BY toYYYYMM(day) " if {"ts", "day"} <= names else ""
    return _sorted([name for name in ("cid", "ts") if name in names], month)


def _sorted(by: Sequence[str], parts: str = "") -> str:
    key = f"({', '.join(by)})" if by else "tuple()"
    return f"ENGINE = MergeTree {parts}ORDER BY {key} SETTINGS allow_nullable_key = 1"
