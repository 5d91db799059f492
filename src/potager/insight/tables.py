"""The result tables of this room in the warehouse. They can all be recomputed, save the history that runs in them."""

from dataclasses import dataclass, field
from typing import Final

from potager.facts import columns, warehouse
from potager.facts.warehouse import Warehouse, Writer, refusals
from potager.insight.fields import Fields

# Tables of what scans computed, kept to be added to; named after what they mean (insight.scans, insight.rfm).
KEPT: Final = "scan_"

RESULTS: Final = {
    # Open spells of layer_history, for reads of today.
    "layer_now": "model VARCHAR, cid INTEGER, layer VARCHAR, since DATE",
    # A spell holds from from_day until before to_day; NULL = still.
    "layer_history": "model VARCHAR, cid INTEGER, layer VARCHAR, from_day DATE, to_day DATE",
    # cuts: the ends of the fifths, where layers are told by quintiles.
    "rfm_threshold": (
        "model VARCHAR, day DATE, buyers BIGINT, days DOUBLE, orders DOUBLE, amount DOUBLE, cuts VARCHAR"
    ),
    "audience_version": (
        "audience VARCHAR, version INTEGER, computed_at TIMESTAMP, as_of TIMESTAMP, n BIGINT, bitmap BLOB"
    ),
    # Runs of scheduled audiences. planned: when it was due, NULL when asked for; ran_at: business time it began.
    "audience_run": (
        "audience VARCHAR, as_of TIMESTAMP, planned TIMESTAMP, ran_at TIMESTAMP, computed_at TIMESTAMP, ms BIGINT, "
        "n BIGINT, definition_hash VARCHAR"
    ),
    # Every change of a tag, a layer or a membership. An audience's value is the number of the spell.
    "change_log": (
        "seq BIGINT, refresh_id VARCHAR, kind VARCHAR, name VARCHAR, cid INTEGER, from_value VARCHAR, "
        'to_value VARCHAR, cause VARCHAR, "at" TIMESTAMP'
    ),
    "result_state": (
        "name VARCHAR, as_of_day DATE, upto_seq BIGINT, definition_hash VARCHAR, computed_at TIMESTAMP, ms BIGINT, "
        "n BIGINT, error VARCHAR, as_of TIMESTAMP"
    ),
    # What each customer who ever bought is expected to do (insight.value); replaced whole by each fit.
    "customer_value": (
        "cid INTEGER, p_alive DOUBLE, expected_orders DOUBLE, expected_profit BIGINT, clv BIGINT, clv_low BIGINT, "
        "clv_high BIGINT, repeats INTEGER, recency INTEGER, age INTEGER"
    ),
    # What each day's fit found: the models and their test, as JSON (insight.value.schemas.ValueReport), or why nothing.
    "value_fit": (
        "as_of_day DATE, as_of TIMESTAMP, upto_seq BIGINT, definition_hash VARCHAR, computed_at TIMESTAMP, ms BIGINT, "
        "n BIGINT, error VARCHAR, report VARCHAR"
    ),
    # In which wide table and column a tag's values are.
    "tag_column": "tag VARCHAR, wide VARCHAR, col VARCHAR",
    # Association rules by grain (product, category, brand) and basket (order, customer).
    "affinity_rule": (
        "grain VARCHAR, basket VARCHAR, left_items VARCHAR[], right_item VARCHAR, n BIGINT, n_left BIGINT, "
        "n_right BIGINT, baskets BIGINT, support DOUBLE, confidence DOUBLE, lift DOUBLE, p DOUBLE, q DOUBLE"
    ),
    # The next products of each customer, best first.
    "affinity_next": (
        "cid INTEGER, rank INTEGER, product VARCHAR, kind VARCHAR, because VARCHAR[], confidence DOUBLE, lift DOUBLE, "
        "score DOUBLE, q DOUBLE, due DATE"
    ),
    # What the rules and the next products stand at.
    "affinity_run": (
        "name VARCHAR, as_of TIMESTAMP, as_of_day DATE, upto_seq BIGINT, computed_at TIMESTAMP, ms BIGINT, "
        "definition_hash VARCHAR, baskets BIGINT, items BIGINT, minimums BIGINT[], n BIGINT"
    ),
}


def ensure(writer: Writer) -> None:
    """Create what is missing."""
    for table, inside in RESULTS.items():
        writer.execute(f"CREATE TABLE IF NOT EXISTS {table} ({inside})")
    # Files from before quintiles.
    writer.execute("ALTER TABLE rfm_threshold ADD COLUMN IF NOT EXISTS cuts VARCHAR")


def asked(fields: Fields | None = None) -> Warehouse:
    """The warehouse to put conditions, metrics, funnels and retention to, on whatever engine it is."""
    found = warehouse.get()
    return opened(fields) if found.capabilities.own_sql else found


def opened(fields: Fields | None = None) -> Warehouse:
    """The warehouse with these tables in it, and with a column for every attribute and property of `fields`.

    The loader adds such columns with the next facts; a field just declared is asked about before that.

    Raises Conflict("warehouse.unsupported") on an engine that answers printed conditions only.
    """
    global _ready
    found = warehouse.get()
    if not found.capabilities.own_sql:
        raise refusals.no_own_sql(found.capabilities.name, "这些结果", "These results")
    if _ready is None or _ready.warehouse is not found:
        with found.write() as writer:
            ensure(writer)
        _ready = _Ready(found)
    wanted = _columns(fields) if fields else set()
    if wanted - _ready.columns:
        with found.write() as writer:
            columns.sync_customers(writer)
            columns.sync_events(writer)
        _ready.columns |= wanted
    return found


def kept(source: Warehouse | Writer) -> set[str]:
    """The names of the tables of kept scans."""
    found = source.query(
        f"SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary AND starts_with(table_name, '{KEPT}')"
    )
    return {str(name) for name in found["name"].to_pylist()}


@dataclass(slots=True)
class _Ready:
    """What is known to be there in the open warehouse."""

    warehouse: Warehouse
    columns: set[str] = field(default_factory=set)


def _columns(fields: Fields) -> set[str]:
    attrs = {each.column for each in fields.attrs.values()}
    props = {prop.column for event in fields.events.values() for prop in event.props.values()}
    return attrs | {column for column in props if column.startswith("p_")}


_ready: _Ready | None = None
