"""Questions before they run: periods, statements shared, combinations refused. No database."""

from datetime import date

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule
from potager.insight.fields import Field, Fields, Kind, LayerField, TagField, TagKind, event_field
from potager.insight.metrics.dimensions import DIMENSIONS
from potager.insight.metrics.measures import MEASURES, named, offered
from potager.insight.metrics.periods import Period, checked, complete_months, cut, previous
from potager.insight.metrics.plan import Question, cuttable, make_plan

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
FIELDS = Fields(
    attrs={"city": Field("city", Kind.CHOICE, "a_city"), "age": Field("age", Kind.NUMBER, "a_age")},
    events={"order_paid": event_field("order_paid")},
    tags={
        "buyer": TagField("buyer", TagKind.RULE, None, {"event": "order_paid"}),
        "spent": TagField("spent", TagKind.METRIC, Kind.MONEY, {"event": "order_paid", "measure": {"sum": "amount"}}),
    },
    layers={"rfm": LayerField("rfm", {"champion": ("重要价值", "Champions")})},
)


def ask(*measures: str, by: tuple[str, ...] = (), where: dict | None = None, compare: bool = False):
    bound = bind_rule(where, FIELDS) if where else None
    return make_plan(Question(measures, by, OCTOBER, bound, compare), FIELDS)


