"""The one place where an engine's own way of writing enters: Ibis expressions → SQL text of the engine asked.

Definitions are built once, as Ibis expressions (insight.sql). What Ibis prints wrongly or not at all for an engine is
put right here, operation by operation, so that every engine gives the very answers of the embedded one; the suite in
tests/conformance holds it to that.
"""

from functools import cache
from typing import Any, Final

from potager.insight.slots import is_slot

DUCKDB: Final = "duckdb"
CLICKHOUSE: Final = "clickhouse"
SPARK: Final = "spark"


def printed(expression: Any, dialect: str = DUCKDB) -> str:
    """The expression as SQL of an engine. Slots pass through untouched.

    Raises ibis.common.exceptions.OperationNotDefinedError for what the engine has no form of.
    """
    compiler = _compiler(dialect)
    tree = compiler.to_sqlglot(expression.unbind())
    if dialect != DUCKDB:
        tree = tree.transform(_slot_as_it_is)
    return str(tree.sql(dialect=compiler.dialect, pretty=True))


def dialect_of(name: str) -> Any:
    """The engine's SQL as sqlglot knows it, with what Ibis adds to it."""
    return _compiler(name).dialect


def _slot_as_it_is(node: Any) -> Any:
    """Some printers escape the control characters around a slot, which would then never be filled."""
    import sqlglot.expressions as sge

    if isinstance(node, sge.Literal) and node.is_string and is_slot(node.this):
        return sge.Var(this=f"'{node.this}'")
    return node


@cache
def _compiler(dialect: str) -> Any:
    # Ibis takes a second to import, and the other engines' printers are seldom needed.
    match dialect:
        case "clickhouse":
            from potager.insight.dialects.clickhouse import Compiler as ClickHouse

            return ClickHouse()
        case "spark":
            from potager.insight.dialects.spark import Compiler as Spark

            return Spark()
        case _:
            from ibis.backends.sql.compilers import duckdb

            return duckdb.compiler
