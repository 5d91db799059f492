"""The change leaf: a window against the equal one before it."""

from datetime import date

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.moment import Moment, bounds_before, bounds_of
from tests.insight.asking import NOW, SHANGHAI, at, paid, who
from tests.insight.garden import FIELDS


def spent(within, op, value, **more):
    return {
        "change": {"event": "order_paid", "measure": {"sum": "amount"}, "within": within},
        "op": op,
        "value": value,
        **more,
    }


HALVED = {"events": [paid("2026-10-20", 1000), paid("2026-10-28", 500)]}
NEW = {"events": [paid("2026-10-28", 500)]}


def test_a_rate_is_the_change_over_what_was():
    assert who(spent("7d", "eq", -0.5), HALVED, NEW, {}) == {1}
    assert who(spent("7d", "gte", -1), HALVED, NEW, {}) == {1}


def test_a_difference_is_in_the_unit_of_the_measure():
    assert who(spent("7d", "eq", "-5.00", by="difference"), HALVED, NEW, {}) == {1}
    assert who(spent("7d", "gte", "0", by="difference"), HALVED, NEW, {}) == {2, 3}


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("7d", "2026-10-19", "2026-10-25"),
        ("today", "2026-10-31", "2026-10-31"),
        ("yesterday", "2026-10-30", "2026-10-30"),
        ("this_week", "2026-10-19", "2026-10-25"),
        ("last_week", "2026-10-12", "2026-10-18"),
        ("this_month", "2026-10-01", "2026-10-01"),
        ("last_month", "2026-09-01", "2026-09-30"),
        ("this_quarter", "2026-07-01", "2026-08-01"),
        ("this_year", "2025-01-01", "2025-11-01"),
        ("last_year", "2024-01-01", "2024-12-31"),
    ],
)
def test_the_window_before(window, first, last):
    moment = Moment(NOW, SHANGHAI)
    before = bounds_before(window, moment)
    assert (before.first, before.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert before.last < bounds_of(window, moment).first


def test_a_shorter_month_before_ends_at_its_end():
    assert bounds_before("this_month", Moment(at("2026-03-31T12:00"), SHANGHAI)).last == date(2026, 2, 28)


def test_hours_before_end_where_the_hours_begin():
    people = [{"events": [paid(text)]} for text in ("2026-10-30T12:00", "2026-10-30T12:01", "2026-10-31T12:00")]
    fell = {"change": {"event": "order_paid", "within": "24h"}, "by": "difference", "op": "eq", "value": -1}
    assert who(fell, *people) == {2, 3}


def test_fixed_dates_have_as_many_days_before_them():
    fixed = {"from": "2026-10-11", "to": "2026-10-20"}
    people = [{"events": [paid(text)]} for text in ("2026-09-30", "2026-10-01", "2026-10-10", "2026-10-11")]
    fell = {"change": {"event": "order_paid", "within": fixed}, "by": "difference", "op": "eq", "value": -1}
    assert who(fell, *people) == {2, 3}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"event": "order_paid"}, "change.within"),
        ({"event": "order_paid", "within": "since_added"}, "change.within"),
        ({"event": "order_paid", "within": {"from": "2026-01-01"}}, "change.within"),
        ({"event": "order_paid", "within": "7d", "measure": {"max": "amount"}}, "change.measure"),
        ({"event": "order_payd", "within": "7d"}, "change.event"),
    ],
)
def test_a_mistake_is_refused_at_its_place(change, place):
    with pytest.raises(Problem) as refused:
        bind_rule({"change": change, "op": "gt", "value": 0}, FIELDS)
    assert refused.value.place == place


def test_it_reads_as_a_person_would_say_it():
    rate = parse(spent("30d", "lte", -0.5))
    assert sentence(rate, "zh", FIELDS) == "近 30 天购买的金额合计的环比变化率 ≤ -0.5"
    assert sentence(parse(spent("30d", "gt", "100", by="difference")), "en", FIELDS) == (
        "difference of total amount of paid order in the last 30 days from the window before > ¥100"
    )
