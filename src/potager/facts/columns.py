"""Typed columns that grow with the definitions: p_<property> on events, a_<attribute> on customers.

Rules never read JSON. When the tracking plan or the attributes gain a key, the next load adds the column and fills it
from the JSON that was kept. A value that does not fit its declared kind becomes NULL (docs/concepts/warehouse.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from potager.facts import plan
from potager.facts.models import PropertyKind
from potager.facts.warehouse.base import Writer
from potager.facts.warehouse.schema import recreate_event_view
from potager.people import attributes

_SQL_TYPES: Mapping[PropertyKind, str] = {
    PropertyKind.TEXT: "VARCHAR",
    PropertyKind.INTEGER: "BIGINT",
    PropertyKind.MONEY: "BIGINT",
    PropertyKind.NUMBER: "DOUBLE",
    PropertyKind.BOOL: "BOOLEAN",
    PropertyKind.TIME: "TIMESTAMP",
    PropertyKind.DATE: "DATE",
}
_ATTRIBUTE_KINDS: Mapping[str, PropertyKind] = {
    "text": PropertyKind.TEXT,
    "choice": PropertyKind.TEXT,
    "number": PropertyKind.NUMBER,
    "money": PropertyKind.MONEY,
    "bool": PropertyKind.BOOL,
    "date": PropertyKind.DATE,
}


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A JSON key promoted to a column of its own."""

    name: str
    key: str
    kind: PropertyKind

    @property
    def path(self) -> str:
        """The JSON path as an SQL literal."""
        return f"""'$."{self.key}"'"""


def cast(kind: PropertyKind, text: str, json_type: str) -> str:
    """The SQL that turns a JSON scalar's text into the kind's type, NULL when it does not fit. Twin of plan.typed."""
    match kind:
        case PropertyKind.TEXT:
            return f"CASE WHEN {json_type} NOT IN ('OBJECT', 'ARRAY') THEN {text} END"
        case PropertyKind.INTEGER | PropertyKind.MONEY:
            return f"CASE WHEN regexp_full_match({text}, '{plan.WHOLE}') THEN TRY_CAST({text} AS BIGINT) END"
        case PropertyKind.NUMBER:
            return f"CASE WHEN regexp_full_match({text}, '{plan.DECIMAL}') THEN TRY_CAST({text} AS DOUBLE) END"
        case PropertyKind.BOOL:
            return f"CASE {text} WHEN 'true' THEN true WHEN 'false' THEN false END"
        case PropertyKind.TIME:
            zoned = f"TRY_CAST(replace({text}, 'Z', '+00:00') AS TIMESTAMPTZ)"
            return f"CASE WHEN regexp_full_match({text}, '{plan.INSTANT}') THEN timezone('UTC', {zoned}) END"
        case PropertyKind.DATE:
            return f"CASE WHEN regexp_full_match({text}, '{plan.DAY}') THEN TRY_CAST({text} AS DATE) END"


def selected(columns: Sequence[TypedColumn]) -> str:
    """`, <cast> AS <name>…` over a relation prepared by `extracted`: the JSON is parsed once for all columns."""
    return "".join(
        f', {cast(column.kind, f"json_texts[{i}]", f"json_types[{i}]")} AS "{column.name}"'
        for i, column in enumerate(columns, start=1)
    )


def extracted(columns: Sequence[TypedColumn], json_column: str) -> str:
    """`, … AS json_texts, … AS json_types` for `selected`."""
    if not columns:
        return ""
    paths = ", ".join(column.path for column in columns)
    return (
        f", json_extract_string({json_column}, [{paths}]) AS json_texts"
        f", json_type({json_column}, [{paths}]) AS json_types"
    )


def sync_events(writer: Writer) -> list[TypedColumn]:
    """Give the event tables a column for every typed property, filled from `props`, and return them all."""
    columns = [TypedColumn(f"p_{key}", key, kind) for key, kind in plan.kinds().items()]
    _drop_retyped(writer, columns)
    missing = _missing(writer, "event_hot", columns)
    for column in missing:
        for table in ("event_hot", "event_cold"):
            _add(writer, table, column, "props")
        count_misfits(writer, "event_hot", [column])
        count_misfits(writer, "event_cold", [column])
    if missing:
        recreate_event_view(writer)
    return columns


def sync_customers(writer: Writer) -> list[TypedColumn]:
    """Give the customer table a column for every attribute that is not personal, filled from `attrs`."""
    columns = [
        TypedColumn(f"a_{key}", key, _ATTRIBUTE_KINDS[attribute.kind])
        for key, attribute in attributes.declared().items()
        if not attribute.personal
    ]
    for column in _missing(writer, "customer", columns):
        _add(writer, "customer", column, "attrs")
    return columns


def count_misfits(writer: Writer, relation: str, columns: Sequence[TypedColumn]) -> None:
    """Add to property_misfit how many `props` of a relation (type, props) hold a value that does not fit.

    Every scalar fits a text, so texts are not looked at: that is most of the columns, and most of the time.
    """
    columns = [column for column in columns if column.kind != PropertyKind.TEXT]
    if not columns:
        return
    counts = ", ".join(
        f"count(*) FILTER (WHERE json_texts[{i}] IS NOT NULL"
        f' AND ({cast(column.kind, f"json_texts[{i}]", f"json_types[{i}]")}) IS NULL) AS "{column.key}"'
        for i, column in enumerate(columns, start=1)
    )
    found = writer.query(
        f"SELECT type, {counts} FROM (SELECT type{extracted(columns, 'props')} FROM {relation})"
        " GROUP BY type ORDER BY type"
    )
    for row in found.to_pylist():
        for column in columns:
            if row[column.key]:
                writer.execute(
                    "INSERT INTO property_misfit VALUES (?, ?, ?)", [row["type"], column.key, row[column.key]]
                )


def _missing(writer: Writer, table: str, columns: Sequence[TypedColumn]) -> list[TypedColumn]:
    have = set(writer.query(f"SELECT column_name AS name FROM (DESCRIBE {table})")["name"].to_pylist())
    return [column for column in columns if column.name not in have]


def _drop_retyped(writer: Writer, columns: Sequence[TypedColumn]) -> None:
    """Take away the columns of properties that have another type now; they are made anew like new ones."""
    found = writer.query("SELECT column_name AS name, column_type AS type FROM (DESCRIBE event_hot)").to_pylist()
    types = {row["name"]: row["type"] for row in found}
    retyped = [each for each in columns if types.get(each.name, _SQL_TYPES[each.kind]) != _SQL_TYPES[each.kind]]
    if retyped:
        writer.execute("DROP VIEW IF EXISTS event")
    for column in retyped:
        for table in ("event_hot", "event_cold"):
            writer.execute(f'ALTER TABLE {table} DROP COLUMN "{column.name}"')
        writer.execute("DELETE FROM property_misfit WHERE property = ?", [column.key])


def _add(writer: Writer, table: str, column: TypedColumn, json_column: str) -> None:
    text, kind = (f"{function}({json_column}, {column.path})" for function in ("json_extract_string", "json_type"))
    value = cast(column.kind, text, kind)
    writer.execute(f'ALTER TABLE {table} ADD COLUMN "{column.name}" {_SQL_TYPES[column.kind]}')
    writer.execute(f'UPDATE {table} SET "{column.name}" = {value} WHERE {text} IS NOT NULL')
