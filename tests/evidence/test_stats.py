"""The estimator against published figures, scipy, and the properties a reader relies on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats

from potager.evidence import stats, verdict
from potager.evidence.stats import Amount, CannotCompute, Comparison, Estimate, Share


def amount(values: np.ndarray) -> Amount:
    return Amount(len(values), float(values.sum()), float((values**2).sum()), int(np.count_nonzero(values)))


def compared(treated: stats.Arm, control: stats.Arm) -> Comparison:
    result = stats.compare(treated, control)
    assert isinstance(result, Comparison)
    return result


def spend(n: int, rate: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < rate, np.round(np.exp(rng.normal(9.9, 0.9, n))), 0.0)


def test_shares_give_newcombes_published_interval():
    # Newcombe (1998), table II, method 10: 56/70 against 48/80.
    result = compared(Share(70, 56), Share(80, 48))
    assert result.difference.value == pytest.approx(0.2, abs=1e-12)
    assert round(result.difference.low, 4) == 0.0524
    assert round(result.difference.high, 4) == 0.3339


def test_a_share_with_no_hits_in_one_arm_still_has_an_interval():
    # Newcombe (1998), table II, method 10: 5/56 against 0/29.
    low_floor = stats._difference(stats._wilson(Share(56, 5), 1.959964), stats._wilson(Share(29, 0), 1.959964))
    assert (round(low_floor.low, 4), round(low_floor.high, 4)) == (-0.0381, 0.1926)


def test_wilson_limits_are_scipys():
    reference = scipy_stats.binomtest(84, 700).proportion_ci(method="wilson")
    ours = stats._wilson(Share(700, 84), scipy_stats.norm.ppf(0.975))
    assert ours.low == pytest.approx(reference.low, abs=1e-12)
    assert ours.high == pytest.approx(reference.high, abs=1e-12)


@pytest.mark.parametrize(("n1", "n0"), [(1400, 600), (90, 40)])
def test_amounts_give_welchs_interval(n1, n0):
    treated, control = spend(n1, 0.6, 1), spend(n0, 0.5, 2)
    reference = scipy_stats.ttest_ind(treated, control, equal_var=False).confidence_interval(0.95)
    result = compared(amount(treated), amount(control))
    assert result.difference.low == pytest.approx(reference.low, rel=1e-5)
    assert result.difference.high == pytest.approx(reference.high, rel=1e-5)


def test_relative_lift_of_amounts_is_fiellers():
    treated, control = amount(spend(1400, 0.15, 3)), amount(spend(600, 0.12, 4))
    t = stats._quantile(treated, control)
    v1, v0 = treated.variance / treated.n, control.variance / control.n

    def outside(ratio: float) -> float:
        return (treated.mean - ratio * control.mean) ** 2 - t * t * (v1 + ratio**2 * v0)

    centre = treated.mean / control.mean
    low = optimize.brentq(outside, 0.0, centre)
    high = optimize.brentq(outside, centre, 20.0)
    relative = compared(treated, control).relative
    assert isinstance(relative, Estimate)
    assert relative.value == pytest.approx(centre - 1)
    assert relative.low == pytest.approx(low - 1, abs=1e-9)
    assert relative.high == pytest.approx(high - 1, abs=1e-9)


@given(st.integers(31, 4000), st.integers(31, 2000), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_difference_and_relative_lift_of_shares_decide_alike(n1, n0, p1, p0):
    result = stats.compare(Share(n1, round(n1 * p1)), Share(n0, round(n0 * p0)))
    if isinstance(result, Comparison) and isinstance(result.relative, Estimate):
        assert result.relative.is_above_zero == result.difference.is_above_zero
        assert result.relative.is_below_zero == result.difference.is_below_zero


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 2.0))
def test_difference_and_relative_lift_of_amounts_decide_alike(seed, factor):
    treated, control = amount(spend(200, 0.3, seed) * factor), amount(spend(100, 0.3, seed + 1))
    result = stats.compare(treated, control)
    if isinstance(result, Comparison) and isinstance(result.relative, Estimate):
        assert result.relative.is_above_zero == result.difference.is_above_zero
        assert result.relative.is_below_zero == result.difference.is_below_zero


def test_the_unit_of_money_changes_nothing_but_the_unit():
    treated, control = spend(700, 0.2, 5), spend(300, 0.2, 6)
    minor = compared(amount(treated), amount(control)).difference
    major = compared(amount(treated / 100), amount(control / 100)).difference.times(100)
    assert (major.value, major.low, major.high) == pytest.approx((minor.value, minor.low, minor.high))


def test_detectable_difference_is_found_in_four_of_five_experiments():
    def drawn(n: int, mean: float) -> Amount:
        total = n * mean + rng.normal(0, 300 * math.sqrt(n))
        return Amount(n, total, (n - 1) * 300**2 + total**2 / n, n)

    rng = np.random.default_rng(7)
    detectable = compared(drawn(1400, 100), drawn(600, 100)).detectable
    results = [compared(drawn(1400, 100 + detectable), drawn(600, 100)) for _ in range(4000)]
    assert 0.78 <= sum(result.difference.is_above_zero for result in results) / 4000 <= 0.82


def test_people_needed_is_where_the_effect_becomes_detectable():
    treated, control = Share(1400, 180), Share(600, 72)
    needed = stats.people_needed(treated, control, 0.02)
    grown = needed / 2000
    more = compared(Share(round(1400 * grown), round(180 * grown)), Share(round(600 * grown), round(72 * grown)))
    assert more.detectable == pytest.approx(0.02, rel=1e-3)


def test_too_few_people_is_said_with_how_many_there_are():
    assert stats.compare(Share(500, 50), Share(29, 3)) == CannotCompute("too_few_people", 29, 30)


def test_too_few_orders_make_no_money_interval():
    assert stats.compare(Amount(700, 9e5, 4e9, 60), Amount(300, 2e5, 1e9, 11)) == CannotCompute(
        "too_few_outcomes", 11, 12
    )


@pytest.mark.parametrize(
    ("treated", "control"),
    [
        (Share(100, 0), Share(100, 0)),
        (Share(100, 100), Share(100, 100)),
        (Amount(100, 0.0, 0.0, 0), Amount(100, 0.0, 0.0, 0)),
        (Amount(100, 500.0, 2500.0, 100), Amount(50, 250.0, 1250.0, 50)),
    ],
)
def test_amounts_and_shares_that_never_vary_cannot_be_compared(treated, control):
    assert stats.compare(treated, control) == CannotCompute("no_variance")


def test_no_relative_lift_over_a_base_that_may_be_zero():
    losing = np.concatenate([np.full(50, -100.0), np.full(50, 90.0)])
    result = compared(amount(spend(100, 0.5, 8)), amount(losing))
    assert result.relative == CannotCompute("no_base")


@pytest.mark.parametrize("freedom", [25, 40.5, 120, 5000])
def test_student_quantile_is_scipys(freedom):
    assert stats.student_quantile(0.975, freedom) == pytest.approx(scipy_stats.t.ppf(0.975, freedom), abs=1e-5)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [([1400, 600], [0.7, 0.3]), ([1450, 550], [7, 3]), ([500, 520, 480], [1, 1, 1]), ([90, 110, 100, 130], [1] * 4)],
)
def test_sample_ratio_is_pearsons_test(counts, shares):
    expected = np.array(shares) / sum(shares) * sum(counts)
    assert stats.sample_ratio(counts, shares) == pytest.approx(scipy_stats.chisquare(counts, expected).pvalue)


def test_sample_ratio_of_too_few_people_cannot_be_computed():
    assert stats.sample_ratio([20, 0], [0.7, 0.3]) == CannotCompute("too_few_people", 6, 8)


def test_balance_is_the_two_sided_test_of_the_means_before():
    treated, control = spend(1400, 0.3, 9), spend(600, 0.3, 10)
    z = (treated.mean() - control.mean()) / math.hypot(
        treated.std(ddof=1) / math.sqrt(1400), control.std(ddof=1) / math.sqrt(600)
    )
    assert stats.balance(amount(treated), amount(control)) == pytest.approx(2 * scipy_stats.norm.sf(abs(z)))


def test_balance_of_people_without_a_past_cannot_be_computed():
    assert stats.balance(Amount(100, 0, 0, 0), Amount(50, 0, 0, 0)) == CannotCompute("no_variance")
    assert stats.balance(Amount(100, 700, 4900, 100), Amount(50, 350, 2450, 50)) == CannotCompute("no_variance")


@pytest.mark.parametrize(
    ("missing", "zh"),
    [
        (CannotCompute("too_few_people", 12, 30), "样本不足：较小的一组走完观察期的只有 12 人，至少要 30 人"),
        (CannotCompute("too_few_outcomes", 7, 12), "样本不足：较小的一组只有 7 位买家，至少要 12 位"),
        (CannotCompute("no_variance"), "两组所有人的结果都一样，无从比较"),
        (CannotCompute("no_base"), "对照组的均值可能为零，不算相对值"),
    ],
)
def test_what_cannot_be_computed_is_said_with_the_numbers(missing, zh):
    assert verdict.why_not(missing).zh == zh
