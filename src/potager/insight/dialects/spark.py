"""What Ibis prints differently for Spark, so that it gives the answers of the embedded engine.

Ibis takes NaN for NULL there, as pandas does; no fact is NaN, so NULL is NULL.
"""

from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import FALSE, NULL, TRUE, SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.expr import operations as ops


class Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis is not typed
    __slots__ = ()

    # Defined by the base printer, left out of Ibis' list for Spark.
    SIMPLE_OPS = {ops.BitOr: "bit_or"}

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        if dtype.is_floating():
            return SQLGlotCompiler.visit_NonNullLiteral(self, op, value=value, dtype=dtype)
        if dtype.is_int64():
            # A word of flags without a bit in one branch of a UNION ALL is as wide as in the others.
            return self.cast(sge.convert(value), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:
        return arg.is_(NULL)

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:
        return arg.is_(NULL).not_()

    def to_sqlglot(self, *args: Any, **more: Any) -> Any:
        return super().to_sqlglot(*args, **more).transform(_nullable_constant)


def _nullable_constant(node: Any) -> Any:
    """A column that is FALSE throughout, in a form that may be NULL for all the server knows: pysail 0.7 derives two
    nullabilities for the constant beside a test in a UNION ALL, and then refuses its own plan."""
    if isinstance(node, sge.Alias) and node.this == FALSE:
        return sge.alias_(sge.Nullif(this=FALSE.copy(), expression=TRUE.copy()), node.alias, quoted=True)
    return node
