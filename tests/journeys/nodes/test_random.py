"""journeys.nodes.random: by chance, in shares, and each person always the same way."""

import pytest
from pydantic import ValidationError

from potager.evidence.models import Assignment
from potager.journeys.graph import Definition
from tests.journeys.conftest import BYE, HELLO, small
from tests.journeys.walking import go, walker

WAYS = [{"key": "a", "share": 20, "go": "hello"}, {"key": "b", "share": 80, "go": "bye"}]
STEPS = [{"id": "first", "random": WAYS}, {**HELLO, "next": "end"}, BYE]


def test_everybody_always_goes_the_same_way_and_shares_are_kept():
    people = [walker(cid) for cid in range(2_000)]
    go(STEPS, *people)
    again = [walker(cid) for cid in range(2_000)]
    go(STEPS, *again)
    went = [each.passed[0].outcome for each in people]
    assert went == [each.passed[0].outcome for each in again]
    # 20 % of 2,000, within four standard deviations (about 18 each).
    assert 328 <= went.count("a") <= 472
    assert {each.passed[1].step for each in people if each.passed[0].outcome == "a"} == {"hello"}


def test_another_step_parts_them_anew():
    first, second = [walker(cid) for cid in range(400)], [walker(cid, step="second") for cid in range(400)]
    go(STEPS, *first)
    go([{"id": "second", "random": WAYS}, {**HELLO, "next": "end"}, BYE], *second)
    assert [each.passed[0].outcome for each in first] != [each.passed[0].outcome for each in second]


def test_nothing_is_measured(garden):
    garden.publish(steps=[{"id": "lot", "random": WAYS}, {**HELLO, "next": "end"}, BYE])
    garden.tell("friend_added", garden.person())
    garden.later(seconds=1)
    assert set(Assignment.objects.values_list("experiment__key", flat=True)) == {"journey:welcome"}


def test_shares_must_add_up():
    with pytest.raises(ValidationError, match="add up to 100"):
        Definition.model_validate(small(steps=[{"id": "lot", "random": [WAYS[0], WAYS[0]]}, HELLO]))
