"""The tables of facts. Results (tags, layers, audiences) are created by the room that computes them.

Times `ts` are UTC without zone, `day` is the business date fixed at load, money is integer minor units, keys are the
two halves of core.ids.Key. No primary keys and no indexes: the loader keeps keys unique (docs/concepts/warehouse.md).

`event` is a view over event_hot (arrival order) and event_cold (by month, customer, time). Both carry one typed
column p_<property> per typed property of the tracking plan; `customer` one a_<attribute> per attribute. Those columns
are added while the house runs, by facts.columns.
"""

from collections.abc import Mapping

from potager.facts.warehouse.base import Writer

EVENT = {
    "seq": "BIGINT",
    "k1": "BIGINT",
    "k2": "BIGINT",
    "iid": "BIGINT",
    "cid": "INTEGER",
    "ts": "TIMESTAMP",
    "day": "DATE",
    "type": "SMALLINT",
    "channel": "SMALLINT",
    "amount": "BIGINT",
    "qty": "DOUBLE",
    "props": "VARCHAR",
}

TABLES: Mapping[str, Mapping[str, str]] = {
    "watermark": {"name": "VARCHAR", "seq": "BIGINT"},
    "event_type": {"id": "SMALLINT", "key": "VARCHAR"},
    "channel_dict": {"id": "SMALLINT", "key": "VARCHAR"},
    "event_hot": EVENT,
    "event_cold": EVENT,
    # first_seq: where the order was first heard of; first_seq < seq means this row corrects an earlier version.
    "orders": {
        "k1": "BIGINT",
        "k2": "BIGINT",
        "shop": "VARCHAR",
        "order_no": "VARCHAR",
        "version": "BIGINT",
        "seq": "BIGINT",
        "iid": "BIGINT",
        "cid": "INTEGER",
        "ts": "TIMESTAMP",
        "day": "DATE",
        "status": "VARCHAR",
        "amount": "BIGINT",
        "discount": "BIGINT",
        "cost": "BIGINT",
        "items": "INTEGER",
        "channel": "VARCHAR",
        "store": "VARCHAR",
        "source": "VARCHAR",
        "first_seq": "BIGINT",
    },
    "order_item": {
        "k1": "BIGINT",
        "k2": "BIGINT",
        "line": "VARCHAR",
        "version": "BIGINT",
        "seq": "BIGINT",
        "iid": "BIGINT",
        "cid": "INTEGER",
        "ts": "TIMESTAMP",
        "day": "DATE",
        "product": "VARCHAR",
        "qty": "DOUBLE",
        "amount": "BIGINT",
        "cost": "BIGINT",
    },
    "refund": {
        "k1": "BIGINT",
        "k2": "BIGINT",
        "o1": "BIGINT",
        "o2": "BIGINT",
        "version": "BIGINT",
        "seq": "BIGINT",
        "iid": "BIGINT",
        "cid": "INTEGER",
        "ts": "TIMESTAMP",
        "day": "DATE",
        "amount": "BIGINT",
        "first_seq": "BIGINT",
    },
    "product": {
        "product": "VARCHAR",
        "name": "VARCHAR",
        "category": "VARCHAR",
        "brand": "VARCHAR",
        "price": "BIGINT",
        "cost": "BIGINT",
        "life_days": "INTEGER",
        "version": "BIGINT",
        "seq": "BIGINT",
    },
    "channel_cost": {
        "k1": "BIGINT",
        "k2": "BIGINT",
        "version": "BIGINT",
        "seq": "BIGINT",
        "day": "DATE",
        "source": "VARCHAR",
        "channel": "VARCHAR",
        "amount": "BIGINT",
    },
    # attrs keeps what was said, so that an attribute defined later can be filled from it.
    "customer": {
        "cid": "INTEGER",
        "seq": "BIGINT",
        "created_at": "TIMESTAMP",
        "first_seen": "TIMESTAMP",
        "first_day": "DATE",
        "source": "VARCHAR",
        "owner": "VARCHAR",
        "live": "BOOLEAN",
        "attrs": "VARCHAR",
    },
    "relation": {
        "cid": "INTEGER",
        "staff": "VARCHAR",
        "since": "TIMESTAMP",
        "until": "TIMESTAMP",
        "state": "VARCHAR",
        "source": "VARCHAR",
        "seq": "BIGINT",
    },
    "manual_tag": {
        "cid": "INTEGER",
        "tag": "VARCHAR",
        "value": "VARCHAR",
        "since": "TIMESTAMP",
        "until": "TIMESTAMP",
        "seq": "BIGINT",
    },
    # Where each identity that ever moved belongs now: rows that arrive late with an old cid are put right at load.
    "identity_move": {"iid": "BIGINT", "cid": "INTEGER", "seq": "BIGINT"},
    # Customers from whom the version numbered seq took an order or a refund away, to give it to somebody else.
    "left_behind": {"cid": "INTEGER", "seq": "BIGINT"},
    # Which bulk loads are contained, one row per target table. seq is the load's own journal number, carried by all
    # its rows: a delta "seq > S" that spans a bulk load is history brought in, so its changes have cause `rebuild`.
    # first_month, last_month: the first days of the months its events or orders lie in; later facts of those months
    # are compared with it by key.
    "bulk_load": {
        "load_id": "VARCHAR",
        "seq": "BIGINT",
        "target": "VARCHAR",
        "first_month": "DATE",
        "last_month": "DATE",
        "offered": "BIGINT",
        "loaded": "BIGINT",
    },
    # Values that did not fit the declared type of a property: NULL in p_<property>, still there in props.
    "property_misfit": {"type": "SMALLINT", "property": "VARCHAR", "n": "BIGINT"},
}


def ensure(writer: Writer) -> None:
    """Create what is missing. Safe at every start."""
    for table, columns in TABLES.items():
        inside = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        writer.execute(f"CREATE TABLE IF NOT EXISTS {table} ({inside})")
    writer.execute("INSERT INTO watermark SELECT 'journal', 0 WHERE NOT EXISTS (FROM watermark WHERE name = 'journal')")
    recreate_event_view(writer)


def recreate_event_view(writer: Writer) -> None:
    """Needed after a column is added: a view remembers the columns it was made with."""
    writer.execute(
        "CREATE OR REPLACE VIEW event AS FROM event_cold UNION ALL BY NAME FROM event_hot",
    )
