"""Whatever is written, a wrong condition is refused with a place and a plain sentence, never with a stack trace."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule

from .conditions_strategies import CONDITIONS
from .garden import FIELDS

pytestmark = pytest.mark.once

ORDER = {"event": "order_paid"}
DEEP: list = []
for _ in range(2000):
    DEEP = [DEEP]
STEEP: dict = {"prop": "store", "value": "x"}
for _ in range(40):
    STEEP = {"not": STEEP}


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (None, ""),
        (7, ""),
        ("event", ""),
        ({}, ""),
        ({"any": None}, "any"),
        ({"any": "x"}, "any"),
        ({"all": [[]]}, "all[0]"),
        ({"not": []}, "not"),
        ({"not": None}, "not"),
        ({"all": [], "any": []}, "any"),
        ({"attr": None}, "attr"),
        ({"attr": ["city"]}, "attr"),
        ({"attr": "city", "op": None}, "op"),
        ({"attr": "city", "op": 3}, "op"),
        ({"attr": "city", "op": "in", "value": "上海"}, "value"),
        ({"attr": "city", "op": "in", "value": [["上海"]]}, "value[0]"),
        ({"attr": "city", "op": "in", "value": [None]}, "value[0]"),
        ({"attr": "city", "value": DEEP}, "value"),
        ({"attr": "age", "value": float("nan")}, "value"),
        ({"attr": "age", "value": float("inf")}, "value"),
        ({"attr": "age", "op": "between", "value": 3}, "value"),
        ({"attr": "age", "op": "between", "value": [1, 2, 3]}, "value"),
        ({"attr": "credit", "value": "1e400"}, "value"),
        ({"attr": "age", "value": 10**400}, "value"),
        ({"attr": "credit", "value": "¥5"}, "value"),
        ({"attr": "credit", "value": {}}, "value"),
        ({"attr": "birthday", "op": "anniversary_within", "value": [7, -3]}, "value"),
        ({"attr": "birthday", "op": "anniversary_within", "value": "7"}, "value"),
        ({"attr": "birthday", "op": "lunar_anniversary_within", "value": [1]}, "value"),
        ({"attr": "added", "op": "lunar_anniversary_within", "value": 7}, "op"),
        ({"event": None}, "event"),
        ({"event": ["order_paid"]}, "event"),
        (ORDER | {"where": {}}, "where"),
        (ORDER | {"where": [None]}, "where[0]"),
        (ORDER | {"where": [{}]}, "where[0].prop"),
        (ORDER | {"where": [{"any": [{"prop": "stor", "value": "x"}]}]}, "where[0].any[0].prop"),
        (ORDER | {"where": [{"not": {"prop": "amount", "value": 1.5}}]}, "where[0].not.value"),
        (ORDER | {"where": [{"all": 1}]}, "where[0].all"),
        (ORDER | {"where": [STEEP]}, ""),
        (ORDER | {"items": 5}, "items"),
        (ORDER | {"items": [{"prop": "categry", "value": "x"}]}, "items[0].prop"),
        ({"event": "product_viewed", "items": []}, "items"),
        (ORDER | {"measure": None}, "measure"),
        (ORDER | {"measure": {}}, "measure"),
        (ORDER | {"measure": {"sum": "amount", "avg": "amount"}}, "measure"),
        (ORDER | {"measure": {"sum": 5}}, "measure.sum"),
        (ORDER | {"measure": {"sum": "amount"}}, "value"),
        (ORDER | {"op": "exists"}, "op"),
        (ORDER | {"within": 90}, "within"),
        (ORDER | {"within": "90"}, "within"),
        (ORDER | {"within": "0d"}, "within"),
        (ORDER | {"within": {"from": "yesterday"}}, "within.from"),
        (ORDER | {"within": {"since": "2026-01-01"}}, "within.since"),
        ({"tag": 5}, "tag"),
        ({"tag": "skin", "op": "between", "value": [1, 2]}, "op"),
        ({"layer": "rfm", "in": []}, "in"),
        ({"layer": "rfm", "in": "none"}, "in"),
        ({"layer": "rmf", "in": ["none"]}, "layer"),
        ({"relation": None}, "relation"),
        ({"relation": {"state": "gone"}}, "relation.state"),
        ({"relation": {"staff": 5}}, "relation.staff"),
        ({"sequence": "order_paid"}, "sequence"),
        ({"sequence": [1, 2]}, "sequence[0]"),
        ({"sequence": ["order_paid", {"none": "order_paid"}]}, "sequence[1].within"),
        ({"change": "order_paid", "op": "gt", "value": 0}, "change"),
        ({"change": ORDER | {"within": "7d"}, "by": "percent", "op": "gt", "value": 0}, "by"),
        ({"random": 10}, "random"),
        ({"random": {"salt": "a b", "to": 10}}, "random.salt"),
        ({"household": []}, "household"),
    ],
)
def test_a_mistake_by_hand_has_its_place_and_its_sentence(written, place):
    with pytest.raises(Problem) as mistake:
        bind_rule(written, FIELDS)
    assert (mistake.value.code, mistake.value.place) == ("insight.condition", place)
    check(mistake.value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["event", "90d", "in"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def broken(draw):
    """A condition with something else at one of its places, or without it, or with a key too many."""
    written = copy.deepcopy(draw(CONDITIONS))
    places = list(_places(written))
    parent, key = draw(st.sampled_from(places)) if places else (None, None)
    if parent is None:
        return draw(JSON)
    if isinstance(parent, dict) and draw(st.booleans()):
        if draw(st.booleans()):
            del parent[key]
        else:
            parent[draw(st.text(min_size=1, max_size=6))] = draw(JSON)
    else:
        parent[key] = draw(JSON)
    return written


def _places(node):
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in list(inside):
        yield node, key
        yield from _places(child)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(broken())
def test_a_mistake_by_chance_is_refused_or_is_none(written):
    problem = refused(written)
    if problem is not None:
        assert problem.code == "insight.condition"
        check(problem)


def refused(written):
    try:
        bind_rule(written, FIELDS)
    except Problem as problem:
        return problem


def check(problem):
    for sentence in (problem.zh, problem.en):
        assert 4 < len(sentence) < 700
        assert not any(trace in sentence for trace in ("Traceback", "Error", "pydantic", "<class"))
    assert problem.place == "" or problem.place[0] not in ".["
