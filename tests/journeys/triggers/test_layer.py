"""journeys.triggers.layer: the layer of a person changed."""

import pytest

from potager.insight import forwarder, refresh
from potager.insight.models import LayerModel
from tests.journeys.conftest import HELLO, problems
from tests.journeys.test_subscriber import keys


@pytest.fixture
def value(garden) -> str:
    """A model of two layers: who bought, and who did not."""
    LayerModel.objects.create(
        key="value",
        name_zh="价值",
        kind="ordered",
        settings={
            "layers": [{"key": "buyer", "zh": "买过", "when": {"event": "order_paid"}}],
            "else": {"key": "none", "zh": "没买"},
        },
    )
    return "value"


@pytest.mark.parametrize(
    ("asked", "before", "after", "enters"),
    [
        ({}, "none", "buyer", True),
        ({}, None, "none", True),
        ({}, "none", None, False),
        ({"to": ["buyer"]}, "none", "buyer", True),
        ({"to": ["buyer"]}, None, "buyer", True),
        ({"to": ["buyer"]}, "buyer", "none", False),
        ({"from": ["none"]}, "none", "buyer", True),
        ({"from": ["none"]}, None, "buyer", False),
        ({"to": ["buyer"], "from": ["none"]}, "none", "buyer", True),
        ({"to": ["buyer"], "from": ["buyer"]}, "none", "buyer", False),
    ],
)
def test_where_to_and_from(garden, value, asked, before, after, enters):
    garden.publish(triggers=[{"layer": value, **asked}], steps=[HELLO])
    cid = garden.person()
    garden.tell("layer_changed", cid, model="other", **{"from": before, "to": after})
    assert keys(cid) == []
    garden.tell("layer_changed", cid, model=value, **{"from": before, "to": after})
    assert keys(cid) == ([""] if enters else [])


def test_who_moves_by_a_refresh_enters_each_time_and_by_a_rebuild_does_not(garden, value):
    garden.publish(
        entry="each", triggers=[{"layer": value, "from": ["none"]}], steps=[HELLO], goal={"event": "friend_lost"}
    )
    one, other = garden.person(), garden.person()
    garden.later(seconds=1)
    refresh.run()
    garden.order(one)
    garden.later(seconds=1)
    refresh.run()
    garden.order(other)
    garden.later(seconds=1)
    refresh.run(cause="rebuild")
    forwarder.forward_all()
    assert ([key[:6] for key in keys(one)], keys(other)) == (["event:"], [])


def test_model_and_layers_must_exist(garden, value):
    assert problems(triggers=[{"layer": "valeu"}]) == [("journey.layer", "triggers[0]")]
    assert problems(triggers=[{"layer": value, "to": ["buyer"], "from": ["nobody"]}]) == [
        ("journey.layer", "triggers[0]")
    ]
    assert problems(triggers=[{"layer": value, "to": ["buyer"], "from": ["none"]}]) == []
