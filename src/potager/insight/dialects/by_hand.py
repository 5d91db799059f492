"""Statements written by hand, in the embedded engine's SQL, put to whatever engine this is.

Metrics, funnels and retention are texts, reviewed and printed by `--plan` as they are run. Other engines get the very
text translated (insight.dialects.rewriting); the suite in tests/conformance compares the answers.
"""

from collections.abc import Callable, Mapping

import pyarrow as pa

from potager.facts.warehouse import Warehouse
from potager.insight.dialects import DUCKDB


def ask(
    owner: Warehouse,
    sql: str,
    params: Mapping[str, object] | None = None,
    *,
    beside: Mapping[str, pa.Table] | None = None,
) -> pa.Table:
    """Run a statement written for the embedded engine on whatever engine this is.

    params  what it names behind a $: whole numbers, dates, and instants as UTC without zone
    """
    name = owner.capabilities.name
    if name == DUCKDB:
        return owner.query(sql, params or {}, beside=beside)
    # Nobody on the embedded engine pays for loading a parser.
    from potager.insight.dialects.rewriting import translated

    return owner.query(translated(sql, name, params or {}), beside=beside)


def reader(owner: Warehouse) -> Callable[[str], pa.Table]:
    """The same, for whoever only reads."""
    return lambda sql: ask(owner, sql)
