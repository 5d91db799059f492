"""The measures of periods on hand-made facts."""

from datetime import date

from potager.core import clock
from potager.goals import queries
from potager.goals.tree import Measures
from potager.insight.metrics import Period
from tests.hand_made import customer, local, order, put, refund

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))


def seed(warehouse) -> None:
    put(
        warehouse,
        "customer",
        [
            customer(1, "2026-08-03"),
            customer(2, "2026-09-30 23:59"),
            customer(3, "2026-10-01 00:00"),
            customer(4, "2026-10-20"),
            customer(5, "2026-10-20", live=False),
        ],
    )
    put(
        warehouse,
        "orders",
        [
            order("a", 1, "2026-09-05", 10_000, 4_000),
            order("b", 1, "2026-10-02", 20_000, 8_000),
            order("c", 1, "2026-10-31 23:59", 5_000, None),
            order("d", 2, "2026-10-10", 30_000, 10_000),
            order("e", 3, "2026-10-11", 7_000, 3_000, status="cancelled"),
            order("f", 4, "2026-11-01 00:00", 9_000, 1_000),
        ],
    )
    put(
        warehouse,
        "refund",
        [refund("r1", "d", 2, "2026-10-12", 10_001), refund("r2", "c", 1, "2026-10-31 23:59", 500)],
    )


def test_measures_of_two_periods_come_from_one_statement(warehouse):
    seed(warehouse)
    found = queries.measures({"now": OCTOBER, "before": SEPTEMBER}, clock.now())
    assert found["before"] == Measures(
        customers_new=1, buyers_new=0, buyers_old=1, orders=1, gmv=10_000, profit=6_000, refunds=0
    )
    # A third of order d came back, with goods worth 10000·10001//30000 = 3333. Order c has no known cost: neither it
    # nor its refund is in profit.
    assert found["now"] == Measures(
        customers_new=2,
        buyers_new=0,
        buyers_old=2,
        orders=3,
        gmv=55_000,
        refunds=10_501,
        refund_count=2,
        profit=12_000 + 20_000 - (10_001 - 3_333),
        uncosted_gmv=5_000,
    )


def test_facts_after_as_of_are_not_known_yet(warehouse):
    seed(warehouse)
    found = queries.measures({"now": OCTOBER}, local("2026-10-10 13:00"))["now"]
    assert (found.orders, found.gmv, found.refunds, found.customers_new) == (2, 50_000, 0, 1)


def test_a_period_without_facts_is_all_zeros(warehouse):
    assert queries.measures({"now": OCTOBER}, clock.now()) == {"now": Measures()}
    assert queries.measures({}, clock.now()) == {}
    assert queries.months(clock.now()) == {}


def test_months_with_data_are_those_wholly_after_the_first_order(warehouse):
    seed(warehouse)
    assert queries.months(clock.now()) == {"2026-10": OCTOBER}


def test_a_day_ends_with_its_last_instant(house):
    assert queries.last_whole_day(clock.day_end(date(2026, 10, 31))) == date(2026, 10, 31)
    assert queries.last_whole_day(local("2026-10-31 23:58")) == date(2026, 10, 30)
