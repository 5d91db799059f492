"""2,000 experiments over the twin's own people: arms drawn anew, both outcomes of everybody known.

The people are given, so intervals made for people drawn from a larger crowd may cover a little more than they say.
"""

from collections import Counter

import numpy as np
import pytest

from potager.demo import draws
from potager.demo.clockwork import microseconds
from potager.demo.parameters import Parameters
from potager.demo.response import NEWCOMER, REPURCHASE, WIN_BACK, Message
from potager.demo.truth import DAY, Entrants
from potager.demo.twin import Twin
from potager.evidence import stats
from potager.evidence.stats import Amount, Comparison, Share

DRAWS = 2_000
STEPS = {REPURCHASE: "how-is-it", WIN_BACK: "first-try", NEWCOMER: "proof"}


@pytest.fixture(scope="module")
def lived() -> dict[str, draws.Potential]:
    """A month before 双11 lived three times over: each journey sent once to its own few thousand people."""
    parameters = Parameters(customers=12_000, history_days=200, replay_days=32)
    return {journey: one_journey(parameters, journey) for journey in STEPS}


def one_journey(parameters: Parameters, journey: str) -> draws.Potential:
    twin = Twin.born(parameters)
    while twin.day <= parameters.replay_day:
        twin.live_day()
    day = twin.day - 1
    since = day - twin.lives.last[0]
    crowd = {
        REPURCHASE: (twin.lives.orders[0] > 0) & (since > 30) & (since < 70),
        WIN_BACK: (twin.lives.orders[0] > 0) & (since >= 90),
        NEWCOMER: (twin.lives.orders[0] == 0) & (day - twin.people.joined[: twin.lives.people] < 60),
    }
    who = np.flatnonzero(crowd[journey])
    treated = who % 3 > 0
    twin.hear([Message(int(i), journey, STEPS[journey], day, 72_600, bool(i % 3 == 0)) for i in who], 0)
    while twin.day < parameters.last_day:
        twin.live_day()
    start = np.full(len(who), microseconds(np.array(day), np.array(72_600)))
    return draws.potential(twin, journey, Entrants(who, treated, start, 30 * DAY))


def amount(values: np.ndarray, bought: np.ndarray) -> Amount:
    return Amount(len(values), float(values.sum()), float(values @ values), int(bought.sum()))


def compared(people: draws.Potential, arm: np.ndarray) -> dict[str, Comparison]:
    bought1, bought0 = people.observed("bought", arm)
    results = {
        "bought": stats.compare(Share(len(bought1), int(bought1.sum())), Share(len(bought0), int(bought0.sum())))
    }
    for figure in ("gmv", "profit"):
        one, zero = people.observed(figure, arm)
        results[figure] = stats.compare(amount(one, bought1), amount(zero, bought0))
    assert all(isinstance(result, Comparison) for result in results.values())
    return results


@pytest.mark.parametrize("journey", STEPS)
def test_intervals_hold_the_twins_truth(lived, journey):
    people = lived[journey]
    rng = np.random.default_rng(20261120)
    covered: Counter[str] = Counter()
    for _ in range(DRAWS):
        for figure, result in compared(people, draws.arms(rng, people.people, 0.3)).items():
            covered[figure] += result.difference.low <= people.effect(figure) <= result.difference.high
    assert people.people > 500
    assert covered["bought"] / DRAWS >= 0.933
    assert covered["gmv"] / DRAWS >= 0.92
    assert covered["profit"] / DRAWS >= 0.92


def test_the_three_journeys_do_what_they_are_meant_to(lived):
    assert lived[REPURCHASE].effect("bought") > 0.015
    assert lived[REPURCHASE].effect("profit") > 0
    assert abs(lived[NEWCOMER].effect("bought")) < 0.005
    assert abs(lived[WIN_BACK].effect("bought")) < 0.03
    assert lived[WIN_BACK].effect("profit") < -500
