"""CLV: what a customer's expected purchases are worth today. Pure.

    CLV = margin · E[spend] · Σ_{m=1..months} (E[purchases by the end of month m] − E[… of month m−1]) / (1 + d)^m

A month is 30 days and is discounted at its end at the monthly rate d. Expected purchases are BG/NBD's, given the
history; expected spend per purchase is Gamma-Gamma's. The first purchase, already made, is not in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from potager.insight.value import bgnbd, gamma_gamma
from potager.insight.value.estimate import Estimate, Floats, Ints, Z

MONTH_DAYS: Final = 30
# Purchases in the coming days, and discounted ones in the coming months, of who is still a customer.
_Curves = Callable[[Floats], tuple[Floats, Floats]]
_STEP: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Terms:
    """days: of expected orders and profit; months and monthly discount: of CLV; margin: profit per unit of spend."""

    days: int
    months: int
    discount: float
    margin: float


@dataclass(frozen=True, slots=True)
class Customers:
    """One row per customer who ever bought: x repeat purchases, t_x and T in days, `total` the money of the x."""

    x: Ints
    t_x: Floats
    T: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over all customers with its 95 % interval: what the parameters leave open, not what chance will do."""

    point: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Values:
    """One row per customer. Money in the unit of `total`. clv_low and clv_high: 95 % interval of the expectation."""

    p_alive: Floats
    orders: Floats
    profit: Floats
    clv: Floats
    clv_low: Floats
    clv_high: Floats
    all_orders: Total
    all_profit: Total
    all_clv: Total


def discounted_if_alive(params: bgnbd.Params, x: Ints, T: Floats, months: int, discount: float) -> Floats:  # noqa: N803
    """Discounted purchases of who is still a customer, over the coming months."""
    found, before = np.zeros(len(x)), np.zeros(len(x))
    for month in range(1, months + 1):
        until = bgnbd.expected_if_alive(params, x, T, float(month * MONTH_DAYS))
        found += (until - before) / (1 + discount) ** month
        before = until
    return found


def values(orders: Estimate, spend: Estimate, customers: Customers, terms: Terms) -> Values:
    """Everything known of the future of these customers."""
    buying, spending = bgnbd.params_of(orders.logs), gamma_gamma.params_of(spend.logs)
    x, t_x, total = customers.x, customers.t_x, customers.total
    # What the alive do depends on x and T alone: computed once per pair.
    pairs, pair_of = _pairs(x, customers.T)

    def if_alive(logs: Floats) -> tuple[Floats, Floats]:
        given = bgnbd.params_of(logs)
        coming = bgnbd.expected_if_alive(given, *pairs, float(terms.days))
        return coming, discounted_if_alive(given, *pairs, terms.months, terms.discount)

    coming, discounted = if_alive(orders.logs)
    alive = bgnbd.p_alive(buying, x, t_x, customers.T)
    worth = terms.margin * gamma_gamma.expected_spend(spending, x, total)
    bought, clv = alive * coming[pair_of], alive * discounted[pair_of] * worth

    moves = bgnbd.p_alive_slopes(buying, x, t_x, customers.T)
    in_days, in_months = _slopes(if_alive, orders.logs)
    money_moves = gamma_gamma.expected_spend_slopes(spending, x, total)
    of_orders, of_clv = moves + in_days[:, pair_of], moves + in_months[:, pair_of]
    variance = _forms(of_clv, orders.covariance) + _forms(money_moves, spend.covariance)
    spread = np.exp(Z * np.sqrt(variance))

    def summed(amount: Floats, slopes: Floats, *, money: bool) -> Total:
        by_orders, by_money = slopes @ amount, money_moves @ amount if money else np.zeros(3)
        doubt = by_orders @ orders.covariance @ by_orders + by_money @ spend.covariance @ by_money
        point, half = float(amount.sum()), Z * float(np.sqrt(doubt))
        return Total(point, point - half, point + half)

    return Values(
        alive,
        bought,
        bought * worth,
        clv,
        np.minimum(clv / spread, clv * spread),
        np.maximum(clv / spread, clv * spread),
        summed(bought, of_orders, money=False),
        summed(bought * worth, of_orders, money=True),
        summed(clv, of_clv, money=True),
    )


def _pairs(x: Ints, T: Floats) -> tuple[tuple[Ints, Floats], Ints]:  # noqa: N803  (the paper's letter)
    """The distinct (x, T), and which of them each customer has."""
    ages, age_of = np.unique(T, return_inverse=True)
    codes, pair_of = np.unique(x * len(ages) + age_of, return_inverse=True)
    return (codes // len(ages), ages[codes % len(ages)]), pair_of


def _slopes(if_alive: _Curves, logs: Floats) -> tuple[Floats, Floats]:
    """How the logarithms of both results move with the logarithm of each parameter: one row per parameter."""
    rows = []
    for at in range(len(logs)):
        ahead, behind = logs.copy(), logs.copy()
        ahead[at] += _STEP
        behind[at] -= _STEP
        pairs = zip(if_alive(ahead), if_alive(behind), strict=True)
        rows.append([(np.log(more) - np.log(less)) / (2 * _STEP) for more, less in pairs])
    days, months = zip(*rows, strict=True)
    return np.stack(days), np.stack(months)


def _forms(slopes: Floats, covariance: Floats) -> Floats:
    """g' Σ g per column."""
    return np.asarray(np.einsum("in,ij,jn->n", slopes, covariance, slopes), dtype=np.float64)
