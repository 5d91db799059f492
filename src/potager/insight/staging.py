"""New tables beside the old ones on a distributed engine, read under the old names until they are exchanged.

There is no transaction over tables there. So everything is computed into tables of other names, which whoever computes
further already reads in place of the old; nobody else sees them before the exchange.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

import pyarrow as pa

from potager.facts.warehouse import Target


class Staging:
    """The tables beside. Every name may be made again, from what it was before, too."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._token = uuid4().hex[:12]
        self._number = 0
        # By name what stands for it now; and everything that is there, whole or not.
        self._made: dict[str, str] = {}
        self._there: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        """What was made so far."""
        return frozenset(self._made)

    def make(self, name: str, select: str, by: Sequence[str] = ()) -> None:
        """A table out of a SELECT in the engine's own SQL. The rows stay in the engine."""
        fresh = self._fresh(name)
        self._target.make(fresh, over(select, self._made), by)
        self._stands(name, fresh)

    def write(self, name: str, sql: str, by: Sequence[str] = ()) -> None:
        """A table out of a SELECT in the embedded engine's SQL."""
        self.make(name, self._translated(sql), by)

    def put(self, name: str, rows: pa.Table) -> None:
        """A small table out of Arrow rows."""
        fresh = self._fresh(name)
        self._target.create(fresh, rows.schema)
        if rows.num_rows:
            self._target.append(fresh, rows)
        self._stands(name, fresh)

    def ask(self, sql: str) -> pa.Table:
        """What a SELECT in the embedded engine's SQL gives."""
        return self._target.query(over(self._translated(sql), self._made))

    def exchange(self, names: Iterable[str]) -> None:
        """Put what was made in place of the tables of these names, one after the other.

        Where that fails, the table beside stays: it may be the only one there is.
        """
        for name in names:
            fresh = self._made.pop(name)
            self._there.remove(fresh)
            self._target.exchange(name, fresh)

    def clear(self) -> None:
        """Take away what was not exchanged."""
        self._made.clear()
        for fresh in sorted(self._there):
            self._drop(fresh)

    def _fresh(self, name: str) -> str:
        self._number += 1
        fresh = f"{name if name.isidentifier() else 'beside'}__{self._token}_{self._number}"
        self._there.add(fresh)
        return fresh

    def _stands(self, name: str, fresh: str) -> None:
        before = self._made.get(name)
        self._made[name] = fresh
        if before is not None:
            self._drop(before)

    def _drop(self, table: str) -> None:
        self._target.drop(table)
        self._there.remove(table)

    def _translated(self, sql: str) -> str:
        # Nobody on the embedded engine pays for loading a parser.
        from potager.insight.dialects.rewriting import translated

        return translated(sql, self._target.capabilities.name, {})


def over(select: str, made: Mapping[str, str]) -> str:
    """The SELECT over the tables made instead of those of their names: a name in WITH stands before a table's."""
    given = ", ".join(f"`{name}` AS (SELECT * FROM `{fresh}`)" for name, fresh in made.items() if name in select)
    return f"SELECT * FROM (WITH {given} SELECT * FROM ({select}) AS x) AS y" if given else select
