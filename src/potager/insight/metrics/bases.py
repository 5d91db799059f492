"""The rows that metrics are counted over. Each base says in one SELECT which facts it is and when they count.

$as_of is the instant of the answer: nothing later is known. Only live customers are people; facts of somebody who is
no customer (an order without a name) still count as facts.
"""

from collections.abc import Mapping
from typing import Final

from potager.facts.plan import SYSTEM_EVENTS
from potager.insight.metrics.terms import Base, When, Words

# What people do themselves; the system's own events (touches sent, tags given, layers changed) are no activity.
OWN_ACTS: Final = (
    "friend_added",
    "code_scanned",
    "group_joined",
    "product_viewed",
    "page_viewed",
    "message_replied",
    "touch_read",
    "touch_clicked",
    "touch_replied",
)
_NO_ACTS: Final = ", ".join(f"'{key}'" for key in SYSTEM_EVENTS if key not in OWN_ACTS)

_NO_CUSTOMERS: Final = Words("还没有客户", "no customers are known yet")
_NO_RELATIONS: Final = Words("还没有客户关系的数据", "no follow relations are recorded yet")
_NO_ORDERS: Final = Words("还没有订单", "no orders are recorded yet")
_NO_COSTS: Final = Words("还没有登记获客成本", "no acquisition costs are recorded yet")
_NO_TOUCHES: Final = Words("还没有送达的触达", "no touch has reached anybody yet")
_NO_SCANS: Final = Words("还没有扫码事件 code_scanned", "no event code_scanned is recorded yet")

_REACHED: Final = "event_type WHERE key IN ('touch_confirmed', 'touch_delivered')"
_SCANNED: Final = "event_type WHERE key = 'code_scanned'"

# The customer of a row, as asked for by the plan: columns source, owner, department, x_<n>.
_PERSON: Final = {
    "source": "p.source",
    "staff": "p.owner",
    "department": "p.department",
    "layer": "p.x",
    "layer_before": "p.x",
    "tag": "p.x",
    "audience": "p.x",
    "attr": "p.x",
}
_ORDER: Final = {**_PERSON, "channel": "b.channel", "store": "b.store"}
_LINE: Final = {**_ORDER, "product": "b.product", "category": "b.category"}
_RELATION: Final = {
    **_PERSON,
    "source": "b.source",
    "staff": "b.staff",
    "department": "b.department",
    "store": "b.staff_store",
}
_TOUCH: Final = {
    **_PERSON,
    "channel": "b.way",
    "staff": "b.sender",
    "department": "b.sender_department",
    "journey": "b.journey",
    "content": "b.content",
}

_PAID: Final = "FROM orders AS o WHERE o.status = 'paid' AND o.ts <= $as_of"
# A refund costs profit its amount less the cost of the goods that come back; when its order is not in profit, neither
# is the refund.
_LOST: Final = "COALESCE(r.amount - o.cost::HUGEINT * r.amount // NULLIF(o.amount, 0), 0)"
_RELATIONS: Final = """
SELECT r.cid, r.since, r.until, r.state, COALESCE(r.source, k.source) AS source, r.staff, s.department,
       s.store AS staff_store, {at}
FROM relation AS r LEFT JOIN customer AS k ON k.cid = r.cid LEFT JOIN staff AS s ON s.staff = r.staff
"""


def _customers(name: str, when: When) -> Base:
    sql = "SELECT cid, first_day AS day FROM customer WHERE live AND first_seen <= $as_of"
    return Base(name, sql, when, _PERSON, "customer", _NO_CUSTOMERS)


def _relations(name: str, when: When, at: str = "r.since AS at") -> Base:
    return Base(name, _RELATIONS.format(at=at), when, _RELATION, "relation", _NO_RELATIONS)


_ORDERS_SQL: Final = f"""
SELECT o.cid, o.day, o.amount, o.cost, o.channel, o.store, COALESCE(k.first_day, o.day) AS first_day
FROM (SELECT o.* {_PAID}) AS o LEFT JOIN customer AS k ON k.cid = o.cid
"""

