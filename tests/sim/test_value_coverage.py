"""What the intervals of the value models are worth: 100 populations of 50,000 people whose parameters are known.

Each parameter's true value lies in 91 to 98 of its 100 intervals: a count of 100 has a standard error of 2.2. The
estimates' average is held to the truth as well: bias would hide in wide intervals.
"""

import numpy as np
import pytest

from potager.insight.value import bgnbd, gamma_gamma
from tests.insight.value.populations import BUYING, SPENDING, drawn

DRAWS, PEOPLE = 100, 50_000


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_intervals_hold_the_truth_as_often_as_they_say():
    found: dict[str, list] = {"buying": [], "spending": []}
    for seed in range(DRAWS):
        people = drawn(np.random.default_rng(10_000 + seed), PEOPLE)
        found["buying"].append(bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T)))
        found["spending"].append(gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total)))
    for name, true in (("buying", BUYING), ("spending", SPENDING)):
        inside = np.zeros(len(true))
        for fitted in found[name]:
            intervals = [fitted.interval(at) for at in range(len(true))]
            inside += [low <= value <= high for value, (low, high) in zip(true, intervals, strict=True)]
        print(name, "inside 95 % intervals, of 100:", inside.astype(int).tolist())
        assert 91 <= inside.min() <= inside.max() <= 98
        logs = np.array([fitted.logs for fitted in found[name]])
        # The mean of 100 estimates lies within 4 of its own standard errors of the truth.
        off = np.abs(logs.mean(axis=0) - np.log(true))
        assert (off < 4 * logs.std(axis=0, ddof=1) / np.sqrt(DRAWS)).all()
