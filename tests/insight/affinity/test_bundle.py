"""The bundle simulator: who has what, what follows from past baskets, and exact money."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from potager.core.errors import Problem
from potager.insight.affinity import bundle
from potager.insight.affinity.bundle import Part

from .conftest import DAY, asked


@given(st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_is_wilsons(case):
    hits, of = case
    expected = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    assert bundle.wilson(hits, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.fixture
def pair(shop):
    """Of 10 buyers of a, 4 have b; 6 more have b alone; two bought something else."""
    shop.products("a", price=10_000, cost=4_000)
    shop.products("b", price=6_000, cost=2_500)
    shop.products("c", price=None, cost=None)
    shop.buys(*((cid, DAY, "a") for cid in range(1, 11)))
    shop.buys(*((cid, DAY, "b") for cid in range(7, 17)))
    shop.buys((17, DAY, "c"), (18, DAY, "c"), amount=901)
    return shop


def test_who_has_one_and_not_the_other(pair, moment):
    found = bundle.simulate(asked(), moment, ["a", "b"], 14_000)
    assert (found.customers, found.have_all) == (18, 4)
    assert [(each.product, each.name, each.buyers) for each in found.parts] == [("a", "a!", 10), ("b", "b!", 10)]
    low, high = bundle.wilson(4, 10)
    assert [(each.have, each.lack, each.both, each.of, each.takeup) for each in found.groups] == [
        (("a",), ("b",), 4, 10, bundle.Takeup(6, 0.4, low, high)),
        (("b",), ("a",), 4, 10, bundle.Takeup(6, 0.4, low, high)),
    ]
    assert found.takers == pytest.approx(4.8)
    assert (found.takers_low, found.takers_high) == pytest.approx((12 * low, 12 * high))


def test_money_is_exact(pair, moment):
    money = bundle.simulate(asked(), moment, ["a", "b"], 14_000).money
    assert (money.apart, money.discount, money.margin, money.margin_apart) == (16_000, 2_000, 7_500, 9_500)
    assert money.break_even == Fraction(9_500, 7_500) - 1
    assert not money.never
    # 4.8 takers at 95.00 earn 456; 6.08 at 75.00 earn as much: the seventh pays.
    assert bundle.simulate(asked(), moment, ["a", "b"], 14_000).takers_needed == 7


def test_a_bundle_below_cost_never_pays(pair, moment):
    found = bundle.simulate(asked(), moment, ["a", "b"], 6_500)
    assert (found.money.margin, found.money.never, found.money.break_even, found.takers_needed) == (0, True, None, None)


def test_unknown_costs_are_said_and_unknown_prices_taken_from_what_was_paid(pair, moment):
    found = bundle.simulate(asked(), moment, ["a", "c"], 10_000)
    part = found.parts[1]
    assert (part.price, part.paid, part.cost) == (901, True, None)
    money = found.money
    assert (money.apart, money.discount, money.margin, money.break_even, money.never) == (
        10_901,
        901,
        None,
        None,
        False,
    )


def test_of_three_every_part_is_a_group(shop, moment):
    shop.buys(*((cid, DAY, bought) for cid, bought in enumerate(["abc", "abc", "ab", "ac", "a", "bc", "b"], start=1)))
    groups = bundle.simulate(asked(), moment, ["a", "b", "c"], 100).groups
    assert {each.have: (each.takeup.people, each.both, each.of) for each in groups} == {
        ("a", "b"): (1, 2, 3),
        ("a", "c"): (1, 2, 3),
        ("b", "c"): (1, 2, 3),
        ("a",): (1, 2, 5),
        ("b",): (1, 2, 5),
    }


@given(
    st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**7)
)
def test_at_break_even_both_ways_earn_the_same(first, second, cost_1, cost_2, price):
    parts = [
        Part("a", "a", first, paid=False, cost=cost_1, buyers=1),
        Part("b", "b", second, paid=False, cost=cost_2, buyers=1),
    ]
    money = bundle.money_of(parts, price)
    if money.break_even is None:
        assert money.never
        assert price <= cost_1 + cost_2
    else:
        assert (1 + money.break_even) * (price - cost_1 - cost_2) == first + second - cost_1 - cost_2


@pytest.mark.parametrize(
    ("products", "price", "place"),
    [(["a"], 100, "products"), (["a", "a"], 100, "products"), (["a", "b", "c", "d", "e"], 100, "products"),
     (["a", "b"], 0, "price"), (["a", "nothing"], 100, "products")],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(pair, moment, products, price, place):
    with pytest.raises(Problem) as refused:
        bundle.simulate(asked(), moment, products, price)
    assert (refused.value.code, refused.value.place) == ("affinity.bundle", place)
