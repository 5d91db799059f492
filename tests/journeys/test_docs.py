"""docs/concepts/journeys.md names every trigger, step and wait there is."""

from pathlib import Path

import pytest

from potager.journeys.graph import KINDS, TRIGGERS, Definition
from potager.journeys.nodes.wait import Wait

PAGE = (Path(__file__).resolve().parents[2] / "docs/concepts/journeys.md").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_is_described(kind):
    assert f"| `{kind}` |" in PAGE


@pytest.mark.parametrize("field", [f.alias or name for name, f in Wait.model_fields.items()])
def test_every_wait_is_described(field):
    assert f"{field}:" in PAGE or f"`{field}`" in PAGE


@pytest.mark.parametrize("field", TRIGGERS)
def test_every_trigger_is_described(field):
    assert f"| `{field}`" in PAGE


@pytest.mark.parametrize("field", ["entry", "gap", "filter", "lead", "control", "window", "goal"])
def test_what_a_definition_may_say_is_described(field):
    assert field in Definition.model_fields
    assert f"`{field}" in PAGE
