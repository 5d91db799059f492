"""insight.match: a trigger's test of one event, which must never stumble over what somebody sent."""

from datetime import UTC, datetime

import pytest

from potager.insight.fields import Field, Fields, Kind, event_field
from potager.insight.match import compile_matcher, event_matches

AT = datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
PROPS = [
    Field("product", Kind.TEXT, "p_product"),
    Field("score", Kind.NUMBER, "p_score"),
    Field("vip", Kind.BOOL, "p_vip"),
    Field("seen", Kind.TIME, "p_seen"),
]
FIELDS = Fields(events={"viewed": event_field("viewed", PROPS), "order_paid": event_field("order_paid")})


def holds(prop: str, op: str, value: object, body: dict[str, object], event: str = "viewed") -> bool:
    return event_matches([{"prop": prop, "op": op, "value": value}], event, body, AT, FIELDS)


@pytest.mark.parametrize(
    ("prop", "op", "value", "found", "expected"),
    [
        ("product", "eq", "P1", "P1", True),
        ("product", "eq", "P1", "P2", False),
        ("product", "eq", "7", 7, True),
        ("score", "gte", 3, 3, True),
        ("score", "gte", 3, "3.5", True),
        ("score", "gte", 3, "drei", False),
        ("score", "gte", 3, {"n": 9}, False),
        ("score", "gte", 3, True, False),
        ("vip", "eq", True, "true", True),
        ("seen", "eq", "2026-11-02", "2026-11-01T16:30:00Z", True),
        ("seen", "eq", "2026-11-02", "yesterday", False),
        ("seen", "eq", "2026-11-02", 12, False),
    ],
)
def test_a_value_is_read_as_the_warehouse_reads_it(prop, op, value, found, expected):
    assert holds(prop, op, value, {prop: found}) is expected


def test_a_missing_value_matches_nothing():
    assert holds("score", "gte", 3, {}) is False


def test_money_is_compared_exactly():
    assert holds("amount", "gte", "268.00", {"amount": 26800}, "order_paid") is True
    assert holds("amount", "gte", "268.01", {"amount": 26800}, "order_paid") is False


def test_tests_may_be_a_tree_of_two_values():
    either = {"any": [{"prop": "product", "value": "P1"}, {"not": {"prop": "score", "op": "gte", "value": 3}}]}
    matches = compile_matcher("viewed", [either], FIELDS)
    found = [matches("viewed", body, AT) for body in ({"product": "P1", "score": 5}, {"score": 5}, {"score": 1}, {})]
    assert found == [True, False, True, True]


def test_another_event_never_matches():
    assert compile_matcher("viewed", [], FIELDS)("order_paid", {}, AT) is False
    assert compile_matcher("*", [], FIELDS)("order_paid", {}, AT) is True
