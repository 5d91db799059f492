"""facts.bulk: wholly or not at all, once by load id, same keys as the journal's facts."""

from datetime import UTC, date, datetime

import pyarrow as pa

from potager.core.ids import key_of
from potager.facts import bulk, bulk_merge, lake, loader
from potager.facts.merge.events import Merged
from tests.facts.feeding import event, offer, order, rows

OCTOBER = datetime(2026, 10, 5)
NOVEMBER = datetime(2026, 11, 1)


def events_table(n, source="test", ts=OCTOBER):
    return pa.table(
        {
            "source": [source] * n,
            "message_id": [f"m{i}" for i in range(n)],
            "ts": pa.array([ts] * n, pa.timestamp("us")),
            "cid": pa.array([n - i for i in range(n)], pa.int32()),
            "type": ["page_viewed"] * n,
        }
    )


def orders_table(*numbers, amount=500, version=1):
    return pa.table(
        {
            "shop": ["s"] * len(numbers),
            "order_no": list(numbers),
            "version": [version] * len(numbers),
            "ts": pa.array([OCTOBER] * len(numbers), pa.timestamp("us")),
            "amount": [amount] * len(numbers),
            "cid": [4] * len(numbers),
        }
    )


def test_a_load_is_contained_once_with_its_own_number(warehouse):
    (before,) = offer(event("other", "x", OCTOBER.replace(tzinfo=UTC)))
    assert bulk.load("history", events=events_table(3)) == {"event": Merged(3, 3)}
    assert bulk.load("history", events=events_table(5)) == {"event": Merged(3, 3)}
    number = loader.loaded_seq()
    assert number > before
    keys = [key_of("test", f"m{i}") for i in (2, 1, 0)]
    assert rows(warehouse, "SELECT k1, k2, cid, seq, day FROM event_cold") == [
        (key.k1, key.k2, cid, number, date(2026, 10, 5)) for cid, key in enumerate(keys, start=1)
    ]
    assert rows(warehouse, "SELECT load_id, seq, target, first_month, last_month, offered, loaded FROM bulk_load") == [
        ("history", number, "event", date(2026, 10, 1), date(2026, 10, 1), 3, 3)
    ]


def test_parts_staged_but_not_committed_do_not_count(warehouse):
    bulk.stage("history", "events", 0, events_table(3))
    loader.load_all()
    assert rows(warehouse, "SELECT count(*) FROM event") == [(0,)]
    bulk.stage("history", "events", 0, events_table(2))
    bulk.stage("history", "events", 1, events_table(3))
    assert bulk.commit("history") == {"event": Merged(5, 3)}


def test_a_fact_that_came_by_the_journal_counts_once_and_the_other_way_round(warehouse):
    at = OCTOBER.replace(tzinfo=UTC)
    offer(event("m1", "page_viewed", at))
    assert bulk.load("a", events=events_table(3)) == {"event": Merged(3, 2)}
    offer(event("m0", "page_viewed", at), event("m9", "page_viewed", at))
    loader.load_all()
    assert rows(warehouse, "SELECT count(*) FROM event") == [(4,)]


def test_the_same_order_by_bulk_and_by_journal_counts_once_and_a_higher_version_replaces_it(warehouse):
    at = OCTOBER.replace(tzinfo=UTC)
    offer(order("o1", at, amount=1000, cid=4), order("o3", at, version=3, amount=7, cid=4))
    assert bulk.load("a", orders=orders_table("o1", "o2", "o3")) == {"orders": Merged(3, 1)}
    assert bulk.load("b", orders=orders_table("o1", "o3", amount=900, version=2)) == {"orders": Merged(2, 1)}
    offer(order("o2", at, amount=1, cid=4), order("o2", at, version=2, amount=2, cid=4))
    loader.load_all()
    assert rows(warehouse, "SELECT order_no, version, amount FROM orders ORDER BY 1") == [
        ("o1", 2, 900),
        ("o2", 2, 2),
        ("o3", 3, 7),
    ]


def test_items_give_their_order_its_cost_and_take_its_customer(warehouse):
    items = pa.table(
        {
            "shop": ["s"] * 3,
            "order_no": ["o1", "o1", "o2"],
            "line": ["1", "2", "1"],
            "ts": pa.array([NOVEMBER] * 3, pa.timestamp("us")),
            "amount": [300, 200, 500],
            "cost": pa.array([100, 50, None], pa.int64()),
        }
    )
    done = bulk.load("a", orders=orders_table("o1", "o2"), items=items)
    assert done == {"orders": Merged(2, 2), "order_item": Merged(3, 3)}
    assert rows(warehouse, "SELECT order_no, items, cost FROM orders ORDER BY 1") == [("o1", 2, 150), ("o2", 1, None)]
    assert rows(warehouse, "SELECT DISTINCT cid, ts FROM order_item") == [(4, OCTOBER)]


def test_refunds_products_and_costs_have_their_doors(warehouse):
    done = bulk.load(
        "a",
        refunds=pa.table({"shop": ["s"], "refund_no": ["r"], "order_no": ["o1"], "amount": [5], "ts": [OCTOBER]}),
        products=pa.table({"product": ["A", "A"], "name": ["first", "second"], "cost": [1, 2]}),
        costs=pa.table({"source": ["live"], "channel": [""], "day": [date(2026, 10, 1)], "amount": [9]}),
    )
    assert done == {"refund": Merged(1, 1), "product": Merged(2, 1), "channel_cost": Merged(1, 1)}
    assert rows(warehouse, "SELECT product, name, cost FROM product") == [("A", "first", 1)]
    key = key_of("s", "o1")
    assert rows(warehouse, "SELECT o1, o2, amount FROM refund") == [(key.k1, key.k2, 5)]


def test_a_process_without_the_warehouse_reads_what_became_of_the_load(warehouse, monkeypatch):
    bulk.load("a", events=events_table(3))
    assert bulk_merge.published("a") == {"event": Merged(3, 3)}
    (lake.bulk_folder("a") / bulk_merge.REPORT).unlink()
    assert bulk_merge.published("a") is None
    bulk_merge.publish(warehouse)
    assert bulk_merge.published("a") == {"event": Merged(3, 3)}


def test_many_events_are_typed_and_dated(warehouse):
    n = 20_000
    table = pa.table(
        {
            "k1": list(range(n)),
            "k2": [0] * n,
            "ts": pa.array([1_760_000_000_000_000 + i * 600_000_000 for i in range(n)]).cast(pa.timestamp("us")),
            "cid": pa.array([i % 5000 for i in range(n)], pa.int32()),
            "type": ["page_viewed"] * n,
            "props": ['{"name":"home"}'] * n,
        }
    )
    assert bulk.load("big", events=table) == {"event": Merged(n, n)}
    assert rows(warehouse, "SELECT count(*), count(DISTINCT day) FROM event WHERE p_name = 'home'") == [(n, 140)]
