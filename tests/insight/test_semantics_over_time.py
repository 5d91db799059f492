"""docs/concepts/conditions.md, sentence by sentence, from C37: order, change, history, what is derived."""

from datetime import date

import pytest

from potager.core import clock
from potager.core.errors import Problem
from potager.insight import catalogue, sets, subjects
from potager.insight.conditions import bind_rule, parse
from potager.insight.moment import Moment
from potager.insight.single import holds
from potager.people.models import Customer, State

from .asking import CITY, NOBODY, NOW, ONCE, at, count, paid, viewed, who
from .conftest import day, upload
from .garden import Bond, Happening, Held, Spell

VIEW_BUY = {"sequence": ["product_viewed", "order_paid"]}


def test_c37_steps_are_later():
    people = [{"events": [viewed("2026-10-01"), paid(text)]} for text in ("2026-10-01T12:01", "2026-10-01T12:00")]
    assert who(VIEW_BUY, *people) == {1}


def test_c38_steps_within_a_time():
    for gap, expected in (("3d", {1, 2}), ("48h", {1})):
        people = [
            {"events": [viewed("2026-10-01"), paid(text)]}
            for text in ("2026-10-03T12:00", "2026-10-04T23:59", "2026-10-05T00:00")
        ]
        asked = {"sequence": ["product_viewed", {"event": "order_paid", "within": gap}]}
        assert who(asked, *people) == expected


def test_c39_not_in_between():
    asked = {"sequence": ["order_paid", {"event": "order_paid", "without": ["product_viewed"]}]}
    people = [
        {"events": [paid("2026-10-01T12:00"), viewed(text), paid("2026-10-03T12:00")]}
        for text in ("2026-10-01T12:00", "2026-10-02T12:00", "2026-10-03T12:00")
    ]
    assert who(asked, *people) == {1, 3}


def test_c40_what_did_not_follow():
    asked = {"sequence": ["product_viewed", {"none": "order_paid", "within": "3d"}]}
    people = [
        {"events": [viewed("2026-10-28")]},
        {"events": [viewed("2026-10-29")]},
        {"events": [viewed("2026-10-20"), paid("2026-10-23")]},
    ]
    assert who(asked, *people) == {1}


def test_c41_every_step_in_the_window():
    people = [{"events": [viewed(text), paid("2026-10-28")]} for text in ("2026-10-25", "2026-10-26")]
    assert who(VIEW_BUY | {"within": "7d"}, *people) == {2}


def change(within, **more):
    return {"change": {"event": "order_paid", "measure": {"sum": "amount"}, "within": within}, **more}


def test_c42_rate_and_difference():
    halved = {"events": [paid("2026-10-20", 1000), paid("2026-10-28", 500)]}
    fresh = {"events": [paid("2026-10-28", 500)]}
    assert who(change("7d", op="eq", value=-0.5), halved, fresh, NOBODY) == {1}
    assert who(change("7d", op="gte", value=-9), halved, fresh, NOBODY) == {1}
    assert who(change("7d", by="difference", op="lte", value="0"), halved, fresh, NOBODY) == {1, 3}


def test_c43_the_window_before():
    before = {
        "7d": ("2026-10-18", "2026-10-19", "2026-10-25", "2026-10-26"),
        "last_month": ("2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01"),
        "24h": ("2026-10-30T12:00", "2026-10-30T12:01", "2026-10-31T12:00", "2026-10-31T12:01"),
    }
    fell = {"by": "difference", "op": "lt", "value": "0"}
    for window, days in before.items():
        assert who(change(window, **fell), *({"events": [paid(day)]} for day in days)) == {2, 3}
    fixed = {"from": "2026-10-11", "to": "2026-10-20"}
    people = [{"events": [paid(day)]} for day in ("2026-09-30", "2026-10-01", "2026-10-10", "2026-10-11")]
    assert who(change(fixed, **fell), *people) == {2, 3}


def test_c44_the_window_before_one_that_has_not_ended():
    fell = {"by": "difference", "op": "lt", "value": "0"}
    people = [{"events": [paid(day)]} for day in ("2026-02-01", "2026-02-28", "2026-01-31")]
    assert who(change("this_month", **fell), *people, as_of=at("2026-03-31T12:00")) == {1, 2}
    assert who(change("this_month", **fell), *people, as_of=at("2026-03-01T12:00")) == {1}


