"""journeys.nodes.task: somebody is asked, and the run waits for what comes of it."""

import pytest

from potager.core.journal import from_us
from potager.org.models import Staff
from potager.touch.models import StaffTask
from tests.journeys.conftest import BYE, HELLO

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
