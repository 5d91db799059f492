"""The sequence leaf: order, gaps, what lies in between, what does not follow, and its words."""

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.plan import make_plan
from tests.insight.asking import NEW_YORK, at, paid, viewed, who
from tests.insight.garden import FIELDS, Bond, line


def happened(*events):
    return {"events": list(events)}


VIEW_BUY = {"sequence": ["product_viewed", "order_paid"]}


def within(gap, **more):
    return {"sequence": ["product_viewed", {"event": "order_paid", "within": gap, **more}]}


def test_order_counts():
    assert who(
        VIEW_BUY,
        happened(viewed("2026-10-01"), paid("2026-10-02")),
        happened(paid("2026-10-01"), viewed("2026-10-02")),
        happened(viewed("2026-10-01")),
    ) == {1}


def test_one_instant_is_no_order():
    assert who(VIEW_BUY, happened(viewed("2026-10-01"), paid("2026-10-01"))) == set()
    twice = {"sequence": ["order_paid", "order_paid"]}
    assert who(
        twice, happened(paid("2026-10-01"), paid("2026-10-01")), happened(paid("2026-10-01"), paid("2026-10-02"))
    ) == {2}


def test_a_gap_of_days_is_of_business_dates():
    people = [happened(viewed("2026-10-01T00:10"), paid(text)) for text in ("2026-10-04T23:50", "2026-10-05T00:00")]
    assert who(within("3d"), *people) == {1}


def test_a_gap_of_hours_is_exact_and_includes_its_end():
    people = [happened(viewed("2026-10-01T12:00"), paid(text)) for text in ("2026-10-03T12:00", "2026-10-03T12:01")]
    assert who(within("48h"), *people) == {1}


def test_a_gap_of_hours_counts_the_hour_a_clock_repeats():
    night = [viewed("2026-10-31T23:30", NEW_YORK), viewed("2026-11-01T01:30", NEW_YORK)]
    twice = {"sequence": ["product_viewed", {"event": "product_viewed", "within": "2h"}]}
    assert who(twice, happened(*night), as_of=at("2026-11-01T12:00", NEW_YORK), zone=NEW_YORK) == {1}


def test_the_latest_step_before_is_the_one_that_counts():
    people = happened(viewed("2026-10-01"), viewed("2026-10-20"), paid("2026-10-21"))
    assert who(within("3d"), people) == {1}


def test_not_in_between():
    asked = within("30d", without=["message_replied"])
    reply = viewed("2026-10-02")
    replied = type(reply)("message_replied", reply.at, reply.day, {})
    before, after = viewed("2026-10-01"), paid("2026-10-03")
    late = type(reply)("message_replied", after.at, after.day, {})
    assert who(asked, happened(before, replied, after), happened(before, late, after), happened(before, after)) == {
        2,
        3,
    }
    assert who(asked, happened(before, replied, viewed("2026-10-02T18:00"), after)) == {1}


def test_the_last_step_may_be_that_nothing_followed():
    asked = {"sequence": ["product_viewed", {"none": "order_paid", "within": "3d"}]}
    assert who(
        asked,
        happened(viewed("2026-10-20")),
        happened(viewed("2026-10-20"), paid("2026-10-23T23:00")),
        happened(viewed("2026-10-20"), paid("2026-10-24T00:00")),
        happened(viewed("2026-10-29")),
        happened(viewed("2026-10-28")),
        happened(paid("2026-10-20")),
    ) == {1, 3, 5}
    hours = {"sequence": ["product_viewed", {"none": "order_paid", "within": "24h"}]}
    people = [happened(viewed(text)) for text in ("2026-10-31T11:59", "2026-10-31T12:00")]
    assert who(hours, *people) == {1}


def test_every_step_lies_in_the_window():
    people = [happened(viewed(first), paid("2026-10-31")) for first in ("2026-10-25", "2026-10-26")]
    assert who(VIEW_BUY | {"within": "7d"}, *people) == {2}
    added = {"bonds": [Bond("lisi", at("2026-10-01T12:00"))]}
    assert who(
        VIEW_BUY | {"within": "since_added"},
        added | happened(viewed("2026-10-01T11:00"), paid("2026-10-02")),
        added | happened(viewed("2026-10-01T12:00"), paid("2026-10-02")),
    ) == {2}


def test_steps_have_their_own_tests():
    asked = {
        "sequence": [
            {"event": "product_viewed", "where": [{"prop": "product", "value": "p1"}]},
            {"event": "order_paid", "items": [{"prop": "product", "value": "p1"}]},
        ]
    }
    bought = paid("2026-10-02")
    with_item = type(bought)(bought.type, bought.at, bought.day, bought.props, [line("p1")])
    assert who(
        asked,
        happened(viewed("2026-10-01", product="p1"), with_item),
        happened(viewed("2026-10-01", product="p2"), with_item),
        happened(viewed("2026-10-01", product="p1"), bought),
    ) == {1}


@pytest.mark.parametrize(
    ("written", "place", "cure"),
    [
        ({"sequence": ["order_paid"]}, "sequence", "2"),
        ({"sequence": ["order_payd", "order_paid"]}, "sequence[0]", "「order_paid」"),
        ({"sequence": ["order_paid", {"event": "order_payd"}]}, "sequence[1].event", "「order_paid」"),
        ({"sequence": [{"event": "order_paid", "within": "3d"}, "order_paid"]}, "sequence[0]", "第一步"),
        ({"sequence": ["order_paid", {"event": "order_paid", "within": "soon"}]}, "sequence[1].within", "3d"),
        ({"sequence": [{"none": "order_paid", "within": "3d"}, "order_paid"]}, "sequence[0].none", "最后一步"),
        ({"sequence": ["order_paid", {"event": "order_paid", "without": ["x"]}]}, "sequence[1].without[0]", "没有事件"),
        ({"sequence": ["order_paid", "order_paid"], "within": "this_mnth"}, "within", "「this_month」"),
        (
            {"sequence": ["order_paid", {"event": "order_paid", "where": [{"prop": "stor"}]}]},
            "sequence[1].where[0].prop",
            "「store」",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_place(written, place, cure):
    with pytest.raises(Problem) as refused:
        bind_rule(written, FIELDS)
    assert refused.value.place == place
    assert cure in refused.value.zh


def test_it_reads_as_a_person_would_say_it():
    condition = parse(within("3d", without=["message_replied"]) | {"within": "30d"})
    assert sentence(condition, "zh", FIELDS) == "近 30 天先浏览商品，3 天内再购买（中间没有回复消息）"
    assert (
        sentence(condition, "en", FIELDS)
        == "product view, then paid order within 3 days (no reply in between), in the last 30 days"
    )
    dropped = parse({"sequence": ["product_viewed", {"none": "order_paid", "within": "24h"}]})
    assert sentence(dropped, "zh", FIELDS) == "先浏览商品，之后 24 小时内没有购买"


def test_only_hours_that_end_now_move_by_the_clock():
    def hours(written):
        return make_plan({"": bind_rule(written, FIELDS)}).hours

    assert hours(within("48h")) == set()
    assert hours(within("3d") | {"within": "48h"}) == {48}
    assert hours({"sequence": ["product_viewed", {"none": "order_paid", "within": "24h"}]}) == {24}
