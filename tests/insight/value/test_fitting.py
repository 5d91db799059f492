"""A fit as a whole: orders in the warehouse to values of customers, equal to the established library's."""

import itertools
import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from potager.core import clock, store
from potager.core import house as core_house
from potager.core.errors import Conflict, NotFound
from potager.facts import samples
from potager.insight.value import fitting, queries
from potager.insight.value.holdout import cut_of
from potager.insight.value.settings import ValueSettings, put_settings
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from potager.people.models import Identity
from tests.conftest import fresh_warehouse
from tests.insight.conftest import Plot

from .conftest import Planted, plant
from .reference import orders
from .reference.orders import Order

pytestmark = pytest.mark.once

WRITTEN = json.loads((Path(orders.__file__).parent / "lifetimes.json").read_text())["files"]
BY_NAME = {"gamma": "v"}


def set_to(**values) -> None:
    with store.write():
        put_settings(SYSTEM, ValueSettings(**values))


def equals_the_library(report, written) -> None:
    for model, theirs in ((report.buying, written["buying"]), (report.spending, written["spending"])):
        for each in model:
            scale = 0.01 if each.name == "gamma" else 1
            name = BY_NAME.get(each.name, each.name)
            assert each.point * scale == pytest.approx(theirs["params"][name], rel=1e-4)
            # The library's errors are of the parameter; ours are taken on its logarithm, from which they follow.
            error = each.point * scale * np.log(each.high / each.low) / (2 * 1.959964)
            assert error == pytest.approx(theirs["standard_errors"][name], rel=1e-4)
    sums = written["sums"]
    assert report.orders.point == pytest.approx(sums["orders"], rel=1e-4)
    assert report.profit_minor.point == pytest.approx(sums["profit"] * 100, rel=1e-4)
    assert report.clv_minor.point == pytest.approx(sums["clv"] * 100, rel=1e-4)
    assert report.alive == pytest.approx(sums["alive"], rel=1e-4)
    held = report.holdout
    assert held.cut.isoformat() == written["cut"]
    assert (held.customers, held.actual) == (written["holdout"]["people"], written["holdout"]["actual"])
    assert held.expected == pytest.approx(written["holdout"]["expected"], rel=1e-4)
    ours = [[each.least, each.most, each.customers, each.expected, each.actual] for each in held.buckets]
    assert ours == [pytest.approx(each, rel=1e-4) for each in written["holdout"]["buckets"]]


def test_the_complete_journey_imported_as_anybody_would(db):
    core_house.found(
        "Complete Journey", zone="America/New_York", currency="USD", world_at=datetime(2018, 1, 1, 5, tzinfo=UTC)
    )
    written = WRITTEN["complete_journey"]
    for warehouse in fresh_warehouse():
        samples.load("complete-journey")
        set_to(margin=1.0)
        found = fitting.run()
        assert (found.customers, found.error) == (124, None)
        equals_the_library(found.report, written)
        rows = {row["cid"]: row for row in warehouse.query("SELECT * FROM customer_value").to_pylist()}
        cids = dict(Identity.objects.values_list("value", "customer_id"))
        for household, (x, t_x, age, _, alive, coming, profit, clv) in written["customers"].items():
            row = rows[cids[household]]
            assert (row["repeats"], row["recency"], row["age"]) == (x, t_x, age)
            assert [row["p_alive"], row["expected_orders"]] == pytest.approx([alive, coming], rel=1e-4)
            # Whole cents.
            assert row["expected_profit"] == pytest.approx(profit * 100, rel=1e-4, abs=0.51)
            assert row["clv"] == pytest.approx(clv * 100, rel=1e-4, abs=0.51)


def test_a_simulated_population(seldom: Planted):
    set_to(margin=1.0)
    found = seldom.fit()
    equals_the_library(found.report, WRITTEN["seldom"])


