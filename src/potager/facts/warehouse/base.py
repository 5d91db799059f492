"""What a warehouse engine must offer. Rooms write SQL through this and never import an engine."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

Params = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the engine can do.

    name          also the dialect definitions are printed in (insight.dialects)
    transactions  whether many tables change at once or not at all, as loading facts and merging results need; without
                  it the warehouse answers questions over what `warehouse copy` brought, and refreshes in full
    own_sql       whether it reads the embedded engine's SQL as it is; elsewhere conditions are printed and metrics,
                  funnels and retention translated (insight.dialects), and the rest is refused
    """

    name: str
    transactions: bool = True
    own_sql: bool = True


class Writer(Protocol):
    """One write transaction. Everything in it becomes visible at once, or not at all."""

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run one statement; how many rows it put, changed or removed (0 for one that only defines something)."""
        ...

    def query(self, sql: str, params: Params = ()) -> pa.Table:
        """Read inside the transaction, own changes included."""
        ...

    def stage(self, name: str, rows: pa.Table) -> None:
        """Make Arrow rows readable under `name` until the transaction ends."""
        ...

    def append(self, table: str, rows: pa.Table) -> None:
        """Insert Arrow rows by column name; columns the rows lack become NULL."""
        ...

    def replace(self, table: str, rows: str | pa.Table) -> None:
        """Put the result of a SELECT, or Arrow rows, in place of the table (created if absent)."""
        ...


class Warehouse(Protocol):
    """The one owner of the warehouse in this process. Safe to use from any thread."""

    @property
    def capabilities(self) -> Capabilities: ...

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a SELECT. Sums of BIGINT come back as decimal: cast them where an integer is meant.

        beside  Arrow rows the statement may read under these names, e.g. people known to operations only
        """
        ...

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        """How many rows each table has: what the engine knows without looking at them."""
        ...

    def heavy(self) -> AbstractContextManager[None]:
        """Hold while running a long query: there is at most one at a time."""
        ...

    def write(self) -> AbstractContextManager[Writer]:
        """Open the one write transaction; others wait. Commits at the end, rolls back on any error."""
        ...

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, off the path of any request."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Target(Protocol):
    """A distributed engine as a copy and a refresh fill it: one table at a time, no transaction over several."""

    @property
    def capabilities(self) -> Capabilities: ...

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """See Warehouse."""
        ...

    def create(self, table: str, schema: pa.Schema) -> None:
        """Make the table where it is absent, laid out for reads by customer and month, and the columns it lacks."""
        ...

    def append(self, table: str, rows: pa.Table) -> None:
        """Add Arrow rows by column name."""
        ...

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put Arrow rows in place of the table at once (created if absent)."""
        ...

    def make(self, table: str, select: str, by: Sequence[str] = ()) -> None:
        """Put what a SELECT in the engine's own SQL gives into a new table, sorted by some of its columns. The rows
        stay in the engine."""
        ...

    def exchange(self, table: str, fresh: str) -> None:
        """Put the table `fresh` in place of another at once (created if absent); the name `fresh` is free after it."""
        ...

    def drop(self, table: str) -> None:
        """Take a table away if it is there."""
        ...

    def heavy(self) -> AbstractContextManager[None]:
        """See Warehouse."""
        ...

    def remove(self, table: str, where: str) -> None:
        """Take away the rows that pass a test, and wait until they are gone."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
