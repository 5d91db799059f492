"""The warehouse is another process's, which is away: who must ask it waits and is counted, everybody else goes on."""

from pathlib import Path

import pytest

from potager.core.errors import Down
from potager.facts import warehouse
from potager.facts.warehouse.remote import RemoteWarehouse
from potager.journeys import knowing, present, tick
from potager.journeys.queries import journey_of
from tests.journeys.conftest import HELLO

DAY = {"id": "day", "wait": {"for": "1d"}}
BOUGHT = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}
ASK = {"id": "who", "branch": [{"if": BOUGHT, "go": "hello"}], "next": "end"}
NAMED = {"id": "hello", "message": {"text": "{商品}用得怎么样", "purpose": "service"}}


@pytest.fixture
def away(monkeypatch):
    """Takes the owner away and gives it back."""
    there = warehouse.get()
    monkeypatch.setattr(knowing, "_told", {})

    def take(*, back: bool = False) -> None:
        warehouse._warehouse = there if back else RemoteWarehouse("remote:", Path("/nonexistent"))

    yield take
    # Not by monkeypatch, which would put it back after it was closed.
    warehouse._warehouse = there


def test_sending_and_timing_go_on_and_a_branch_waits_for_it(garden, away):
    garden.publish(key="plain", steps=[DAY, HELLO])
    garden.publish(steps=[DAY, ASK, HELLO])
    cid = garden.person()
    garden.order(cid)
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    away()
    with pytest.raises(Down):
        warehouse.get().query("SELECT 1")
    garden.at(garden.now.replace(day=garden.now.day + 2), load=False)
    assert garden.steps(cid, "plain") == [("day", "waited"), ("hello", "queued")]
    assert garden.steps(cid) == [("day", "waited")]
    assert tick.waiting_for_facts() == 1
    shown = present.detail(journey_of("welcome"), "en")
    assert (shown.late, shown.stuck) == (1, [])
    away(back=True)
    garden.later(seconds=1)
    assert garden.steps(cid) == [("day", "waited"), ("who", "#1"), ("hello", "queued")]
    assert tick.waiting_for_facts() == 0


def test_a_product_is_called_what_it_was_called_before(garden, away):
    with warehouse.get().write() as writer:
        writer.execute("INSERT INTO product (product, name) VALUES ('ML-S01', '精华')")
    garden.publish(triggers=[{"event": "order_paid", "key": "order_no"}], entry="each", steps=[NAMED])
    first, second = garden.person(), garden.person()
    garden.order(first)
    garden.later(seconds=1)
    assert garden.texts(first) == ["精华用得怎么样"]
    away()
    garden.order(second)
    garden.at(garden.now.replace(second=30), load=False)
    assert garden.texts(second) == ["精华用得怎么样"]


def test_a_product_nobody_spoke_of_yet_waits_and_its_journey_says_why(garden, away, monkeypatch):
    with warehouse.get().write() as writer:
        writer.execute("INSERT INTO product (product, name) VALUES ('ML-S01', '精华')")
    garden.publish(triggers=[{"event": "order_paid", "key": "order_no"}], entry="each", steps=[NAMED])
    cid = garden.person()
    away()
    garden.order(cid)
    garden.at(garden.now.replace(second=30), load=False)
    assert garden.texts(cid) == []
    (stuck,) = present.detail(journey_of("welcome"), "en").stuck
    assert "potager warehouse serve" in stuck.message
    away(back=True)
    later = tick.clock.wall() + tick.timedelta(minutes=2)
    monkeypatch.setattr(tick.clock, "wall", lambda: later)
    garden.later(seconds=1)
    assert garden.texts(cid) == ["精华用得怎么样"]
    assert present.detail(journey_of("welcome"), "en").stuck == []
