"""The Net Promoter Score with its interval. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Score:
    """nps: from −100 to 100; low, high: its 95 % interval. n: answers; promoters gave 9 or 10, detractors 0 to 6."""

    n: int
    promoters: int
    detractors: int
    nps: float
    low: float
    high: float


def nps(counts: Mapping[int, int]) -> Score | None:
    """The score of how often each point from 0 to 10 was given; None without answers.

    NPS = share of 9–10 less share of 0–6 (F. Reichheld, The One Number You Need to Grow, Harvard Business Review
    12/2003). It is the difference of two shares of one sample, whose adjusted Wald interval adds one answer to each:
    D. Bonett and R. Price, Adjusted Wald Confidence Interval for a Difference of Binomial Proportions Based on Paired
    Data, Journal of Educational and Behavioral Statistics 37 (2012) 479–488.
    """
    n = sum(counts.values())
    if n == 0:
        return None
    promoters = sum(count for point, count in counts.items() if point >= 9)
    detractors = sum(count for point, count in counts.items() if point <= 6)
    up, down = (promoters + 1) / (n + 2), (detractors + 1) / (n + 2)
    half = _Z * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Score(n, promoters, detractors, 100 * (promoters - detractors) / n, 100 * low, 100 * high)
