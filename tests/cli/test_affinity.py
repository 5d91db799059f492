"""potager affinity rules, next, lookalike, bundle, refresh."""

import json

import pytest
from click.testing import CliRunner

from potager.cli.main import cli
from potager.core import choices, store
from potager.core.errors import Problem
from potager.insight.affinity.settings import SETTING
from tests.insight.affinity.conftest import DAY, Shop, asked


def run(*args: str) -> str:
    return CliRunner().invoke(cli, ["affinity", *args], catch_exceptions=False).output


@pytest.fixture
def busy(warehouse) -> Shop:
    shop = Shop(warehouse)
    shop.products("soap", price=2_000, cost=1_000, brand="甲")
    shop.products("cream", price=10_000, cost=4_000, brand="乙", life_days=30)
    shop.buys(*((cid, DAY, ["soap", "cream"]) for cid in range(1, 13)), (13, DAY, ["soap"]))
    shop.buys(*((cid, DAY, ["tea"]) for cid in range(21, 34)))
    shop.people(1, 13)
    with store.write():
        choices.put(SETTING, asked(min_count=2).model_dump(mode="json"))
    return shop


def test_rules_are_mined_and_told(busy):
    assert run("rules") == "共 0 条\n"
    assert run("refresh") == "7 份结果已更新\n"
    assert run("rules", "--sort", "confidence").splitlines() == [
        "cream! → soap!  100.0%（12/12），提升 2.00，支持度 46.15%，q=1.3e-06",
        "soap! → cream!  92.3%（12/13），提升 2.00，支持度 46.15%，q=1.3e-06",
        "共 2 条",
    ]
    found = json.loads(run("rules", "--by", "brand", "--basket", "order", "--json"))
    assert found["total"] == 2
    assert found["items"][0]["left"] == [{"key": "乙", "name": "乙"}]
    assert json.loads(run("rules", "--min-lift", "2.1", "--json"))["total"] == 0
    assert json.loads(run("rules", "--max-q", "1e-7", "--json"))["total"] == 0
    assert json.loads(run("rules", "--item", "tea", "--json"))["total"] == 0


def test_as_of_an_earlier_day_nothing_is_stored(busy):
    assert json.loads(run("rules", "--as-of", "2026-09-30", "--json"))["total"] == 0
    assert json.loads(run("rules", "--as-of", "2026-10-01", "--json"))["total"] == 2
    assert json.loads(run("rules", "--json"))["total"] == 0


def test_the_plan_is_sql(busy):
    text = run("rules", "--plan", "--by", "category")
    assert "-- aff_set_3: sets of 3 in enough baskets" in text
    assert "category <> ''" in text


def test_next_products(busy):
    run("refresh", "--as-of", "2026-10-02")
    assert run("next", "13") == "1. cream!  因为买过 soap!：92.3% × 提升 2.00\n"
    assert json.loads(run("next", "1", "--json")) == []
    due = run("next", "1", "--as-of", "2026-10-31")
    assert due == "1. cream!  因为买过 soap!：92.3% × 提升 2.00，上次买的到 2026-10-31 用完\n"
    with pytest.raises(Problem):
        run("next", "99")


def test_lookalikes(busy):
    text = run("lookalike", "--have", "soap", "--lack", "cream")
    assert text.splitlines() == [
        "买过 soap!、没买过 cream!，最像 cream! 的买家：1 人可选，12 人作样板，排序准确度 AUC 样本不足",
        "  13  +2.733  store",
    ]
    found = json.loads(run("lookalike", "--have", "soap", "--lack", "cream", "--limit", "1", "--json"))
    assert [each["cid"] for each in found["people"]] == [13]


def test_a_bundle(busy):
    assert run("bundle", "soap", "cream", "--price", "110.00").splitlines() == [
        "有 soap!、没有 cream!：1 人，预计 92.3%（66.7%–98.6%）会买",
        "预计 0.9 人买组合（0.7–1.0）",
        "每套毛利 ¥60.00，分开买 ¥70.00；购买人数要多 16.7% 才保本",
    ]
    assert run("bundle", "soap", "cream", "--price", "50").splitlines()[-1] == "每套毛利 ¥0.00：卖多少都不回本"
    assert run("bundle", "soap", "tea", "--price", "50").splitlines()[-1] == "有商品不知道成本，算不出毛利"
    assert json.loads(run("bundle", "soap", "cream", "--price", "110", "--json"))["have_all"] == 12
