"""Orders, items and refunds: entities by key, highest version wins, whichever way and in whatever order they come.

The items of an order are those of the highest version that brought items. An item's time, date and customer are its
order's once the order is known; an order's number of items and cost are its items' once they are known.
"""

from potager.facts.merge import common
from potager.facts.merge.events import Merged
from potager.facts.warehouse.base import Writer

_ITEM = '[{"line":"VARCHAR","product":"VARCHAR","qty":"DOUBLE","amount":"BIGINT","cost":"BIGINT"}]'


def orders_from_journal(batch: str) -> str:
    """Journal rows of kind order as the relation `merge_orders` takes."""
    body = "body"
    return f"""
        SELECT e1 AS k1, e2 AS k2, {common.text(body, "shop")} AS shop, {common.text(body, "order_no")} AS order_no,
            coalesce({common.whole(body, "version")}, 1) AS version, seq, seq AS pos, iid, cid, ts,
            coalesce({common.text(body, "status")}, 'paid') AS status, {common.whole(body, "amount")} AS amount,
            {common.whole(body, "discount")} AS discount, NULL::BIGINT AS cost,
            json_array_length({body}, '$.items')::INTEGER AS items, {common.text(body, "channel")} AS channel,
            {common.text(body, "store")} AS store, source, json_type({body}, '$.items') = 'ARRAY' AS has_items
        FROM {batch} WHERE kind = 'order'"""


def items_from_journal(batch: str) -> str:
    """The lines inside journal rows of kind order as the relation `merge_items` takes."""
    return f"""
        SELECT e1 AS k1, e2 AS k2, coalesce(item.line, place::VARCHAR) AS line,
            coalesce({common.whole("body", "version")}, 1) AS version, seq, seq * 100000 + place AS pos, iid, cid, ts,
            item.product AS product, item.qty AS qty, item.amount AS amount, item.cost AS cost
        FROM (SELECT e1, e2, seq, iid, cid, ts, body, unnest(lines) AS item, generate_subscripts(lines, 1) AS place
              FROM (SELECT *, from_json(json_extract(body, '$.items'), '{_ITEM}') AS lines
                    FROM {batch} WHERE kind = 'order' AND json_type(body, '$.items') = 'ARRAY'))"""


def refunds_from_journal(batch: str) -> str:
    """Journal rows of kind refund as the relation `merge_refunds` takes."""
    return f"""
        SELECT e1 AS k1, e2 AS k2, o1, o2, coalesce({common.whole("body", "version")}, 1) AS version, seq, seq AS pos,
            iid, cid, ts, {common.whole("body", "amount")} AS amount
        FROM {batch} WHERE kind = 'refund'"""


def merge(writer: Writer, *, orders: str | None, items: str | None) -> dict[str, Merged]:
    """Merge orders (k1, k2, shop, order_no, version, seq, pos, iid, cid, ts, status, amount, discount, cost, items,
    channel, store, source, has_items) and items (k1, k2, line, version, seq, pos, iid, cid, ts, product, qty, amount,
    cost). has_items: this version says what the items are, even if none.
    """
    done: dict[str, Merged] = {}
    nothing = "SELECT 0::BIGINT AS k1, 0::BIGINT AS k2, 0::BIGINT AS version, false AS has_items WHERE false"
    offered = common.stage(writer, "new_order", orders or nothing)
    # Which version says what an order's items are, before older order versions are dropped.
    common.stage(writer, "item_version", "SELECT k1, k2, version FROM new_order WHERE has_items")
    if orders:
        done["orders"] = Merged(offered, _merge_orders(writer))
    if items:
        offered = common.stage(writer, "new_item", items)
        writer.execute("INSERT INTO item_version SELECT k1, k2, version FROM new_item")
        done["order_item"] = Merged(offered, _merge_items(writer))
    _agree(writer)
    common.drop(writer, "new_order", "new_item", "item_version", "touched")
    return done


def merge_refunds(writer: Writer, relation: str) -> Merged:
    """Merge refunds (k1, k2, o1, o2, version, seq, pos, iid, cid, ts, amount); without customer, the order's."""
    offered = common.stage(writer, "new_refund", relation)
    _keep_newest(writer, "new_refund", "refund")
    _note_left_behind(writer, "new_refund", "refund")
    writer.execute("DELETE FROM refund r WHERE EXISTS (FROM new_refund n WHERE n.k1 = r.k1 AND n.k2 = r.k2)")
    loaded = writer.execute(
        f"""INSERT INTO refund BY NAME
        SELECT n.k1, n.k2, n.o1, n.o2, n.version, n.seq, coalesce(n.iid, o.iid) AS iid,
            coalesce(m.cid, n.cid, o.cid) AS cid, n.ts, {common.business_day("n.ts")} AS day, n.amount, n.first_seq
        FROM new_refund n
        LEFT JOIN orders o ON o.k1 = n.o1 AND o.k2 = n.o2
        LEFT JOIN identity_move m ON m.iid = n.iid ORDER BY n.seq, n.pos"""
    )
    common.drop(writer, "new_refund")
    return Merged(offered, loaded)


