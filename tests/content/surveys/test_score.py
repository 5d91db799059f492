"""surveys.score: the share that recommends less the share that does not, and how sure that is."""

from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potager.content.surveys.score import nps


def test_nine_and_ten_less_nought_to_six():
    found = nps({10: 3, 9: 2, 8: 1, 7: 1, 6: 2, 0: 1})
    assert (found.n, found.promoters, found.detractors, found.nps) == (10, 5, 3, 20.0)
    # ((5 + 1) − (3 + 1)) / 12 ± 1.96 √((10/12 − (2/12)²) / 12)
    assert (found.low, found.high) == (pytest.approx(-34.115, abs=1e-3), pytest.approx(67.448, abs=1e-3))


def test_nobody_answered():
    assert nps({}) is None
    assert nps({9: 0}) is None


@pytest.mark.parametrize(("up", "down"), [(0.5, 0.2), (0.1, 0.1), (0.9, 0.05), (0.3, 0.6)])
def test_the_interval_holds_the_truth_as_often_as_it_says(up, down):
    """Over every outcome of 40 answers, weighed by its chance."""
    n, covered = 40, 0.0
    for promoters, detractors in product(range(n + 1), repeat=2):
        passive = n - promoters - detractors
        if passive < 0:
            continue
        ways = comb(n, promoters) * comb(n - promoters, detractors)
        found = nps({10: promoters, 8: passive, 0: detractors})
        if found.low <= 100 * (up - down) <= found.high:
            covered += ways * up**promoters * down**detractors * (1 - up - down) ** passive
    assert 0.94 <= covered <= 0.99


@given(st.dictionaries(st.integers(0, 10), st.integers(0, 500)))
def test_turned_over_the_score_turns_its_sign(counts):
    def place(point: int) -> int:
        return 10 if point >= 9 else 0 if point <= 6 else 8

    def grouped(flip: bool) -> dict[int, int]:
        told: dict[int, int] = {}
        for point, n in counts.items():
            to = place(point)
            to = {10: 0, 0: 10, 8: 8}[to] if flip else to
            told[to] = told.get(to, 0) + n
        return told

    one, other = nps(grouped(flip=False)), nps(grouped(flip=True))
    if one is None or other is None:
        assert one is other
        return
    assert -100 <= one.low <= one.high <= 100
    assert one.nps == pytest.approx(-other.nps)
    assert one.low == pytest.approx(-other.high)
