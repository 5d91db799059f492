"""The people of the world buy as people do: at rates of their own, until they quietly stop. Value can be learned."""

import numpy as np
import pytest

from potager.demo import life
from potager.demo.parameters import Parameters, date_of
from potager.demo.twin import Twin
from tests.insight.value.conftest import Planted, plant
from tests.insight.value.reference.orders import Order

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", params=(3, 5))
def twin(request) -> Twin:
    """A year of 6,000 people whom nobody writes to."""
    twin = Twin.born(Parameters(seed=request.param, customers=6_000))
    while twin.day < twin.parameters.last_day:
        twin.live_day()
    return twin


@pytest.fixture
def planted(twin, warehouse) -> Planted:
    orders = twin.ledger.orders()
    rows = zip(orders["who"], orders["day"], orders["amount"], strict=True)
    bought = [Order(int(i) + 1, str(at), date_of(day), int(paid)) for at, (i, day, paid) in enumerate(rows)]
    plant(warehouse, bought, cost=0.25)
    return Planted(warehouse, twin.parameters.end)


def test_the_models_find_how_often_people_buy_and_that_they_stop(planted):
    found = planted.fit()
    assert found.error is None
    buying = {each.name: each.point for each in found.report.buying}
    # A purchase every one to three months; after each repeat about a fifth stop, as they do.
    assert 1 < buying["r"] < 8
    assert 30 < buying["alpha"] / buying["r"] < 90
    assert buying["a"] / (buying["a"] + buying["b"]) == pytest.approx(0.2, abs=0.07)
    assert all(each.high < 5 * each.low for each in found.report.buying)
    spending = {each.name: each.point for each in found.report.spending}
    assert spending["q"] > 1
    assert 20_000 < found.report.mean_spend_minor < 35_000


def test_what_the_last_quarter_brought_was_foreseen(planted):
    test = planted.fit().report.holdout
    assert test.days == 91
    assert test.expected / test.actual == pytest.approx(1, abs=0.12)
    assert len(test.buckets) >= 4
    for bucket in test.buckets:
        assert bucket.expected / bucket.actual == pytest.approx(1, abs=0.3)


def test_the_probability_of_still_being_a_customer_is_near_the_twins_truth(twin, planted):
    planted.fit()
    rows = planted.rows("SELECT cid - 1, p_alive FROM customer_value ORDER BY p_alive")
    who, said = np.array([i for i, _ in rows]), np.array([p for _, p in rows])
    there = life.staying(twin.people, twin.lives)[0][who]
    assert said.mean() == pytest.approx(there.mean(), abs=0.12)
    for fifth in np.array_split(np.arange(len(who)), 5):
        assert said[fifth].mean() == pytest.approx(there[fifth].mean(), abs=0.2)
    assert there[: len(who) // 5].mean() < 0.1
    assert there[-len(who) // 5 :].mean() > 0.85