def test_c45_a_date_is_its_end_and_never_later_than_now(house):
    assert clock.as_of("2026-10-01") == at("2026-10-01T23:59:59.999999")
    assert clock.as_of("2026-11-01") == clock.as_of("2026-12-24") == NOW
    with pytest.raises(Problem, match="2026-11-01"):
        clock.as_of("01.11.2026")


def test_c46_what_comes_later_does_not_count():
    assert who(count(), {"events": [paid("2026-11-01T12:00")]}, {"events": [paid("2026-11-01T12:01")]}) == {1}


def test_c47_relations_and_hand_tags_from_history():
    bond = {"bonds": [Bond("lisi", at("2026-10-01T12:00"), at("2026-10-20T12:00"))]}
    tag = {"tags": [Held("friendly", None, at("2026-10-01T12:00"), at("2026-10-20T12:00"))]}
    for text, expected in (("2026-10-01T11:59", set()), ("2026-10-01T12:00", {1}), ("2026-10-20T12:00", set())):
        assert who({"relation": {}}, bond, as_of=at(text)) == expected
        assert who({"tag": "friendly"}, tag, as_of=at(text)) == expected


def test_c48_layers_from_history():
    stay = {
        "layers": [
            Spell("rfm", "none", date(2026, 10, 1), date(2026, 10, 20)),
            Spell("rfm", "champion", date(2026, 10, 20)),
        ]
    }
    for text, layer in (("2026-10-19T23:00", "none"), ("2026-10-20T00:00", "champion")):
        assert who({"layer": "rfm", "in": [layer]}, stay, as_of=at(text)) == {1}
    assert who({"layer": "rfm", "in": ["none", "champion"]}, stay, as_of=at("2026-09-30T12:00")) == set()


def test_c49_members_of_the_version_given():
    # Which version that is, test_refresh.test_a_membership_spell_is_numbered asks of the warehouse.
    assert who({"audience": "spring"}, {}, {"audiences": {"spring": None}}, audiences={"spring": [2]}) == {2}


def test_c50_attributes_are_todays():
    assert who({"attr": "city", "value": "上海"}, CITY[0], as_of=at("2020-01-01T12:00")) == {1}
    worth = {"attrs": {"value.p_alive": 0.5, "value.expected_orders": 2.0, "value.clv": 50_000}}
    for condition, expected in (
        ({"attr": "value.clv", "op": "gte", "value": "500.00"}, {1}),
        ({"attr": "value.clv", "op": "lt", "value": "500.00"}, set()),
        ({"attr": "value.p_alive", "op": "between", "value": [0.4, 0.5]}, {1}),
        ({"attr": "value.expected_profit", "op": "missing"}, {1, 2}),
        ({"attr": "value.clv", "op": "missing"}, {2}),
    ):
        assert who(condition, worth, NOBODY, as_of=at("2020-01-01T12:00")) == expected


def test_c51_a_rule_tag_is_its_rule():
    for as_of, expected in ((NOW, {2}), (at("2026-09-30T12:00"), set())):
        assert who({"tag": "buyer"}, NOBODY, ONCE, as_of=as_of) == expected


def test_c52_a_metric_tag_is_its_measure():
    old = {"events": [paid("2025-01-01", 90_000)]}
    rich = {"events": [paid("2026-10-01", 90_000)]}
    assert who({"tag": "spent", "op": "gte", "value": "900.00"}, old, rich) == {2}
    assert who({"tag": "spent"}, old, rich, NOBODY) == {2}


def test_c53_the_first_case_that_holds():
    people = [{"events": [viewed(day) for day in days]} for days in (["2026-10-30", "2026-10-31"], ["2026-10-20"], [])]
    for n, value in enumerate(("hot", "warm", "cold"), start=1):
        assert who({"tag": "heat", "op": "eq", "value": value}, *people) == {n}
    assert who({"tag": "heat"}, *people) == {1, 2, 3}


def test_c54_states_of_a_relation():
    people = [
        {"bonds": [Bond("lisi", at("2026-10-01T12:00"))]},
        {"bonds": [Bond("lisi", at("2026-10-01T12:00"), at("2026-10-02T12:00"), "live")]},
        {"bonds": [Bond("zhangsan", at("2026-10-28T12:00"))]},
    ]
    expected = {
        (): {1, 3}, (("state", "lost"),): {2}, (("state", "any"),): {1, 2, 3}, (("staff", "zhangsan"),): {3},
        (("state", "any"), ("source", "live")): {2}, (("added_within", "7d"),): {3},
    }  # fmt: skip
    assert {key: who({"relation": dict(key)}, *people) for key in expected} == expected


