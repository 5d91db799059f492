"""What an operator or a step makes due is looked at once, however long the background work may rest."""

from datetime import timedelta

import pytest

from potager.core import clock, jobs, store
from potager.core.journal import to_us
from potager.core.models import Job
from potager.journeys import hurry, publish, queries, starting
from potager.org.access import SYSTEM
from potager.touch import hurry as touch_hurry
from potager.touch import pauses, settings
from potager.touch.models import Pause
from tests.journeys.conftest import HELLO


@pytest.fixture
def resting(garden):
    """Both jobs rest for an hour; answers which of them do no longer."""
    jobs.arm()

    def hurried() -> set[str]:
        kinds = (hurry.TICK, touch_hurry.SEND)
        found = set(Job.objects.filter(kind__in=kinds, due_us__lte=to_us(clock.wall())).values_list("kind", flat=True))
        Job.objects.filter(kind__in=kinds).update(due_us=to_us(clock.wall() + timedelta(hours=1)))
        return found

    hurried()
    return hurried


def test_entering_by_hand(garden, resting):
    garden.publish(triggers=[{"manual": True}], steps=[HELLO])
    garden.person()
    garden.later(seconds=1)
    resting()
    starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})
    assert resting() == {hurry.TICK}


def test_a_message_that_may_go(garden, resting):
    garden.publish(steps=[HELLO])
    garden.tell("friend_added", garden.person())
    resting()
    garden.later(seconds=1)
    assert touch_hurry.SEND in resting()


def test_publishing_resuming_and_letting_all_go_on(garden, resting):
    garden.publish(steps=[HELLO])
    assert resting() == {hurry.TICK}
    journey = queries.journey_of("welcome")
    with store.write():
        publish.pause(SYSTEM, journey)
        publish.stop_all(SYSTEM, stopped=True)
    assert resting() == set()
    with store.write():
        publish.resume(SYSTEM, journey)
    assert resting() == {hurry.TICK}
    with store.write():
        publish.stop_all(SYSTEM, stopped=False)
    assert resting() == {hurry.TICK}


def test_letting_a_channel_and_all_sending_go_on(garden, resting):
    with store.write():
        pauses.put(SYSTEM, Pause.Kind.CHANNEL, "paper", paused=True)
        settings.put_stopped(SYSTEM, stopped=True)
    assert resting() == set()
    with store.write():
        pauses.put(SYSTEM, Pause.Kind.CHANNEL, "paper", paused=False)
    assert resting() == {touch_hurry.SEND}
    with store.write():
        settings.put_stopped(SYSTEM, stopped=False)
    assert resting() == {touch_hurry.SEND}
