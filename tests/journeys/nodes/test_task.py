"""journeys.nodes.task: somebody is asked, and the run waits for what comes of it."""

import pytest

from potager.core import store
from potager.core.journal import from_us
from potager.journeys.graph import Definition
from potager.org.access import SYSTEM
from potager.org.models import Staff
from potager.touch import tasks
from potager.touch.models import StaffTask
from tests.journeys.conftest import BYE, HELLO, small

ASK = {"id": "ask", "task": {"title": "打个电话", "within": "5d", "wait": True, "done": "hello"}}
PLAIN = {"id": "hello", "message": {"text": "你好"}}


@pytest.mark.parametrize("control", [0, 50])
def test_a_task_nobody_can_be_asked_to_do_keeps_nobody_waiting(garden, control):
    garden.publish(control=control, steps=[ASK, {**BYE, "next": "end"}, HELLO])
    people = [garden.person(owner="nobody") for _ in range(8)]
    start = garden.now
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(seconds=1)
    for cid in people:
        assert [step for step, _ in garden.steps(cid)] == ["ask", "bye"]
        assert garden.steps(cid)[0] == ("ask", "nobody")
        assert from_us(garden.run(cid).ended_us) == start
    assert not StaffTask.objects.exists()


def test_who_has_left_is_asked_nothing(garden):
    garden.publish(steps=[ASK, {**BYE, "next": "end"}, HELLO])
    cid = garden.person()
    Staff.objects.filter(key="chen").update(active=False)
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(seconds=1)
    assert garden.steps(cid)[0] == ("ask", "nobody")
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize(
    ("ways", "outcome", "then"),
    [
        ({"rejected": "bye"}, "rejected", "bye"),
        ({"not_done": "bye"}, "rejected", "bye"),
        ({"not_done": "hello", "rejected": "bye"}, "not_done", "hello"),
        ({}, "rejected", "plain"),
    ],
)
def test_a_rejection_has_its_own_way_else_that_of_what_was_not_done(garden, ways, outcome, then):
    ask = {"id": "ask", "task": {"title": "打个电话", "wait": True, **ways}}
    plain = {"id": "plain", "message": {"text": "改天", "purpose": "service"}}
    garden.publish(steps=[ask, plain, BYE, HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    with store.write():
        tasks.complete(SYSTEM, StaffTask.objects.get().pk, outcome, "客户说不用了")
    garden.later(seconds=1)
    assert garden.steps(cid)[:2] == [("ask", outcome), (then, "queued")]


def test_a_definition_without_the_way_of_a_rejection_keeps_its_hash():
    written = Definition.model_validate(small(steps=[ASK, HELLO])).canonical()
    assert written["steps"][0]["task"] == ASK["task"]
