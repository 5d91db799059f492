"""journeys.moving: what is not a message or a wait when people move: tasks, splits, leads, filters, standing runs."""

import pytest

from potager.core import store
from potager.core.journal import to_us
from potager.journeys import moving, queries
from potager.journeys.graph import Definition
from potager.journeys.knowing import Warehouse
from potager.journeys.models import Run
from potager.journeys.moving import Move, Place
from potager.org.access import Actor, Role
from potager.touch import tasks
from potager.touch.models import StaffTask
from tests.journeys.conftest import BYE, HELLO, small

ASK = {"id": "ask", "task": {"title": "打个电话", "within": "5d", "wait": True, "done": "hello"}}
PAUSE = {"id": "pause", "wait": {"for": "5d"}}
BOSS = Actor("boss", Role.MANAGER)


def enter(garden) -> int:
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    return cid


class TestTask:
    def test_a_task_written_anew_is_not_asked_for_again(self, garden):
        garden.publish(steps=[ASK, HELLO])
        cid = enter(garden)
        due = garden.run(cid).due_us
        garden.publish("move", steps=[{**ASK, "task": {**ASK["task"], "within": "9d", "not_done": "end"}}, HELLO])
        garden.later(seconds=1)
        assert (garden.run(cid).due_us, garden.run(cid).waiting, StaffTask.objects.count()) == (due, True, 1)

    def test_and_its_outcome_leads_where_the_new_version_says(self, garden):
        garden.publish(steps=[{"id": "ask", "task": {"title": "打电话", "within": "5d", "wait": True}}, HELLO, BYE])
        cid = enter(garden)
        garden.publish("move", steps=[{**ASK, "task": {**ASK["task"], "done": "bye"}}, {**HELLO, "next": "end"}, BYE])
        with store.write():
            tasks.complete(BOSS, StaffTask.objects.get().pk, "done")
        garden.later(seconds=1)
        assert garden.steps(cid) == [("ask", "done"), ("bye", "queued")]

    @pytest.mark.parametrize("steps", [[HELLO], [{"id": "ask", "wait": {"for": "2d"}}, HELLO]])
    def test_a_task_nobody_needs_any_more_is_taken_back(self, garden, steps):
        garden.publish(steps=[ASK, HELLO])
        enter(garden)
        garden.publish("move", steps=steps)
        assert StaffTask.objects.get().state == "cancelled"

    def test_a_task_of_another_step_stays(self, garden):
        note = {"id": "note", "task": {"title": "记一笔"}}
        garden.publish(steps=[note, PAUSE, HELLO])
        enter(garden)
        garden.publish("move", steps=[note, HELLO])
        assert StaffTask.objects.get().state == "open"


class TestLead:
    def test_who_has_not_entered_enters_by_the_new_lead(self, garden):
        garden.publish(steps=[HELLO, PAUSE], lead={"for": "10d"})
        cid = enter(garden)
        garden.later(days=1)
        garden.publish("move", steps=[BYE, PAUSE], lead={"for": "2d"})
        garden.later(hours=1)
        assert garden.steps(cid) == []
        garden.later(days=1)
        assert garden.steps(cid) == [("bye", "queued")]

    def test_a_lead_that_is_over_lets_in_at_the_move_and_not_before(self, garden):
        garden.publish(steps=[HELLO, PAUSE], lead={"for": "10d"})
        cid = enter(garden)
        garden.later(days=3)
        moved = garden.now
        garden.publish("move", steps=[HELLO, PAUSE], lead={"for": "1d"})
        garden.later(seconds=1)
        garden.later(seconds=1)
        assert garden.run(cid).entered_us == to_us(moved)

    def test_a_filter_that_is_new_is_asked(self, garden):
        garden.tag("wanted")
        garden.publish(steps=[HELLO, PAUSE], lead={"for": "1d"})
        cid = enter(garden)
        garden.publish("move", steps=[HELLO, PAUSE], lead={"for": "1d"}, filter={"tag": "wanted"})
        garden.later(days=1)
        garden.later(seconds=1)
        assert garden.run(cid).end_reason == "not_eligible"


def test_who_has_an_arm_that_is_gone_is_drawn_anew(garden):
    def split(*keys: str) -> dict[str, object]:
        share = 100 / len(keys)
        return {"id": "copy", "split": [{"key": key, "share": share, "go": "bye"} for key in keys]}

    garden.publish(steps=[PAUSE, split("a", "b"), BYE])
    for _ in range(24):
        enter(garden)
    kept = set(Run.objects.filter(variants__copy="a").values_list("id", flat=True))
    garden.publish("move", steps=[PAUSE, split("a", "c", "d"), BYE])
    arms = dict(Run.objects.values_list("id", "variants"))
    assert all(arms[run]["copy"] == "a" for run in kept)
    assert {arms[run]["copy"] for run in arms if run not in kept} <= {"a", "c", "d"}
    assert len({arms[run]["copy"] for run in arms if run not in kept}) > 1


@pytest.mark.parametrize(
    ("steps", "place", "planned"),
    [
        ([HELLO, PAUSE, BYE], ("pause", True), Move("pause", "kept")),
        ([HELLO, PAUSE, BYE], ("hello", False), Move("hello", "kept")),
        ([HELLO, BYE], ("pause", True), Move("bye", "now")),
        ([HELLO], ("pause", True), Move("end", "now")),
        ([HELLO, {"id": "pause", "wait": {"for": "6d"}}, BYE], ("pause", True), Move("pause", "again")),
        ([HELLO, {"id": "pause", "wait": {"for": "6d"}}, BYE], ("pause", False), Move("pause", "kept")),
        ([HELLO, {**PAUSE, "title": "等"}, BYE], ("pause", True), Move("pause", "kept")),
        ([HELLO, {**BYE, "id": "pause"}], ("pause", True), Move("pause", "now")),
    ],
)
def test_the_plan(steps, place, planned):
    old, new = (Definition.model_validate(small(steps=each)) for each in ([HELLO, PAUSE, BYE], steps))
    step, waiting = place
    assert moving.plan(old, new, Place(1, step, waiting, admitted=True)) == planned


def test_of_very_many_a_part_is_looked_at(garden, monkeypatch):
    garden.publish(steps=[HELLO, PAUSE])
    for _ in range(3):
        enter(garden)
    monkeypatch.setattr(moving, "LOOKED_AT", 2)
    draft = Definition.model_validate(small(steps=[HELLO, {"id": "pause", "wait": {"for": "1d"}}]))
    (place,) = moving.places(queries.journey_of("welcome"))
    found = moving.retimed(draft.by_id["pause"], draft, place, Warehouse(), garden.now)
    assert (found.looked_at, found.sooner) == (2, 2)
