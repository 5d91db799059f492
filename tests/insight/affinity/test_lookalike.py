"""Lookalikes: scores equal scikit-learn's Bernoulli naive Bayes, the right people come first, and auc is honest."""

import random

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB

from potager.core.errors import Problem
from potager.facts import columns, warehouse
from potager.insight.affinity import lookalike
from potager.insight.affinity.lookalike import Asked
from potager.insight.affinity.settings import Grain
from potager.people.models import Attribute

from .conftest import DAY, asked

CREAM = Asked(Grain.PRODUCT, ["soap"], ["cream"])


@pytest.fixture
def town(shop):
    """400 people; those with dry skin buy oil and cream, the others buy gel."""
    draw = random.Random(7)
    shop.products("oil", category="护肤", brand="甲")
    shop.products("gel", category="护肤", brand="乙")
    shop.products("tea", category="饮品", brand="甲")
    shop.products("soap", "cream", category="护肤", brand="丙")
    shop.customers(*range(1, 201), source="live")
    orders = []
    for cid in range(1, 401):
        dry = draw.random() < 0.4
        bought = ["soap"] if draw.random() < 0.9 else []
        bought += [
            each for each, odds in (("oil", 0.7 if dry else 0.1), ("gel", 0.1 if dry else 0.6)) if draw.random() < odds
        ]
        bought += ["tea"] if draw.random() < 0.3 else []
        bought += ["cream"] if draw.random() < (0.6 if dry else 0.08) else []
        orders.append((cid, DAY, bought or ["tea"]))
    shop.buys(*orders)
    return orders


def matrix(orders, features):
    people = [(cid, set(bought)) for cid, _, bought in orders if "soap" in bought]
    facts = {"oil": ("护肤", "甲"), "gel": ("护肤", "乙"), "tea": ("饮品", "甲")}
    rows = []
    for cid, bought in people:
        mine = {f"product:{each}" for each in bought if each in facts}
        mine |= {f"category:{facts[each][0]}" for each in bought if each in facts}
        mine |= {f"brand:{facts[each][1]}" for each in bought if each in facts}
        mine.add("source:live" if cid <= 200 else "source:store")
        rows.append([feature in mine for feature in features])
    return people, np.array(rows), np.array(["cream" in bought for _, bought in people])


def test_scores_equal_an_established_library(town, moment):
    found = lookalike.find(asked(), moment, CREAM, 1_000)
    features = sorted(each.feature for each in found.weights)
    assert features == [
        "brand:乙", "brand:甲", "category:护肤", "category:饮品", "product:gel", "product:oil", "product:tea",
        "source:live", "source:store",
    ]  # fmt: skip
    people, x, y = matrix(town, features)
    odds = BernoulliNB(alpha=0.5).fit(x, y).predict_joint_log_proba(x)
    expected = {cid: row[1] - row[0] for (cid, _), row, got in zip(people, odds, y, strict=True) if not got}
    assert (found.buyers, found.candidates) == (int(y.sum()), int((~y).sum()))
    assert {each.cid: each.score for each in found.people} == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert [(-each.score, each.cid) for each in found.people] == sorted(
        (-each.score, each.cid) for each in found.people
    )


def test_the_ranking_is_measured_on_people_it_has_not_seen(town, moment):
    found = lookalike.find(asked(), moment, CREAM, 10)
    people, x, y = matrix(town, sorted(each.feature for each in found.weights))
    seen = np.array([cid * 2654435761 % 2**32 < 2**31 for cid, _ in people])
    odds = BernoulliNB(alpha=0.5).fit(x[seen], y[seen]).predict_joint_log_proba(x[~seen])
    assert found.auc == pytest.approx(roc_auc_score(y[~seen], (odds[:, 1] - odds[:, 0]).round(9)), rel=1e-9)
    assert found.auc > 0.7


def test_the_best_are_those_with_what_buyers_have(town, moment):
    found = lookalike.find(asked(), moment, CREAM, 20)
    bought = {cid: set(products) for cid, _, products in town}
    assert len(found.people) == 20
    assert all("oil" in bought[each.cid] and "cream" not in bought[each.cid] for each in found.people)
    assert found.people[0].because[0] == "product:oil"


def test_attributes_that_are_chosen_or_yes_or_no_speak_too(shop, moment):
    Attribute.objects.create(key="skin", name_zh="肤质", kind="choice", options=["干性", "油性"])
    with shop.warehouse.write() as writer:
        columns.sync_customers(writer)
    shop.buys(*((cid, DAY, ["a", "y"] if cid <= 12 else ["a"]) for cid in range(1, 31)))
    with shop.warehouse.write() as writer:
        writer.execute("UPDATE customer SET a_skin = CASE WHEN cid <= 15 THEN '干性' ELSE '油性' END")
    found = lookalike.find(asked(), moment, Asked(Grain.PRODUCT, [], ["y"]), 3)
    assert [each.cid for each in found.people] == [13, 14, 15]
    assert found.people[0].because == ["attr:skin=干性"]


def test_by_category_the_target_category_is_no_feature(town, moment):
    found = lookalike.find(asked(), moment, Asked(Grain.CATEGORY, [], ["饮品"]), 5)
    assert {each.feature for each in found.weights}.isdisjoint({"category:饮品", "product:tea"})


def test_with_x_left_open_those_who_bought_nothing_else_do_not_teach(shop, moment):
    """Else what most people have would speak against the target: those who lack it bought something, by definition."""
    shop.products("a", "b", "y", brand="甲")
    shop.buys(*((cid, DAY, ["y"]) for cid in range(1, 31)), *((cid, DAY, ["a", "y"]) for cid in range(31, 51)))
    shop.buys(*((cid, DAY, ["b"]) for cid in range(51, 61)))
    found = lookalike.find(asked(), moment, Asked(Grain.PRODUCT, [], ["y"]), 5)
    assert (found.buyers, found.candidates) == (20, 10)
    assert {each.feature: (each.buyers, each.others) for each in found.weights}["brand:甲"] == (20, 10)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Asked(Grain.PRODUCT, ["soap"], []), "affinity.asked"),
        (Asked(Grain.PRODUCT, ["cream"], ["cream"]), "affinity.asked"),
        (Asked(Grain.PRODUCT, [], ["nothing"]), "affinity.few"),
        (Asked(Grain.PRODUCT, [], ["soap", "oil", "gel", "tea", "cream"]), "affinity.few"),
    ],
)
def test_what_cannot_be_ranked_is_refused(town, moment, wanted, code):
    with pytest.raises(Problem) as refused:
        lookalike.find(asked(), moment, wanted, 5)
    assert refused.value.code == code
    left = (
        "SELECT count(*)::INTEGER AS n FROM information_schema.tables WHERE table_name IN ('aff_person', 'aff_score')"
    )
    assert warehouse.get().query(left)["n"][0].as_py() == 0
