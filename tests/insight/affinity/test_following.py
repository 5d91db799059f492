"""Next products: by rule, by product life, with reasons; set-based equals one customer at a time."""

from datetime import timedelta

import pytest

from potager.core import choices, clock, store
from potager.insight.affinity import following, mining, settings
from potager.insight.affinity.settings import SETTING, Basket, Grain

from .conftest import DAY, asked

OFTEN = 12


@pytest.fixture
def pairs(shop, moment):
    """Of 13 buyers of soap, 12 have cream; nobody else has; 12 others buy tea. The thirteenth lacks cream."""
    shop.products("soap", "tea", life_days=None)
    shop.products("cream", life_days=20)
    shop.buys(*((cid, DAY, ["soap", "cream"]) for cid in range(1, OFTEN + 1)), (13, DAY, ["soap"]))
    shop.buys(*((cid, DAY, ["tea"]) for cid in range(21, 21 + OFTEN)))
    chosen = asked(min_count=2)
    with store.write():
        choices.put(SETTING, chosen.model_dump(mode="json"))
    return shop


def rows(shop) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = {}
    for row in shop.warehouse.query("FROM affinity_next ORDER BY cid, rank").to_pylist():
        found.setdefault(row["cid"], []).append(row)
    return found


def test_what_a_rule_says_and_they_have_not_bought(pairs):
    mining.run("2026-10-02")
    found = rows(pairs)
    assert set(found) == {13}
    (row,) = found[13]
    assert (row["rank"], row["product"], row["kind"], row["because"], row["due"]) == (
        1,
        "cream",
        "rule",
        ["soap"],
        None,
    )
    assert (row["confidence"], row["lift"]) == (OFTEN / 13, pytest.approx(OFTEN / 13 / (OFTEN / 25)))
    assert row["score"] == pytest.approx(row["confidence"] * row["lift"])
    assert 0 < row["q"] <= 0.05


def test_due_by_its_life_they_are_told_again(pairs):
    mining.run("2026-10-20")
    assert set(rows(pairs)) == {13}
    with clock.frozen(clock.day_end(DAY + timedelta(days=20))):
        mining.run()
    found = rows(pairs)
    assert set(found) == set(range(1, 14))
    assert (found[1][0]["product"], found[1][0]["due"]) == ("cream", DAY + timedelta(days=20))


def test_a_product_bought_again_by_many_recommends_itself(pairs):
    pairs.buys(*((cid, DAY + timedelta(days=25), ["cream"]) for cid in range(1, 7)))
    mining.run()
    reasons = {
        cid: [(row["product"], row["kind"], row["because"]) for row in found] for cid, found in rows(pairs).items()
    }
    # Half of cream's buyers came back for it, of 25 people 12 have it: ½ × ½ ÷ (12/25); soap's rule says more. Those
    # who came back are not due yet.
    assert reasons[7] == [("cream", "rule", ["soap"])]
    again = following.find(asked(min_count=2, max_q=1e-12), mining.Moment(clock.now(), clock.zone())).to_pylist()
    assert {row["cid"]: (row["kind"], row["because"]) for row in again} == {
        cid: ("again", ["cream"]) for cid in range(7, OFTEN + 1)
    }
    assert {row["confidence"] for row in again} == {0.5}
    assert [row["lift"] for row in again] == pytest.approx([0.5 / (12 / 25)] * len(again))


def test_the_left_side_must_be_bought_whole_and_in_the_window(shop, moment):
    shop.baskets([["a", "b", "c"]] * 10 + [["a"]] * 10 + [["b"]] * 10 + [["d"]] * 20)
    shop.buys((101, DAY, ["a", "b"]), (102, DAY, ["a"]), (103, moment.day - timedelta(days=100), ["a", "b"]))
    chosen = asked(min_count=2, days=60, max_left=2)
    with store.write():
        choices.put(SETTING, chosen.model_dump(mode="json"))
    mining.run()
    found = rows(shop)
    assert [(row["product"], row["because"]) for row in found[101]] == [("c", ["a", "b"])]
    assert 103 not in found
    assert ["a", "b"] not in [row["because"] for row in found.get(102, [])]


def test_everybody_at_once_equals_one_at_a_time(pairs, moment):
    pairs.baskets({50 + at: basket for at, basket in enumerate([["tea", "soap"]] * 4)})
    mining.run()
    everybody = following.find(settings.current(), moment)
    for cid in (13, 50, 51, 1):
        alone = following.find(settings.current(), moment, cid=cid).to_pylist()
        assert alone == [row for row in everybody.to_pylist() if row["cid"] == cid]


def test_at_most_three_each(shop, moment):
    names = ["a", "b", "c", "d", "e", "f"]
    shop.baskets([names] * 12 + [["z"]] * 12 + [["a"]])
    with store.write():
        choices.put(SETTING, asked(min_count=2, max_left=1).model_dump(mode="json"))
    mining.run()
    assert [row["rank"] for row in rows(shop)[25]] == [1, 2, 3]


def test_without_rules_nobody_is_told_anything(shop, moment):
    shop.baskets([["a"], ["b"]])
    assert following.find(asked(), moment).num_rows == 0
    assert mining.mine(asked(), moment, Grain.PRODUCT, Basket.CUSTOMER).rules.num_rows == 0
