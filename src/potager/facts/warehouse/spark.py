"""Spark as a warehouse that answers questions in batches over a lake, through Spark Connect (pyspark-client, no JVM).

Tables are those of the server's catalogue, Parquet by month where they hold facts. Lists beside a query are temporary
views of the session; a query that has some is alone in it.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from potager.facts.warehouse import refusals
from potager.facts.warehouse.base import Capabilities, Params, Writer
from potager.facts.warehouse.rows import counted, refuse_inside_store_write, without_zone


class SparkWarehouse:
    """See base.Warehouse and base.Target."""

    capabilities = Capabilities("spark", transactions=False, own_sql=False)

    def __init__(self, url: str) -> None:
        if not urlsplit(url).hostname:
            raise refusals.bad_url(url)
        self._session = _connect(url)
        self._lock = threading.RLock()
        self._heavy = threading.Semaphore(1)

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        refuse_inside_store_write()
        if params:
            raise refusals.no_own_sql("Spark", "带参数的查询", "Queries with parameters")
        from pyspark.errors import PySparkException

        staged = beside or {}
        with self._lock if staged else nullcontext():
            try:
                for n, (name, rows) in enumerate(staged.items()):
                    # The client's own call takes plain names only; SQL takes any that is quoted.
                    self._frame(rows).createOrReplaceTempView(f"beside_{n}")
                    self._run(f"CREATE OR REPLACE TEMPORARY VIEW {_quoted(name)} AS SELECT * FROM beside_{n}")
                return without_zone(self._session.sql(sql).toArrow())
            except PySparkException as error:
                raise refusals.failed("Spark", error) from error
            finally:
                for name in staged:
                    self._run(f"DROP VIEW IF EXISTS {_quoted(name)}")

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        return counted(self.query, {table: (table,) for table in tables})

    @contextmanager
    def heavy(self) -> Iterator[None]:
        with self._heavy:
            yield

    def write(self) -> AbstractContextManager[Writer]:
        raise refusals.no_transactions("Spark")

    def checkpoint(self) -> None:
        """The lake keeps its own files."""

    def create(self, table: str, schema: pa.Schema) -> None:
        if not self._session.catalog.tableExists(table):
            self._save(table, schema.empty_table(), "append")

    def append(self, table: str, rows: pa.Table) -> None:
        self._save(table, rows, "append")

    def replace(self, table: str, rows: pa.Table) -> None:
        """Readers that come in between may find no table: plain Parquet has no atomic exchange."""
        self._run(f"DROP TABLE IF EXISTS {_quoted(table)}")
        self._save(table, rows, "append")

    def make(self, table: str, select: str, by: Sequence[str] = ()) -> None:  # noqa: ARG002  (the protocol's names)
        self._checked(f"CREATE TABLE {_quoted(table)} USING PARQUET AS {select}")

    def exchange(self, table: str, fresh: str) -> None:
        """Copied inside the engine, not renamed: not every server of Spark Connect renames. See `replace`."""
        self.drop(table)
        self.make(table, f"SELECT * FROM {_quoted(fresh)}")
        self.drop(fresh)

    def drop(self, table: str) -> None:
        self._checked(f"DROP TABLE IF EXISTS {_quoted(table)}")

    def remove(self, table: str, where: str) -> None:  # noqa: ARG002  (the protocol's names)
        raise refusals.no_removal("Spark")

    def close(self) -> None:
        self._session.stop()

    def _run(self, sql: str) -> None:
        self._session.sql(sql).toArrow()

    def _checked(self, sql: str) -> None:
        from pyspark.errors import PySparkException

        refuse_inside_store_write()
        try:
            self._run(sql)
        except PySparkException as error:
            raise refusals.failed("Spark", error) from error

    def _save(self, table: str, rows: pa.Table, mode: str) -> None:
        self._frame(rows).write.mode(mode).format("parquet").saveAsTable(table)

    def _frame(self, rows: pa.Table) -> Any:
        """The rows as the server takes them; without any, it cannot tell the types from them."""
        from pyspark.sql.pandas.types import from_arrow_schema

        return self._session.createDataFrame(rows, schema=from_arrow_schema(rows.schema))


def _connect(url: str) -> Any:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise refusals.no_client("Spark Connect", "spark") from error
    try:
        session = SparkSession.builder.remote(url).create()
        # Instants without zone are UTC.
        session.conf.set("spark.sql.session.timeZone", "UTC")
    except PySparkException as error:
        raise refusals.unreachable("Spark Connect", urlsplit(url).netloc, error) from error
    return session


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