def _keep_newest(writer: Writer, staged: str, table: str) -> None:
    """Leave in `staged` one row per key, only where it is newer than the table's; adds first_seq."""
    writer.execute(
        f"""CREATE OR REPLACE TEMP TABLE {staged} AS
        SELECT n.*, least(n.heard_seq, coalesce(k.first_seq, n.heard_seq)) AS first_seq
        FROM (SELECT *, min(seq) OVER (PARTITION BY k1, k2) AS heard_seq FROM {staged}
              QUALIFY row_number() OVER (PARTITION BY k1, k2 ORDER BY version DESC, seq, pos) = 1) n
        LEFT JOIN {table} k ON k.k1 = n.k1 AND k.k2 = n.k2
        WHERE k.version IS NULL OR k.version < n.version"""
    )


def _note_left_behind(writer: Writer, staged: str, table: str) -> None:
    """Remember whom a newer version takes an order or refund away from: their results change, and no row of theirs
    will say so once the older version is gone."""
    writer.execute(
        f"""INSERT INTO left_behind
        SELECT DISTINCT k.cid, n.seq FROM {staged} n JOIN {table} k ON k.k1 = n.k1 AND k.k2 = n.k2
        LEFT JOIN identity_move m ON m.iid = n.iid
        WHERE k.cid IS NOT NULL AND k.cid IS DISTINCT FROM coalesce(m.cid, n.cid)"""
    )


def _merge_orders(writer: Writer) -> int:
    _keep_newest(writer, "new_order", "orders")
    _note_left_behind(writer, "new_order", "orders")
    writer.execute("DELETE FROM orders o WHERE EXISTS (FROM new_order n WHERE n.k1 = o.k1 AND n.k2 = o.k2)")
    return writer.execute(
        f"""INSERT INTO orders BY NAME
        SELECT n.k1, n.k2, n.shop, n.order_no, n.version, n.seq, n.iid, coalesce(m.cid, n.cid) AS cid, n.ts,
            {common.business_day("n.ts")} AS day, n.status, n.amount, n.discount, n.cost, n.items, n.channel, n.store,
            n.source, n.first_seq
        FROM new_order n LEFT JOIN identity_move m ON m.iid = n.iid ORDER BY n.seq, n.pos"""
    )


def _merge_items(writer: Writer) -> int:
    writer.execute(
        """CREATE OR REPLACE TEMP TABLE item_version AS
        SELECT i.k1, i.k2, max(i.version) AS version, coalesce(any_value(k.version), -1) AS known
        FROM item_version i
        LEFT JOIN (SELECT k1, k2, max(version) AS version FROM order_item
                   WHERE (k1, k2) IN (SELECT k1, k2 FROM item_version) GROUP BY k1, k2) k
        ON k.k1 = i.k1 AND k.k2 = i.k2 GROUP BY i.k1, i.k2"""
    )
    writer.execute(
        """CREATE OR REPLACE TEMP TABLE new_item AS
        SELECT n.* FROM new_item n JOIN item_version v ON v.k1 = n.k1 AND v.k2 = n.k2
        WHERE n.version = v.version AND v.version >= v.known AND NOT EXISTS (
            FROM order_item i WHERE i.k1 = n.k1 AND i.k2 = n.k2 AND i.line = n.line AND i.version = n.version)
        QUALIFY row_number() OVER (PARTITION BY n.k1, n.k2, n.line ORDER BY n.seq, n.pos) = 1"""
    )
    writer.execute(
        """DELETE FROM order_item i WHERE EXISTS (
            FROM item_version v WHERE v.k1 = i.k1 AND v.k2 = i.k2 AND i.version < v.version)"""
    )
    return writer.execute(
        f"""INSERT INTO order_item BY NAME
        SELECT n.k1, n.k2, n.line, n.version, n.seq, n.iid, coalesce(m.cid, n.cid) AS cid, n.ts,
            {common.business_day("n.ts")} AS day, n.product, n.qty, n.amount, n.cost
        FROM new_item n LEFT JOIN identity_move m ON m.iid = n.iid ORDER BY n.seq, n.pos"""
    )


def _agree(writer: Writer) -> None:
    """Make orders, their items and their refunds say the same, for the orders this batch touched."""
    common.stage(
        writer,
        "touched",
        "SELECT DISTINCT k1, k2 FROM (SELECT k1, k2 FROM new_order UNION ALL SELECT k1, k2 FROM item_version)",
    )
    writer.execute(
        """UPDATE order_item i SET ts = o.ts, day = o.day, iid = o.iid, cid = o.cid
        FROM orders o JOIN touched t ON t.k1 = o.k1 AND t.k2 = o.k2
        WHERE o.k1 = i.k1 AND o.k2 = i.k2
        AND (i.ts IS DISTINCT FROM o.ts OR i.iid IS DISTINCT FROM o.iid OR i.cid IS DISTINCT FROM o.cid)"""
    )
    writer.execute(
        """UPDATE orders o SET items = s.items, cost = s.cost
        FROM (SELECT i.k1, i.k2, count(*)::INTEGER AS items,
                CASE WHEN count(cost) = count(*) THEN sum(cost)::BIGINT END AS cost
              FROM order_item i JOIN touched t ON t.k1 = i.k1 AND t.k2 = i.k2 GROUP BY i.k1, i.k2) s
        WHERE s.k1 = o.k1 AND s.k2 = o.k2 AND (o.items IS DISTINCT FROM s.items OR o.cost IS DISTINCT FROM s.cost)"""
    )
    writer.execute(
        """UPDATE refund r SET iid = o.iid, cid = o.cid
        FROM orders o JOIN touched t ON t.k1 = o.k1 AND t.k2 = o.k2
        WHERE o.k1 = r.o1 AND o.k2 = r.o2 AND r.cid IS NULL AND o.cid IS NOT NULL"""
    )
