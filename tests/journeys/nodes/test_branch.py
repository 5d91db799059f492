"""journeys.nodes.branch: who goes which way, asked together and not before it can be known."""

from datetime import timedelta

from tests.journeys.conftest import BYE
from tests.journeys.walking import NOON, Knows, go, walker


def test_runs_whose_times_lie_together_are_asked_about_together():
    walkers = [walker(cid, at=NOON + timedelta(minutes=5 * cid)) for cid in range(4)]
    knows = go(
        [{"id": "first", "branch": [{"if": {"tag": "a"}, "go": "bye"}], "next": "end"}, BYE], *walkers, knows=Knows({1})
    )
    assert knows.asked == [({0, 1}, NOON + timedelta(minutes=5)), ({2, 3}, NOON + timedelta(minutes=15))]
    assert [each.passed[0].outcome for each in walkers] == ["else", "#1", "else", "else"]


def test_what_the_warehouse_cannot_know_yet_is_not_asked():
    one = walker(cause_seq=101)
    knows = go([{"id": "first", "branch": [{"if": {"tag": "a"}, "go": "bye"}], "next": "end"}, BYE], one)
    assert (knows.asked, one.asks, one.resting, one.passed) == ([], True, True, [])
