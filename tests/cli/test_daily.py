"""`potager daily`: what has happened is known and acted on when it ends."""

import json

from click.testing import CliRunner

from potager.cli.daily import daily
from potager.core import clock, journal, store
from potager.core.journal import Fact
from potager.facts import loader


def test_everything_waiting_is_loaded_and_each_phase_is_timed(warehouse):
    with store.write():
        journal.append([Fact("event", "page_viewed", "test", "m1", clock.now(), {"name": "home"})])
    told = CliRunner().invoke(daily, ["--json"], catch_exceptions=False)
    assert list(json.loads(told.output)) == ["load", "refresh", "forward", "tick", "send"]
    assert loader.loaded_seq() == journal.last_seq() == 1
    again = CliRunner().invoke(daily, catch_exceptions=False)
    assert again.output.startswith("load ")
    assert again.output.count(" s  ") == 4
