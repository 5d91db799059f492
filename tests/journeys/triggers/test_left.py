"""journeys.triggers.left: the end of each spell in an audience is an entry."""

from potager.insight import catalogue, forwarder, refresh
from potager.insight.models import Audience
from potager.insight.present import uses
from tests.journeys.conftest import HELLO, problems
from tests.journeys.test_subscriber import keys


def test_the_end_of_each_spell_is_an_entry(garden):
    garden.audience("dormant")
    garden.publish(entry="each", triggers=[{"left": "dormant"}], steps=[HELLO])
    cid = garden.person()
    garden.tell("audience_entered", cid, audience="dormant", spell=1)
    garden.tell("audience_left", cid, audience="dormant", spell=1)
    garden.tell("audience_left", cid, audience="dormant", spell=1)
    garden.tell("audience_left", cid, audience="vip", spell=1)
    garden.tell("audience_left", cid, audience="dormant", spell=2)
    assert keys(cid) == ["left:1:dormant", "left:2:dormant"]


def test_coming_in_and_going_out_of_one_audience_are_two_entries(garden):
    garden.audience("dormant")
    garden.publish(entry="each", triggers=[{"audience": "dormant"}, {"left": "dormant"}], steps=[HELLO])
    cid = garden.person()
    garden.tell("audience_entered", cid, audience="dormant", spell=1)
    garden.tell("audience_left", cid, audience="dormant", spell=1)
    assert keys(cid) == ["spell:1", "left:1:dormant"]


def test_who_leaves_by_a_refresh_enters_and_by_a_rebuild_does_not(garden):
    condition = {"event": "order_paid", "measure": "count", "op": "eq", "value": 0}
    Audience.objects.create(key="new", name_zh="新客", condition=condition, created_at=garden.now)
    garden.publish(triggers=[{"left": "new"}], steps=[HELLO], goal={"event": "friend_lost"})
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


def test_the_audience_must_exist_and_knows_who_uses_it(garden):
    assert problems(triggers=[{"left": "dormant"}]) == [("journey.audience", "triggers[0]")]
    garden.audience("dormant")
    assert problems(triggers=[{"left": "dormant"}]) == []
    garden.publish(triggers=[{"left": "dormant"}])
    assert uses(catalogue.load())["audience:dormant"] == ["journey:welcome"]
