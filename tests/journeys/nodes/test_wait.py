"""journeys.nodes.wait: where a rest ends, and what ends it early."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import HELLO
from tests.journeys.walking import NOON, Knows, go, walker


@pytest.mark.parametrize(
    ("wait", "context", "until"),
    [
        ({"for": "36h"}, {}, NOON + timedelta(hours=36)),
        ({"until": "19:30"}, {}, NOON + timedelta(hours=7.5)),
        ({"until": "10:00"}, {}, NOON + timedelta(hours=22)),
        ({"until": "10:00", "day": 3}, {}, NOON + timedelta(days=3, hours=-2)),
        ({"between": ["22:00", "02:00"]}, {}, NOON + timedelta(hours=10)),
        ({"life": 0.5, "default": "30d"}, {"product": "A", "qty": 2}, NOON + timedelta(days=40)),
        ({"life": 0.5, "default": "30d"}, {"product": "B"}, NOON + timedelta(days=30)),
        ({"life": 0.5, "default": "30d"}, {}, NOON + timedelta(days=30)),
    ],
)
def test_where_a_wait_ends(wait, context, until):
    one = walker(context=context)
    go([{"id": "first", "wait": wait}, HELLO], one, knows=Knows(lives={"A": 40}))
    assert (one.step, one.waiting, one.at, one.passed) == ("first", True, until, [])


def test_a_wait_that_is_over_already_is_no_wait():
    one = walker(entered=NOON - timedelta(days=9))
    go([{"id": "first", "wait": {"until": "10:00", "day": 2}}, {"id": "out", "exit": {"reason": "enough"}}], one)
    assert [(each.step, each.outcome) for each in one.passed] == [("first", "no_wait"), ("out", "enough")]
    assert one.ended == "enough"


def test_an_event_ends_a_wait_early(garden):
    wait = {"id": "answer", "wait": {"for": "2d", "or_event": {"event": "message_replied"}}}
    garden.publish(steps=[wait, HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(hours=1)
    garden.tell("message_replied", cid, staff="chen")
    garden.later(seconds=1)
    assert garden.steps(cid) == [("answer", "event"), ("hello", "queued")]
