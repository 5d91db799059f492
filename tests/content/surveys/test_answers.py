"""surveys.answers: what was filled in, read against the questions that were shown."""

import pytest

from potager.content.surveys import answers
from tests.content.surveys.conftest import spec

ONE = {"label": "题"}


def filled(**given: str | list[str]):
    return lambda key: [found] if isinstance(found := given.get(key, []), str) else found


def read_one(kind: str, given: str | list[str], **more: object):
    found = answers.read(spec(questions=[{**ONE, "key": "one", "kind": kind, **more}]), filled(one=given))
    return found.answers.get("one", found.faults.get("one"))


OPTIONS = {"options": [{"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}]}


@pytest.mark.parametrize(
    ("kind", "given", "coded"),
    [
        *(("scale", "0", 0), ("scale", "10", 10), ("stars", "5", 5), ("number", "1,200.50", 1200.5)),
        *(("number", "-3", -3), ("date", "2026-02-28", "2026-02-28"), ("text", "  好  ", "好")),
        ("phone", "138 0013 8001", "+8613800138001"),
    ],
)
def test_an_answer_is_coded(kind, given, coded):
    assert read_one(kind, given) == coded


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *(("scale", "11"), ("scale", "-1"), ("scale", "9.5"), ("scale", "١"), ("stars", "0"), ("number", "nan")),
        *(("number", "1e400"), ("number", "九"), ("date", "2026-02-30"), ("date", "明天"), ("text", "长" * 1001)),
        ("phone", "12"),
    ],
)
def test_what_is_no_answer_is_told_how_to_put_right(kind, given):
    assert read_one(kind, given) == answers._CURES[kind]


def test_choices_are_those_offered_in_their_order():
    assert read_one("single", "b", **OPTIONS) == "b"
    assert read_one("single", "c", **OPTIONS) == "请选一项"
    assert read_one("multiple", ["b", "a", "b"], **OPTIONS) == ["a", "b"]
    assert read_one("multiple", ["a", "c"], **OPTIONS) == "请至少选一项"


def test_an_answer_is_missed_where_it_is_asked_and_only_there():
    assert read_one("text", " ") == "这道题还没有回答"
    assert read_one("text", "", optional=True) is None
    found = answers.read(spec(), filled(score="9", skin="oily", why="本不该问"))
    assert (found.answers, found.faults) == ({"score": 9, "skin": "oily"}, {})
    found = answers.read(spec(), filled(score="6", skin="oily"))
    assert found.faults == {"why": "这道题还没有回答"}


def test_what_depends_on_a_hidden_question_is_hidden_with_it():
    third = {**ONE, "key": "third", "kind": "text", "show_if": {"question": "second", "any": [5]}}
    second = {**ONE, "key": "second", "kind": "stars", "show_if": {"question": "first", "any": ["a", "z"]}}
    chain = spec(questions=[{**ONE, "key": "first", "kind": "multiple", **OPTIONS}, second, third])
    assert answers.read(chain, filled(first=["b"], second="5", third="好")).answers == {"first": ["b"]}
    assert answers.read(chain, filled(first=["a", "b"], second="5", third="好")).answers == {
        "first": ["a", "b"],
        "second": 5,
        "third": "好",
    }
