"""journeys.starting: by hand, by the calendar, and taking in orders whose reminder lies ahead."""

from datetime import timedelta

import pytest

from potager.core.errors import Conflict
from potager.journeys import intakes, publish, queries, starting
from potager.journeys.models import Run
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO
from tests.journeys.test_subscriber import TestLead


def test_orders_whose_reminder_lies_ahead_are_taken_in(garden):
    old, recent, both = garden.person(), garden.person(), garden.person()
    garden.order(old, at=garden.now - timedelta(days=11))
    garden.order(recent, at=garden.now - timedelta(days=9), no="R1")
    garden.order(both, at=garden.now - timedelta(days=9), no="B1")
    garden.order(both, at=garden.now - timedelta(days=2), no="B2")
    garden.later(seconds=1)
    garden.publish(**TestLead.REMIND)
    assert starting.catch_up(SYSTEM, queries.journey_of("remind"), days=60) == 2
    assert starting.catch_up(SYSTEM, queries.journey_of("remind"), days=60) == 0
    keys = Run.objects.order_by("subject_id").values_list("subject_id", "entry_key")
    assert list(keys) == [(recent, "order_no:R1"), (both, "order_no:B2")]

    def who(state: str) -> set[int]:
        return {run.subject_id for run in queries.runs(SYSTEM, journey=queries.journey_of("remind"), state=state)}

    assert (who("ahead"), who("inside"), who("over")) == ({recent, both}, set(), set())
    garden.later(seconds=1)
    garden.later(days=1)
    assert who("ahead") == {both}
    assert recent in who("inside") | who("over")
    assert [step for step, _ in garden.steps(recent, "remind")] == ["remind"]
    assert garden.steps(both, "remind") == []


def test_only_reminders_of_orders_take_them_in(garden):
    garden.publish(steps=[HELLO])
    with pytest.raises(Conflict):
        starting.catch_up(SYSTEM, queries.journey_of("welcome"), days=60)


class TestInParts:
    """Many are entered part by part; what happens meanwhile counts."""

    def parted(self, garden, monkeypatch, between, **definition) -> list[int]:
        garden.publish(triggers=[{"manual": True}], **({"steps": [HELLO]} | definition))
        people = [garden.person() for _ in range(3)]
        garden.later(seconds=1)
        monkeypatch.setattr(intakes, "AT_ONCE", 1)
        monkeypatch.setattr(intakes, "members", lambda *_: people)
        enter, parts = intakes.enter, []

        def interrupted(*given):
            started = enter(*given)
            parts.append(started)
            if len(parts) == 1:
                between(people)
            return started

        monkeypatch.setattr(intakes, "enter", interrupted)
        starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})
        return people

    def test_of_a_journey_stopped_meanwhile_nobody_is_left_inside(self, garden, monkeypatch):
        people = self.parted(garden, monkeypatch, lambda _: publish.stop(SYSTEM, queries.journey_of("welcome")))
        assert list(Run.objects.values_list("subject_id", "end_reason")) == [(people[0], "stopped")]

    def test_the_version_is_the_one_live_when_they_enter(self, garden, monkeypatch):
        def publish_again(_people) -> None:
            garden.publish("finish", triggers=[{"manual": True}], steps=[{**HELLO, "id": "other"}])

        self.parted(garden, monkeypatch, publish_again)
        assert list(Run.objects.order_by("id").values_list("step", flat=True)) == ["hello", "other", "other"]

    def test_who_buys_after_being_chosen_leaves_at_once(self, garden, monkeypatch):
        def buy(people) -> None:
            garden.order(people[2])
            garden.order(people[1], at=garden.now - timedelta(hours=1))

        people = self.parted(garden, monkeypatch, buy, exits=[{"event": "order_paid"}], goal={"event": "friend_lost"})
        rows = dict(Run.objects.values_list("subject_id", "end_reason"))
        assert rows == {people[0]: "", people[1]: "", people[2]: "exit:order_paid"}
