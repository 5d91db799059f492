"""The embedded engine's SQL as another engine's: parsed and written again by sqlglot.

What sqlglot writes differently from what the text means is put right here, node by node.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

import sqlglot
import sqlglot.expressions as sge

from potager.insight.dialects import CLICKHOUSE, DUCKDB, SPARK, dialect_of

_MICROSECONDS: Final = 6
_INSTANTS: Final = {sge.DataType.Type.TIMESTAMP, sge.DataType.Type.TIMESTAMPNTZ}
# Operators that are functions to ClickHouse; its own sign for whole division would round to the nearest double first.
_OPERATORS: Final[Mapping[type[sge.Expr], str]] = {
    sge.IntDiv: "intDiv",
    sge.BitwiseAnd: "bitAnd",
    sge.BitwiseLeftShift: "bitShiftLeft",
    sge.BitwiseRightShift: "bitShiftRight",
}
# How the embedded engine calls the microseconds of an instant.
_MICROS: Final = "epoch_us"
# Sums of products of two amounts in cents: the widest exact number of Spark.
_WIDEST: Final = "DECIMAL(38, 0)"


def translated(sql: str, dialect: str, params: Mapping[str, object]) -> str:
    """The statement as an engine reads it, with the parameters in it as literals."""
    tree = sqlglot.parse_one(sql, read=DUCKDB)
    for named in list(tree.find_all(sge.Placeholder)):
        named.replace(_literal(params[named.this]))
    correct = _CORRECTIONS[dialect]
    # Parts before the whole: what is put in place of a node holds parts that were put right.
    for node in reversed(list(tree.walk())):
        corrected = correct(node)
        if corrected is not node:
            node.replace(corrected)
    return str(tree.sql(dialect=dialect_of(dialect)))


def _literal(value: object) -> sge.Expr:
    match value:
        case datetime():
            return sge.cast(sge.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
        case date():
            return sge.cast(sge.Literal.string(value.isoformat()), "DATE")
        case _:
            return sge.convert(value)


def _clickhouse(node: sge.Expr) -> sge.Expr:
    match node:
        case sge.Select():
            # A column of one of several tables keeps the name of its table where it is not told its own.
            node.set("expressions", [_named(each) for each in node.expressions])
            return node
        case sge.Binary() if type(node) in _OPERATORS:
            return _call(_OPERATORS[type(node)], node.this, node.expression)
        case sge.BitwiseOrAgg():
            return _call("groupBitOr", node.this)
        case sge.LogicalOr():
            return sge.Max(this=node.this)
        case sge.Anonymous() if node.name == _MICROS:
            return _call("toUnixTimestamp64Micro", *node.expressions)
        case sge.DataType():
            return _clickhouse_type(node)
        case _:
            return node


def _clickhouse_type(node: sge.DataType) -> sge.DataType:
    if node.this == sge.DataType.Type.DATE:
        # Business dates before 1970 are birthdays.
        return sge.DataType(this=sge.DataType.Type.DATE32)
    if node.this in _INSTANTS:
        scale = sge.DataTypeParam(this=sge.Literal.number(_MICROSECONDS))
        return sge.DataType(this=sge.DataType.Type.DATETIME64, expressions=[scale])
    return node


def _spark(node: sge.Expr) -> sge.Expr:
    match node:
        case sge.Anonymous() if node.name == _MICROS:
            return _call("unix_micros", *node.expressions)
        case sge.DataType() if node.this == sge.DataType.Type.INT128:
            return sge.DataType.build(_WIDEST)
        case _:
            return node


def _named(picked: sge.Expr) -> sge.Expr:
    is_of_a_table = isinstance(picked, sge.Column) and picked.table and not picked.is_star
    return sge.alias_(picked, picked.name) if is_of_a_table else picked


def _call(name: str, *arguments: sge.Expr) -> sge.Expr:
    return sge.Anonymous(this=name, expressions=list(arguments))


_CORRECTIONS: Final[Mapping[str, Callable[[Any], Any]]] = {CLICKHOUSE: _clickhouse, SPARK: _spark}
