"""What Ibis prints differently for ClickHouse, so that it gives the answers of the embedded engine.

Business dates before 1970 are birthdays, so dates are Date32 (1900 to 2299); instants keep their microseconds; distinct
values are counted exactly, not estimated.
"""

from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler
from ibis.backends.sql.datatypes import ClickHouseType
from ibis.expr import datatypes as dt

_MICROSECONDS = 6
_UNSIGNED = 2**31


class Types(ClickHouseType):  # type: ignore[misc]  # Ibis is not typed
    @classmethod
    def _from_ibis_Date(cls, dtype: dt.Date) -> sge.DataType:
        return sge.DataType(this=sge.DataType.Type.DATE32)

    @classmethod
    def _from_ibis_Timestamp(cls, dtype: dt.Timestamp) -> sge.DataType:
        scale = sge.DataTypeParam(this=sge.Literal.number(_MICROSECONDS))
        return sge.DataType(this=sge.DataType.Type.DATETIME64, expressions=[scale])


class Compiler(ClickHouseCompiler):  # type: ignore[misc]
    __slots__ = ()

    type_mapper = Types

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: dt.DataType) -> Any:
        if dtype.is_date():
            return self.cast(sge.Literal.string(value.isoformat()), dtype)
        if dtype.is_integer() and value >= _UNSIGNED:
            # Such a number alone is unsigned, and has no common type with the signed words of flags.
            return self.cast(sge.Literal.number(value), dt.int64(nullable=False))
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_CountDistinct(self, op: Any, *, arg: Any, where: Any) -> Any:
        return self.agg.uniqExact(arg, where=where)

    def visit_BitOr(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Words of flags are signed and stay so."""
        return self.agg.groupBitOr(arg, where=where)

    def visit_HexDigest(self, op: Any, *, arg: Any, how: str) -> Any:
        return self.f.lower(self.f.hex(self.f.anon[how.upper()](arg)))

    def visit_TryCast(self, op: Any, *, arg: Any, to: dt.DataType) -> Any:
        return self.f.accurateCastOrNull(arg, self.type_mapper.to_string(to(nullable=False)))

    def visit_StructField(self, op: Any, *, arg: Any, field: str) -> Any:
        """By position; a struct that is not there has no field either."""
        position = op.arg.dtype.names.index(field) + 1
        return self.f.tupleElement(arg, position)

    def visit_DateDelta(self, op: Any, *, left: Any, right: Any, part: Any) -> Any:
        return self.f.anon.dateDiff(sge.Literal.string("day"), right, left)
