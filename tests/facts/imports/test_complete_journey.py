"""Must show 3: The Complete Journey, small, against an independent computation."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from potager.core import house as core_house
from potager.facts import samples
from potager.people.models import Customer
from tests.facts.feeding import rows

FOLDER = Path(samples.__file__).parent / "complete_journey"


@pytest.fixture
def american_warehouse(db):
    """A warehouse in a house of the stores' zone and currency."""
    from tests.conftest import fresh_warehouse

    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    yield from fresh_warehouse()


@pytest.fixture(scope="module")
def lines():
    frame = pd.read_csv(FOLDER / "transactions.csv.gz")
    stamps = pd.to_datetime(frame["transaction_timestamp"]).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    frame["month"] = stamps.dt.strftime("%Y-%m")
    frame["cents"] = (frame["sales_value"] * 100).round().astype("int64")
    return frame


def test_the_sample_says_what_pandas_says_and_again_adds_nothing(american_warehouse, lines):
    done = samples.load("complete-journey")
    assert [(run.read, run.loaded, run.duplicate, run.rejected) for run in done] == [
        (19_451, 19_451, 0, 0),
        (80_399, 80_399, 0, 0),
        (116, 116, 0, 0),
        (46, 46, 0, 0),
    ]
    assert done[1].brought == {"orders": 7_756}
    assert Customer.objects.filter(state="live").count() == 124
    totals = """SELECT count(*), sum(amount)::BIGINT, count(DISTINCT cid), sum(items)::BIGINT
        FROM orders WHERE status = 'paid'"""
    assert rows(american_warehouse, totals) == [(7_756, 24_847_282, 124, 80_399)]

    baskets = lines.groupby("basket_id").agg(
        household=("household_id", "first"), month=("month", "min"), cents=("cents", "sum")
    )
    monthly = baskets.groupby("month").agg(
        users=("household", "nunique"), orders=("cents", "size"), cents=("cents", "sum")
    )
    tree = """SELECT strftime(day, '%Y-%m') AS month, count(DISTINCT cid), count(*), sum(amount)::BIGINT
        FROM orders GROUP BY month ORDER BY month"""
    assert rows(american_warehouse, tree) == [
        (month, int(row.users), int(row.orders), int(row.cents)) for month, row in monthly.iterrows()
    ]
    repeat = "SELECT count(*) FILTER (n >= 2), count(*) FROM (SELECT cid, count(*) AS n FROM orders GROUP BY cid)"
    per_household = baskets.groupby("household").size()
    assert rows(american_warehouse, repeat) == [(int((per_household >= 2).sum()), len(per_household))]
    known = pd.read_csv(FOLDER / "products.csv.gz")["product_id"]
    joined = "SELECT count(*), sum(amount)::BIGINT FROM order_item JOIN product USING (product)"
    bought = lines[lines["product_id"].isin(known)]
    assert rows(american_warehouse, joined) == [(len(bought), int(bought["cents"].sum()))]

    again = samples.load("complete-journey")
    assert [(run.read, run.loaded, run.duplicate, run.rejected, run.brought) for run in again] == [
        (19_451, 0, 19_451, 0, {}),
        (80_399, 0, 80_399, 0, {"orders": 0}),
        (116, 0, 116, 0, {}),
        (46, 0, 46, 0, {}),
    ]
    assert rows(american_warehouse, totals) == [(7_756, 24_847_282, 124, 80_399)]
    assert Customer.objects.count() == 124


def test_every_redemption_lies_on_a_day_its_household_bought(american_warehouse):
    samples.load("complete-journey")
    matched = """SELECT count(*) FROM event e WHERE EXISTS (
        SELECT 1 FROM orders o WHERE o.cid = e.cid AND o.day = e.day)"""
    assert rows(american_warehouse, matched) == [(116,)]
    assert rows(american_warehouse, "SELECT DISTINCT t.key FROM event e JOIN event_type t ON t.id = e.type") == [
        ("coupon_redeemed",)
    ]
