"""Maximum likelihood of a model with a few positive parameters, with their covariance. Pure: arrays in, numbers out.

Parameters are estimated as logarithms, so they stay positive and their errors are nearly normal; intervals are taken
on that scale. SciPy is imported on first use: it costs a quarter of a second that no other command should pay.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# The log-likelihood per person and its gradient, at the logarithms of the parameters.
Objective = Callable[[Floats], tuple[float, Floats]]
Reason = Literal["no_one", "no_repeats", "too_few", "flat", "heavy_tail"]

LEVEL: Final = 0.95
Z: Final = NormalDist().inv_cdf((1 + LEVEL) / 2)
_STEP: Final = 1e-5
# A gradient per person as small as this moves no estimate by more than rounding does.
_SETTLED: Final = 1e-10
# Logarithms beyond this are parameters running off to 0 or infinity: the data do not hold them.
_FAR: Final = 16.0


class CannotFit(Exception):
    """The data do not determine the model.

    reason  no_one: nobody bought; no_repeats: nobody bought twice; too_few: hardly anybody did; flat: the
            likelihood has no peak inside; heavy_tail: amounts differ so much that their mean does not exist
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Estimate:
    """Logarithms of the parameters, their covariance, and the total log-likelihood over `people`."""

    logs: Floats
    covariance: Floats
    log_likelihood: float
    people: int

    @property
    def values(self) -> Floats:
        return np.exp(self.logs)

    @property
    def standard_errors(self) -> Floats:
        """Of the parameters themselves, by the delta method."""
        return self.values * np.sqrt(np.diag(self.covariance))

    def interval(self, at: int) -> tuple[float, float]:
        """The 95 % interval of one parameter."""
        half = Z * math.sqrt(self.covariance[at, at])
        return float(np.exp(self.logs[at] - half)), float(np.exp(self.logs[at] + half))


def dot(left: NDArray[Any], right: NDArray[Any]) -> float:
    """A product of vectors. NumPy's own splits long ones over threads, which on a busy machine cost many times what
    they save and give other last digits every time."""
    return float(np.sum(left * right))


def maximise(objective: Objective, starts: Sequence[Floats], people: int) -> Estimate:
    """The first peak reached from these starts (natural scale).

    Raises CannotFit("flat") where from each the likelihood only rises towards the edge of the space.
    """
    from scipy.optimize import minimize

    def down(logs: Floats) -> tuple[float, Floats]:
        value, slope = objective(logs)
        return -value, -slope

    for start in starts:
        found = minimize(down, np.log(start), jac=True, method="L-BFGS-B", bounds=[(-_FAR, _FAR)] * len(start))
        peak = _polished(objective, np.asarray(found.x, dtype=np.float64))
        if peak is not None:
            value, logs, curvature = peak
            return Estimate(logs, np.linalg.inv(curvature) / people, value * people, people)
    raise CannotFit("flat")


def _polished(objective: Objective, logs: Floats) -> tuple[float, Floats, Floats] | None:
    """Newton's steps from nearby to the peak: value, place, curvature (positive definite). None where there is none."""
    value, slope = objective(logs)
    curvature = _curvature(objective, logs)
    for _ in range(50):
        if not _is_positive(curvature):
            return None
        if np.abs(slope).max() < _SETTLED:
            break
        step = np.linalg.solve(curvature, slope)
        size = min(1.0, 2.0 / float(np.abs(step).max()))
        # A step that falls is halved; at the peak rounding alone decides, so a hair's breadth of fall is let through.
        while size > 1e-6:
            tried = logs + size * step
            risen, steepness = objective(tried)
            if risen >= value - 1e-13 * abs(value):
                break
            size /= 2
        else:
            break
        logs, value, slope = tried, risen, steepness
        if np.abs(logs).max() > _FAR:
            return None
        curvature = _curvature(objective, logs)
    return value, logs, curvature


def _curvature(objective: Objective, logs: Floats) -> Floats:
    """Minus the second derivatives, by central differences of the exact gradient."""
    rows = []
    for at in range(len(logs)):
        ahead, behind = logs.copy(), logs.copy()
        ahead[at] += _STEP
        behind[at] -= _STEP
        rows.append((objective(behind)[1] - objective(ahead)[1]) / (2 * _STEP))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2, dtype=np.float64)


def _is_positive(matrix: Floats) -> bool:
    values = np.linalg.eigvalsh(matrix)
    return bool(values[0] > 1e-9 * max(values[-1], 1.0))
