"""journeys.nodes.attribute: an attribute is stated, and what follows sees it."""

import pytest

from potager.core import store
from potager.journeys.models import Run
from potager.org.access import SYSTEM
from potager.people import attributes
from potager.people.models import Customer, Identity
from tests.journeys.conftest import BYE, HELLO, problems


@pytest.fixture
def level(garden) -> str:
    with store.write():
        attributes.define(SYSTEM, "level", name_zh="等级", kind="choice", options=["gold", "silver"])
        attributes.define(SYSTEM, "score", name_zh="分数", kind="number")
    return "level"


def kept(cid: int) -> object:
    return Customer.objects.get(id=cid).attrs.get("level")


def test_it_is_stated_and_the_branch_behind_it_sees_it(garden, level):
    steps = [
        {"id": "mark", "attribute": {"key": level, "value": "gold"}},
        {"id": "who", "branch": [{"if": {"attr": level, "op": "in", "value": ["gold"]}, "go": "bye"}]},
        {**HELLO, "next": "end"},
        BYE,
    ]
    garden.publish(control=50, steps=steps)
    people = [garden.person() for _ in range(12)]
    for cid in people:
        garden.tell("friend_added", cid)
    for _ in range(4):
        garden.later(seconds=1)
    treated = set(Run.objects.filter(arm="treated").values_list("subject_id", flat=True))
    assert 0 < len(treated) < len(people)
    for cid in people:
        went = garden.steps(cid)[:2]
        assert kept(cid) == ("gold" if cid in treated else None)
        assert went == (
            [("mark", "set"), ("who", "#1")] if cid in treated else [("mark", "would_set"), ("who", "else")]
        )


def test_without_a_value_it_is_taken_back(garden, level):
    garden.publish(
        steps=[
            {"id": "set", "attribute": {"key": level, "value": "silver"}},
            {"id": "pause", "wait": {"for": "1d"}},
            {"id": "clear", "attribute": {"key": level}},
        ]
    )
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    assert kept(cid) == "silver"
    garden.later(days=1)
    garden.later(seconds=1)
    assert (kept(cid), garden.steps(cid)[-1]) == (None, ("clear", "cleared"))


def test_nobody_without_an_identity_states_anything(garden, level):
    garden.publish(steps=[{"id": "mark", "attribute": {"key": level, "value": "gold"}}, HELLO])
    cid = garden.person()
    Identity.objects.filter(customer=cid).delete()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(seconds=1)
    assert [outcome for _, outcome in garden.steps(cid)] == ["no_identity", "queued"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"key": "gone", "value": "x"}, ("journey.attribute", "steps.a.attribute.key")),
        ({"key": "level", "value": "bronze"}, ("people.attribute", "steps.a.attribute.value")),
        ({"key": "score", "value": "many"}, ("people.attribute", "steps.a.attribute.value")),
    ],
)
def test_what_cannot_be_stated_is_told_at_publishing(garden, level, change, expected):
    assert problems(steps=[{"id": "a", "attribute": change}]) == [expected]
