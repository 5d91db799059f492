"""Products and channel costs: entities by key, highest version wins."""

from collections.abc import Sequence

from potager.facts.merge import common
from potager.facts.merge.events import Merged
from potager.facts.warehouse.base import Writer
from potager.facts.warehouse.schema import TABLES


def products_from_journal(batch: str) -> str:
    """Journal rows of kind product as the relation `merge_products` takes."""
    return f"""
        SELECT {common.text("body", "product")} AS product, {common.text("body", "name")} AS name,
            {common.text("body", "category")} AS category, {common.text("body", "brand")} AS brand,
            {common.whole("body", "price")} AS price, {common.whole("body", "cost")} AS cost,
            {common.whole("body", "life_days")} AS life_days, coalesce({common.whole("body", "version")}, 1) AS version,
            seq, seq AS pos
        FROM {batch} WHERE kind = 'product'"""


def costs_from_journal(batch: str) -> str:
    """Journal rows of kind cost as the relation `merge_costs` takes."""
    return f"""
        SELECT e1 AS k1, e2 AS k2, coalesce({common.whole("body", "version")}, 1) AS version, seq, seq AS pos,
            TRY_CAST({common.text("body", "day")} AS DATE) AS day, {common.text("body", "source")} AS source,
            {common.text("body", "channel")} AS channel, {common.whole("body", "amount")} AS amount
        FROM {batch} WHERE kind = 'cost'"""


def merge_products(writer: Writer, relation: str) -> Merged:
    """Merge products (product, name, category, brand, price, cost, life_days, version, seq, pos)."""
    return _merge(writer, relation, "product", ["product"])


def merge_costs(writer: Writer, relation: str) -> Merged:
    """Merge costs (k1, k2, version, seq, pos, day, source, channel, amount)."""
    return _merge(writer, relation, "channel_cost", ["k1", "k2"])


def _merge(writer: Writer, relation: str, table: str, keys: Sequence[str]) -> Merged:
    said = [name for name in TABLES[table] if name not in {*keys, "version", "seq"}]
    key, same = ", ".join(keys), " AND ".join(f"n.{name} = t.{name}" for name in keys)
    # A higher version that says the same is no news: files that carry no versions are given their date.
    content = " AND ".join(f"n.{name} IS NOT DISTINCT FROM t.{name}" for name in said)
    offered = common.stage(writer, "new_thing", relation)
    loaded = common.stage(
        writer,
        "newer_thing",
        f"""SELECT * FROM new_thing n
        WHERE NOT EXISTS (FROM {table} t WHERE {same} AND (t.version >= n.version OR ({content})))
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY version DESC, seq, pos) = 1""",
    )
    writer.execute(f"DELETE FROM {table} t WHERE EXISTS (FROM newer_thing n WHERE {same})")
    writer.execute(f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (pos) FROM newer_thing ORDER BY seq, pos")
    common.drop(writer, "new_thing", "newer_thing")
    return Merged(offered, loaded)