# The lines, and one row per order for what its lines leave open, so that products add up to orders exactly.
_LINES_SQL: Final = f"""
WITH paid AS (SELECT o.k1, o.k2, o.cid, o.day, o.channel, o.store, o.amount, o.cost {_PAID}),
lines AS (
    SELECT k1, k2, SUM(amount)::BIGINT AS amount, SUM(cost)::BIGINT AS cost FROM order_item GROUP BY k1, k2
)
SELECT o.k1, o.k2, o.cid, o.day, o.channel, o.store, i.product, g.category, i.qty, COALESCE(i.amount, 0) AS amount,
       CASE WHEN o.cost IS NOT NULL THEN COALESCE(i.cost, 0) END AS cost
FROM paid AS o JOIN order_item AS i ON i.k1 = o.k1 AND i.k2 = o.k2 LEFT JOIN product AS g ON g.product = i.product
UNION ALL
SELECT o.k1, o.k2, o.cid, o.day, o.channel, o.store, NULL, NULL, NULL, o.amount - COALESCE(l.amount, 0),
       o.cost - COALESCE(l.cost, 0)
FROM paid AS o LEFT JOIN lines AS l ON l.k1 = o.k1 AND l.k2 = o.k2
WHERE o.amount <> COALESCE(l.amount, 0) OR o.cost <> COALESCE(l.cost, 0) OR l.k1 IS NULL
"""

_REFUNDS_SQL: Final = f"""
SELECT r.cid, r.day, r.amount, {_LOST} AS lost, o.channel, o.store
FROM refund AS r LEFT JOIN orders AS o ON o.k1 = r.o1 AND o.k2 = r.o2 WHERE r.ts <= $as_of
"""

# A refund is shared out over the lines of its order by their amounts, rounded down; the rest stands under none.
_REFUND_LINES_SQL: Final = f"""
WITH back AS (
    SELECT r.k1, r.k2, r.o1, r.o2, r.cid, r.day, r.amount, {_LOST} AS lost, o.channel, o.store, o.amount AS whole
    FROM refund AS r LEFT JOIN orders AS o ON o.k1 = r.o1 AND o.k2 = r.o2 WHERE r.ts <= $as_of
), shared AS (
    SELECT b.k1, b.k2, b.cid, b.day, b.channel, b.store, i.product, g.category,
           b.amount::HUGEINT * i.amount // b.whole AS amount, b.lost * i.amount // b.whole AS lost
    FROM back AS b JOIN order_item AS i ON i.k1 = b.o1 AND i.k2 = b.o2 LEFT JOIN product AS g ON g.product = i.product
    WHERE b.whole > 0 AND i.amount > 0
)
SELECT cid, day, channel, store, product, category, amount, lost FROM shared
UNION ALL
SELECT b.cid, b.day, b.channel, b.store, NULL, NULL, b.amount - COALESCE(s.amount, 0), b.lost - COALESCE(s.lost, 0)
FROM back AS b
LEFT JOIN (SELECT k1, k2, SUM(amount) AS amount, SUM(lost) AS lost FROM shared GROUP BY k1, k2) AS s
ON s.k1 = b.k1 AND s.k2 = b.k2
"""

# What customers earned since they were first seen: their paid orders and refunds until $as_of, whatever the period.
_EARNED_SQL: Final = f"""
SELECT k.cid, k.first_day AS day, e.day AS earned, e.margin, e.is_order, e.is_costed
FROM customer AS k
JOIN (
    SELECT o.cid, o.day, (o.amount - o.cost)::HUGEINT AS margin, true AS is_order, o.cost IS NOT NULL AS is_costed
    {_PAID}
    UNION ALL
    SELECT r.cid, r.day, -({_LOST}), false, false
    FROM refund AS r LEFT JOIN orders AS o ON o.k1 = r.o1 AND o.k2 = r.o2 WHERE r.ts <= $as_of
) AS e ON e.cid = k.cid
WHERE k.live AND k.first_seen <= $as_of
"""

_ACTIVE_SQL: Final = f"""
SELECT e.cid, e.day FROM event AS e JOIN event_type AS t ON t.id = e.type
WHERE e.ts <= $as_of AND e.cid IS NOT NULL AND t.key NOT IN ({_NO_ACTS})
UNION ALL
SELECT o.cid, o.day {_PAID} AND o.cid IS NOT NULL
"""

