"""The GMV tree and the backward requirement, without any database."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potager.goals.requirement import Lever, Month, Position, require
from potager.goals.tree import KEYS, Measures, levels, split
from potager.goals.wording import sentence
from potager.insight.metrics import Period
from potager.insight.metrics.periods import complete_months

# 200 new customers, 50 of whom buy, 150 returning buyers, 1.5 orders each at ¥100.
RECENT = Measures(customers_new=200, buyers_new=50, buyers_old=150, orders=300, gmv=3_000_000)
GOOD = Month("2026-06", 30, Measures(customers_new=300, buyers_new=75, buyers_old=180, orders=420, gmv=4_620_000))
POOR = Month("2026-07", 31, Measures(customers_new=100, buyers_new=40, buyers_old=100, orders=150, gmv=1_500_000))

counts = st.integers(0, 10**6)


def position(target: int, actual: int = 0, days_left: float = 30, months=(GOOD, POOR), recent=RECENT) -> Position:
    return Position(target, actual, days_left, recent, 30, months)


def lever(found, key) -> Lever:
    return next(each for each in found.levers if each.key == key)


@given(counts, counts, counts, counts, counts)
def test_every_product_and_sum_of_the_tree_is_exact(customers, new, old, orders, gmv):
    at = levels(Measures(customers_new=customers, buyers_new=new, buyers_old=old, orders=orders, gmv=gmv))
    assert at["buyers"].exact == at["buyers_new"].exact + at["buyers_old"].exact
    if customers:
        assert at["customers_new"].exact * at["first_order_rate"].exact == at["buyers_new"].exact
    if new + old and orders:
        assert at["buyers"].exact * at["orders_per_buyer"].exact * at["aov"].exact == at["gmv"].exact == Fraction(gmv)


def test_a_rate_over_nothing_has_no_value():
    empty = levels(Measures())
    assert [empty[key].value for key in ("first_order_rate", "orders_per_buyer", "aov")] == [None, None, None]
    assert empty["gmv"].value == 0


def test_a_target_is_split_into_more_buyers_of_both_kinds_at_the_same_rates():
    assert split(4_500_000, RECENT) == {
        "gmv": 4_500_000,
        "buyers": 300,
        "buyers_new": 75,
        "customers_new": 300,
        "first_order_rate": 0.25,
        "buyers_old": 225,
        "orders_per_buyer": 1.5,
        "aov": 10_000,
    }


def test_nothing_can_be_split_from_a_period_without_sales():
    assert split(4_500_000, Measures(customers_new=10)) == {}


def test_at_the_present_pace_the_goal_is_reached():
    found = require(position(2_900_000))
    assert (found.state, found.forecast, found.missing) == ("on_course", 3_000_000, 2_900_000)
    assert sentence(position(2_900_000), found, "CNY")[0] == "按近 30 天的节奏可达成：预计 ¥30,000"


def test_each_lever_alone_closes_the_gap_exactly():
    found = require(position(3_600_000))
    needed = {each.key: each.needed for each in found.levers}
    assert needed == pytest.approx(
        {"customers_new": 360, "first_order_rate": 0.45, "buyers_old": 190, "orders_per_buyer": 1.8, "aov": 12_000}
    )


def test_days_left_scale_counts_but_not_rates():
    found = require(position(2_000_000, actual=500_000, days_left=10))
    assert (found.missing, found.forecast) == (1_500_000, 1_500_000)
    assert lever(found, "customers_new").present == pytest.approx(200 / 3)
    assert lever(found, "customers_new").best == pytest.approx(100)
    assert lever(found, "first_order_rate").present == 0.25
    assert lever(found, "aov").needed == pytest.approx(15_000)


def test_new_customers_within_the_best_month_are_said_to_be_needed():
    at = position(3_300_000)
    found = require(at)
    assert found.state == "one_lever"
    # 420 orders of 255 buyers are 1.647 each, just under the 1.65 it would take.
    reachable = ["customers_new", "first_order_rate", "buyers_old", "aov"]
    assert [each.key for each in found.levers if each.reachable] == reachable
    assert sentence(at, found, "CNY")[0] == (
        "剩 30 天还需 280 位新客（按目前新客首单率 25.0%），最好的 2026-06 同样天数有 300 位；"
        "做得到的是新客从 200 到 280（2026-06 有过 300），或新客首单率从 25.0% 到 35.0%（2026-07 有过 40.0%），"
        "或老客购买人数从 150 到 170（2026-06 有过 180），或客单价从 ¥100.00 到 ¥110.00（2026-06 有过 ¥110.00）"
    )


def test_levers_that_only_reach_together_are_named_so():
    at = position(4_000_000)
    found = require(at)
    assert found.state == "together"
    assert not any(each.reachable for each in found.levers)
    # Best levels: 300 new × 40 % (2026-07) + 180 returning, 420/255 orders each, ¥110.
    assert found.together == round((300 * 0.4 + 180) * (420 / 255) * 11_000)
    assert "没有一个杠杆单独够得着" in sentence(at, found, "CNY")[0]


def test_when_no_lever_reaches_it_one_plain_sentence_says_so():
    at = position(9_000_000)
    found = require(at)
    assert found.state == "out_of_reach"
    zh, en = sentence(at, found, "CNY")
    assert zh == (
        "剩 30 天还需 1,800 位新客（按目前新客首单率 25.0%），最好的 2026-06 同样天数有 300 位；"
        "没有杠杆够得着：所有因素同时回到最好的月份也只有 ¥54,353，需 ¥90,000"
    )
    assert en == (
        "The 30 days left need 1,800 new customers at the present first-order rate of 25.0%; "
        "the best month, 2026-06, had 300 in as many days; "
        "no lever reaches it: every factor at its best month at once brings ¥54,353 of the ¥90,000 needed"
    )


def test_without_a_complete_month_nothing_is_compared():
    at = position(9_000_000, months=())
    found = require(at)
    assert (found.state, found.together) == ("out_of_reach", None)
    assert sentence(at, found, "CNY")[0].endswith("还没有完整的历史月份可以对照")


@pytest.mark.parametrize(
    ("at", "state", "zh"),
    [
        (position(100, actual=120), "reached", "目标已达成：¥1.20"),
        (position(200, actual=120, days_left=0), "over", "期限已到，差 ¥0.80"),
        (
            position(200, recent=Measures(buyers_old=3, orders=3, gmv=9)),
            "no_pace",
            "还差 ¥2.00；近 30 天没有新客首单，无法按现有节奏推算",
        ),
    ],
)
def test_plain_states(at, state, zh):
    found = require(at)
    assert found.state == state
    assert found.levers == ()
    assert sentence(at, found, "CNY")[0] == zh


def test_months_are_complete_ones_only():
    assert complete_months(date(2026, 1, 15), date(2026, 3, 30)) == {
        "2026-02": Period(date(2026, 2, 1), date(2026, 2, 28))
    }
    assert list(complete_months(date(2025, 12, 1), date(2026, 1, 31))) == ["2025-12", "2026-01"]
    assert list(complete_months(date(2020, 1, 1), date(2026, 1, 31), most=2)) == ["2025-12", "2026-01"]


def test_every_lever_is_a_factor_of_the_tree():
    assert {node.parent for node in KEYS.values()} <= {None, *KEYS}
