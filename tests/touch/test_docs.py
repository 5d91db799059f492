"""docs/concepts/touch.md names every rule, state, event and channel there is."""

import re
from pathlib import Path

from potager.assembly import CHANNELS
from potager.facts.plan import SYSTEM_EVENTS
from potager.touch import life
from potager.touch.claims import Trouble
from potager.touch.settings import Policy

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "concepts" / "touch.md").read_text()


def test_every_trouble_is_named():
    section = PAGE.split("## Sent once")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [trouble.value for trouble in Trouble]


def test_every_state_event_and_channel_is_named():
    words = set(re.findall(r"\w+", PAGE))
    assert {state.value for state in life.State} <= words
    assert set(life.EVENTS.values()) <= words
    assert {channel.key for channel in CHANNELS} <= words


def test_the_shipped_policy_is_as_written():
    shipped = Policy()
    assert (f"{shipped.quiet.start:%H:%M}", f"{shipped.quiet.end:%H:%M}") == ("21:30", "08:30")
    assert [(cap.limit, cap.hours) for cap in shipped.caps] == [(1, 24), (4, 168)]
    assert "quiet from 21:30 to 08:30 for marketing; at most 1 marketing message in\n24 hours and 4 in 7 days" in PAGE


def test_every_event_of_a_touch_is_in_the_tracking_plan():
    tasks = {"task_done", "task_not_done", "task_rejected", "task_expired", "message_replied"}
    assert {*life.EVENTS.values(), *tasks} <= set(SYSTEM_EVENTS)
