"""Statistics of two arms, from sums alone: no rows, no database, nothing random.

Each arm's mean gets its own limits: Wilson's for a share, Student's for an amount. Differences and ratios of the two
arms are then built from those limits by one method (MOVER), so that an interval for the difference excludes 0 exactly
when the interval for the relative lift excludes 0. What it reduces to, and the papers:

share     Wilson (1927), JASA 22:209, for one share; MOVER of two of them is Newcombe (1998), Statistics in Medicine
          17:873, method 10.
amount    Welch (1947), Biometrika 34:28: unequal variances, Welch–Satterthwaite degrees of freedom. MOVER of two
          symmetric limits is Welch's interval, and for the ratio Fieller (1954), JRSS B 16:175.
MOVER     Zou & Donner (2008), Statistics in Medicine 27:1693, eqs. 3–4, for the difference; Newcombe (2016),
          Statistical Methods in Medical Research 25:1774, for the ratio.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

LEVEL = 0.95
POWER = 0.80
MIN_PEOPLE = 30
# With fewer buyers than this in an arm the sum of squares hangs on one or two orders. At the floor the intervals that
# are given still hold (tests/sim/test_coverage.py measures it).
MIN_ACTIVE = 12
# Under this many people expected in an arm, Pearson's approximation does not hold.
MIN_EXPECTED = 8
# A sample-ratio or balance check is red below this: with some hundred experiments a year, false alarms stay rare.
ALARM = 0.001

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the people of an arm did something."""

    n: int
    hits: int

    @property
    def mean(self) -> float:
        return self.hits / self.n

    @property
    def variance(self) -> float:
        return self.mean * (1 - self.mean)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount per person of an arm: people, Σx, Σx², and how many of them had something to count.

    `active` is the number of people behind the spread (buyers, for spend and profit): a touch cost that everyone
    bears makes every amount non-zero and says nothing about how well the sums are known.
    """

    n: int
    total: float
    squares: float
    active: int

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def variance(self) -> float:
        """The unbiased variance; rounding can bring the difference of the sums just below zero, never further."""
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


Arm = Share | Amount
Reason = Literal["too_few_people", "too_few_outcomes", "no_variance", "no_base"]


@dataclass(frozen=True, slots=True)
class CannotCompute:
    """Why there is no number: what is short, how much there is in the shorter arm, and how much it takes."""

    reason: Reason
    have: float = 0
    need: float = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_above_zero(self) -> bool:
        return self.low > 0

    @property
    def is_below_zero(self) -> bool:
        return self.high < 0

    @property
    def is_decided(self) -> bool:
        return self.is_above_zero or self.is_below_zero

    def times(self, factor: float) -> "Estimate":
        """The same estimate in another unit; `factor` is positive."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treated against control, per person.

    difference  treated mean − control mean
    relative    the difference ÷ control mean (0.08 = 8 % more); cannot be had when the control mean may be zero
    detectable  the smallest true difference this many people would show in 80 of 100 experiments
    """

    treated: float
    control: float
    difference: Estimate
    relative: Estimate | CannotCompute
    detectable: float


@dataclass(frozen=True, slots=True)
class _Limits:
    value: float
    low: float
    high: float


def compare(treated: Arm, control: Arm) -> Comparison | CannotCompute:
    """Both arms' means, their difference and relative lift with 95 % intervals, and the detectable difference."""
    if (short := _too_few(treated, control)) is not None:
        return short
    error = standard_error(treated, control)
    if error == 0:
        return CannotCompute("no_variance")
    width = _quantile(treated, control)
    one, zero = _limits(treated, width), _limits(control, width)
    return Comparison(
        treated=treated.mean,
        control=control.mean,
        difference=_difference(one, zero),
        relative=_relative(one, zero),
        detectable=_power_width() * error,
    )


def standard_error(treated: Arm, control: Arm) -> float:
    """Of the difference of the means, variances unequal."""
    return math.sqrt(treated.variance / treated.n + control.variance / control.n)


def people_needed(treated: Arm, control: Arm, effect: float) -> int:
    """People in both arms together, split as now, who would show a true difference `effect` with 80 % power."""
    people = treated.n + control.n
    spread = (treated.variance / treated.n + control.variance / control.n) * people
    return math.ceil(_power_width() ** 2 * spread / effect**2)


def sample_ratio(counts: list[int], shares: list[float]) -> float | CannotCompute:
    """The chance of head counts this far from the intended shares if assignment works: Pearson's chi-square test."""
    people, weight = sum(counts), sum(shares)
    expected = [people * share / weight for share in shares]
    if min(expected) < MIN_EXPECTED:
        return CannotCompute("too_few_people", min(expected), MIN_EXPECTED)
    statistic = sum((n - e) ** 2 / e for n, e in zip(counts, expected, strict=True))
    return _chi_square_tail(statistic, len(counts) - 1)


