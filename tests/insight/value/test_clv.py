"""CLV is its documented sum, term by term; its intervals are what the parameters leave open."""

import numpy as np
import pytest

from potager.insight.value import bgnbd, clv, gamma_gamma
from potager.insight.value.clv import Customers, Terms
from potager.insight.value.estimate import Estimate

from .populations import BUYING, SPENDING, drawn

pytestmark = pytest.mark.once

TERMS = Terms(days=90, months=12, discount=0.01, margin=0.4)


def known(values: tuple[float, ...], spread: float) -> Estimate:
    logs = np.log(values)
    covariance = np.eye(len(values)) * spread**2
    covariance[0, 1] = covariance[1, 0] = 0.5 * spread**2
    return Estimate(logs, covariance, -1.0, 100)


ORDERS, SPEND = known(BUYING, 0.02), known(SPENDING, 0.03)
FIVE = Customers(
    np.array([0, 0, 1, 4, 60]),
    np.array([0.0, 0.0, 30.0, 300.0, 398.0]),
    np.array([0.0, 400.0, 31.0, 500.0, 400.0]),
    np.array([0.0, 0.0, 19.5, 400.0, 0.0]),
)


def one(at: int) -> tuple[np.ndarray, ...]:
    return FIVE.x[at : at + 1], FIVE.t_x[at : at + 1], FIVE.T[at : at + 1]


def test_every_value_is_its_formula_for_one_customer_at_a_time():
    found = clv.values(ORDERS, SPEND, FIVE, TERMS)
    buying, spending = bgnbd.Params(*BUYING), gamma_gamma.Params(*SPENDING)
    for at in range(5):
        history = one(at)
        worth = 0.4 * gamma_gamma.expected_spend(spending, FIVE.x[at : at + 1], FIVE.total[at : at + 1])[0]
        until = [bgnbd.expected_purchases(buying, *history, 30.0 * month)[0] for month in range(13)]
        months = sum((until[m] - until[m - 1]) / 1.01**m for m in range(1, 13))
        assert found.p_alive[at] == pytest.approx(bgnbd.p_alive(buying, *history)[0])
        assert found.orders[at] == pytest.approx(until[3])
        assert found.profit[at] == pytest.approx(until[3] * worth)
        assert found.clv[at] == pytest.approx(months * worth)


def test_without_discount_clv_is_all_the_profit_of_the_months():
    undiscounted = clv.values(ORDERS, SPEND, FIVE, Terms(days=360, months=12, discount=0.0, margin=0.4))
    assert undiscounted.clv == pytest.approx(undiscounted.profit)
    dear = clv.values(ORDERS, SPEND, FIVE, Terms(days=360, months=12, discount=0.05, margin=0.4))
    assert (dear.clv < undiscounted.clv).all()


def test_a_margin_below_nothing_turns_value_and_interval_round():
    gain, loss = (clv.values(ORDERS, SPEND, FIVE, Terms(90, 12, 0.01, margin)) for margin in (0.4, -0.4))
    assert loss.clv == pytest.approx(-gain.clv)
    assert loss.clv_low == pytest.approx(-gain.clv_high)
    assert loss.clv_high == pytest.approx(-gain.clv_low)
    nothing = clv.values(ORDERS, SPEND, FIVE, Terms(90, 12, 0.01, 0.0))
    assert not nothing.clv.any()
    assert not nothing.profit.any()


def test_intervals_are_the_spread_of_values_under_drawn_parameters():
    """Values recomputed under 500 draws of the parameters have the standard error the intervals say."""
    found = clv.values(ORDERS, SPEND, FIVE, TERMS)
    random = np.random.default_rng(5)
    buying = random.multivariate_normal(ORDERS.logs, ORDERS.covariance, 500)
    spending = random.multivariate_normal(SPEND.logs, SPEND.covariance, 500)
    draws = [
        clv.values(Estimate(b, np.eye(4) * 1e-12, 0, 1), Estimate(s, np.eye(3) * 1e-12, 0, 1), FIVE, TERMS)
        for b, s in zip(buying, spending, strict=True)
    ]
    spread = np.std([np.log(each.clv) for each in draws], axis=0)
    assert np.log(found.clv_high / found.clv_low) / (2 * 1.959964) == pytest.approx(spread, rel=0.12)
    for name in ("all_orders", "all_profit", "all_clv"):
        total = getattr(found, name)
        apart = np.std([getattr(each, name).point for each in draws])
        assert (total.high - total.low) / (2 * 1.959964) == pytest.approx(apart, rel=0.12)


def test_totals_are_sums_over_customers():
    found = clv.values(ORDERS, SPEND, FIVE, TERMS)
    assert found.all_orders.point == pytest.approx(found.orders.sum())
    assert found.all_profit.point == pytest.approx(found.profit.sum())
    assert found.all_clv.point == pytest.approx(found.clv.sum())


def test_the_truth_lies_in_the_interval_of_the_total():
    """People watched half their time: what they then bought is what was expected of them."""
    random = np.random.default_rng(11)
    people = drawn(random, 30_000)
    orders = bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T))
    spend = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
    found = clv.values(orders, spend, Customers(*people), TERMS)
    true = clv.values(known(BUYING, 1e-9), known(SPENDING, 1e-9), Customers(*people), TERMS)
    assert found.all_clv.low < true.all_clv.point < found.all_clv.high
    assert found.all_orders.low < true.all_orders.point < found.all_orders.high
