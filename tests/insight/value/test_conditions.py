"""Value as an attribute: both interpreters, the reason, and the tags that rest on it."""

from datetime import date

import pytest

from potager.core import clock
from potager.insight import catalogue, queries, refresh, sets, subjects, tables
from potager.insight.conditions import bind_rule
from potager.insight.conditions.base import Words
from potager.insight.conditions.logic import say
from potager.insight.fields import VALUE_ATTRS
from potager.insight.moment import Moment
from potager.insight.single import evaluate, holds
from tests.insight.conftest import define_tag

from .conftest import Planted

RICH = {"attr": "value.clv", "op": "gte", "value": "150.00"}
CONDITIONS = [
    RICH,
    {"attr": "value.p_alive", "op": "lt", "value": 0.5},
    {"attr": "value.expected_orders", "op": "between", "value": [0.2, 1.5]},
    {"attr": "value.expected_profit", "op": "gt", "value": "20"},
    {"attr": "value.clv", "op": "missing"},
    {"not": {"attr": "value.clv", "op": "exists"}},
    {"all": [RICH, {"event": "order_paid", "within": "365d"}]},
]


@pytest.fixture
def fitted(seldom: Planted):
    """Everybody bought but customer 9999."""
    with seldom.warehouse.write() as writer:
        writer.execute("INSERT INTO customer (cid, live, seq) VALUES (9999, true, 2)")
    seldom.fit()
    return seldom


def test_the_single_and_the_set_answer_are_the_same(fitted):
    fields = catalogue.load()
    moment = Moment(clock.now(), fields.zone)
    some = [*range(1, 60), 9999]
    people = {cid: subjects.load(tables.opened(), cid, moment, fields) for cid in some}
    for condition in CONDITIONS:
        bound = bind_rule(condition, fields)
        single = {cid for cid, subject in people.items() if holds(bound, subject)}
        assert sets.holds(bound, some) == single, condition
        assert single, condition


def test_counts_are_the_tables(fitted):
    assert (
        sets.count(bind_rule(RICH, catalogue.load()))
        == fitted.rows("SELECT count(*) FROM customer_value WHERE clv >= 15000")[0][0]
    )
    assert set(sets.members(bind_rule({"attr": "value.clv", "op": "missing"}, catalogue.load())).tolist()) == {9999}


def test_a_leaf_says_what_it_asks_and_what_it_found(fitted):
    fields = catalogue.load()
    bound = bind_rule(RICH, fields)
    assert say(bound, Words("zh", fields)) == "客户终身价值 ≥ ¥150"
    assert say(bound, Words("en", fields)) == "lifetime value ≥ ¥150"
    cid, clv = fitted.rows("SELECT cid, clv FROM customer_value ORDER BY clv DESC LIMIT 1")[0]
    subject = subjects.load(tables.opened(), cid, Moment(clock.now(), fields.zone), fields)
    verdict = evaluate(bound, subject, fields)
    assert verdict.ok
    assert verdict.leaves[0].found == f"¥{clv / 100:,.2f}"
    nobody = subjects.load(tables.opened(), 9999, Moment(clock.now(), fields.zone), fields)
    assert [leaf.found for leaf in evaluate(bound, nobody, fields).leaves] == ["没有值"]


def test_before_any_fit_nobody_has_a_value(seldom):
    assert sets.count(bind_rule({"attr": "value.clv", "op": "exists"}, catalogue.load())) == 0


def test_the_nearest_name_is_offered():
    fields = catalogue.Fields()
    with pytest.raises(Exception, match=r"value\.clv"):
        bind_rule({"attr": "value.clw", "op": "exists"}, fields)
    assert all(fields.attr(key, "attr").key == key for key in VALUE_ATTRS)


class TestRefresh:
    def test_a_new_fit_moves_the_tags_that_look_at_value_and_nothing_else_does(self, seldom):
        define_tag("rich", RICH)
        seldom.fit(at=date(2026, 6, 29))
        refresh.run()
        before = queries.stands()["tag:rich"].n
        assert before == seldom.rows("SELECT count(*) FROM customer_value WHERE clv >= 15000")[0][0]
        assert refresh.merge().mode == "none"
        with seldom.warehouse.write() as writer:
            writer.execute("UPDATE orders SET amount = amount * 2")
        seldom.fit()
        report = refresh.merge()
        assert report.mode == "full"
        after = queries.stands()["tag:rich"].n
        assert after == seldom.rows("SELECT count(*) FROM customer_value WHERE clv >= 15000")[0][0] > before
        causes = seldom.rows("SELECT DISTINCT cause FROM change_log WHERE name = 'rich'")
        assert causes == [("refresh",)]
        assert refresh.merge().mode == "none"

    def test_a_fit_is_no_business_of_other_tags(self, seldom):
        define_tag("buyer", {"event": "order_paid"})
        refresh.run()
        seldom.fit()
        assert refresh.merge().mode == "none"
