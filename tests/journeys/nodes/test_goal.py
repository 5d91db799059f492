"""journeys.nodes.goal: who comes there has converted, once, control people too."""

from datetime import timedelta

from potager.core.journal import to_us
from potager.journeys.models import Run
from tests.journeys.conftest import BYE, HELLO

REACH = {"id": "reach", "goal": {}}
PAUSE = {"id": "pause", "wait": {"for": "2d"}}


def test_reaching_it_converts_and_the_last_one_ends_as_the_goal(garden):
    garden.publish(steps=[HELLO, PAUSE, REACH])
    cid = garden.person()
    start = garden.now
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    assert garden.run(cid).converted_us is None
    # However late the tick comes, it was reached at the person's own time.
    garden.at(start + timedelta(days=3))
    run = garden.run(cid)
    assert garden.steps(cid)[-1] == ("reach", "reached")
    assert (run.converted_us, run.ended_us, run.end_reason) == (*[to_us(start + timedelta(days=2))] * 2, "goal")


def test_it_counts_once_and_people_go_on(garden):
    garden.publish(steps=[REACH, PAUSE, {"id": "more", "goal": {}}, BYE])
    reached, ordered = garden.person(), garden.person()
    start = garden.now
    for cid in (reached, ordered):
        garden.tell("friend_added", cid)
    garden.order(ordered, at=start)
    garden.later(seconds=1)
    before = garden.run(ordered).converted_us
    garden.later(days=2)
    garden.later(seconds=1)
    steps = ["reach", "pause", "more", "bye"]
    assert [step for step, _ in garden.steps(reached)] == steps
    assert dict(garden.steps(reached))["more"] == "again"
    assert dict(garden.steps(ordered))["reach"] == "again"
    assert garden.run(reached).converted_us == to_us(start)
    assert (garden.run(ordered).converted_us, garden.run(ordered).end_reason) == (before, "done")


def test_past_the_window_it_counts_no_more(garden):
    garden.publish(window=1, steps=[PAUSE, REACH])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(days=2)
    assert garden.steps(cid)[-1] == ("reach", "past_window")
    assert (garden.run(cid).converted_us, garden.run(cid).end_reason) == (None, "goal")


def test_control_people_reach_it_too(garden):
    garden.publish(control=50, steps=[REACH])
    for _ in range(12):
        garden.tell("friend_added", garden.person())
    garden.later(seconds=1)
    assert set(Run.objects.values_list("shadow", flat=True)) == {True, False}
    assert not Run.objects.filter(converted_us=None).exists()
