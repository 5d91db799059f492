"""The rules of three public files equal mlxtend's: same sets, counts, support, confidence, lift.

Complete Journey   7,756 baskets of the sample that ships with the house, by order; loaded as the product loads it
Online Retail      4,372 customers of a gift shop (data/README.md); a public package also names its strongest rules
Optical digits     1,797 images as baskets of their dark pixels: no shop, but dense, where the others are sparse
"""

import csv
import json
import lzma
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pandas as pd
import pytest
from mlxtend.frequent_patterns import association_rules, fpgrowth
from mlxtend.preprocessing import TransactionEncoder
from sklearn.datasets import load_digits

from potager.core import clock
from potager.core import house as core_house
from potager.facts import samples
from potager.insight.affinity import mining
from potager.insight.affinity.settings import AffinitySettings, Basket, Grain
from potager.insight.moment import Moment
from tests.conftest import fresh_warehouse

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
JOURNEY = Path(samples.__file__).parent / "complete_journey"
MEASURES = ["support", "confidence", "lift"]
SUPPORTS = ["antecedent support", "consequent support"]


def established(baskets: Iterable[Sequence[str]], support: float) -> pd.DataFrame:
    """mlxtend's rules with one item on the right and at most two on the left."""
    rows = list(baskets)
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit(rows).transform(rows), columns=list(encoder.columns_))
    sets = fpgrowth(table, min_support=support, use_colnames=True, max_len=3)
    rules = association_rules(sets, metric="support", min_threshold=0, return_metrics=[*SUPPORTS, *MEASURES])
    rules = rules[rules["consequents"].map(len) == 1]
    rules["left"] = rules["antecedents"].map(lambda items: tuple(sorted(items)))
    rules["right"] = rules["consequents"].map(lambda items: next(iter(items)))
    counts = {column: rules[f"{column} support"] * len(rows) for column in ("antecedent", "consequent")}
    rules["n"] = (rules["support"] * len(rows)).round().astype(int)
    rules["n_left"] = counts["antecedent"].round().astype(int)
    rules["n_right"] = counts["consequent"].round().astype(int)
    return rules.set_index(["left", "right"]).sort_index()


def mined(support: str, grain: Grain, basket: Basket, **more: object) -> pd.DataFrame:
    chosen = AffinitySettings.model_validate({"min_support": support, "min_count": 1, "days": 3_650, **more})
    found = mining.mine(chosen, Moment(clock.now(), clock.zone()), grain, basket).rules.to_pandas()
    found["left"] = found["left_items"].map(tuple)
    return found.rename(columns={"right_item": "right"}).set_index(["left", "right"]).sort_index()


def equal(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert list(found.index) == list(expected.index)
    for column in ("n", "n_left", "n_right"):
        assert list(found[column]) == list(expected[column])
    for column in MEASURES:
        assert list(found[column]) == pytest.approx(list(expected[column]), rel=1e-12)


@pytest.fixture
def journey(db):
    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    for warehouse in fresh_warehouse():
        samples.load("complete-journey")
        yield warehouse


def test_complete_journey(journey):
    lines = pd.read_csv(JOURNEY / "transactions.csv.gz", dtype=str)
    found = mined("0.003", Grain.PRODUCT, Basket.ORDER)
    assert len(found) > 100
    equal(found, established(lines.groupby("basket_id")["product_id"].agg(set).map(sorted), 0.003))

    lines = lines.merge(pd.read_csv(JOURNEY / "products.csv.gz", dtype=str), on="product_id")
    lines = lines.dropna(subset=["product_category"])
    lines = lines[lines["product_category"] != "COUPON/MISC ITEMS"]
    found = mined("0.02", Grain.CATEGORY, Basket.ORDER, exclude_categories=["COUPON/MISC ITEMS"])
    assert len(found) > 500
    equal(found, established(lines.groupby("basket_id")["product_category"].agg(set).map(sorted), 0.02))


def online_retail() -> list[list[str]]:
    with lzma.open(HERE / "data" / "online_retail.csv.xz", "rt", encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    return [[names[place] for place in accumulate(map(int, row))] for row in rows]


def test_online_retail(shop):
    baskets = online_retail()
    shop.baskets(baskets)
    found = mined("0.04", Grain.PRODUCT, Basket.CUSTOMER)
    assert len(found) > 500
    equal(found, established(baskets, 0.04))
    published = json.loads((HERE / "data" / "online_retail_rules.json").read_text())
    counts = {key: tuple(row) for key, *row in found[["n", "n_left", "n_right", "baskets"]].itertuples()}
    single = [rule for rule in published if len(rule["rhs"]) == 1]
    assert len(single) == 45
    for rule in single:
        said = (rule["count_full"], rule["count_lhs"], rule["count_rhs"], rule["num_transactions"])
        assert counts[tuple(sorted(rule["lhs"])), rule["rhs"][0]] == said


def test_optical_digits(shop):
    baskets = [[f"{pixel:02}" for pixel in image.nonzero()[0]] for image in load_digits().data > 12]
    shop.baskets(baskets)
    found = mined("0.2", Grain.PRODUCT, Basket.ORDER)
    assert len(found) > 200
    equal(found, established(baskets, 0.2))
