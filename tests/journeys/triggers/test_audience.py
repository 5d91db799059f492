"""journeys.triggers.audience: each spell in an audience is an entry."""

from tests.journeys.conftest import HELLO
from tests.journeys.test_subscriber import keys


def test_an_audience_spell_is_an_entry(garden):
    garden.audience("dormant")
    garden.publish(entry="each", triggers=[{"audience": "dormant"}], steps=[HELLO])
    cid = garden.person()
    garden.tell("audience_entered", cid, audience="dormant", spell=1)
    garden.tell("audience_entered", cid, audience="dormant", spell=1)
    garden.tell("audience_entered", cid, audience="vip", spell=1)
    garden.tell("audience_entered", cid, audience="dormant", spell=2)
    assert keys(cid) == ["spell:1", "spell:2"]
