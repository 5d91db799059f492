"""Which orders are a purchase, on which day, for how much; and the same sums as the established library makes."""

from datetime import date

import pytest

from potager.core import clock
from potager.insight.moment import Moment
from potager.insight.value import purchases
from tests.insight.conftest import Plot, day

END = date(2026, 11, 1)


def moment() -> Moment:
    return Moment(clock.now(), clock.zone())


def summary(plot: Plot, cut: date = END) -> dict[int, tuple]:
    rows = purchases.summary(plot.warehouse, purchases.days(plot.warehouse, moment()), cut).to_pylist()
    return {row.pop("cid"): tuple(row.values()) for row in rows}


def test_orders_of_one_business_day_are_one_purchase(plot):
    plot.customers(1)
    plot.order(1, "2026-10-01", 1_000)
    plot.order(1, "2026-10-01", 500, hour=5)
    # 00:30 of the 3rd in Shanghai is still the 2nd in UTC.
    plot.order(1, "2026-10-02", 300, hour=16)
    plot.order(1, "2026-10-03", 200)
    assert summary(plot) == {1: (1, 2, 31, 500, 0)}


def test_the_first_purchase_is_no_repeat_and_its_money_does_not_count(plot):
    plot.customers(1, 2, 3)
    plot.order(1, "2026-11-01", 1_000)
    plot.order(2, "2026-10-01", 1_000)
    plot.order(2, "2026-10-11", 700)
    plot.order(2, "2026-10-21", 900)
    assert summary(plot) == {1: (0, 0, 0, 0, 0), 2: (2, 20, 31, 1_600, 0)}


def test_refunds_lower_the_money_and_in_full_undo_the_purchase(plot):
    plot.customers(1, 2)
    plot.order(1, "2026-10-01", 1_000)
    part = plot.order(1, "2026-10-05", 800)
    plot.refund(part, 1, "2026-10-08", 300)
    whole = plot.order(1, "2026-10-09", 600)
    plot.refund(whole, 1, "2026-10-10", 100)
    plot.refund(whole, 1, "2026-10-11", 500)
    only = plot.order(2, "2026-10-09", 600)
    plot.refund(only, 2, "2026-10-10", 700)
    assert summary(plot) == {1: (1, 4, 31, 500, 0)}


def test_a_refund_to_come_is_not_known_yet(plot):
    plot.customers(1)
    plot.order(1, "2026-10-01", 1_000)
    late = plot.order(1, "2026-10-05", 800)
    plot.refund(late, 1, "2026-11-08", 800)
    assert summary(plot) == {1: (1, 4, 31, 800, 0)}


def test_what_was_free_is_a_purchase_without_money(plot):
    plot.customers(1)
    plot.order(1, "2026-10-01", 1_000)
    plot.order(1, "2026-10-05", 0)
    assert summary(plot) == {1: (1, 4, 31, 0, 0)}


def test_unpaid_future_and_strangers_orders_do_not_count(plot):
    plot.customers(1, 2)
    with plot.warehouse.write() as writer:
        writer.execute("UPDATE customer SET live = false WHERE cid = 2")
    plot.order(1, "2026-10-01", 1_000)
    plot.order(1, "2026-10-05", 1_000, status="created")
    plot.order(1, "2026-10-06", 1_000, status="cancelled")
    plot.order(1, "2026-11-02", 1_000)
    plot.order(2, "2026-10-01", 1_000)
    assert summary(plot) == {1: (0, 0, 31, 0, 0)}


def test_a_summary_sees_its_days_and_counts_what_came_later(plot):
    plot.customers(1, 2)
    for on in ("2026-08-01", "2026-09-01", "2026-10-01", "2026-10-15"):
        plot.order(1, on, 1_000)
    plot.order(2, "2026-10-01", 1_000)
    assert summary(plot, date(2026, 9, 30)) == {1: (1, 31, 60, 1_000, 2)}


def test_days_tell_who_came_and_who_came_again(plot):
    plot.customers(1, 2, 3)
    plot.order(1, "2026-08-01", 1_000)
    plot.order(2, "2026-08-01", 1_000)
    plot.order(1, "2026-08-02", 1_000)
    plot.order(2, "2026-10-15", 1_000)
    plot.order(3, "2026-10-15", 1_000)
    days = purchases.days(plot.warehouse, moment())
    rows = purchases.by_day(plot.warehouse, days, date(2026, 9, 30)).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 8, 1), 2, 0), (date(2026, 8, 2), 0, 1), (date(2026, 10, 15), 0, 1),
    ]  # fmt: skip


class TestMargin:
    def put_costs(self, plot: Plot, *costs: int | None) -> None:
        with plot.warehouse.write() as writer:
            for number, cost in enumerate(costs):
                writer.execute(
                    """UPDATE orders SET cost = ? WHERE k1 = (SELECT k1 FROM orders ORDER BY seq LIMIT 1 OFFSET ?)""",
                    [cost, number],
                )

    def test_is_gross_profit_over_net_money_of_orders_with_costs(self, plot):
        plot.customers(1)
        plot.order(1, "2026-10-01", 1_000)
        back = plot.order(1, "2026-10-02", 2_000)
        plot.order(1, "2026-10-03", 9_000)
        self.put_costs(plot, 400, 1_000, None)
        plot.refund(back, 1, "2026-10-04", 500)
        # 600 + (1000 - (500 - 250)) of 1000 + 1500: goods for 250 come back.
        assert purchases.margin(plot.warehouse, moment()) == pytest.approx(1_350 / 2_500)

    def test_can_be_a_loss(self, plot):
        plot.customers(1)
        plot.order(1, "2026-10-01", 1_000)
        self.put_costs(plot, 1_500)
        assert purchases.margin(plot.warehouse, moment()) == pytest.approx(-0.5)

    def test_is_unknown_without_costs_and_looks_back_a_year(self, plot):
        assert purchases.margin(plot.warehouse, moment()) is None
        plot.customers(1)
        plot.order(1, "2025-11-01", 1_000)
        self.put_costs(plot, 500)
        assert purchases.margin(plot.warehouse, moment()) is None
        with clock.frozen(day("2026-10-31")):
            assert purchases.margin(plot.warehouse, moment()) == pytest.approx(0.5)
