"""People who buy exactly as the models say, drawn as arrays."""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator

BUYING = (0.5, 12.0, 0.8, 2.5)
SPENDING = (6.0, 4.0, 15.0)


class People(NamedTuple):
    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    total: np.ndarray


def drawn(random: Generator, n: int, buying=BUYING, spending=SPENDING, longest: int = 540) -> People:
    """Each is watched for 30 to `longest` units of time from the first purchase."""
    r, alpha, a, b = buying
    p, q, gamma = spending
    watched = random.integers(30, longest, n).astype(np.float64)
    rate, stop = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    x, at, last = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    active = np.arange(n)
    while len(active):
        at[active] += random.exponential(1 / rate[active])
        active = active[at[active] < watched[active]]
        x[active] += 1
        last[active] = at[active]
        active = active[random.random(len(active)) >= stop[active]]
    scale = 1 / random.gamma(q, 1 / gamma, n)
    total = np.where(x > 0, random.gamma(p * np.maximum(x, 1)) * scale, 0.0)
    return People(x, last, watched, total)
