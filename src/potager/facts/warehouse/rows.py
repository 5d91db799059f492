"""Arrow rows as every engine of ours hands them out."""

import pyarrow as pa


def without_zone(rows: pa.Table) -> pa.Table:
    """Instants as UTC without zone, in microseconds: distributed engines name the zone of the session, which is UTC."""
    for i, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            rows = rows.set_column(i, column.name, rows.column(i).cast(pa.timestamp("us")))
    return rows
