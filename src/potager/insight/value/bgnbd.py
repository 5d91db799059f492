"""BG/NBD: how often, and whether still, a customer buys. Pure.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24:275–284. A customer buys at random at an own rate (gamma over customers: shape r, rate alpha) until, after
some repeat purchase, they quietly stop, with an own probability (beta: a, b). Of a history three numbers matter:

x    repeat purchases      t_x  when the last purchase was      T  how long they are known

both counted from the first purchase, in any one unit of time; a customer who never repeated has x = t_x = 0.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from potager.insight.value.estimate import CannotFit, Estimate, Floats, Ints, dot, maximise

NAMES: Final = ("r", "alpha", "a", "b")
# This near to a pole of the closed form its two sides are averaged: a part in 10^10, where rounding would cost 10^5.
_POLE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Params:
    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Histories:
    """Customers grouped by equal history; `weight` customers each. All of one length."""

    x: Ints
    t_x: Floats
    T: Floats
    weight: Floats

    @property
    def people(self) -> int:
        return round(float(self.weight.sum()))


def grouped(x: Ints, t_x: Floats, T: Floats) -> Histories:  # noqa: N803  (the paper's letter)
    """Equal histories together."""
    order = np.lexsort((T, t_x, x))
    x, t_x, T = x[order], t_x[order], T[order]  # noqa: N806  (the paper's letter)
    fresh = np.ones(len(x), dtype=bool)
    fresh[1:] = (x[1:] != x[:-1]) | (t_x[1:] != t_x[:-1]) | (T[1:] != T[:-1])
    at = np.flatnonzero(fresh)
    weight = np.diff(np.append(at, len(x))).astype(np.float64)
    return Histories(x[at], t_x[at], T[at], weight)


class _Likelihood:
    """The log-likelihood per person of given histories. Terms of x, t_x or T alone are computed once per value."""

    def __init__(self, histories: Histories) -> None:
        self._people = float(histories.weight.sum())
        self._x, at = np.unique(histories.x, return_inverse=True)
        self._x_weight = np.bincount(at, histories.weight)
        repeat = histories.x > 0
        self._weight = histories.weight[repeat]
        self._xs = histories.x[repeat].astype(np.float64)
        self._last, self._last_at = np.unique(histories.t_x[repeat], return_inverse=True)
        self._age, self._age_at = np.unique(histories.T[repeat], return_inverse=True)
        once = ~repeat
        self._once_age, at = np.unique(histories.T[once], return_inverse=True)
        self._once_weight = np.bincount(at, histories.weight[once], minlength=len(self._once_age))

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        from scipy.special import digamma, expit, gammaln

        r, alpha, a, b = np.exp(logs)
        x, n = self._x, self._x_weight
        value = dot(n, gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x))
        value += self._people * float(gammaln(a + b) - gammaln(r) - gammaln(b) + r * np.log(alpha))
        by_r = dot(n, digamma(r + x)) + self._people * float(np.log(alpha) - digamma(r))
        by_alpha = self._people * r / alpha
        shared = dot(n, digamma(a + b + x))
        by_a = self._people * float(digamma(a + b)) - shared
        by_b = self._people * float(digamma(a + b) - digamma(b)) + dot(n, digamma(b + x)) - shared

        log_age = np.log(alpha + self._once_age)
        value -= r * dot(self._once_weight, log_age)
        by_r -= dot(self._once_weight, log_age)
        by_alpha -= r * dot(self._once_weight, 1 / (alpha + self._once_age))

        # Of a repeater: still a customer (weight 1 - gone), or gone after the last purchase (weight gone).
        w, often = self._weight, r + self._xs
        age, last = np.log(alpha + self._age)[self._age_at], np.log(alpha + self._last)[self._last_at]
        odds = often * (age - last) + (np.log(a) - np.log(b + self._xs - 1))
        gone = expit(odds)
        value += dot(w, np.logaddexp(0.0, odds) - often * age)
        by_r += dot(w, gone * (age - last) - age)
        young, old = (1 / (alpha + self._last))[self._last_at], (1 / (alpha + self._age))[self._age_at]
        by_alpha -= dot(w, often * (old + gone * (young - old)))
        by_a += dot(w, gone) / a
        by_b -= dot(w, gone / (b + self._xs - 1))
        slope = np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b]) / self._people
        return value / self._people, slope


def log_likelihood(params: Params, histories: Histories) -> float:
    """Of all customers together (eq. 6)."""
    logs = np.log([params.r, params.alpha, params.a, params.b])
    return _Likelihood(histories)(logs)[0] * float(histories.weight.sum())


def fit(histories: Histories) -> Estimate:
    """Maximum likelihood; the parameters in the order of NAMES.

    Raises CannotFit: no_one, no_repeats, or flat where nobody seems to stop, or to differ from anybody.
    """
    if not len(histories.x):
        raise CannotFit("no_one")
    repeats = dot(histories.weight, histories.x)
    if repeats == 0 or not histories.t_x.any():
        raise CannotFit("no_repeats")
    rate = repeats / dot(histories.weight, histories.T)
    starts = [np.array([r, r / rate, a, b]) for r, a, b in ((0.5, 0.5, 2.0), (1.0, 0.1, 3.0), (0.2, 2.0, 2.0))]
    return maximise(_Likelihood(histories), starts, histories.people)


def params_of(logs: Floats) -> Params:
    """From the logarithms in the order of NAMES."""
    return Params(*(float(value) for value in np.exp(logs)))


def p_alive(params: Params, x: Ints, t_x: Floats, T: Floats) -> Floats:  # noqa: N803  (the paper's letter)
    """The probability of still being a customer; 1 for who never repeated, since only a repeat purchase can be the
    last (Fader, Hardie & Lee 2008, note 021)."""
    from scipy.special import expit

    return np.where(x == 0, 1.0, expit(-_odds_gone(params, x, t_x, T)))


def _odds_gone(params: Params, x: Ints, t_x: Floats, T: Floats) -> Floats:  # noqa: N803  (the paper's letter)
    """The logarithm of the odds; meaningless where x = 0."""
    drop = np.log(params.a) - np.log(params.b + np.maximum(x, 1) - 1)
    return np.asarray((params.r + x) * np.log((params.alpha + T) / (params.alpha + t_x)) + drop, dtype=np.float64)


def p_alive_slopes(params: Params, x: Ints, t_x: Floats, T: Floats) -> Floats:  # noqa: N803  (the paper's letter)
    """How the logarithm of p_alive moves with the logarithm of each parameter: one row per parameter."""
    gone = 1 - p_alive(params, x, t_x, T)
    r, alpha, b = params.r, params.alpha, params.b
    by_r = r * np.log((alpha + T) / (alpha + t_x))
    by_alpha = alpha * (r + x) * (1 / (alpha + T) - 1 / (alpha + t_x))
    by_b = -b / (b + np.maximum(x, 1) - 1)
    return -gone * np.stack([by_r, by_alpha, np.ones_like(by_r), by_b])


def expected_if_alive(params: Params, x: Ints, T: Floats, t: float | Floats) -> Floats:  # noqa: N803  (the paper's letter)
    """Purchases in the next t of who is still a customer (eq. 10 without its denominator).

    The paper's hypergeometric series grows beyond all numbers when r + x > a - 1. By Euler's transformation it has a
    twin that grows where it does not: for each customer the one of the two that stays bounded is taken.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b = params.r, params.alpha, params.a, params.b
    if abs(a - 1) < _POLE or abs(a + b - 1) < _POLE:
        beside = (Params(r, alpha, a + way * 2 * _POLE, b) for way in (-1, 1))
        below, above = (expected_if_alive(each, x, T, t) for each in beside)
        return (below + above) / 2
    c, twin = a + b + x - 1, r + x > a - 1
    first, second = np.where(twin, a + b - 1 - r, r + x), np.where(twin, a - 1, b + x)
    rest = np.exp(np.where(twin, a - 1, r + x) * np.log((alpha + T) / (alpha + T + t)))
    bought = c / (a - 1) * (1 - rest * hyp2f1(first, second, c, t / (alpha + T + t)))
    return np.asarray(bought, dtype=np.float64)


def expected_purchases(params: Params, x: Ints, t_x: Floats, T: Floats, t: float | Floats) -> Floats:  # noqa: N803
    """Purchases expected in the next t, given the history (eq. 10)."""
    return p_alive(params, x, t_x, T) * expected_if_alive(params, x, T, t)


def expected_repeats(params: Params, t: Floats) -> Floats:
    """Repeat purchases expected of a new customer within t of the first purchase (eq. 9); one value per t."""
    return expected_if_alive(params, np.zeros(len(t), dtype=np.int64), np.zeros(len(t)), t)