def test_c55_roles_and_relatives():
    homes = [(1, 1, "buyer"), (1, 2, "child"), (2, 3, "buyer")]
    assert who({"household": {"role": ["buyer"]}}, ONCE, NOBODY, NOBODY, homes=homes) == {1, 3}
    someone = {"household": {"someone": {"who": count()}}}
    assert who(someone, ONCE, NOBODY, NOBODY, homes=homes) == {2}
    assert who(someone, ONCE, NOBODY, NOBODY, homes=homes, dead=(1,)) == set()


def test_c56_households_are_todays():
    assert who({"household": {}}, NOBODY, homes=[(1, 1, "buyer")], as_of=at("2020-01-01T12:00")) == {1}


def test_c57_random_shares():
    def drawn(first, last, **more):
        return who({"random": {"salt": "a", "from": first, "to": last}}, *[NOBODY] * 50, **more)

    assert drawn(0, 30) == drawn(0, 30, as_of=at("2020-01-01T12:00"))
    assert drawn(0, 30) & drawn(30, 100) == set()
    assert drawn(0, 30) | drawn(30, 100) == drawn(0, 100) == set(range(1, 51))


def test_c58_late_facts_count_from_their_date(plot):
    plot.customers(1)
    plot.order(1, "2026-10-20", 100)
    plot.order(1, "2026-10-01", 100)
    for as_of, n in (("2026-10-20", 2), ("2026-10-10", 1), ("2026-09-30", 0)):
        assert sets.members(parse(count(op="eq", value=n)), as_of).tolist() == [1]


def test_c59_a_merged_customer_s_facts_are_the_other_s(plot):
    plot.customers(1, 2)
    plot.order(1, "2026-10-01", 100)
    plot.order(2, "2026-10-05", 100)
    with plot.warehouse.write() as writer:
        # What the loader does with a merge: facts move, the customer merged away lives no more.
        writer.execute("UPDATE orders SET cid = 2 WHERE cid = 1")
        writer.execute("UPDATE customer SET live = false WHERE cid = 1")
    for as_of, n in (("2026-10-31", 2), ("2026-10-02", 1)):
        assert sets.members(parse(count(op="eq", value=n)), as_of).tolist() == [2]


def test_c60_a_list_holds_from_its_upload_until_the_next(plot):
    plot.customers(1, 2)
    upload("vip", 1, at=day("2026-10-10"))
    upload("vip", 2, at=day("2026-10-20"))
    fields = catalogue.load()
    for as_of, expected in (("2026-10-09", []), ("2026-10-10", [1]), ("2026-10-19", [1]), ("2026-10-20", [2])):
        assert sets.members(parse({"list": "vip"}), as_of).tolist() == expected
        moment = Moment(clock.as_of(as_of), fields.zone)
        people = {cid: subjects.load(plot.warehouse, cid, moment, fields) for cid in (1, 2)}
        bound = bind_rule({"list": "vip"}, fields)
        assert [cid for cid, subject in people.items() if holds(bound, subject)] == expected


def test_c61_a_merged_customer_on_a_list_is_the_one_they_became(plot):
    plot.customers(1, 2)
    upload("vip", 1, at=day("2026-10-10"))
    Customer.objects.filter(id=1).update(state=State.MERGED, merged_into=2)
    with plot.warehouse.write() as writer:
        writer.execute("UPDATE customer SET live = false WHERE cid = 1")
    for as_of in ("2026-10-10", None):
        assert sets.members(parse({"list": "vip"}), as_of).tolist() == [2]


def test_c62_in_a_group_chat_by_the_last_join_and_leave():
    def told(kind, on, **props):
        when = at(f"2026-10-{on}T12:00")
        return Happening(kind, when, when.date(), {"group_chat": "g1", **props})

    people = [
        {"events": [told("group_joined", "20", purpose="福利")]},
        {"events": [told("group_joined", "20"), told("group_left", "20")]},
        {"events": [told("group_left", "20"), told("group_joined", "28", purpose="学习")]},
    ]
    assert who({"group": {"chat": "g1"}}, *people) == {1, 3}
    assert who({"group": {"state": "left"}}, *people) == {2}
    assert who({"group": {"purpose": "学习", "joined_within": "7d"}}, *people) == {3}