# A touch counts on the day it reached its person: confirmed by its sender or delivered. Reads and replies count only
# on channels that ever told of one: where nobody can know, there is no rate.
_TOUCHES_SQL: Final = """
WITH told AS (
    SELECT e.cid, e.day, e.channel, e.p_touch AS touch, e.p_journey AS journey, e.p_step AS step, e.p_sender AS sender,
           t.key
    FROM event AS e JOIN event_type AS t ON t.id = e.type
    WHERE e.ts <= $as_of AND t.key IN ('touch_confirmed', 'touch_delivered', 'touch_read', 'touch_replied')
), ways AS (
    SELECT channel, BOOL_OR(key = 'touch_read') AS tells_reads, BOOL_OR(key = 'touch_replied') AS tells_replies
    FROM told GROUP BY channel
), one AS (
    SELECT touch, ANY_VALUE(cid) AS cid, ANY_VALUE(channel) AS channel, ANY_VALUE(journey) AS journey,
           ANY_VALUE(step) AS step, ANY_VALUE(sender) AS sender,
           MIN(CASE WHEN key IN ('touch_confirmed', 'touch_delivered') THEN day END) AS day,
           BOOL_OR(key = 'touch_read') AS is_read, BOOL_OR(key = 'touch_replied') AS is_replied
    FROM told GROUP BY touch
)
SELECT o.cid, o.day, d.key AS way, NULLIF(o.journey, '') AS journey, NULLIF(o.journey, '') || '/' || o.step AS content,
       o.sender, s.department AS sender_department, o.is_read, o.is_replied, w.tells_reads, w.tells_replies
FROM one AS o LEFT JOIN ways AS w ON w.channel IS NOT DISTINCT FROM o.channel
LEFT JOIN channel_dict AS d ON d.id = o.channel LEFT JOIN staff AS s ON s.staff = o.sender
WHERE o.day IS NOT NULL
"""

_SCANS_SQL: Final = """
SELECT e.cid, e.day, COALESCE(r.last >= e.ts, FALSE) AS added
FROM event AS e JOIN event_type AS t ON t.id = e.type
LEFT JOIN (SELECT cid, MAX(since) AS last FROM relation WHERE since <= $as_of GROUP BY cid) AS r ON r.cid = e.cid
WHERE e.ts <= $as_of AND e.cid IS NOT NULL AND t.key = 'code_scanned'
"""

_COSTS_SQL: Final = "SELECT day, source, amount FROM channel_cost WHERE day <= $as_of_day"

_BASES: Final = (
    _customers("arrived", When.DAY),
    _customers("known", When.UNTIL),
    _relations("begun", When.AT),
    _relations("ended", When.AT, "CASE WHEN r.state = 'lost' THEN r.until END AS at"),
    _relations("followed", When.OPEN),
    Base("orders", _ORDERS_SQL, When.DAY, _ORDER, "orders", _NO_ORDERS),
    Base("buyers", _ORDERS_SQL, When.DAY, _ORDER, "orders", _NO_ORDERS, per_person=True),
    Base("lines", _LINES_SQL, When.DAY, _LINE, "orders", _NO_ORDERS),
    Base("refunds", _REFUNDS_SQL, When.DAY, _ORDER, "orders", _NO_ORDERS),
    Base("refund_lines", _REFUND_LINES_SQL, When.DAY, _LINE, "orders", _NO_ORDERS),
    Base("earned", _EARNED_SQL, When.DAY, _PERSON, "orders", _NO_ORDERS),
    Base("acts", _ACTIVE_SQL, When.DAY, _PERSON, "customer", _NO_CUSTOMERS),
    Base("touches", _TOUCHES_SQL, When.DAY, _TOUCH, _REACHED, _NO_TOUCHES),
    Base("scans", _SCANS_SQL, When.DAY, _PERSON, _SCANNED, _NO_SCANS),
    Base(
        "costs",
        _COSTS_SQL,
        When.DAY,
        {"source": "b.source"},
        "channel_cost",
        _NO_COSTS,
        of_people=False,
        # A cost is spent on the customers who come from the same source.
        means={"source": "p.source"},
    ),
)
BASES: Final[Mapping[str, Base]] = {each.name: each for each in _BASES}


def friendships(days: int) -> Base:
    """People by the instant of their first relation, with whether `days` × 24 hours later anybody still had them.

    Only those for whom that instant is not after $as_of.
    """
    later = f"f.at + INTERVAL {days} DAY"
    sql = f"""
SELECT f.cid, f.at, BOOL_OR(r.since <= {later} AND (r.until IS NULL OR r.until > {later})) AS kept
FROM (SELECT cid, MIN(since) AS at FROM relation GROUP BY cid) AS f JOIN relation AS r ON r.cid = f.cid
WHERE {later} <= $as_of GROUP BY f.cid, f.at
"""
    return Base(f"friendships_{days}", sql, When.AT, _PERSON, "relation", _NO_RELATIONS)
