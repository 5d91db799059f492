"""The household leaf: one's own role, and what holds for somebody else at home."""

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.plan import make_plan
from tests.insight.asking import paid, who
from tests.insight.garden import FIELDS

HOMES = [(1, 1, "buyer"), (1, 2, "child"), (2, 3, "buyer"), (2, 2, "member")]
BOUGHT = {"events": [paid("2026-10-01")]}


def home(**asked):
    return {"household": asked}


def test_a_role_in_some_household():
    assert who(home(), {}, {}, {}, {}, homes=HOMES) == {1, 2, 3}
    assert who(home(role=["buyer"]), {}, {}, {}, homes=HOMES) == {1, 3}
    assert who({"not": home(role=["child", "member"])}, {}, {}, {}, {}, homes=HOMES) == {1, 3, 4}


def test_somebody_else_for_whom_it_holds():
    someone = {"who": {"event": "order_paid"}}
    assert who(home(someone=someone), BOUGHT, {}, {}, homes=HOMES) == {2}
    assert who(home(someone=someone), {}, BOUGHT, {}, homes=HOMES) == {1, 3}


def test_in_the_role_asked_for_and_in_the_same_household():
    child = {"role": ["child"], "who": {"event": "order_paid"}}
    assert who(home(someone=child), {}, BOUGHT, {}, homes=HOMES) == {1}
    assert who(home(role=["member"], someone={"role": ["buyer"]}), {}, {}, {}, homes=HOMES) == {2}


def test_the_dead_are_nobody():
    assert who(home(someone={"who": {"event": "order_paid"}}), BOUGHT, {}, {}, homes=HOMES, dead=(1,)) == set()


def test_a_condition_on_a_relative_may_be_any_tree():
    nobody_bought = {"who": {"not": {"any": [{"event": "order_paid"}, {"tag": "skin"}]}}}
    assert who(home(someone=nobody_bought), BOUGHT, {}, {}, homes=HOMES) == {1, 2, 3}


def test_answers_move_with_facts_of_others():
    assert make_plan({"": bind_rule(home(role=["buyer"]), FIELDS)}).asks_of_others


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"role": ["byer"]}, "household.role[0]"),
        ({"someone": {"role": ["chld"]}}, "household.someone.role[0]"),
        ({"someone": {"who": {"event": "order_payd"}}}, "household.someone.who.event"),
        ({"someone": {"who": {"al": []}}}, "household.someone.who"),
        ({"someone": {"who": {"household": {}}}}, "household.someone.who"),
        ({"rolle": []}, "household.rolle"),
    ],
)
def test_a_mistake_is_refused_at_its_place(asked, place):
    with pytest.raises(Problem) as refused:
        bind_rule(home(**asked), FIELDS)
    assert refused.value.place == place


def test_it_reads_as_a_person_would_say_it():
    asked = home(role=["buyer"], someone={"role": ["child"], "who": {"attr": "age", "op": "lt", "value": 3}})
    assert sentence(parse(asked), "zh", FIELDS) == "在家里是 buyer，家里有child：年龄 < 3"
    assert sentence(parse(asked), "en", FIELDS) == "buyer at home, somebody at home (child): age < 3"
