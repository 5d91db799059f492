"""One bad condition keeps its own people waiting and nobody else; facts are accepted whatever journeys say."""

from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.errors import Conflict
from potager.core.journal import to_us
from potager.facts import plan
from potager.facts.models import PropertyKind
from potager.insight import catalogue, present, retyping
from potager.insight.models import TagDefinition
from potager.journeys import live, publish
from potager.journeys import present as journeys_present
from potager.journeys.models import Run, Stuck
from potager.journeys.nodes.exit import End
from potager.journeys.queries import journey_of
from potager.org.access import SYSTEM
from tests.journeys.conftest import BYE, HELLO

DAY = {"id": "day", "wait": {"for": "1d"}}
TAGGED = {"id": "who", "branch": [{"if": {"tag": "vip"}, "go": "hello"}], "next": "end"}


def lose_the_tag() -> None:
    """As an operator cannot: a restored backup, or a house written by an earlier version."""
    TagDefinition.objects.filter(key="vip").delete()


def shown(language: str = "en"):
    return journeys_present.detail(journey_of("welcome"), language)


def enter(garden, n: int = 1) -> list[int]:
    people = [garden.person() for _ in range(n)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    return people


def test_a_bad_branch_keeps_only_its_own_people_waiting(garden):
    garden.tag("vip")
    garden.publish(key="other", steps=[DAY, HELLO])
    garden.publish(steps=[DAY, TAGGED, HELLO])
    (cid,) = enter(garden)
    lose_the_tag()
    garden.later(days=2)
    assert garden.steps(cid, "other") == [("day", "waited"), ("hello", "queued")]
    assert garden.steps(cid) == [("day", "waited")]
    run = garden.run(cid)
    assert (run.step, run.asks, run.end_reason, run.lease_until_us > 0) == ("who", True, "", True)
    (stuck,) = shown().stuck
    assert (stuck.version, stuck.place, stuck.people, stuck.since) == (1, "steps.who", 1, garden.now)
    assert "vip" in stuck.message
    assert "vip" in shown("zh").stuck[0].message


def test_people_of_the_same_version_elsewhere_go_on(garden):
    garden.tag("vip")
    garden.publish(entry="each", steps=[DAY, TAGGED, HELLO])
    first, second = enter(garden, 2)
    lose_the_tag()
    garden.later(days=1)
    garden.tell("friend_added", second)
    garden.later(days=1)
    assert garden.steps(first) == [("day", "waited")]
    assert garden.steps(second) == [("day", "waited"), ("day", "waited")]
    assert Run.objects.filter(step="who").count() == 3


def test_who_takes_a_path_before_the_bad_one_goes_on(garden):
    bought = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}
    paths = [{"if": bought, "go": "bye"}, {"if": {"tag": "vip"}, "go": "hello"}]
    garden.tag("vip")
    garden.publish(
        goal={"event": "friend_lost"},
        steps=[DAY, {"id": "who", "branch": paths, "next": "end"}, {**HELLO, "next": "end"}, BYE],
    )
    buyer, other = enter(garden, 2)
    garden.order(buyer)
    lose_the_tag()
    garden.later(days=1)
    assert garden.steps(buyer)[-2:] == [("who", "#1"), ("bye", "queued")]
    assert garden.steps(other) == [("day", "waited")]


def test_cured_they_go_on_by_themselves(garden):
    garden.tag("vip")
    garden.publish(steps=[DAY, TAGGED, HELLO])
    (cid,) = enter(garden)
    lose_the_tag()
    garden.later(days=1)
    assert garden.later(seconds=1) == 0
    garden.tag("vip")
    Run.objects.update(lease_until_us=1)
    garden.later(seconds=1)
    assert garden.steps(cid) == [("day", "waited"), ("who", "else")]
    assert not Stuck.objects.exists()
    assert shown().stuck == []


def test_it_is_tried_less_often_the_longer_it_lasts(garden, monkeypatch):
    garden.tag("vip")
    garden.publish(steps=[DAY, TAGGED, HELLO])
    enter(garden)
    lose_the_tag()
    wall = garden.now
    monkeypatch.setattr("potager.core.clock.wall", lambda: wall)
    garden.later(days=1)
    assert Run.objects.get().lease_until_us == to_us(wall + timedelta(minutes=1))
    for waited, pause in ((3, 3), (30, 10)):
        wall += timedelta(hours=1)
        garden.later(minutes=waited)
        assert Run.objects.get().lease_until_us == to_us(wall + timedelta(minutes=pause))