def balance(treated: Amount, control: Amount) -> float | CannotCompute:
    """The chance of a difference this large before the experiment if assignment works: two-sided z test."""
    if (short := _too_few(treated, control)) is not None:
        return short
    error = standard_error(treated, control)
    if error == 0:
        return CannotCompute("no_variance")
    return math.erfc(abs(treated.mean - control.mean) / error / math.sqrt(2))


def _too_few(treated: Arm, control: Arm) -> CannotCompute | None:
    people = min(treated.n, control.n)
    if people < MIN_PEOPLE:
        return CannotCompute("too_few_people", people, MIN_PEOPLE)
    if isinstance(treated, Amount) and isinstance(control, Amount):
        if treated.active == control.active == 0:
            return CannotCompute("no_variance")
        active = min(treated.active, control.active)
        if active < MIN_ACTIVE:
            return CannotCompute("too_few_outcomes", active, MIN_ACTIVE)
    return None


def _quantile(treated: Arm, control: Arm) -> float:
    p = (1 + LEVEL) / 2
    if isinstance(treated, Share):
        return _NORMAL.inv_cdf(p)
    a, b = treated.variance / treated.n, control.variance / control.n
    freedom = (a + b) ** 2 / (a * a / (treated.n - 1) + b * b / (control.n - 1))
    return student_quantile(p, freedom)


def _limits(arm: Arm, width: float) -> _Limits:
    if isinstance(arm, Share):
        return _wilson(arm, width)
    half = width * math.sqrt(arm.variance / arm.n)
    return _Limits(arm.mean, arm.mean - half, arm.mean + half)


def _wilson(share: Share, z: float) -> _Limits:
    """Wilson (1927): the shares p that |p̂ − p| ≤ z √(p(1 − p)/n) leaves possible."""
    n, p = share.n, share.mean
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return _Limits(p, max(0.0, centre - half), min(1.0, centre + half))


def _difference(one: _Limits, zero: _Limits) -> Estimate:
    """Zou & Donner (2008), eqs. 3 and 4."""
    value = one.value - zero.value
    low = value - math.hypot(one.value - one.low, zero.high - zero.value)
    high = value + math.hypot(one.high - one.value, zero.value - zero.low)
    return Estimate(value, low, high)


def _relative(one: _Limits, zero: _Limits) -> Estimate | CannotCompute:
    """The ratios R for which the interval of θ₁ − R θ₀ holds 0 (Newcombe 2016), minus one."""
    if min(zero.low, zero.value) <= 0:
        return CannotCompute("no_base")
    low = _ratio_limit(one.value, zero.value, one.value - one.low, zero.high - zero.value, side=-1)
    high = _ratio_limit(one.value, zero.value, one.high - one.value, zero.value - zero.low, side=1)
    return Estimate(one.value / zero.value - 1, low - 1, high - 1)


def _ratio_limit(one: float, zero: float, arm: float, base: float, *, side: int) -> float:
    """Solve |one − R·zero| = √(arm² + R²·base²) for the smaller (side −1) or larger R.

    base may exceed zero on the smaller side (a share's upper limit may be more than twice the share); the quadratic
    then opens downwards, and c/(b + root) is still the solution wanted.
    """
    a, b, c = zero**2 - base**2, one * zero, one**2 - arm**2
    root = math.sqrt(max(0.0, b * b - a * c))
    return c / (b + root) if side < 0 < b else (b + side * root) / a


def _power_width() -> float:
    return _NORMAL.inv_cdf((1 + LEVEL) / 2) + _NORMAL.inv_cdf(POWER)


def student_quantile(p: float, freedom: float) -> float:
    """Student's quantile by the Cornish–Fisher series (Abramowitz & Stegun 26.7.5).

    Right to 1e-5 from 25 degrees of freedom on; the floor on people keeps Welch's above that.
    """
    z = _NORMAL.inv_cdf(p)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / freedom + g2 / freedom**2 + g3 / freedom**3 + g4 / freedom**4


def _chi_square_tail(statistic: float, freedom: int) -> float:
    """P(χ² > statistic) for whole degrees of freedom, by the finite series (Abramowitz & Stegun 26.4.4, 26.4.5)."""
    half = statistic / 2
    if freedom % 2:
        tail, term, k = math.erfc(math.sqrt(half)), 2 * math.sqrt(half / math.pi) * math.exp(-half), 3
    else:
        tail, term, k = math.exp(-half), half * math.exp(-half), 4
    while k <= freedom:
        tail += term
        term *= statistic / k
        k += 2
    return tail
