"""journeys.triggers.tag: a tag was given or taken away, whoever did it."""

import pytest

from potager.core import store
from potager.core.errors import Problem
from potager.insight import forwarder, refresh, tags
from potager.insight.models import TagDefinition
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO, problems
from tests.journeys.test_subscriber import keys


def test_a_tag_given_and_taken_away_by_hand(garden):
    garden.tag("vip")
    garden.tag("loud")
    garden.publish(key="given", entry="each", triggers=[{"tag": "vip"}], steps=[HELLO])
    garden.publish(key="taken", entry="each", triggers=[{"tag": "vip", "change": "removed"}], steps=[HELLO])
    cid = garden.person()
    with store.write():
        tags.add(SYSTEM, [cid], "vip", None)
        tags.add(SYSTEM, [cid], "vip", None)
        tags.add(SYSTEM, [cid], "loud", None)
    assert len(keys(cid)) == 1
    assert garden.run(cid, "given").context["tag"] == "vip"
    with store.write():
        tags.remove(SYSTEM, [cid], "vip")
    assert garden.run(cid, "taken").context["event"] == "tag_removed"


def test_a_value_is_asked_for(garden):
    TagDefinition.objects.create(
        key="skin", name_zh="肤质", source="manual", value_kind="choice", options=["dry", "oily"]
    )
    garden.publish(entry="each", triggers=[{"tag": "skin", "value": "dry"}], steps=[HELLO])
    cid = garden.person()
    with store.write():
        tags.add(SYSTEM, [cid], "skin", "oily")
    assert keys(cid) == []
    with store.write():
        tags.add(SYSTEM, [cid], "skin", "dry")
    assert len(keys(cid)) == 1


def test_a_tag_by_its_rule_and_not_by_a_rebuild(garden):
    TagDefinition.objects.create(key="buyer", name_zh="买过", source="rule", rule={"event": "order_paid"})
    garden.publish(triggers=[{"tag": "buyer"}], steps=[HELLO], goal={"event": "friend_lost"})
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
    assert (keys(one), keys(other)) == ([""], [])


@pytest.mark.parametrize(
    ("trigger", "code"),
    [
        ({"tag": "nobody"}, ["journey.tag"]),
        ({"tag": "vip", "value": "much"}, ["journey.tag_value"]),
        ({"tag": "skin", "value": "wet"}, ["journey.tag_value"]),
        ({"tag": "skin", "value": "dry"}, []),
        ({"tag": "vip", "change": "removed"}, []),
    ],
)
def test_the_tag_and_its_value_must_exist(garden, trigger, code):
    garden.tag("vip")
    TagDefinition.objects.create(
        key="skin", name_zh="肤质", source="manual", value_kind="choice", options=["dry", "oily"]
    )
    assert [found for found, _ in problems(triggers=[trigger])] == code


def test_a_change_is_one_of_two():
    with pytest.raises(Problem) as refused:
        problems(triggers=[{"tag": "vip", "change": "gone"}])
    assert refused.value.place == "triggers.0.change"