def test_a_bad_filter_lets_nobody_in_and_refuses_nobody(garden):
    garden.tag("vip")
    garden.publish(filter={"tag": "vip"}, steps=[HELLO])
    garden.publish(key="other", steps=[HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    lose_the_tag()
    garden.later(seconds=1)
    run = garden.run(cid)
    assert (run.arm, run.ended_us, run.lease_until_us > 0) == ("", None, True)
    assert garden.steps(cid, "other") == [("hello", "queued")]
    assert [(each.place, each.people) for each in shown().stuck] == [("filter", 1)]


def test_what_nobody_foresaw_keeps_only_its_version_waiting(garden, monkeypatch):
    garden.publish(key="other", steps=[HELLO])
    garden.publish(steps=[{"id": "out", "exit": {}}])
    monkeypatch.setattr(End, "take", lambda *_: 1 / 0)
    (cid,) = enter(garden)
    assert garden.steps(cid, "other") == [("hello", "queued")]
    assert garden.steps(cid) == []
    (stuck,) = shown().stuck
    assert (stuck.place, stuck.people) == ("", 1)
    assert "ZeroDivisionError" in stuck.message
    monkeypatch.undo()
    Run.objects.update(lease_until_us=1)
    garden.later(seconds=1)
    assert garden.run(cid).end_reason == "done"
    assert not Stuck.objects.exists()


class TestFacts:
    """An event is accepted however a journey asks about it."""

    AT_LEAST_TWO = {"event": "trial_booked", "where": [{"prop": "people", "op": "gte", "value": 2}]}

    @pytest.fixture
    def planned(self, garden):
        with store.write():
            plan.define_event(SYSTEM, "trial_booked", zh="预约")
            plan.define_property(SYSTEM, "trial_booked", "people", zh="人数", kind=PropertyKind.NUMBER)

    @pytest.mark.parametrize(
        "asking",
        [
            {"goal": AT_LEAST_TWO},
            {"exits": [AT_LEAST_TWO]},
            {"steps": [{"id": "day", "wait": {"for": "9d", "or_event": AT_LEAST_TWO}}]},
            {"triggers": [{"event": "friend_added"}, AT_LEAST_TWO], "entry": "each"},
        ],
    )
    @pytest.mark.usefixtures("planned")
    def test_whatever_asks_about_what_is_no_more(self, garden, asking):
        garden.publish(**({"steps": [HELLO, DAY]} | asking))
        (cid,) = enter(garden)
        with store.write():
            plan.retype(SYSTEM, "people", PropertyKind.DATE)
            live.touch_stamp()
        garden.tell("trial_booked", cid, people="2026-01-01")
        run = garden.run(cid)
        assert (run.ended_us, run.converted_us, Run.objects.count()) == (None, None, 1)
        (problem,) = shown().broken
        assert problem.code == "insight.condition"

    @pytest.mark.usefixtures("planned")
    def test_once_cured_it_is_asked_again_by_itself(self, garden, monkeypatch):
        garden.publish(goal=self.AT_LEAST_TWO, steps=[HELLO, DAY])
        (cid,) = enter(garden)
        with store.write():
            plan.retype(SYSTEM, "people", PropertyKind.DATE)
            live.touch_stamp()
        garden.tell("trial_booked", cid, people=3)
        with store.write():
            plan.retype(SYSTEM, "people", PropertyKind.NUMBER)
        wall = clock.wall()
        for waited, converted in ((timedelta(seconds=30), False), (timedelta(minutes=2), True)):
            monkeypatch.setattr("potager.core.clock.wall", lambda moment=wall + waited: moment)
            garden.tell("trial_booked", cid, people=3)
            assert (garden.run(cid).converted_us is not None) is converted

    @pytest.mark.usefixtures("planned")
    def test_a_property_is_not_retyped_while_people_are_in_a_version_that_asks_about_it(self, garden):
        garden.publish(goal=self.AT_LEAST_TWO, steps=[HELLO, DAY])
        enter(garden)
        garden.publish("finish", steps=[HELLO, DAY])
        with pytest.raises(Conflict, match="welcome"):
            retyping.retype(SYSTEM, "people", PropertyKind.DATE)
        garden.later(days=2)
        retyping.retype(SYSTEM, "people", PropertyKind.DATE)


def test_what_is_written_is_what_people_are_or_can_get_in(garden):
    garden.tag("vip")

    def users() -> list[str]:
        return present.uses(catalogue.load()).get("tag:vip", [])

    garden.publish(steps=[DAY, TAGGED, HELLO])
    enter(garden)
    assert users() == ["journey:welcome"]
    garden.publish("finish", steps=[DAY, HELLO])
    assert users() == ["journey:welcome"]
    with store.write():
        publish.stop(SYSTEM, journey_of("welcome"))
    assert users() == []
