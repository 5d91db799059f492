"""BG/NBD against the paper's own formulas, written here in another form, and against populations it should recover."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize
from scipy.special import beta, betaln, gammaln, hyp2f1
from scipy.stats import beta as beta_law

from potager.insight.value import bgnbd
from potager.insight.value.bgnbd import Params
from potager.insight.value.estimate import CannotFit, maximise

from .populations import BUYING, drawn

pytestmark = pytest.mark.once

PARAMS = st.builds(
    Params, st.floats(0.1, 4), st.floats(0.5, 60), st.floats(0.1, 5).filter(lambda a: abs(a - 1) > 0.01),
    st.floats(0.2, 8),
)  # fmt: skip
SLOW = settings(max_examples=60, deadline=None)


@st.composite
def histories(draw):
    """(x, t_x, T) of one customer, in days."""
    age = draw(st.integers(0, 900))
    x = draw(st.integers(0, min(age, 40)))
    return x, draw(st.integers(x, age)) if x else 0, age


def arrays(rows):
    x, t_x, age = (np.array(column) for column in zip(*rows, strict=True))
    return x.astype(np.int64), t_x.astype(np.float64), age.astype(np.float64)


def paper_eq_6(params: Params, x: int, t_x: float, age: float) -> tuple[float, float]:
    """Both halves of the likelihood as the paper prints them: still a customer, gone after the last purchase."""
    r, alpha, a, b = params.r, params.alpha, params.a, params.b
    shape = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = np.exp(betaln(a, b + x) - betaln(a, b) + shape - (r + x) * np.log(alpha + age))
    gone = np.exp(betaln(a + 1, b + x - 1) - betaln(a, b) + shape - (r + x) * np.log(alpha + t_x)) if x else 0.0
    return float(alive), float(gone)


def by_quadrature(params: Params, x: int, age: float, t: float) -> float:
    """Purchases in the next t of who is still a customer: (1 - e^(-λpt)) / p (eq. 4), averaged over what is known of
    λ and p by then: gamma(r + x, alpha + age) and beta(a, b + x)."""
    r, alpha, a, b = params.r, params.alpha, params.a, params.b

    def bought(u: float) -> float:
        # u = p^a takes the pole of the beta density away.
        p = u ** (1 / a)
        if p == 0:
            return (r + x) * t / (alpha + age) / a
        return -np.expm1(-(r + x) * np.log1p(p * t / (alpha + age))) / p * (1 - p) ** (b + x - 1) / a

    # Cut where the density lives, so that no peak is missed; at 1 the density has a pole of its own when x = 0.
    cuts = [0.0, *((k / (b + x + 1)) ** a for k in (0.1, 0.5) if k < b + x), 0.99]
    cuts += [((1 + 9 * (k / 20)) / 10) ** a for k in range(20) if ((1 + 9 * (k / 20)) / 10) ** a < 0.99]
    edges = sorted(set(cuts))
    total = sum(integrate.quad(bought, *pair, limit=200, epsabs=0, epsrel=1e-10)[0] for pair in pairwise(edges))
    p = edges[-1] ** (1 / a)
    last, _ = integrate.quad(
        lambda p: -np.expm1(-(r + x) * np.log1p(p * t / (alpha + age))) * p ** (a - 2),
        p, 1, weight="alg", wvar=(0, b + x - 1), limit=200, epsabs=1e-300, epsrel=1e-10,
    )  # fmt: skip
    return float(total + last) / beta(a, b + x)


@SLOW
@given(PARAMS, st.lists(histories(), min_size=1, max_size=8))
def test_the_likelihood_is_the_papers(params, rows):
    found = bgnbd.log_likelihood(params, bgnbd.grouped(*arrays(rows)))
    assert found == pytest.approx(sum(np.log(sum(paper_eq_6(params, *row))) for row in rows), rel=1e-8, abs=1e-8)


@SLOW
@given(PARAMS, histories())
def test_the_likelihood_is_the_average_over_customers_rates_and_drop_outs(params, row):
    x, t_x, age = row
    r, alpha, a, b = params.r, params.alpha, params.a, params.b

    def given_p(p: float) -> float:
        # λ integrated in closed form: eq. 3's two terms under gamma(r, alpha).
        scale = np.exp(gammaln(r + x) - gammaln(r) + r * np.log(alpha))
        alive = (1 - p) ** x * (alpha + age) ** -(r + x)
        gone = p * (1 - p) ** (x - 1) * (alpha + t_x) ** -(r + x) if x else 0.0
        return scale * (alive + gone)

    total, _ = integrate.quad(given_p, 0, 1, weight="alg", wvar=(a - 1, b - 1), epsabs=0, epsrel=1e-11)
    found = bgnbd.log_likelihood(params, bgnbd.grouped(*arrays([row])))
    assert found == pytest.approx(np.log(total / beta(a, b)), rel=1e-8, abs=1e-8)


@SLOW
@given(PARAMS, st.lists(histories(), min_size=1, max_size=8))
def test_the_slope_is_the_likelihoods(params, rows):
    objective = bgnbd._Likelihood(bgnbd.grouped(*arrays(rows)))
    logs = np.log([params.r, params.alpha, params.a, params.b])
    numeric = optimize.approx_fprime(logs, lambda at: objective(at)[0], 1e-6)
    assert objective(logs)[1] == pytest.approx(numeric, rel=1e-3, abs=2e-4)


@SLOW
@given(PARAMS, histories())
def test_alive_is_the_alive_half_of_the_likelihood(params, row):
    alive, gone = paper_eq_6(params, *row)
    found = bgnbd.p_alive(params, *arrays([row]))[0]
    assert found == pytest.approx(alive / (alive + gone), rel=1e-9, abs=1e-300)


@SLOW
@given(PARAMS, histories(), st.sampled_from([1.0, 30.0, 90.0, 365.0, 3000.0]))
def test_expected_purchases_are_the_papers(params, row, t):
    x, t_x, age = row
    r, alpha, a, b = params.r, params.alpha, params.a, params.b
    lost = ((alpha + age) / (alpha + age + t)) ** (r + x)
    lost *= hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    odds = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x) if x else 0.0
    by_eq_10 = (a + b + x - 1) / (a - 1) * (1 - lost) / (1 + odds)
    found = bgnbd.expected_purchases(params, *arrays([row]), t)[0]
    # The paper's form cancels where little is expected.
    assert found == pytest.approx(by_eq_10, rel=1e-6, abs=1e-9)


@SLOW
@given(PARAMS, st.integers(0, 600), st.integers(0, 900), st.sampled_from([1.0, 90.0, 365.0]))
def test_expected_purchases_hold_however_often_somebody_bought(params, x, age, t):
    x = min(x, age)
    found = bgnbd.expected_if_alive(params, np.array([x]), np.array([float(age)]), t)[0]
    assert found == pytest.approx(by_quadrature(params, x, age, t), rel=1e-6)


@pytest.mark.parametrize(("a", "b"), [(40.0, 900.0), (150.0, 150.0), (400.0, 5000.0)])
def test_expected_purchases_hold_where_all_drop_out_alike(a, b):
    """The same integral over the beta density itself, which is narrow here; nothing overflows on the way."""
    params = Params(0.5, 2.0, a, b)
    for x in (0, 3, 300):
        law = beta_law(a, b + x)
        reach = 12 * law.std()

        def bought(p: float, x: int = x, law=law) -> float:
            return -np.expm1(-(0.5 + x) * np.log1p(p * 3000.0 / (2.0 + x))) / p * law.pdf(p)

        low, high = max(law.mean() - reach, 1e-12), min(law.mean() + reach, 1.0)
        expected, _ = integrate.quad(bought, low, high, points=[law.mean()], limit=400, epsabs=0, epsrel=1e-10)
        found = bgnbd.expected_if_alive(params, np.array([x]), np.array([float(x)]), 3000.0)[0]
        assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (1.000004, 2.0), (0.4, 0.6), (0.4, 0.600004)])
def test_the_poles_of_the_closed_form_are_no_poles_of_the_answer(a, b):
    params = Params(0.5, 12.0, a, b)
    for x in (0, 3):
        found = bgnbd.expected_if_alive(params, np.array([x]), np.array([100.0]), 90.0)[0]
        assert found == pytest.approx(by_quadrature(params, x, 100.0, 90.0), rel=1e-8)


def test_expected_repeats_of_a_new_customer():
    params = Params(*BUYING)
    found = bgnbd.expected_repeats(params, np.array([0.0, 30.0, 365.0]))
    assert found == pytest.approx([0.0, by_quadrature(params, 0, 0, 30.0), by_quadrature(params, 0, 0, 365.0)])


def test_the_slopes_of_alive_are_its_own():
    params = Params(*BUYING)
    rows = arrays([(0, 0, 50), (1, 10, 50), (7, 40, 50), (30, 300, 400)])
    slopes = bgnbd.p_alive_slopes(params, *rows)
    logs = np.log(BUYING)
    for at in range(4):
        ahead, behind = (bgnbd.params_of(logs + np.eye(4)[at] * step) for step in (1e-6, -1e-6))
        moved = np.log(bgnbd.p_alive(ahead, *rows)) - np.log(bgnbd.p_alive(behind, *rows))
        assert slopes[at] == pytest.approx(moved / 2e-6, rel=1e-5, abs=1e-9)


def test_equal_histories_are_grouped_and_change_nothing():
    rows = [(2, 30, 90), (0, 0, 10), (2, 30, 90), (2, 30, 91), (0, 0, 10), (0, 0, 10)]
    groups = bgnbd.grouped(*arrays(rows))
    assert list(zip(groups.x, groups.t_x, groups.T, groups.weight, strict=True)) == [
        (0, 0, 10, 3), (2, 30, 90, 2), (2, 30, 91, 1),
    ]  # fmt: skip
    assert groups.people == 6
    params = Params(*BUYING)
    apart = sum(bgnbd.log_likelihood(params, bgnbd.grouped(*arrays([row]))) for row in rows)
    assert bgnbd.log_likelihood(params, groups) == pytest.approx(apart, rel=1e-12)


def test_the_estimate_is_the_peak_and_its_errors_are_the_curvatures():
    people = drawn(np.random.default_rng(3), 4000)
    groups = bgnbd.grouped(people.x, people.t_x, people.T)
    found = bgnbd.fit(groups)
    best = bgnbd.log_likelihood(bgnbd.params_of(found.logs), groups)
    assert found.log_likelihood == pytest.approx(best, rel=1e-12)
    for at in range(4):
        for step in (-0.01, 0.01):
            assert bgnbd.log_likelihood(bgnbd.params_of(found.logs + np.eye(4)[at] * step), groups) < best
    assert found.people == 4000
    assert found.standard_errors == pytest.approx(found.values * np.sqrt(np.diag(found.covariance)))
    # Half a chi-square of 1 is where a single parameter's profile falls at one standard error, near enough.
    low, high = found.interval(0)
    assert low < found.values[0] < high
    assert np.log(high / low) == pytest.approx(2 * 1.959964 * np.sqrt(found.covariance[0, 0]), rel=1e-6)


def test_known_parameters_are_recovered():
    """20 populations of 4,000: true values inside 95 % intervals, as often as that says (76 of 80 expected)."""
    inside = 0
    for seed in range(20):
        people = drawn(np.random.default_rng(seed), 4000)
        found = bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T))
        inside += sum(
            low <= true <= high for true, (low, high) in zip(BUYING, map(found.interval, range(4)), strict=True)
        )
    assert 70 <= inside <= 80


class TestEdges:
    def test_nobody(self):
        with pytest.raises(CannotFit, match="no_one"):
            bgnbd.fit(bgnbd.grouped(np.array([], dtype=np.int64), np.array([]), np.array([])))

    def test_nobody_repeats(self):
        with pytest.raises(CannotFit, match="no_repeats"):
            bgnbd.fit(bgnbd.grouped(*arrays([(0, 0, day) for day in range(200)])))

    def test_everybody_came_today(self):
        with pytest.raises(CannotFit, match="no_repeats"):
            bgnbd.fit(bgnbd.grouped(*arrays([(0, 0, 0)] * 50)))

    def test_one_customer_determines_no_population(self):
        with pytest.raises(CannotFit, match="flat"):
            bgnbd.fit(bgnbd.grouped(*arrays([(5, 80, 100)])))

    def test_people_who_are_all_alike(self):
        with pytest.raises(CannotFit, match="flat"):
            bgnbd.fit(bgnbd.grouped(*arrays([(10, 95, 100)] * 500)))

    def test_somebody_new_is_expected_to_do_as_the_population_does(self):
        params = Params(*BUYING)
        found = bgnbd.expected_purchases(params, *arrays([(0, 0, 0)]), 90.0)
        assert found == pytest.approx(bgnbd.expected_repeats(params, np.array([90.0])))

    def test_a_likelihood_that_only_rises_has_no_peak(self):
        with pytest.raises(CannotFit, match="flat"):
            maximise(lambda logs: (float(logs[0]), np.array([1.0])), [np.array([1.0])], 10)
