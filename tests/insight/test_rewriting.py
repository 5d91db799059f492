"""insight.dialects.rewriting: what a statement written by hand becomes for another engine."""

from datetime import date, datetime

import pytest

from potager.insight.dialects import CLICKHOUSE, SPARK
from potager.insight.dialects.rewriting import translated

AT = datetime(2026, 3, 31, 3, 59, 59, 999_999)


def clickhouse(sql: str, **params: object) -> str:
    return translated(sql, CLICKHOUSE, params)


def spark(sql: str, **params: object) -> str:
    return translated(sql, SPARK, params)


def test_parameters_are_written_with_their_type_and_every_microsecond():
    sql = "SELECT 1 FROM orders WHERE ts <= $as_of AND day >= $first AND n > $least"
    params = {"as_of": AT, "first": date(1969, 2, 3), "least": 7}
    assert clickhouse(sql, **params) == (
        "SELECT 1 FROM orders WHERE ts <= CAST('2026-03-31 03:59:59.999999' AS Nullable(DateTime64(6)))"
        " AND day >= CAST('1969-02-03' AS Nullable(Date32)) AND n > 7"
    )
    assert spark(sql, **params) == (
        "SELECT 1 FROM orders WHERE ts <= CAST('2026-03-31 03:59:59.999999' AS TIMESTAMP)"
        " AND day >= CAST('1969-02-03' AS DATE) AND n > 7"
    )


def test_a_parameter_nobody_gave_is_an_error():
    with pytest.raises(KeyError, match="as_of"):
        clickhouse("SELECT $as_of")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a // b", "intDiv(a, b)"),
        ("(m >> 3) & 1", "bitAnd((bitShiftRight(m, 3)), 1)"),
        ("bit_or(1 << (a // 7))", "groupBitOr(bitShiftLeft(1, (intDiv(a, 7))))"),
        ("bool_or(x)", "MAX(x)"),
        ("epoch_us(ts)", "toUnixTimestamp64Micro(ts)"),
    ],
)
def test_operators_inside_one_another_become_functions_of_clickhouse(written, expected):
    assert clickhouse(f"SELECT {written} AS x") == f"SELECT {expected} AS x"


def test_a_column_of_a_joined_table_keeps_its_name_in_clickhouse():
    sql = "SELECT o.cid, k.day AS d, o.* FROM orders AS o JOIN customer AS k ON k.cid = o.cid"
    assert clickhouse(sql).startswith("SELECT o.cid AS cid, k.day AS d, o.* FROM orders AS o")


def test_sums_of_128_bits_are_exact_in_spark():
    assert spark("SELECT a::HUGEINT * b // c AS x") == "SELECT CAST(a AS DECIMAL(38, 0)) * b DIV c AS x"
    assert spark("SELECT epoch_us(ts) AS x") == "SELECT UNIX_MICROS(ts) AS x"


def test_days_between_dates_are_counted_by_each_engine_in_its_own_way():
    sql = "SELECT date_diff('day', DATE '1970-01-05', day) AS n"
    assert spark(sql) == "SELECT DATEDIFF(DAY, CAST('1970-01-05' AS DATE), day) AS n"
    assert "DATE_DIFF(DAY, CAST('1970-01-05' AS Nullable(Date32)), day)" in clickhouse(sql)