class TestReport:
    @pytest.fixture
    def report(self, seldom: Planted):
        return seldom.fit().report

    def test_counts_add_up(self, report, seldom):
        rows = seldom.rows("SELECT count(*), count(*) FILTER (repeats > 0), sum(repeats)::INT FROM customer_value")
        assert rows == [(1500, report.repeaters, report.repeats)]
        assert (report.customers, sum(report.alive_tenths)) == (1500, 1500)
        assert report.first_day == date(2025, 1, 1)

    def test_profit_is_money_times_the_margin_of_the_orders(self, report, seldom):
        assert report.margin == pytest.approx(0.4, abs=1e-3)
        assert report.margin_from == "orders"
        set_to(margin=0.8)
        again = seldom.fit().report
        assert again.margin_from == "set"
        assert again.clv_minor.point / report.clv_minor.point == pytest.approx(0.8 / report.margin)

    def test_deciles_are_tenths_by_clv_and_hold_everything(self, report, seldom):
        assert [each.customers for each in report.deciles] == [150] * 10
        assert sum(each.share for each in report.deciles) == pytest.approx(1)
        assert sum(each.clv_minor for each in report.deciles) == pytest.approx(report.clv_minor.point)
        assert sum(each.orders for each in report.deciles) == pytest.approx(report.orders.point)
        lowest = report.deciles[0].lowest_minor
        assert seldom.rows(f"SELECT count(*) FROM customer_value WHERE clv >= {lowest}")[0][0] in range(150, 153)
        assert report.deciles[0].share > 0.3

    def test_weeks_are_whole_and_their_repeats_are_the_orders(self, report, seldom):
        weeks = report.holdout.weeks
        assert len(weeks) == 78
        assert [each.held_out for each in weeks] == [False] * 59 + [True] * 19
        assert all((after.start - before.start).days == 7 for before, after in itertools.pairwise(weeks))
        assert sum(each.actual for each in weeks if each.held_out) == report.holdout.actual
        assert sum(each.expected for each in weeks if each.held_out) == pytest.approx(report.holdout.expected, rel=0.05)
        assert sum(each.actual for each in weeks) == pytest.approx(report.repeats, abs=5)

    def test_intervals_hold_their_points(self, report):
        for each in (*report.buying, *report.spending, report.orders, report.profit_minor, report.clv_minor):
            assert each.low < each.point < each.high
        assert -0.2 < report.correlation < 0.2


class TestSwap:
    def test_a_second_fit_replaces_the_first(self, seldom):
        seldom.fit(at=date(2026, 6, 29))
        before = seldom.rows("SELECT cid, age FROM customer_value ORDER BY cid LIMIT 3")
        seldom.fit()
        assert seldom.rows("SELECT cid, age FROM customer_value ORDER BY cid LIMIT 3") == [
            (cid, age + 1) for cid, age in before
        ]
        assert seldom.rows("SELECT count(*) FROM customer_value") == [(1500,)]
        assert seldom.rows("SELECT as_of_day::VARCHAR, n, upto_seq, error FROM value_fit ORDER BY 1") == [
            ("2026-06-29", 1500, 1, None),
            ("2026-06-30", 1500, 1, None),
        ]

    def test_one_row_a_day_and_nothing_goes_back(self, seldom):
        seldom.fit()
        seldom.fit()
        assert seldom.rows("SELECT count(*) FROM value_fit") == [(1,)]
        with pytest.raises(Conflict, match=r"value\.as_of"):
            seldom.fit(at=date(2026, 6, 1))
        assert seldom.rows("SELECT count(*) FROM value_fit") == [(1,)]

    def test_what_fails_keeps_the_values_and_says_why(self, seldom):
        seldom.fit(at=date(2026, 6, 29))
        with seldom.warehouse.write() as writer:
            writer.execute("UPDATE orders SET status = 'cancelled' WHERE cid > 40")
        found = seldom.fit()
        assert (found.error, found.report, found.customers) == ("too_few", None, 0)
        assert seldom.rows("SELECT count(*) FROM customer_value") == [(1500,)]
        out = queries.value("en")
        assert out.problem.sentence == "Too few data: fewer than 30 customers have bought again"
        assert out.report.customers == 1500
        assert clock.business_date(out.as_of) == date(2026, 6, 29)


