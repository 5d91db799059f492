"""journeys.triggers.manual: somebody chooses who enters."""

import pytest

from potager.core import store
from potager.core.errors import Conflict
from potager.journeys import publish, queries, starting
from potager.journeys.models import Run
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO


def test_a_start_needs_a_live_journey(garden):
    garden.publish(triggers=[{"manual": True}], steps=[HELLO])
    with store.write():
        publish.pause(SYSTEM, queries.journey_of("welcome"))
    with pytest.raises(Conflict):
        starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})


def test_whom_a_condition_selects_enters_and_once_a_start(garden):
    garden.publish(entry="each", triggers=[{"manual": True}], steps=[HELLO])
    one, two = garden.person(), garden.person()
    garden.later(seconds=1)
    journey = queries.journey_of("welcome")
    assert starting.start(SYSTEM, journey, {"all": []}) == 2
    assert starting.start(SYSTEM, journey, {"all": []}) == 0
    keys = list(Run.objects.order_by("subject_id").values_list("subject_id", "entry_key"))
    assert keys == [(one, f"manual:{garden.now:%Y%m%dT%H%M%S}"), (two, f"manual:{garden.now:%Y%m%dT%H%M%S}")]


def test_no_event_opens_it(garden):
    garden.publish(triggers=[{"manual": True}], steps=[HELLO])
    garden.tell("friend_added", garden.person())
    assert not Run.objects.exists()
