"""docs/concepts/demo.md states the true effects: they must be the ones the twin uses."""

from pathlib import Path

import pytest

from potager.demo import basket, life, people, response
from potager.demo.response import EFFECTS, ORDINARY, Effect

PAGE = (Path(__file__).parents[2] / "docs" / "concepts" / "demo.md").read_text()


def row(name: str) -> list[str]:
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| {name}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def shown(effect: Effect) -> list[str]:
    lifts = [f"+{round(effect.lift[layer] * 100)} %" if effect.lift[layer] else "0" for layer in life.LAYERS]
    return [*lifts, str(effect.days)]


@pytest.mark.parametrize("journey", EFFECTS)
def test_the_table_of_effects_is_true(journey):
    assert row(f"`{journey}`")[1:6] == shown(EFFECTS[journey])


def test_other_messages_and_the_coupon_are_as_stated():
    assert row("any other message")[1:6] == shown(ORDINARY)
    coupon = EFFECTS[response.WIN_BACK]
    stated = f"¥{coupon.coupon // 100} off the next order of ¥{basket.COUPON_FLOOR // 100} or more within"
    assert row("`win-back`")[6] == f"{stated} {coupon.coupon_days} days"
    assert f"{basket.COUPON_USE:.0%}".replace("%", " %") in PAGE
    assert f"{response.DELETE_SHARE:.0%}".replace("%", " %") + " chance per further message" in PAGE
    assert f"{life.DRIFT:.3%}".replace("%", " %") in PAGE


def test_who_stops_is_as_stated():
    a, b = people.STOPPING
    assert f"beta distribution, {a:g} and {b:g}: {a / (a + b):.0%} on average".replace("%", " %") in PAGE
