"""Contradictions and questions that ask nothing are found before a condition runs, at the innermost place."""

import pytest

from potager.insight.conditions import bind_rule
from potager.insight.conditions.lint import findings

from .garden import FIELDS


def bought(op, value, within="30d", **more):
    return {"event": "order_paid", "within": within, "op": op, "value": value, **more}


def city(*names, op="in"):
    return {"attr": "city", "op": op, "value": list(names)}


def age(op, value):
    return {"attr": "age", "op": op, "value": value}


NEVER = [
    ({"all": [bought("gte", 3), bought("lt", 3)]}, ""),
    ({"all": [bought("gt", 2), bought("lt", 3)]}, ""),
    ({"all": [bought("eq", 0), {"any": []}]}, "all[1]"),
    (bought("lt", 0), ""),
    (bought("eq", 1.5), ""),
    ({"any": [bought("gte", 1), {"all": [city("上海"), city("杭州", "北京")]}]}, "any[1]"),
    ({"all": [city("上海"), {"not": city("上海", "杭州")}]}, ""),
    ({"all": [city("上海"), {"attr": "city", "op": "missing"}]}, ""),
    ({"all": [age("gte", 18), age("lt", 18)]}, ""),
    ({"all": [age("between", [1, 5]), age("between", [6, 9])]}, ""),
    ({"all": [age("eq", 3), age("ne", 3)]}, ""),
    ({"all": [{"tag": "buyer"}, {"not": {"tag": "buyer"}}]}, ""),
    ({"all": [{"layer": "rfm", "in": ["champion"]}, {"layer": "rfm", "in": ["none"]}]}, ""),
    ({"all": [bought("gte", 3, "7d"), bought("lt", 3, "30d")]}, ""),
    (
        {"all": [{"attr": "birthday", "op": "lt", "value": "2000-01-01"}, {"attr": "birthday", "value": "2001-01-01"}]},
        "",
    ),
    ({"all": [{"attr": "vip", "value": True}, {"attr": "vip", "value": False}]}, ""),
]
ALWAYS = [
    ({"not": {"any": [bought("gte", 1), bought("lt", 1)]}}, "not"),
    ({"not": bought("gte", 0)}, "not"),
    (bought("gte", 0), ""),
    ({"any": [bought("gte", 1), bought("eq", 0)]}, ""),
    ({"any": [city("上海"), {"not": city("上海")}]}, ""),
    ({"any": [city("上海"), city("上海", op="not_in"), {"attr": "city", "op": "missing"}]}, ""),
    ({"any": [age("gte", 18), age("lt", 18), {"attr": "age", "op": "missing"}]}, ""),
    ({"all": [bought("gte", 1), {"all": []}]}, "all[1]"),
]
NOTHING = [
    {"all": []},
    {"any": []},
    {"all": [bought("gte", 3), bought("lte", 3)]},
    {"all": [bought("gte", 3, "30d"), bought("lt", 3, "7d")]},
    {"all": [bought("gte", 3, "30d"), bought("lt", 3, "60d", items=[])]},
    {"any": [age("gte", 18), age("lt", 18)]},
    {"any": [city("上海"), city("上海", op="not_in")]},
    {"all": [{"tag": "skin", "op": "in", "value": ["dry"]}, {"tag": "skin", "op": "in", "value": ["oily"]}]},
    {"all": [{"attr": "note", "op": "contains", "value": "a"}, {"attr": "note", "op": "contains", "value": "b"}]},
    {"any": [bought("gte", "1", measure={"avg": "amount"}), bought("lt", "1", measure={"avg": "amount"})]},
    {"all": [bought("lt", "0", measure={"sum": "amount"})]},
]


@pytest.mark.parametrize(("written", "place"), NEVER)
def test_what_can_never_hold(written, place):
    assert found(written) == [("never", place)]


@pytest.mark.parametrize(("written", "place"), ALWAYS)
def test_what_always_holds(written, place):
    assert found(written) == [("always", place)]


@pytest.mark.parametrize("written", NOTHING)
def test_what_is_a_question_is_left_alone(written):
    assert found(written) == []


def found(written):
    return [(each.code, each.place) for each in findings(bind_rule(written, FIELDS))]


def test_a_finding_is_a_sentence_in_both_languages():
    [finding] = findings(bind_rule(bought("lt", 0), FIELDS))
    assert finding.say("zh") == "这里的要求互相矛盾，没有客户能满足"
    assert finding.say("en") == "This can never hold: nobody is selected by it"
