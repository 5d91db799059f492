"""`potager daily`: what has happened is known and acted on when it ends."""

import json
from datetime import timedelta
from functools import partial

from click.testing import CliRunner

from potager import daily as main
from potager.cli.daily import daily
from potager.core import clock, journal, store
from potager.core.journal import Fact
from potager.facts import loader
from tests.journeys.conftest import HELLO, Garden, garden

__all__ = ["garden"]


def test_everything_waiting_is_loaded_and_each_phase_is_timed(warehouse):
    with store.write():
        (entry,) = journal.append([Fact("event", "page_viewed", "test", "m1", clock.now(), {"name": "home"})]).entries
    told = CliRunner().invoke(daily, ["--json"], catch_exceptions=False)
    assert list(json.loads(told.output)) == ["load", "refresh", "forward", "tick", "send"]
    assert loader.loaded_seq() == journal.last_seq() == entry.seq
    again = CliRunner().invoke(daily, catch_exceptions=False)
    assert again.output.startswith("load ")
    assert again.output.count(" s  ") == 4


def test_it_ends_when_nobody_is_due_any_more(garden: Garden, monkeypatch):
    garden.publish(steps=[HELLO])
    people = [garden.person() for _ in range(5)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.now += timedelta(seconds=1)
    clock.set_world(garden.now)
    monkeypatch.setattr(main.journeys_tick, "tick", partial(main.journeys_tick.tick, 2))
    main.main_job(refresh=False)
    assert [garden.steps(cid) for cid in people] == [[("hello", "queued")]] * 5
