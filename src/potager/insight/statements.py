"""Printed statements: what a condition selects, as SQL text with slots, kept for reuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import pyarrow as pa

from potager.insight.conditions.logic import Bound, every_leaf
from potager.insight.dialects import DUCKDB, printed
from potager.insight.slots import Binding, Give, Slots, fill
from potager.insight.sql import members_table

Query = Callable[[str, Mapping[str, pa.Table]], pa.Table]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with slots. `beside` names the lists it needs beside the warehouse's own tables: see insight.beside."""

    sql: str
    given: Mapping[str, Give]
    beside: tuple[str, ...] = ()

    def filled(self, binding: Binding) -> str:
        return fill(self.sql, self.given, binding)


def fingerprint(*values: object) -> str:
    """What a definition means, as a short stable text: labels do not count, names, values and windows do."""
    return blake2b("\n".join(map(repr, values)).encode(), digest_size=16).hexdigest()


def beside_of(*conditions: Bound) -> tuple[str, ...]:
    """The lists these conditions need beside the warehouse's own tables."""
    found = (name for bound in conditions for leaf in every_leaf(bound) for name in leaf.beside)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=512)
def members_statement(bound: Bound, dialect: str = DUCKDB) -> Statement:
    """The customers for whom the condition holds: one column cid. Equal conditions are printed once per engine."""
    slots = Slots()
    sql = printed(members_table(bound, slots), dialect)
    return Statement(sql, dict(slots.given), beside_of(bound))


def run(
    statement: Statement,
    binding: Binding,
    query: Query,
    lists: Mapping[str, pa.Table],
    outer: str = "SELECT cid FROM ({})",
) -> pa.Table:
    """Run a statement inside `outer`, whose {} it takes the place of. `lists` are tables to have beside, by name."""
    return query(outer.replace("{}", statement.filled(binding)), lists)
