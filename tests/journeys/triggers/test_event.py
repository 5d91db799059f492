"""journeys.triggers.event: something happened, and that names the entry."""

from potager.evidence.models import Assignment
from tests.journeys.conftest import HELLO
from tests.journeys.test_subscriber import PAUSE, keys


def test_each_event_is_an_entry_of_its_own(garden):
    garden.publish(entry="each", steps=[HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.tell("friend_added", cid)
    first, second = keys(cid)
    assert first.startswith("event:")
    assert first != second
    assert Assignment.objects.count() == 1


def test_a_property_names_the_entry(garden):
    garden.publish(entry="each", triggers=[{"event": "order_paid", "key": "order_no"}], steps=[HELLO, PAUSE])
    cid = garden.person()
    garden.order(cid, no="A1")
    garden.order(cid, no="A1")
    garden.order(cid, no="A2")
    assert keys(cid) == ["order_no:A1", "order_no:A2"]


def test_where_looks_at_the_event_alone(garden):
    where = [{"prop": "amount", "op": "gte", "value": "200.00"}]
    garden.publish(triggers=[{"event": "order_paid", "where": where}], goal={"event": "friend_lost"})
    rich, poor = garden.person(), garden.person()
    garden.order(rich, amount=20000)
    garden.order(poor, amount=19999)
    assert (keys(rich), keys(poor)) == ([""], [])
