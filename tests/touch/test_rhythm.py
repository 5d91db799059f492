"""touch.rhythm: acts are kept as they happen, follow the person, and give a message its hour inside its window."""

from datetime import timedelta

import pytest

from potager.core import clock, journal, store
from potager.core.journal import Fact, to_us
from potager.touch import follow, privacy, rhythm
from potager.touch.life import State
from potager.touch.models import PersonAct, Touch
from potager.touch.pump import pump
from tests.touch.conftest import DAY, HOUR, say
from tests.touch.test_intents import message


@pytest.fixture
def heard(house):
    """The room's own subscriber, alone."""
    before = list(journal._subscribers)
    journal.set_subscribers([follow.on_entries])
    yield
    journal.set_subscribers(before)


def act(customer, at, type_="message_replied", kind="event", n=0):
    iid = customer.identities.get().id
    return Fact(kind, type_, "test", f"{type_}:{customer.id}:{at}:{n}", at, {}, iid=iid, cid=customer.id)


def append(*facts):
    with store.write():
        journal.append(facts)


def evenings(customer, n=4):
    """So many answers at 20:xx in Shanghai, on the days before now."""
    evening = clock.day_start(clock.today()) + 20 * HOUR
    return [act(customer, evening - (k + 1) * DAY + k * timedelta(minutes=5)) for k in range(n)]


def test_answers_clicks_and_orders_are_kept_once(people, heard):
    now = clock.now()
    append(
        act(people[0], now - HOUR),
        act(people[0], now - 2 * HOUR, "touch_clicked"),
        act(people[0], now - 3 * HOUR, "order_paid", "order"),
        act(people[0], now - 3 * HOUR, "order_paid", "order", n=1),
        act(people[0], now - 4 * HOUR, "order_created", "order"),
        act(people[1], now - 5 * HOUR, "touch_sent"),
    )
    kept = PersonAct.objects.order_by("-at_us").values_list("cid", "at_us")
    assert list(kept) == [(people[0].id, to_us(now - n * HOUR)) for n in (1, 2, 3)]


def test_they_follow_the_person_and_are_told_and_erased(people, heard):
    append(act(people[0], clock.now() - HOUR))
    iid = people[0].identities.get().id
    append(Fact("identity", "moved", "people", "m1", clock.now(), {}, iid=iid, cid=people[1].id))
    assert PersonAct.objects.get().cid == people[1].id
    assert privacy.told([people[1].id])["acted_at"] == [{"at": clock.now() - HOUR}]
    with store.write():
        privacy.erase([people[1].id], {})
    assert not PersonAct.objects.exists()


def test_what_is_too_old_to_weigh_is_forgotten(people, heard):
    append(act(people[0], clock.now() - rhythm.KEPT - HOUR), act(people[0], clock.now() - DAY))
    rhythm.forget()
    assert [row.at_us for row in PersonAct.objects.all()] == [to_us(clock.now() - DAY)]


class TestAtBest:
    def test_a_message_waits_for_the_persons_hour(self, people, paper, heard):
        append(*evenings(people[0]))
        known, unknown, plain = say(
            message(people[0], at_best=True), message(people[1], run=2, at_best=True), message(people[2], run=3)
        )
        evening = clock.day_start(clock.today()) + 20 * HOUR
        rows = {row.id: row for row in Touch.objects.all()}
        assert (rows[known.id].due_us, known.state) == (to_us(evening), State.INTENDED)
        # It is noon: ten has passed, and comes again tomorrow inside the window of 24 hours.
        assert rows[unknown.id].due_us == to_us(clock.day_start(clock.today()) + 34 * HOUR)
        assert (rows[plain.id].due_us, plain.state) == (to_us(clock.now()), State.QUEUED)
        assert pump(evening).sent >= 1
        assert Touch.objects.get(id=known.id).state == State.HANDED_OVER

    def test_an_hour_past_its_window_is_not_waited_for(self, people, paper, heard):
        append(*evenings(people[0]))
        touch = say(message(people[0], at_best=True, expires=clock.now() + 2 * HOUR))[0]
        assert touch.state == State.QUEUED

    def test_the_window_ends_when_it_would_have(self, people, paper, heard):
        append(*evenings(people[0]))
        say(message(people[0], at_best=True))
        assert Touch.objects.get().expires_us == to_us(clock.now() + DAY)

    def test_on_the_persons_own_clock(self, people, paper, heard):
        people[0].attrs = {"time_zone": "Asia/Urumqi"}
        people[0].save()
        say(message(people[0], at_best=True))
        # Ten in Urumqi is noon in Shanghai: now.
        assert Touch.objects.get().due_us == to_us(clock.now())