class TestNothingToFit:
    @pytest.mark.parametrize(
        ("days", "error"),
        [
            ([], "no_one"),
            (["2026-09-01"], "no_repeats"),
            (["2026-09-01", "2026-10-01"], "too_few"),
        ],
    )
    def test_one_customer(self, plot: Plot, days, error):
        plot.customers(1)
        for on in days:
            plot.order(1, on, 1_000)
        assert fitting.run().error == error
        assert queries.value("zh").report is None
        assert queries.value("zh").problem.code == error

    def test_all_of_them_new_today(self, plot: Plot):
        plant(plot.warehouse, [Order(cid, str(cid), date(2026, 11, 1), 500) for cid in range(1, 60)])
        assert fitting.run().error == "no_repeats"

    def test_repeats_given_away_tell_no_spending(self, seldom):
        with seldom.warehouse.write() as writer:
            writer.execute("UPDATE orders SET amount = 0")
        assert seldom.fit().error == "no_repeats"

    def test_goods_sold_at_a_loss_have_a_value_below_nothing(self, seldom):
        with seldom.warehouse.write() as writer:
            writer.execute("UPDATE orders SET cost = amount * 3 // 2")
        report = seldom.fit().report
        assert report.margin == pytest.approx(-0.5, abs=0.01)
        assert report.clv_minor.low < report.clv_minor.point < report.clv_minor.high < 0
        assert {each.share for each in report.deciles} == {None}
        assert seldom.rows("SELECT count(*) FROM customer_value WHERE clv > 0 OR clv_low > clv OR clv > clv_high") == [
            (0,)
        ]

    def test_costs_nobody_told_make_value_revenue(self, seldom):
        with seldom.warehouse.write() as writer:
            writer.execute("UPDATE orders SET cost = NULL")
        report = seldom.fit().report
        assert (report.margin, report.margin_from) == (1.0, "none")


@pytest.mark.parametrize(
    ("first", "last", "cut"),
    [
        (date(2026, 1, 1), date(2026, 3, 24), None),
        (date(2026, 1, 1), date(2026, 3, 25), date(2026, 2, 25)),
        (date(2025, 11, 1), date(2026, 10, 31), date(2026, 8, 1)),
        (date(2020, 1, 1), date(2026, 1, 1), date(2025, 7, 3)),
    ],
)
def test_a_quarter_is_held_out_of_four_weeks_to_half_a_year(first, last, cut):
    assert cut_of(first, last) == cut


class TestOneCustomer:
    def test_in_words(self, seldom):
        seldom.fit()
        cid, alive, coming, age, recency, repeats = seldom.rows(
            "SELECT cid, p_alive, expected_orders, age, recency, repeats FROM customer_value ORDER BY repeats DESC, cid"
        )[0]
        zh, en = queries.customer(cid, "zh"), queries.customer(cid, "en")
        assert zh.sentence.startswith(
            f"{age} 天前第一次买，之后又买过 {repeats} 次，最近一次在 {age - recency} 天前："
            f"仍是客户的概率 {alive:.0%}，90 天内预计再买 {coming:.1f} 次，12 个月的价值 ¥"
        )
        assert en.sentence.startswith(f"First bought {age} days ago, {repeats} times again since")
        assert en.clv_low_minor <= en.clv_minor <= en.clv_high_minor

    def test_who_never_bought_has_none(self, seldom):
        with pytest.raises(NotFound):
            queries.customer(1, "zh")
        seldom.fit()
        with pytest.raises(NotFound):
            queries.customer(99_999, "zh")


def test_settings_are_kept_audited_and_bounded(house):
    set_to(days=30, discount=0.02)
    row = AuditRow.objects.get(action="value.settings")
    assert row.detail == {"days": {"from": 90, "to": 30}, "discount": {"from": 0.01, "to": 0.02}}
    assert fitting.settings() == ValueSettings(days=30, discount=0.02)
    with pytest.raises(ValueError, match="days"):
        ValueSettings(days=0)
