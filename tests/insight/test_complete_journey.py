"""RFM-8 of The Complete Journey equals an independent computation with pandas, thresholds included."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from potager.core import house as core_house
from potager.facts import samples
from potager.insight import queries, refresh, sets
from potager.insight.conditions import parse
from potager.insight.models import LayerModel
from potager.people.models import Identity
from tests.conftest import fresh_warehouse

pytestmark = pytest.mark.once

FOLDER = Path(samples.__file__).parent / "complete_journey"
TODAY = date(2018, 1, 1)
# By (recent, often, much), written down once more from the method's own table.
CELLS = {
    (True, True, True): "champion",
    (True, False, True): "develop",
    (False, True, True): "keep_high",
    (False, False, True): "win_back",
    (True, True, False): "raise_value",
    (True, False, False): "nurture",
    (False, True, False): "keep_low",
    (False, False, False): "let_go",
}


@pytest.fixture
def loaded(db):
    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    for warehouse in fresh_warehouse():
        samples.load("complete-journey")
        for key, settings in {
            "mean": {},
            "median": {"thresholds": {"rule": "median"}},
            "top": {"days": 90, "thresholds": {"rule": "quantile", "q": 0.8}},
        }.items():
            LayerModel.objects.create(key=key, name_zh=key, kind="rfm", settings=settings)
        refresh.run()
        yield warehouse


def measured(days: int) -> pd.DataFrame:
    """Recency, frequency and money per household, from the file alone."""
    frame = pd.read_csv(FOLDER / "transactions.csv.gz")
    stamps = pd.to_datetime(frame["transaction_timestamp"]).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    frame["day"] = stamps.dt.tz_localize(None).dt.normalize()
    frame["cents"] = (frame["sales_value"] * 100).round().astype("int64")
    age = (pd.Timestamp(TODAY) - frame["day"]).dt.days
    recent = frame[age < days]
    baskets = recent.groupby("basket_id").agg(
        household=("household_id", "first"), day=("day", "first"), cents=("cents", "sum")
    )
    people = baskets.groupby("household").agg(last=("day", "max"), f=("cents", "size"), m=("cents", "sum"))
    people["r"] = (pd.Timestamp(TODAY) - people["last"]).dt.days
    return people


MODELS = {
    "mean": (365, lambda values: values.mean(), lambda values: values.mean()),
    "median": (365, lambda values: values.median(), lambda values: values.median()),
    "top": (90, lambda values: values.quantile(0.2), lambda values: values.quantile(0.8)),
}


def layers_equal_pandas(warehouse, model, days, low, high):
    people = measured(days)
    r, f, m = low(people["r"]), high(people["f"]), high(people["m"])
    limits = queries.thresholds(model, TODAY)
    assert limits["buyers"] == len(people)
    assert (limits["days"], limits["orders"], limits["amount"]) == pytest.approx((r, f, m), rel=1e-12)
    expected = {str(household): CELLS[row.r <= r, row.f >= f, row.m >= m] for household, row in people.iterrows()}
    values = dict(Identity.objects.values_list("customer_id", "value"))
    rows = warehouse.query("SELECT cid, layer FROM layer_now WHERE model = ?", [model]).to_pylist()
    assert len(rows) == 124
    found = {values[row["cid"]]: row["layer"] for row in rows if row["layer"] != "none"}
    assert found == expected


def test_layers_thresholds_and_counts_equal_pandas(loaded):
    for model, (days, low, high) in MODELS.items():
        layers_equal_pandas(loaded, model, days, low, high)
    people = measured(90)
    condition = {"event": "order_paid", "within": "90d", "op": "gte", "value": 12}
    assert sets.count(parse(condition)) == int((people["f"] >= 12).sum()) > 0
    condition = {"event": "order_paid", "within": "90d", "measure": {"sum": "amount"}, "op": "gte", "value": "400.00"}
    assert sets.count(parse(condition)) == int((people["m"] >= 40_000).sum()) > 0
    condition = {"event": "order_paid", "measure": "days_since_last", "op": "lte", "value": 3}
    assert sets.count(parse(condition)) == int((people["r"] <= 3).sum()) > 0
