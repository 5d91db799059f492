"""What the merges share."""

from potager.core import house
from potager.facts import plan
from potager.facts.warehouse.base import Writer


def text(column: str, key: str) -> str:
    return f"json_extract_string({column}, '$.{key}')"


def whole(column: str, key: str) -> str:
    """A JSON integer; any other text becomes NULL instead of stopping the load."""
    value = text(column, key)
    return f"CASE WHEN regexp_full_match({value}, '{plan.WHOLE}') THEN CAST({value} AS BIGINT) END"


def decimal(column: str, key: str) -> str:
    value = text(column, key)
    return f"CASE WHEN regexp_full_match({value}, '{plan.DECIMAL}') THEN TRY_CAST({value} AS DOUBLE) END"


def instant(column: str, key: str) -> str:
    """An ISO instant with offset as naive UTC."""
    return f"timezone('UTC', TRY_CAST(replace({text(column, key)}, 'Z', '+00:00') AS TIMESTAMPTZ))"


def business_day(ts: str) -> str:
    """The business date of a naive UTC timestamp."""
    return f"CAST(timezone('{house.facts().zone.key}', timezone('UTC', {ts})) AS DATE)"


def scalar(writer: Writer, sql: str) -> int:
    """The one integer a query gives."""
    value = writer.query(sql)[0][0].as_py()
    return int(value or 0)


def stage(writer: Writer, name: str, select: str) -> int:
    """Put a SELECT aside as a temporary table; returns its number of rows."""
    return writer.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")


def drop(writer: Writer, *names: str) -> None:
    for name in names:
        writer.execute(f"DROP TABLE IF EXISTS temp.{name}")
