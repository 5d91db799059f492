"""Gamma-Gamma against the note's own formulas, written here in another form, and against known populations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize
from scipy.special import betaln
from scipy.stats import gamma as gamma_law

from potager.insight.value import gamma_gamma
from potager.insight.value.estimate import CannotFit
from potager.insight.value.gamma_gamma import Params

from .populations import SPENDING, drawn

pytestmark = pytest.mark.once

PARAMS = st.builds(Params, st.floats(0.3, 12), st.floats(1.1, 9), st.floats(0.5, 500))
CUSTOMERS = st.tuples(st.integers(1, 80), st.floats(0.01, 5_000))
SLOW = settings(max_examples=60, deadline=None)


def spending(rows) -> gamma_gamma.Spending:
    x, z = (np.array(column) for column in zip(*rows, strict=True))
    return gamma_gamma.grouped(x.astype(np.int64), x * z)


@SLOW
@given(PARAMS, st.lists(CUSTOMERS, min_size=1, max_size=8))
def test_the_likelihood_is_the_notes(params, rows):
    """Eq. 1b: the form with a beta function and shares of gamma + x z."""
    p, q, gamma = params.p, params.q, params.gamma
    expected = 0.0
    for x, z in rows:
        share = gamma / (gamma + x * z)
        expected += -np.log(z) - betaln(p * x, q) + q * np.log(share) + p * x * np.log1p(-share)
    assert gamma_gamma.log_likelihood(params, spending(rows)) == pytest.approx(expected, rel=1e-8, abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(PARAMS, st.tuples(st.integers(1, 12), st.floats(0.5, 400)))
def test_the_likelihood_is_the_average_over_customers_rates(params, row):
    """The mean of x gamma amounts is gamma of shape p x and rate ν x, averaged over ν."""
    x, z = row
    p, q, gamma = params.p, params.q, params.gamma
    # Around where the product of both densities peaks, on the logarithm of ν.
    peak = np.log((p * x + q) / (gamma + x * z))

    def density(log_rate: float) -> float:
        rate = np.exp(log_rate)
        law = gamma_law.logpdf(z, p * x, scale=1 / (rate * x)) + gamma_law.logpdf(rate, q, scale=1 / gamma)
        return float(np.exp(law + log_rate))

    total, _ = integrate.quad(density, peak - 25, peak + 8, points=[peak], limit=400, epsabs=0, epsrel=1e-11)
    assert gamma_gamma.log_likelihood(params, spending([row])) == pytest.approx(np.log(total), rel=1e-8, abs=1e-8)


@SLOW
@given(PARAMS, st.lists(CUSTOMERS, min_size=1, max_size=8))
def test_the_slope_is_the_likelihoods(params, rows):
    objective = gamma_gamma._Likelihood(spending(rows))
    logs = np.log([params.p, params.q, params.gamma])
    numeric = optimize.approx_fprime(logs, lambda at: objective(at)[0], 1e-6)
    assert objective(logs)[1] == pytest.approx(numeric, rel=1e-3, abs=1e-3)


@SLOW
@given(PARAMS, CUSTOMERS)
def test_expected_spend_is_the_notes(params, row):
    """Eq. 5: between the population's mean and the customer's own."""
    x, z = row
    weight = params.p * x / (params.p * x + params.q - 1)
    expected = (1 - weight) * params.p * params.gamma / (params.q - 1) + weight * z
    assert gamma_gamma.expected_spend(params, np.array([x]), np.array([x * z])) == pytest.approx([expected])


def test_who_never_repeated_is_expected_to_spend_as_the_population_does():
    params = Params(*SPENDING)
    assert gamma_gamma.expected_spend(params, np.array([0]), np.array([0.0])) == pytest.approx([30.0])
    assert params.mean == pytest.approx(30.0)


def test_the_slopes_of_expected_spend_are_its_own():
    rows = np.array([0, 1, 9]), np.array([0.0, 25.0, 2000.0])
    slopes = gamma_gamma.expected_spend_slopes(Params(*SPENDING), *rows)
    logs = np.log(SPENDING)
    for at in range(3):
        ahead, behind = (gamma_gamma.params_of(logs + np.eye(3)[at] * step) for step in (1e-6, -1e-6))
        moved = np.log(gamma_gamma.expected_spend(ahead, *rows)) - np.log(gamma_gamma.expected_spend(behind, *rows))
        assert slopes[at] == pytest.approx(moved / 2e-6, rel=1e-6, abs=1e-9)


def test_equal_customers_are_grouped_and_nothing_is_left_out_but_nothing():
    """No repeat, a repeat for nothing, a loss: they tell nothing about amounts."""
    x, total = np.array([2, 1, 2, 0, 3, 3]), np.array([50.0, 10.0, 50.0, 0.0, 0.0, -4.0])
    found = gamma_gamma.grouped(x, total)
    assert list(zip(found.x, found.z, found.weight, strict=True)) == [(1, 10, 1), (2, 25, 2)]
    assert found.people == 3


def test_known_parameters_are_recovered():
    """20 populations: true values inside 95 % intervals, as often as that says (57 of 60 expected)."""
    inside = 0
    for seed in range(20):
        people = drawn(np.random.default_rng(seed), 4000)
        found = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
        intervals = map(found.interval, range(3))
        inside += sum(low <= true <= high for true, (low, high) in zip(SPENDING, intervals, strict=True))
    assert 52 <= inside <= 60


def test_the_unit_of_money_is_only_a_unit():
    people = drawn(np.random.default_rng(7), 3000)
    coins = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total * 100))
    notes = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
    assert coins.values / notes.values == pytest.approx([1, 1, 100], rel=1e-6)


class TestEdges:
    def test_nobody_repeats(self):
        with pytest.raises(CannotFit, match="no_repeats"):
            gamma_gamma.fit(gamma_gamma.grouped(np.zeros(5, dtype=np.int64), np.zeros(5)))

    def test_everything_was_given_away(self):
        with pytest.raises(CannotFit, match="no_repeats"):
            gamma_gamma.fit(gamma_gamma.grouped(np.full(5, 3), np.array([0.0, -1.0, 0.0, 0.0, -9.0])))

    def test_everybody_spends_the_same(self):
        with pytest.raises(CannotFit, match="flat"):
            gamma_gamma.fit(gamma_gamma.grouped(np.arange(1, 200) % 7 + 1, (np.arange(1, 200) % 7 + 1) * 20.0))

    def test_amounts_without_a_mean(self):
        people = drawn(np.random.default_rng(1), 4000, spending=(4.0, 0.6, 15.0))
        with pytest.raises(CannotFit, match="heavy_tail"):
            gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
