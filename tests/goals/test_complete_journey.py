"""The GMV tree of real purchases, month by month, against an independent computation in pandas."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from potager.core import clock
from potager.core import house as core_house
from potager.facts import samples
from potager.goals import queries
from potager.goals.overview import overview
from tests.conftest import fresh_warehouse

pytestmark = pytest.mark.once

FOLDER = Path(samples.__file__).parent / "complete_journey"


@pytest.fixture
def american_warehouse(db):
    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    yield from fresh_warehouse()


@pytest.fixture(scope="module")
def baskets() -> pd.DataFrame:
    lines = pd.read_csv(FOLDER / "transactions.csv.gz")
    stamps = pd.to_datetime(lines["transaction_timestamp"]).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    lines["day"] = stamps.dt.date
    lines["cents"] = (lines["sales_value"] * 100).round().astype("int64")
    found = lines.groupby("basket_id").agg(
        household=("household_id", "first"), day=("day", "min"), cents=("cents", "sum")
    )
    found["first"] = found.groupby("household")["day"].transform("min")
    found["month"] = found["day"].astype(str).str[:7]
    return found


def test_months_of_users_orders_and_aov_are_those_of_pandas(american_warehouse, baskets):
    samples.load("complete-journey")
    expected = []
    for month, rows in baskets.groupby("month"):
        is_new = rows["first"].astype(str).str[:7] == month
        expected.append(
            (
                month,
                rows[is_new]["household"].nunique(),
                rows[~is_new]["household"].nunique(),
                len(rows),
                int(rows["cents"].sum()),
            )
        )
    found = queries.measures(queries.months(clock.now()), clock.now())
    assert [
        (month, each.buyers_new, each.buyers_old, each.orders, each.gmv) for month, each in sorted(found.items())
    ] == expected
    assert len(found) == 12
    assert sum(each.gmv for each in found.values()) == 24_847_282

    # A period across months, with its comparison, through the overview.
    shown = overview(start=date(2017, 5, 1), end=date(2017, 7, 31))
    tree = {node.key: (node.now, node.before) for node in shown.tree}
    for side, (first, last) in enumerate([(shown.start, shown.end), (shown.before_start, shown.before_end)]):
        rows = baskets[(baskets["day"] >= first) & (baskets["day"] <= last)]
        users, orders, cents = rows["household"].nunique(), len(rows), int(rows["cents"].sum())
        assert tree["buyers"][side].numerator == users
        assert tree["orders_per_buyer"][side].value == pytest.approx(orders / users)
        assert tree["aov"][side].value == pytest.approx(cents / orders)
        assert tree["gmv"][side].numerator == cents
    by_day = baskets.groupby("day")["cents"].sum()
    assert {each.day: each.gmv_minor for each in shown.daily if each.gmv_minor} == {
        day: int(cents) for day, cents in by_day.items() if shown.start <= day <= shown.end
    }
    # No item costs in this data: gross profit speaks of nothing, and says so.
    assert shown.costed_gmv_minor == 0
    assert {each.key: each.now.value for each in shown.metrics}["margin_rate"] is None
