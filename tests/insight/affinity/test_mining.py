"""Rules against brute force on generated baskets, and what counts as a basket."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact

from potager.core import clock
from potager.insight.affinity import mining, plan
from potager.insight.affinity.settings import Basket, Bounds, Grain
from potager.insight.affinity.significance import significance_sql
from potager.insight.moment import Moment

from .conftest import DAY, Shop, asked

pytestmark = pytest.mark.once

Counts = dict[tuple[tuple[str, ...], str], tuple[int, int, int, int]]


def brute(baskets: Sequence[Sequence[str]], minimum: int, max_left: int) -> Counts:
    """left, right → n, n_left, n_right, baskets, by trying every set of items."""
    sets = [frozenset(basket) for basket in baskets if basket]
    items = sorted({item for each in sets for item in each})
    found = {}
    for size in range(2, max_left + 2):
        for chosen in combinations(items, size):
            n = sum(set(chosen) <= each for each in sets)
            if n < minimum:
                continue
            for right in chosen:
                left = tuple(item for item in chosen if item != right)
                n_left, n_right = sum(set(left) <= each for each in sets), sum(right in each for each in sets)
                found[left, right] = (n, n_left, n_right, len(sets))
    return found


def counts(mined: mining.Mined) -> Counts:
    return {
        (tuple(row["left_items"]), row["right_item"]): (row["n"], row["n_left"], row["n_right"], row["baskets"])
        for row in mined.rules.to_pylist()
    }


BASKETS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BASKETS, st.integers(1, 3), st.integers(1, 3), st.sampled_from(Basket))
def test_rules_equal_brute_force(shop, moment, baskets, minimum, max_left, basket):
    shop.forget()
    shop.baskets(baskets)
    mined = mining.mine(asked(min_count=minimum, max_left=max_left), moment, Grain.PRODUCT, basket)
    assert counts(mined) == brute(baskets, minimum, max_left)
    assert mined.baskets == sum(1 for each in baskets if each)
    for row in mined.rules.to_pylist():
        assert row["support"] == row["n"] / row["baskets"]
        assert row["confidence"] == row["n"] / row["n_left"]
        assert row["lift"] == pytest.approx(row["confidence"] * row["baskets"] / row["n_right"], rel=1e-12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5), min_size=4, max_size=40))
def test_significance_equals_scipy(shop, moment, baskets):
    shop.forget()
    shop.baskets(baskets)
    rows = mining.mine(asked(), moment, Grain.PRODUCT, Basket.ORDER).rules.to_pylist()
    expected = [exact(row) for row in rows]
    assert [row["p"] for row in rows] == pytest.approx(expected, rel=1e-9)
    if rows:
        assert [row["q"] for row in rows] == pytest.approx(list(false_discovery_control(expected)), rel=1e-9)


def exact(row: dict) -> float:
    n, a, b, m = row["n"], row["n_left"], row["n_right"], row["baskets"]
    return float(fisher_exact([[n, a - n], [b - n, m - a - b + n]], alternative="greater").pvalue)


@pytest.mark.parametrize(
    ("n", "a", "b", "m"),
    [
        (1, 1, 1, 1), (5, 5, 5, 100), (40, 400, 300, 5_000), (24, 400, 300, 5_000), (10, 400, 300, 5_000),
        (700, 5_000, 3_000, 20_000), (760, 5_000, 3_000, 20_000), (701, 900, 800, 1_000), (720, 900, 800, 1_000),
        (0, 3, 4, 100), (1_000, 20_000, 90_000, 2_000_000), (2, 40, 60, 2_000_000),
    ],
)  # fmt: skip
def test_the_exact_test_holds_far_out_and_near_the_middle(shop, n, a, b, m):
    table = f"(SELECT {n} AS n, {a} AS n_left, {b} AS n_right, {m} AS baskets)"
    row = shop.warehouse.query(significance_sql(table)).to_pylist()[0]
    assert row["p"] == pytest.approx(exact(row), rel=1e-7)
    assert row["q"] == row["p"]


def test_an_order_and_a_customer_are_different_baskets(shop, moment):
    shop.buys((1, DAY, "a"), (1, DAY, "b"), (2, DAY, "ab"), (3, DAY, "c"))
    by_order = mining.mine(asked(), moment, Grain.PRODUCT, Basket.ORDER)
    by_customer = mining.mine(asked(), moment, Grain.PRODUCT, Basket.CUSTOMER)
    assert counts(by_order)[("a",), "b"] == (1, 2, 2, 4)
    assert counts(by_customer)[("a",), "b"] == (2, 2, 2, 3)


def test_only_paid_unreturned_orders_of_live_customers_in_the_window_count(shop, moment):
    shop.customers(9, live=False)
    kept, partly, returned = shop.buys((1, DAY, "ab"), (2, DAY, "ab"), (3, DAY, "ab"), amount=900)
    shop.refund(partly, DAY, 899)
    shop.refund(returned, DAY, 900)
    shop.buys((4, DAY, "ab"), status="cancelled")
    shop.buys((9, DAY, "ab"))
    shop.buys((5, moment.day - timedelta(days=30), "ab"), (6, moment.day + timedelta(days=1), "ab"))
    shop.buys((7, moment.day - timedelta(days=29), "c"))
    mined = mining.mine(asked(days=32), moment, Grain.PRODUCT, Basket.CUSTOMER)
    assert kept == 1
    assert counts(mined)[("a",), "b"] == (3, 3, 3, 4)
    mined = mining.mine(asked(days=30), moment, Grain.PRODUCT, Basket.CUSTOMER)
    assert (counts(mined), mined.baskets) == ({}, 1)


def test_as_of_an_earlier_day_later_refunds_are_not_known(shop, moment):
    (key,) = shop.buys((1, DAY, "ab"))
    shop.refund(key, DAY + timedelta(days=5), 1_000)
    then = Moment(clock.as_of("2026-10-02"), moment.zone)
    assert counts(mining.mine(asked(), then, Grain.PRODUCT, Basket.ORDER))[("a",), "b"] == (1, 1, 1, 1)
    assert counts(mining.mine(asked(), moment, Grain.PRODUCT, Basket.ORDER)) == {}


def test_by_category_and_brand_with_exclusions(shop, moment):
    shop.products("a", "b", category="护肤", brand="甲")
    shop.products("c", category="彩妆", brand="乙")
    shop.products("bag", category="耗材", brand="")
    shop.baskets([["a", "c", "bag"], ["b", "c", "bag", "unknown"], ["a", "b", "bag"]])
    by_category = counts(mining.mine(asked(), moment, Grain.CATEGORY, Basket.ORDER))
    assert by_category[("彩妆",), "护肤"] == (2, 2, 3, 3)
    assert by_category[("耗材",), "护肤"] == (3, 3, 3, 3)
    without = mining.mine(asked(exclude_categories=["耗材"]), moment, Grain.CATEGORY, Basket.ORDER)
    assert set(counts(without)) == {(("彩妆",), "护肤"), (("护肤",), "彩妆")}
    by_brand = mining.mine(asked(exclude_brands=["乙"], exclude_products=["b"]), moment, Grain.BRAND, Basket.ORDER)
    assert (counts(by_brand), by_brand.baskets, by_brand.items) == ({}, 2, 1)


def test_support_is_rounded_up_to_whole_baskets(shop, moment):
    shop.baskets([["a", "b"], ["a", "b"], ["a", "c"], *[["d"]] * 7])
    assert ("a",) in {
        left for left, _ in counts(mining.mine(asked(min_support="0.2"), moment, Grain.PRODUCT, Basket.ORDER))
    }
    assert counts(mining.mine(asked(min_support="0.201"), moment, Grain.PRODUCT, Basket.ORDER)) == {}


@pytest.mark.parametrize(
    ("bounds", "minimums", "sets"),
    [
        (Bounds(), (1, 1), {"ab", "abc", "ac", "bc", "ad"}),
        # 3 · 3 + 1 = 10 pairs at a count of 1; without d, which is in one basket, 9.
        (Bounds(pairs=9), (2, 2), {"ab", "abc", "ac", "bc"}),
        (Bounds(pairs=8), (4, 4), set()),
        (Bounds(occurrences=9), (1, 2), {"ab", "abc", "ac", "bc", "ad"}),
        (Bounds(occurrences=8), (1, 4), {"ab", "ac", "bc", "ad"}),
        (Bounds(sets=3), (4, 4), {"ab", "ac", "bc"}),
        (Bounds(sets=2), (4, 4), {"ab", "ac"}),
    ],
)
def test_bounds_raise_the_minimum_and_keep_every_set_above_it(shop, moment, bounds, minimums, sets):
    shop.baskets(["abc", "abc", "abc", "ad"])
    mined = mining.mine(asked(max_left=2), moment, Grain.PRODUCT, Basket.ORDER, bounds)
    assert mined.minimums == minimums
    assert {"".join(sorted([*left, right])) for left, right in counts(mined)} == sets


def test_the_most_significant_rules_are_kept(shop, moment):
    shop.baskets([["a", "b"]] * 6 + [["c", "d"]] * 2 + [["c"], ["d"]] * 3)
    mined = mining.mine(asked(), moment, Grain.PRODUCT, Basket.ORDER, Bounds(rules=2))
    assert set(counts(mined)) == {(("a",), "b"), (("b",), "a")}


def test_no_lines_no_rules(shop, moment):
    mined = mining.mine(asked(), moment, Grain.PRODUCT, Basket.ORDER)
    assert (mined.rules.num_rows, mined.baskets, mined.items) == (0, 0, 0)


def test_a_run_swaps_rules_in_and_leaves_no_scratch_behind(shop):
    shop.baskets([["a", "b"]] * 6 + [["c"]] * 6)
    before = tables_of(shop)
    assert mining.run() == 7
    assert tables_of(shop) == before
    rows = shop.warehouse.query("SELECT name, as_of_day, n FROM affinity_run ORDER BY name").to_pylist()
    assert {row["name"]: row["n"] for row in rows} == {
        "next": 0,
        "rules:brand:customer": 0, "rules:brand:order": 0, "rules:category:customer": 0, "rules:category:order": 0,
        "rules:product:customer": 2, "rules:product:order": 2,
    }  # fmt: skip
    mining.run()
    rules = shop.warehouse.query("SELECT count(*)::INTEGER AS n FROM affinity_rule")
    assert rules["n"][0].as_py() == 4


def test_the_daily_run_waits_for_the_day_or_for_new_settings(shop, house):
    shop.baskets([["a", "b"]] * 6)
    assert mining.bring_up() == 7
    assert mining.bring_up() == 0
    with clock.frozen(house + timedelta(days=1)):
        assert mining.bring_up() == 7


def test_the_plan_reads_without_a_database():
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    moment = Moment(datetime(2026, 11, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    found = plan.steps(asked(), moment, Grain.BRAND, Basket.CUSTOMER)
    assert [step.table for step in found] == [
        "aff_named", "aff_total", "aff_set_1", "aff_limit_2", "aff_line", "aff_set_2", "aff_limit_3", "aff_set_3",
        "aff_limit_4", "aff_set_4", "aff_candidate", "aff_tested", "aff_rule",
    ]  # fmt: skip
    text = plan.describe(found)
    assert text.startswith("-- aff_named: the items of every basket\nSELECT DISTINCT cid AS basket, brand AS name")
    assert "{" not in text


def tables_of(shop: Shop) -> set[str]:
    return set(shop.warehouse.query("SELECT table_name FROM information_schema.tables")["table_name"].to_pylist())
