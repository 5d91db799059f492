"""The house `benchmarks/insight.py` measures: a year of skewed activity, 100 tags, RFM, AIPL and a life cycle."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.tags import CHANNELS, TYPES, define, plant, rules
from potager.core import house
from potager.facts import compaction, warehouse
from potager.insight.models import Audience, LayerModel, TagDefinition

# The last instant of a business day, so that nothing is left out and a day of events may still come.
NOW = datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)
COUNTED = ("page_view", "click", "message_in", "message_out", "add_cart", "checkout", "coupon_get", "share", "review")
SEEN = ("page_view", "click", "message_in", "live_watch", "checkin", "follow", "group_join", "coupon_use", "share")
AIPL = {
    "layers": [
        {"key": "loyal", "zh": "忠诚", "when": {"event": "order_paid", "within": "365d", "op": "gte", "value": 2}},
        {"key": "purchase", "zh": "购买", "when": {"event": "order_paid", "within": "365d"}},
        {
            "key": "interest",
            "zh": "兴趣",
            "when": {"any": [
                {"event": "add_cart", "within": "30d"}, {"event": "click", "within": "30d", "op": "gte", "value": 3},
            ]},
        },
        {"key": "aware", "zh": "认知", "when": {"event": "page_view", "within": "90d"}},
    ],
    "else": {"key": "none", "zh": "未触达"},
}  # fmt: skip
LIFE = {
    "layers": [
        {"key": "repeat", "zh": "复购", "when": {"event": "order_paid", "op": "gte", "value": 2}},
        {"key": "bought", "zh": "已购", "when": {"event": "order_paid"}},
        {"key": "lively", "zh": "活跃未购", "when": {"event": "page_view", "within": "30d"}},
    ],
    "else": {"key": "silent", "zh": "沉默"},
}
# Nested five deep, over tags alone and over what happened alone.
BY_TAGS = {
    "all": [
        {"tag": "gmv_90", "op": "gte", "value": "300.00"},
        {"any": [{"tag": "n_click_30"}, {"all": [{"tag": "seen_share"}, {"not": {"any": [
            {"tag": "n_message_out_7"}, {"tag": "refund_cnt", "op": "gte", "value": 2}]}}]}]},
        {"not": {"tag": "n_review_90"}},
    ]
}  # fmt: skip
BY_EVENTS = {
    "any": [
        {"all": [
            {"event": "order", "within": "30d", "measure": {"sum": "amount"}, "op": "gte", "value": "200.00"},
            {"not": {"event": "message_out", "within": "7d"}},
            {"event": "page_view", "within": "30d", "op": "gte", "value": 2},
        ]},
        {"event": "coupon_use", "within": "7d"},
    ]
}  # fmt: skip


def conditions() -> dict[str, tuple[str, Any]]:
    """50 rule tags as key → (what kind, rule): counts, recency, and combinations of other tags."""
    found: dict[str, tuple[str, Any]] = {}
    for event in COUNTED:
        for days, least in ((7, 1), (30, 2), (90, 3)):
            rule = {"event": event, "within": f"{days}d", "op": "gte", "value": least}
            found[f"n_{event}_{days}"] = ("count", rule)
    for event in SEEN:
        found[f"seen_{event}"] = ("recent", {"event": event, "measure": "days_since_last", "op": "lte", "value": 14})
    pairs = [(COUNTED[i % 9], SEEN[(i + 2) % 9]) for i in range(14)]
    for i, (one, two) in enumerate(pairs):
        days = (7, 30, 90)[i % 3]
        rule = {"all": [{"tag": f"n_{one}_{days}"}, {"not": {"tag": f"seen_{two}"}}]}
        found[f"mix_{i}"] = ("mix", rule)
    assert len(found) == 50
    return found


def found_house(customers: int, events: int) -> None:
    """Definitions, facts, orders of the same hands, compacted as a year of nights would have left them."""
    house.found("bench", zone="UTC", currency="CNY", world_at=NOW)
    define(rules())
    TagDefinition.objects.bulk_create(
        [TagDefinition(key=key, name_zh=key, source="rule", rule=rule) for key, (_, rule) in conditions().items()]
    )
    LayerModel.objects.create(key="rfm", name_zh="RFM", kind="rfm", settings={"days": 365})
    LayerModel.objects.create(key="aipl", name_zh="AIPL", kind="ordered", settings=AIPL)
    LayerModel.objects.create(key="life", name_zh="新老客", kind="ordered", settings=LIFE)
    Audience.objects.create(key="rich", name_zh="好客", condition=BY_TAGS, created_at=NOW)
    plant(customers, events)
    with warehouse.get().write() as writer:
        writer.execute(_ORDERS.format(source="event"))
        writer.execute("UPDATE customer SET first_seen = TIMESTAMP '2025-11-01', seq = 0")
    warehouse.get().checkpoint()
    compaction.compact()


# A day and a type were given by the planter: the facts of its type `order` are orders as well.
_ORDERS = f"""
INSERT INTO orders BY NAME SELECT k1, k2, 'bench' AS shop, CAST(k1 AS VARCHAR) AS order_no, 1 AS version, seq, cid, ts,
    day, 'paid' AS status, amount, seq AS first_seq
FROM {{source}} WHERE type = {TYPES.index("order") + 1}"""


def come(n: int, number: int) -> int:
    """n new events of the day's last minutes, orders among them, loaded as one batch; returns the new watermark."""
    rng = np.random.default_rng(number)
    owner = warehouse.get()
    start = int(owner.query("SELECT seq FROM watermark WHERE name = 'journal'")["seq"][0].as_py())
    customers = int(owner.query("SELECT max(cid)::BIGINT AS n FROM customer")["n"][0].as_py())
    kind = rng.integers(0, 20, n).astype(np.int16)
    order = kind == TYPES.index("order")
    ts = np.sort(rng.integers(int((NOW.timestamp() - 600) * 1e6), int(NOW.timestamp() * 1e6), n))
    amount = np.round(np.exp(rng.normal(4.3, 0.9, n)) * 100).astype(np.int64)
    rows = pa.table({
        "seq": np.arange(start + 1, start + n + 1),
        "k1": np.arange(start + 1, start + n + 1),
        "k2": np.full(n, number + 1, np.int64),
        "cid": (rng.power(0.4, n) * customers).astype(np.int32) + 1,
        "ts": pa.array(ts, pa.int64()).cast(pa.timestamp("us")),
        "day": pa.array([NOW.date()] * n, pa.date32()),
        "type": kind + 1,
        "channel": rng.integers(1, len(CHANNELS) + 1, n).astype(np.int16),
        "amount": pa.array(np.where(order, amount, 0), mask=~order),
        "qty": pa.array(np.where(order, 1.0, 0.0), mask=~order),
        "p_campaign": rng.integers(0, 300, n),
        "p_via": pa.array([CHANNELS[i] for i in rng.integers(0, len(CHANNELS), n)]),
    })  # fmt: skip
    with owner.write() as writer:
        writer.append("event_hot", rows)
        writer.stage("came", rows)
        writer.execute(_ORDERS.format(source="came"))
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [start + n])
    return start + n
