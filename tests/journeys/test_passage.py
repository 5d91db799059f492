"""journeys.passage: what walks decided is asked of the people and ways there are."""

import pytest

from potager.core.journal import from_us
from potager.insight import refresh
from potager.journeys import queries, starting
from potager.org.access import SYSTEM
from potager.org.models import Staff
from potager.touch.models import Lane, StaffTask, Touch
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


class TestLane:
    """Welcomes go out before anything else, and nothing else is one."""

    def test_the_first_message_to_a_new_friend(self, garden):
        garden.publish(steps=[PLAIN, {**PLAIN, "id": "more"}])
        garden.tell("friend_added", garden.person())
        garden.later(seconds=1)
        garden.later(seconds=1)
        assert list(Touch.objects.order_by("id").values_list("lane", flat=True)) == [Lane.WELCOME, Lane.WELCOME]

    def test_what_a_hand_starts_is_no_welcome(self, garden):
        garden.publish(triggers=[{"manual": True}], steps=[PLAIN])
        garden.person()
        garden.later(seconds=1)
        starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP

    def test_what_the_calendar_starts_is_no_welcome(self, garden):
        garden.audience("everybody")
        garden.person()
        garden.publish(triggers=[{"schedule": {"at": "13:00"}, "audience": "everybody"}], steps=[PLAIN])
        garden.later(hours=1)
        refresh.run()
        starting.fill_slots()
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP

    def test_an_order_is_no_welcome(self, garden):
        garden.publish(triggers=[{"event": "order_paid"}], goal={"event": "friend_lost"}, steps=[PLAIN])
        garden.order(garden.person())
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP
