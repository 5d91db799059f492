"""What a customer did and what was done, newest first: events, orders and refunds in one line of time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from potager.facts import plan, warehouse
from potager.org.access import Actor
from potager.people import queries as people

MOST = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """kind is event, order or refund; key the event's key (order_paid … for orders by their status)."""

    at: datetime
    kind: str
    key: str
    zh: str
    en: str
    channel: str
    amount: int | None
    detail: Mapping[str, object]


def timeline(
    actor: Actor, cid: int, *, keys: Sequence[str] = (), before: datetime | None = None, limit: int = 100
) -> list[Moment]:
    """The last `limit` moments of a customer, of these event keys (all by default), before an instant.

    The detail of an event about a product says what the product is called, as product_name.

    Raises NotFound when the actor may not see the customer.
    """
    customer = people.customer(actor, cid)
    asked: dict[str, object] = {
        "cid": customer.id,
        "before": (before or datetime.max.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None),
        "most": limit,
    }
    if keys:
        asked["keys"] = list(keys)
    rows = warehouse.get().query(_HAPPENED.format(**(_CHOSEN if keys else _EVERY)), asked)
    names = plan.events()
    return [_moment(row, names) for row in rows.to_pylist()]


# Short reads by customer, each cut to the newest before anything is looked up for its rows; both parts of the events
# apart, since a view of both is read whole before it is cut.
_HAPPENED: Final = """
WITH e AS (
    (SELECT ts, seq, type, channel, amount, props FROM event_cold WHERE cid = $cid AND ts < $before{event}
        ORDER BY ts DESC, seq DESC LIMIT $most)
    UNION ALL
    (SELECT ts, seq, type, channel, amount, props FROM event_hot WHERE cid = $cid AND ts < $before{event}
        ORDER BY ts DESC, seq DESC LIMIT $most)
), o AS (
    SELECT k1, k2, ts, seq, status, channel, amount, shop, order_no, discount, store
    FROM orders WHERE cid = $cid AND ts < $before{order} ORDER BY ts DESC, seq DESC LIMIT $most
), i AS (
    SELECT k1, k2, list(json_object('line', line, 'product', i.product, 'name', p.name, 'qty', qty, 'amount', i.amount)
        ORDER BY line) AS items
    FROM order_item i LEFT JOIN product p USING (product) WHERE i.cid = $cid GROUP BY k1, k2
), happened AS (
    SELECT ts, seq, 'event' AS kind, t.key, c.key AS channel, amount, props AS detail
    FROM e JOIN event_type t ON t.id = e.type LEFT JOIN channel_dict c ON c.id = e.channel
    UNION ALL
    SELECT ts, seq, 'order', 'order_' || status, channel, amount, CAST(json_object('shop', shop, 'order_no', order_no,
        'status', status, 'discount', discount, 'store', store, 'items', items) AS VARCHAR)
    FROM o LEFT JOIN i USING (k1, k2)
    UNION ALL
    SELECT * FROM (SELECT r.ts, r.seq, 'refund', 'order_refunded', NULL, r.amount,
            CAST(json_object('order_no', o.order_no) AS VARCHAR)
        FROM refund r LEFT JOIN orders o ON o.cid = $cid AND o.k1 = r.o1 AND o.k2 = r.o2
        WHERE r.cid = $cid AND r.ts < $before{refund} ORDER BY r.ts DESC, r.seq DESC LIMIT $most)
)
SELECT h.*, p.name AS product_name FROM happened h
LEFT JOIN product p ON h.kind = 'event' AND p.product = json_extract_string(h.detail, '$.product')
ORDER BY ts DESC, seq DESC LIMIT $most"""
_EVERY: Final = {"event": "", "order": "", "refund": ""}
_CHOSEN: Final = {
    "event": " AND type IN (SELECT id FROM event_type WHERE key IN (SELECT unnest($keys)))",
    "order": " AND 'order_' || status IN (SELECT unnest($keys))",
    "refund": " AND 'order_refunded' IN (SELECT unnest($keys))",
}


def _moment(row: Mapping[str, object], names: Mapping[str, plan.Event]) -> Moment:
    key = str(row["key"])
    zh, en = (names[key].zh, names[key].en) if key in names else _ORDER_NAMES.get(key, (key, key))
    at = row["ts"]
    assert isinstance(at, datetime)
    amount, product = row["amount"], row["product_name"]
    return Moment(
        at=at.replace(tzinfo=UTC),
        kind=str(row["kind"]),
        key=key,
        zh=zh,
        en=en,
        channel=str(row["channel"] or ""),
        amount=None if amount is None else int(str(amount)),
        detail=json.loads(str(row["detail"] or "{}")) | ({"product_name": product} if product else {}),
    )


_ORDER_NAMES = {"order_created": ("下单未付", "Order created"), "order_cancelled": ("取消订单", "Order cancelled")}
