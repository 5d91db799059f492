"""What the stated 95 % is worth: 2,000 experiments through the shipped estimator at the sizes of the demo.

Spend is heavy-tailed (log-normal orders, most people buy nothing), profit subtracts item cost, refunds and touch cost.
The band 93.3–96.6 % is 95 % ± 3.4 standard errors of 2,000 draws.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats as scipy_stats

from potager.evidence import stats
from potager.evidence.stats import Amount, Comparison, Share

DRAWS = 2000
MEAN_ORDERS = 1 / 0.8
MARGIN, REFUNDS, TOUCH_COST = 0.62, 0.06, 30


@dataclass(frozen=True)
class World:
    """People per arm, the buying rates, and the log-spread of an order's amount."""

    treated: int
    control: int
    base: float
    lift: float
    spread: float

    @property
    def mean_order(self) -> float:
        return float(np.exp(9.9 + self.spread**2 / 2))

    @property
    def true_gmv(self) -> float:
        return self.lift * MEAN_ORDERS * self.mean_order

    @property
    def true_profit(self) -> float:
        return self.true_gmv * (1 - REFUNDS) * MARGIN - TOUCH_COST

    def draw(self, rng: np.random.Generator, people: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
        """Per person: GMV before refunds and gross profit before touch cost, in minor units."""
        orders = np.where(rng.random(people) < rate, rng.geometric(1 / MEAN_ORDERS, people), 0)
        gmv = orders * np.exp(rng.normal(9.9, self.spread, people))
        kept = rng.random(people) >= REFUNDS
        return gmv, gmv * kept * MARGIN


WORLDS = [
    World(2100, 900, 0.12, 0.0, 0.6),
    World(1400, 600, 0.12, 0.03, 0.9),
    World(1120, 480, 0.06, 0.0, 0.9),
    World(700, 300, 0.10, 0.05, 0.6),
    World(350, 150, 0.20, 0.0, 0.9),
]


def amount(values: np.ndarray, gmv: np.ndarray) -> Amount:
    return Amount(len(values), float(values.sum()), float(values @ values), int(np.count_nonzero(gmv)))


def half_width(comparison: Comparison) -> float:
    return (comparison.difference.high - comparison.difference.low) / 2


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_intervals_hold_the_truth_as_often_as_they_say(world):
    rng = np.random.default_rng(20261101)
    given, covered, decided = Counter[str](), Counter[str](), 0
    for _ in range(DRAWS):
        gmv1, profit1 = world.draw(rng, world.treated, world.base + world.lift)
        gmv0, profit0 = world.draw(rng, world.control, world.base)
        results = {
            "buyers": stats.compare(
                Share(world.treated, int(np.count_nonzero(gmv1))), Share(world.control, int(np.count_nonzero(gmv0)))
            ),
            "gmv": stats.compare(amount(gmv1, gmv1), amount(gmv0, gmv0)),
            "profit": stats.compare(amount(profit1 - TOUCH_COST, gmv1), amount(profit0, gmv0)),
        }
        truth = {"buyers": world.lift, "gmv": world.true_gmv, "profit": world.true_profit}
        for name, result in results.items():
            if isinstance(result, Comparison):
                given[name] += 1
                covered[name] += result.difference.low <= truth[name] <= result.difference.high
        assert isinstance(results["buyers"], Comparison)
        decided += results["buyers"].difference.is_decided
    assert min(given.values()) >= 0.995 * DRAWS
    assert 0.933 <= covered["buyers"] / given["buyers"] <= 0.966
    assert covered["gmv"] / given["gmv"] >= 0.92
    assert covered["profit"] / given["profit"] >= 0.92
    if world.lift == 0:
        assert 0.034 <= decided / DRAWS <= 0.067


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_money_intervals_are_no_wider_than_a_reference_welch(world):
    rng = np.random.default_rng(20261102)
    for _ in range(50):
        gmv1, _ = world.draw(rng, world.treated, world.base + world.lift)
        gmv0, _ = world.draw(rng, world.control, world.base)
        reference = scipy_stats.ttest_ind(gmv1, gmv0, equal_var=False).confidence_interval(0.95)
        result = stats.compare(amount(gmv1, gmv1), amount(gmv0, gmv0))
        assert isinstance(result, Comparison)
        assert half_width(result) <= 1.1 * (reference.high - reference.low) / 2


@pytest.mark.parametrize(("n1", "n0", "p1", "p0"), [(700, 300, 0.12, 0.12), (350, 150, 0.08, 0.05), (60, 40, 0.1, 0.1)])
def test_buyers_coverage_is_right_exactly_not_only_in_draws(n1, n0, p1, p0):
    """Every pair of counts with its binomial weight: no luck of a seed in it."""
    likely1 = np.flatnonzero(scipy_stats.binom.pmf(range(n1 + 1), n1, p1) > 1e-7)
    likely0 = np.flatnonzero(scipy_stats.binom.pmf(range(n0 + 1), n0, p0) > 1e-7)
    coverage = 0.0
    for hits0 in likely0:
        for hits1 in likely1:
            result = stats.compare(Share(n1, int(hits1)), Share(n0, int(hits0)))
            if isinstance(result, Comparison) and result.difference.low <= p1 - p0 <= result.difference.high:
                coverage += scipy_stats.binom.pmf(hits1, n1, p1) * scipy_stats.binom.pmf(hits0, n0, p0)
    assert 0.94 <= coverage <= 0.966


def test_the_floor_on_outcomes_keeps_small_samples_honest():
    """At the floor itself, 12 buyers expected in the smaller arm, money intervals that are given still hold 92 %."""
    world = World(233, 100, 0.12, 0.0, 0.9)
    rng = np.random.default_rng(20261103)
    given = covered = 0
    for _ in range(DRAWS):
        gmv1, _ = world.draw(rng, world.treated, world.base)
        gmv0, _ = world.draw(rng, world.control, world.base)
        result = stats.compare(amount(gmv1, gmv1), amount(gmv0, gmv0))
        if isinstance(result, Comparison):
            given += 1
            covered += result.difference.low <= 0 <= result.difference.high
    assert given > DRAWS / 3
    assert covered / given >= 0.92