def refusal(*measures: str, by: tuple[str, ...] = (), where: dict | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        ask(*measures, by=by, where=where)
    return caught.value


class TestPlan:
    def test_measures_that_count_the_same_rows_share_a_statement(self):
        plan = ask("gmv", "orders", "aov", "buyers", "refund_rate", by=("month", "channel"))
        assert [(step.base.name, [each.key for each in step.sums]) for step in plan.steps] == [
            ("orders", ["gmv", "orders", "buyers"]),
            ("refunds", ["refunds"]),
        ]

    def test_products_are_counted_on_lines_and_only_then(self):
        assert [step.base.name for step in ask("gmv").steps] == ["orders"]
        assert [step.base.name for step in ask("net_gmv", by=("category",)).steps] == ["lines", "refund_lines"]

    def test_periods_of_a_comparison(self):
        plan = ask("gmv", by=("week",), compare=True)
        assert plan.pieces == ("2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26")
        assert plan.periods["2026-09-28"] == Period(date(2026, 10, 1), date(2026, 10, 4))
        assert plan.periods["<2026-09-28"] == Period(date(2026, 9, 24), date(2026, 9, 27))
        assert (plan.periods["*"], plan.periods["<*"]) == (OCTOBER, Period(date(2026, 8, 31), date(2026, 9, 30)))

    def test_a_plan_can_be_read(self):
        text = ask("gmv", by=("source",), where={"event": "order_paid"}).describe(FIELDS)
        assert text.splitlines()[:3] == [
            "gmv by source of paid order",
            "1 periods within 2026-10-01 to 2026-10-31",
            "statement 0: gmv from orders",
        ]
        assert "b.cid IN (SELECT cid FROM chosen)" in text

    def test_what_nobody_records_yet_asks_nothing(self):
        plan = ask("gmv", by=("contact_way",))
        assert (plan.steps, plan.absent.en) == ((), "no contact ways are recorded in this house yet")


class TestRefusals:
    def test_a_mistyped_measure_names_the_nearest(self):
        found = refusal("gmv", "bayers")
        assert (found.place, found.code) == ("measures[1]", "metrics.query")
        assert found.en == "There is no measure “bayers”; did you mean “buyers”?"
        assert found.zh == "没有指标「bayers」，是不是「buyers」？"

    def test_a_mistyped_dimension_names_the_nearest(self):
        found = refusal("gmv", by=("month", "chanel"))
        assert (found.place, found.en) == ("by[1]", "There is no dimension “chanel”; did you mean “channel”?")

    @pytest.mark.parametrize(
        ("by", "place"),
        [
            (("layer",), "by[0]"),
            (("source:x",), "by[0]"),
            (("layer:rmf",), "by[0]"),
            (("tag:spent",), "by[0]"),
            (("attr:age",), "by[0]"),
            (("month", "week"), "by"),
            (("source", "source"), "by"),
            (("source", "staff", "channel", "store"), "by[3]"),
        ],
    )
    def test_what_cannot_be_a_cut(self, by, place):
        assert refusal("gmv", by=by).place == place

    def test_a_combination_without_an_answer_says_what_is_possible(self):
        found = refusal("conversion", by=("month", "source", "product"))
        assert found.place == "by[2]"
        assert found.en.startswith("Conversion cannot be cut by source, product; it can by: day, week, month")

    def test_two_meanings_of_one_dimension_do_not_meet(self):
        # Orders are placed in a store, customers belong to none.
        assert refusal("conversion", by=("store",)).place == "by[0]"
        assert refusal("cac", by=("staff",)).place == "by[0]"

    def test_costs_belong_to_no_customer(self):
        found = refusal("gmv", "cac", where={"event": "order_paid"})
        assert found.place == "measures[1]"

    def test_no_measure_or_too_many(self):
        assert refusal().place == "measures"
        assert refusal(*(["gmv"] * 41)).place == "measures"


class TestDeclarations:
    def test_every_measure_says_itself_in_both_languages(self):
        for measure in offered():
            for words in (measure.name, measure.line, measure.time, measure.nothing):
                assert words.zh
                assert words.en
            assert "month" in cuttable(measure)

    def test_every_dimension_cuts_something_or_says_why_not(self):
        able = {key for measure in offered() for key in cuttable(measure)}
        assert set(DIMENSIONS) - able == {"contact_way", "group"}
        assert all(DIMENSIONS[key].absent for key in ("contact_way", "group"))

    def test_retention_of_any_number_of_days(self):
        assert named("retention(45)").key == "retention(45)"
        assert [named(key) for key in ("retention(0)", "retention(1001)", "retention(x)", "retention")] == [None] * 4
        assert "retention" not in MEASURES


class TestPeriods:
    def test_pieces_are_cut_at_the_ends(self):
        assert cut(Period(date(2026, 1, 30), date(2026, 3, 1)), "month") == {
            "2026-01": Period(date(2026, 1, 30), date(2026, 1, 31)),
            "2026-02": Period(date(2026, 2, 1), date(2026, 2, 28)),
            "2026-03": Period(date(2026, 3, 1), date(2026, 3, 1)),
        }
        assert list(cut(Period(date(2024, 12, 30), date(2025, 1, 6)), "week")) == ["2024-12-30", "2025-01-06"]
        assert list(cut(Period(date(2024, 2, 29), date(2025, 1, 1)), "quarter")) == [
            "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1",
        ]  # fmt: skip
        assert list(cut(Period(date(2024, 2, 28), date(2024, 3, 1)), "day")) == [
            "2024-02-28",
            "2024-02-29",
            "2024-03-01",
        ]

    @pytest.mark.parametrize(
        ("piece", "before"),
        [
            (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
            (("2026-03-01", "2026-03-12"), ("2026-02-01", "2026-02-12")),
            (("2026-03-29", "2026-03-31"), ("2026-02-28", "2026-02-28")),
            (("2026-01-15", "2026-01-31"), ("2025-12-15", "2025-12-31")),
        ],
    )
    def test_a_month_is_compared_with_the_same_days_of_the_month_before(self, piece, before):
        of = Period(*map(date.fromisoformat, piece))
        assert previous(of, "month") == Period(*map(date.fromisoformat, before))

    def test_no_period(self):
        for start, end in [(date(2026, 2, 2), date(2026, 2, 1)), (date(2000, 1, 1), date(2026, 1, 1))]:
            with pytest.raises(Problem) as caught:
                checked(start, end)
            assert caught.value.code == "metrics.period"
        with pytest.raises(Problem) as caught:
            cut(Period(date(2020, 1, 1), date(2026, 1, 1)), "day")
        assert caught.value.place == "by"

    def test_complete_months(self):
        assert complete_months(date(2026, 1, 1), date(2025, 12, 1)) == {}
        assert list(complete_months(date(2025, 12, 1), date(2026, 1, 31))) == ["2025-12", "2026-01"]
