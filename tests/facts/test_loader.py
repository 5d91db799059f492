"""facts.loader: each accepted fact once, in sequence, with its watermark."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from potager.core import journal, store
from potager.core.ids import key_of
from potager.core.journal import Fact
from potager.facts import loader
from potager.org.access import SYSTEM
from potager.people import attributes
from tests.facts.feeding import event, offer, order, rows

AT = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)


def naive(at):
    return at.replace(tzinfo=None)


class TestEvents:
    def test_an_event_carries_its_key_its_day_in_the_business_zone_and_its_whole_body(self, warehouse):
        body = {"product": "A", "amount": 12_50, "qty": 1.5, "channel": "sms", "深": {"x": [1]}}
        first, second = offer(
            event("m1", "product_viewed", AT, iid=2**40, **body), event("m2", "page_viewed", MIDNIGHT)
        )
        assert loader.load() == 2
        key = key_of("test", "m1")
        assert rows(warehouse, "SELECT seq, k1, k2, iid, cid, ts, day, amount, qty FROM event ORDER BY seq") == [
            (first, key.k1, key.k2, 2**40, 1, naive(AT), date(2026, 10, 31), 1250, 1.5),
            (second, *key_of("test", "m2"), None, 1, naive(MIDNIGHT), date(2026, 11, 1), None, None),
        ]
        joined = """SELECT t.key AS type, c.key AS channel, props FROM event e JOIN event_type t ON t.id = e.type
            LEFT JOIN channel_dict c ON c.id = e.channel ORDER BY seq"""
        found = [(kind, channel, json.loads(props)) for kind, channel, props in rows(warehouse, joined)]
        assert found == [
            ("product_viewed", "sms", body),
            ("page_viewed", None, {}),
        ]
        assert loader.loaded_seq() == second

    def test_amounts_and_quantities_that_are_no_numbers_are_missing_and_do_not_stop_the_load(self, warehouse):
        offer(
            event("a", "x", AT, amount="12.5", qty="many"),
            event("b", "x", AT, amount=2**53 + 1, qty="2"),
            event("c", "x", AT, amount=10**30, qty=None),
        )
        loader.load_all()
        assert rows(warehouse, "SELECT amount, qty FROM event ORDER BY seq") == [
            (None, None),
            (2**53 + 1, 2),
            (None, None),
        ]

    def test_loading_in_small_steps_ends_where_one_load_ends(self, warehouse):
        last = offer(*(event(f"m{i}", f"t{i % 3}", AT + timedelta(seconds=i), n=i) for i in range(10)))[-1]
        assert [loader.load(limit=4), loader.load(limit=4), loader.load(limit=4), loader.load(limit=4)] == [4, 4, 2, 0]
        assert loader.loaded_seq() == last
        assert rows(warehouse, "SELECT count(*), count(DISTINCT k1) FROM event") == [(10, 10)]

    def test_an_old_fact_the_ledger_forgot_is_found_by_its_key(self, warehouse):
        offer(event("m1", "x", AT))
        loader.load_all()
        journal.JournalKey.objects.all().delete()
        offer(event("m1", "x", AT), event("m2", "x", AT))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loader.clock, "wall", lambda: AT + timedelta(days=31))
            loader.load_all()
        assert rows(warehouse, "SELECT count(*) FROM event") == [(2,)]


class TestOrders:
    ITEMS = (
        {"line": "1", "product": "A", "qty": 2, "amount": 700, "cost": 200},
        {"line": "2", "product": "B", "amount": 300},
    )

    def orders(self, warehouse):
        return rows(warehouse, "SELECT order_no, version, status, amount, items, cost, cid, day FROM orders ORDER BY 1")

    def lines(self, warehouse):
        return rows(warehouse, "SELECT line, product, qty, amount, cost, version, cid FROM order_item ORDER BY line")

    def test_a_paid_order_brings_its_lines(self, warehouse):
        offer(order("o1", MIDNIGHT, items=self.ITEMS, channel="mini", store="s1", discount=50, iid=7))
        loader.load_all()
        day = date(2026, 11, 1)
        assert self.orders(warehouse) == [("o1", 1, "paid", 1000, 2, None, 1, day)]
        assert self.lines(warehouse) == [("1", "A", 2.0, 700, 200, 1, 1), ("2", "B", None, 300, None, 1, 1)]
        key = key_of("s", "o1")
        expected = [(key.k1, key.k2, "s", "mini", "s1", 50, "test", naive(MIDNIGHT))]
        assert rows(warehouse, "SELECT k1, k2, shop, channel, store, discount, source, ts FROM orders") == expected

    @pytest.mark.parametrize("batching", [1, 2, 50])
    @pytest.mark.parametrize("arrival", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 1, 3)])
    def test_the_highest_version_wins_whatever_the_order_and_the_batches(self, warehouse, arrival, batching):
        versions = {
            1: order("o1", AT, version=1, status="created", items=self.ITEMS, cid=1),
            2: order(
                "o1",
                MIDNIGHT,
                version=2,
                amount=900,
                items=[{"line": "1", "product": "C", "amount": 900, "cost": 9}],
                cid=2,
            ),
            3: order("o1", MIDNIGHT, version=3, status="cancelled", amount=900, cid=2),
        }
        for version in arrival:
            offer(versions[version])
        while loader.load(limit=batching):
            pass
        assert self.orders(warehouse) == [("o1", 3, "cancelled", 900, 1, 9, 2, date(2026, 11, 1))]
        assert self.lines(warehouse) == [("1", "C", None, 900, 9, 2, 2)]
        assert rows(warehouse, "SELECT count(*), count(DISTINCT first_seq) FROM orders") == [(1, 1)]

    def test_the_same_version_again_changes_nothing_and_a_correction_shows_its_first_number(self, warehouse):
        (first,) = offer(order("o1", AT))
        loader.load_all()
        offer(order("o1", AT, amount=5, shop="s", note="again"))
        loader.load_all()
        assert rows(warehouse, "SELECT amount, seq, first_seq FROM orders") == [(1000, first, first)]
        (second,) = offer(order("o1", AT, version=2, amount=5))
        loader.load_all()
        assert rows(warehouse, "SELECT amount, seq, first_seq FROM orders") == [(5, second, first)]

    def test_a_refund_takes_the_customer_of_its_order_before_or_after(self, warehouse):
        def refund(number, order_no):
            body = {"shop": "s", "refund_no": number, "order_no": order_no, "version": 1, "amount": 300}
            return Fact("refund", "order_refunded", "test", number, MIDNIGHT, body)

        offer(order("o1", AT, cid=5, iid=6), refund("r1", "o1"), refund("r2", "o2"))
        loader.load_all()
        offer(order("o2", AT, cid=8))
        loader.load_all()
        joined = """SELECT r.amount, r.cid, o.order_no FROM refund r
            JOIN orders o ON o.k1 = r.o1 AND o.k2 = r.o2 ORDER BY r.cid"""
        found = rows(warehouse, joined)
        assert found == [(300, 5, "o1"), (300, 8, "o2")]


class TestThings:
    def test_products_and_costs_are_replaced_by_higher_versions_only(self, warehouse):
        def product(version, **body):
            return Fact("product", "product", "test", f"p{version}", AT, {"product": "A", "version": version, **body})

        def cost(version, amount):
            body = {"day": "2026-10-31", "source": "live", "channel": "视频号", "amount": amount, "version": version}
            return Fact("cost", "cost", "test", f"c{version}", AT, body)

        offer(
            product(2, name="水", cost=50, price=99, life_days=45),
            product(1, name="old"),
            cost(1, 5),
            cost(3, 7),
            cost(2, 6),
        )
        loader.load_all()
        assert rows(warehouse, "SELECT product, name, cost, price, life_days, version FROM product") == [
            ("A", "水", 50, 99, 45, 2)
        ]
        assert rows(warehouse, "SELECT day, source, channel, amount FROM channel_cost") == [
            (date(2026, 10, 31), "live", "视频号", 7)
        ]


class TestPeople:
    def test_a_moved_identity_takes_all_its_facts_along_those_still_to_come_too(self, warehouse):
        offer(
            event("m1", "x", AT, iid=7, cid=1),
            event("m2", "x", AT, iid=8, cid=2),
            order("o1", AT, iid=7, cid=1, items=TestOrders.ITEMS),
            Fact("identity", "identity_moved", "people", "i1", AT, {}, iid=7, cid=2),
        )
        loader.load_all()
        offer(
            event("m3", "x", AT, iid=7, cid=1), Fact("identity", "identity_moved", "people", "i2", AT, {}, iid=8, cid=3)
        )
        loader.load_all()
        assert rows(warehouse, "SELECT iid, cid FROM event ORDER BY seq") == [(7, 2), (8, 3), (7, 2)]
        assert rows(warehouse, "SELECT cid FROM orders UNION ALL SELECT cid FROM order_item") == [(2,), (2,), (2,)]

    def test_the_last_row_of_a_customer_and_of_a_relation_stands(self, warehouse):
        def customer(n, state, **attrs):
            body = {
                "created_at": "2026-10-01T00:00:00Z",
                "first_seen_at": "2026-10-31T16:00:00+00:00",
                "source": "store",
                "owner": "wang",
                "state": state,
                "attrs": attrs,
            }
            return Fact("customer", "customer_changed", "people", f"c{n}", AT, body, cid=3)

        def relation(n, state, until=None):
            body = {"staff": "wang", "since": "2026-10-01T00:00:00Z", "until": until, "state": state, "source": "store"}
            return Fact("relation", "relation_" + state, "people", f"r{n}", AT, body, cid=3)

        with store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
            attributes.define(SYSTEM, "secret", name_zh="秘密", kind="text", personal=True)
        offer(
            customer(1, "live", city="上海"), relation(1, "active"), customer(2, "live", city="杭州", born="1990-02-03")
        )
        loader.load_all()
        offer(relation(2, "lost", "2026-10-31T16:00:00Z"), customer(3, "merged", city="杭州", born="1990-02-03"))
        loader.load_all()
        columns = "cid, created_at, first_seen, first_day, source, owner, live, json_extract_string(attrs, '$.born')"
        assert rows(warehouse, f"SELECT {columns} FROM customer") == [
            (3, datetime(2026, 10, 1), naive(MIDNIGHT), date(2026, 11, 1), "store", "wang", False, "1990-02-03")
        ]
        with store.write():
            attributes.define(SYSTEM, "born", name_zh="生日", kind="date")
        offer(customer(4, "live", city="广州", born="1990-02-30"))
        assert rows(warehouse, "SELECT a_city FROM customer") == [("杭州",)]
        loader.load_all()
        assert rows(warehouse, "SELECT a_city, a_born FROM customer") == [("广州", None)]
        offer(customer(5, "live", born="1990-02-03"))
        loader.load_all()
        assert rows(warehouse, "SELECT a_city, a_born FROM customer") == [(None, date(1990, 2, 3))]
        assert rows(warehouse, "SELECT cid, staff, since, until, state FROM relation") == [
            (3, "wang", datetime(2026, 10, 1), naive(MIDNIGHT), "lost")
        ]

    @pytest.mark.parametrize("batching", [1, 50])
    def test_manual_tags_are_spells(self, warehouse, batching):
        def tag(n, op, tag, value=None):
            at = AT + timedelta(hours=n)
            return Fact("tag", f"tag_{op}", "insight", f"t{n}", at, {"tag": tag, "value": value, "op": op}, cid=1)

        offer(
            tag(0, "add", "vip"),
            tag(1, "add", "vip"),
            tag(2, "add", "skin", "dry"),
            tag(3, "add", "skin", "oily"),
            tag(4, "remove", "skin", "dry"),
            tag(5, "remove", "vip"),
            tag(6, "add", "vip"),
            tag(7, "remove", "gone"),
        )
        while loader.load(limit=batching):
            pass

        def hour(n):
            return naive(AT) + timedelta(hours=n)

        assert rows(warehouse, "SELECT tag, value, since, until FROM manual_tag ORDER BY since") == [
            ("vip", None, hour(0), hour(5)),
            ("skin", "dry", hour(2), hour(4)),
            ("skin", "oily", hour(3), None),
            ("vip", None, hour(6), None),
        ]


def test_whom_a_newer_version_takes_an_order_from_is_remembered(house, warehouse):
    offer(order("A1", AT, cid=1), order("A2", AT, cid=2))
    loader.load_all()
    assert rows(warehouse, "FROM left_behind") == []
    _, moved = offer(order("A1", AT, version=2, cid=1), order("A2", AT, version=2, cid=3))
    loader.load_all()
    assert rows(warehouse, "SELECT cid, seq FROM left_behind") == [(2, moved)]
