"""Gamma-Gamma: how much a customer spends per purchase. Pure.

Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, note 025. What a customer spends per purchase varies
around an own mean (gamma: shape p, own rate), and that rate varies over customers (gamma: shape q, rate gamma). Of a
history two numbers matter: x repeat purchases and their mean z. How much and how often are taken as independent.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from potager.insight.value.estimate import CannotFit, Estimate, Floats, Ints, dot, maximise

NAMES: Final = ("p", "q", "gamma")


@dataclass(frozen=True, slots=True)
class Params:
    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """What all customers spend per purchase on average. Needs q > 1."""
        return self.p * self.gamma / (self.q - 1)


@dataclass(frozen=True, slots=True)
class Spending:
    """Customers grouped by x > 0 and their mean z > 0; `weight` customers each. All of one length."""

    x: Ints
    z: Floats
    weight: Floats

    @property
    def people(self) -> int:
        return round(float(self.weight.sum()))


def grouped(x: Ints, total: Floats) -> Spending:
    """From repeat purchases and what they came to together; who did not repeat, or for nothing, is left out."""
    counts = (x > 0) & (total > 0)
    x, total = x[counts], total[counts]
    order = np.lexsort((total, x))
    x, total = x[order], total[order]
    fresh = np.ones(len(x), dtype=bool)
    fresh[1:] = (x[1:] != x[:-1]) | (total[1:] != total[:-1])
    at = np.flatnonzero(fresh)
    weight = np.diff(np.append(at, len(x))).astype(np.float64)
    return Spending(x[at], total[at] / x[at], weight)


class _Likelihood:
    """The log-likelihood per person of given spending. Terms of x alone are computed once per value."""

    def __init__(self, spending: Spending) -> None:
        self._people = float(spending.weight.sum())
        self._x, at = np.unique(spending.x, return_inverse=True)
        self._x_weight = np.bincount(at, spending.weight)
        self._weight = spending.weight
        self._xs = spending.x.astype(np.float64)
        self._total = self._xs * spending.z
        log_z = np.log(spending.z)
        self._log_z = dot(spending.weight, log_z)
        # The sum of p x ln(x z), but for p.
        self._powers = dot(spending.weight, self._xs * (log_z + np.log(self._xs)))

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        from scipy.special import digamma, gammaln

        p, q, gamma = np.exp(logs)
        x, n = self._x, self._x_weight
        shape = p * x
        reach = np.log(gamma + self._total)
        value = dot(n, gammaln(shape + q) - gammaln(shape)) - self._people * float(gammaln(q) - q * np.log(gamma))
        value += p * self._powers - self._log_z - dot(self._weight, (p * self._xs + q) * reach)
        by_p = dot(n, x * (digamma(shape + q) - digamma(shape))) + self._powers
        by_p -= dot(self._weight, self._xs * reach)
        by_q = dot(n, digamma(shape + q)) - self._people * float(digamma(q) - np.log(gamma))
        by_q -= dot(self._weight, reach)
        by_gamma = self._people * q / gamma - dot(self._weight, (p * self._xs + q) / (gamma + self._total))
        return value / self._people, np.array([by_p * p, by_q * q, by_gamma * gamma]) / self._people


def log_likelihood(params: Params, spending: Spending) -> float:
    """Of all repeating customers together (eq. 1a)."""
    logs = np.log([params.p, params.q, params.gamma])
    return _Likelihood(spending)(logs)[0] * float(spending.weight.sum())


def fit(spending: Spending) -> Estimate:
    """Maximum likelihood; the parameters in the order of NAMES.

    Raises CannotFit: no_repeats, flat where all spend alike, heavy_tail where the average over customers does not
    exist (q ≤ 1).
    """
    if not len(spending.x):
        raise CannotFit("no_repeats")
    mean = dot(spending.weight, spending.z) / float(spending.weight.sum())
    starts = [np.array([p, q, mean * (q - 1) / p]) for p, q in ((2.0, 4.0), (6.0, 2.0), (1.0, 8.0))]
    found = maximise(_Likelihood(spending), starts, spending.people)
    if found.logs[1] <= 0:
        raise CannotFit("heavy_tail")
    return found


def params_of(logs: Floats) -> Params:
    """From the logarithms in the order of NAMES."""
    return Params(*(float(value) for value in np.exp(logs)))


def expected_spend(params: Params, x: Ints, total: Floats) -> Floats:
    """What a purchase of each customer is expected to come to, given x and what x came to together (eq. 5)."""
    p, q, gamma = params.p, params.q, params.gamma
    return np.asarray(p * (gamma + total) / (p * x + q - 1), dtype=np.float64)


def expected_spend_slopes(params: Params, x: Ints, total: Floats) -> Floats:
    """How its logarithm moves with the logarithm of each parameter: one row per parameter."""
    p, q, gamma = params.p, params.q, params.gamma
    below = p * x + q - 1
    return np.stack([1 - p * x / below, -q / below, gamma / (gamma + total)])
