"""Every kind of step and every trigger is one file with its test, named in one line."""

import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from potager.journeys.graph import KINDS, TRIGGERS
from potager.journeys.nodes.node import Acting, Here, Node
from tests.journeys.walking import NOON, SHANGHAI, Knows, walker

HERE = Path(__file__).parent
SOURCE = Path(inspect.getfile(Node)).parent
BASES = {"__init__", "node", "trigger"}


def names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - BASES


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_step_is_a_file_and_a_test(kind):
    assert KINDS[kind].__module__ == f"potager.journeys.nodes.{kind}"
    assert kind == KINDS[kind].KIND
    assert (HERE / f"nodes/test_{kind}.py").exists()


@pytest.mark.parametrize("kind", TRIGGERS)
def test_a_trigger_is_a_file_and_a_test(kind):
    assert TRIGGERS[kind].__module__ == f"potager.journeys.triggers.{kind}"
    assert kind == TRIGGERS[kind].KIND
    assert (HERE / f"triggers/test_{kind}.py").exists()


def test_no_file_is_left_out_of_a_definition():
    assert names(SOURCE) == set(KINDS)
    assert names(SOURCE.parent / "triggers") == set(TRIGGERS)


def test_a_kind_that_acts_says_how_and_no_other_does():
    assert {kind for kind, node in KINDS.items() if issubclass(node, Acting)} >= {"message", "tag", "task"}
    assert all(not inspect.isabstract(node) for node in KINDS.values())


def test_nothing_else_in_the_room_asks_for_the_kind_of_a_step():
    """What a kind means is said in its file alone; elsewhere it is asked of the node."""
    elsewhere = [path for path in SOURCE.parent.glob("*.py") if path.name != "graph.py"]
    for path in elsewhere:
        text = path.read_text("utf-8")
        assert not [kind for kind in KINDS if f"step.{kind}" in text], path.name


def test_the_kind_that_contributing_adds_is_short_and_works():
    text = (HERE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    example = text.split("## Adding a kind of step", 1)[1].split("```python\n", 1)[1].split("```", 1)[0]
    assert len(example.splitlines()) < 60
    space: dict[str, Any] = {}
    exec(example, space)
    weekend = space["Weekend"](go="rest")
    sunday, monday = walker(1), walker(2, at=NOON + timedelta(days=1))
    weekend.take(Here("first", "work"), [sunday, monday], Knows(), SHANGHAI)
    assert (sunday.step, monday.step) == ("rest", "work")
    assert list(weekend.ways("work")) == [("rest", "weekend"), ("work", "weekday")]
