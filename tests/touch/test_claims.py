"""touch.claims: nothing is taken past an end, a verdict or a rate, and what fails rests longer each time."""

import contextlib
import threading
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.journal import to_us
from potager.touch import changes, claims, handover, intents, outbox
from potager.touch.channels import Unavailable, Uncertain
from potager.touch.claims import Trouble
from potager.touch.life import State
from potager.touch.models import Touch
from tests.touch.conftest import both, say, state
from tests.touch.test_intents import message
from tests.touch.test_outbox import send_again


@pytest.mark.django_db(transaction=True)
def test_a_message_taken_while_its_journey_ends_is_cancelled_or_asked_back(people, paper, monkeypatch):
    touch = say(message(people[0]))[0]
    reading, taken = threading.Event(), threading.Event()
    apply = changes.apply

    def slowly(news):
        # The ids to cancel are read; now the outbox comes by.
        reading.set()
        taken.wait(1)
        return apply(news)

    def end() -> None:
        with monkeypatch.context() as patched, store.write():
            patched.setattr(changes, "apply", slowly)
            intents.cancel([1])

    def take() -> None:
        reading.wait(5)
        mine = claims.claim(paper, 10)
        taken.set()
        handover.send(paper, mine)

    both(end, take)
    outbox.withdraw()
    assert state(touch) == State.CANCELLED
    assert paper.taken_back == set(paper.tokens)


def test_an_ended_journeys_message_is_not_sent_when_the_channel_comes_back(people, paper, monkeypatch):
    touch = say(message(people[0]))[0]

    def end_and_fail(batches, at):
        with store.write():
            assert intents.cancel([1]) == 0
        raise Unavailable("down")

    with monkeypatch.context() as patched:
        patched.setattr(paper, "send", end_and_fail)
        assert outbox.send_due() == 1
    send_again(touch)
    assert (state(touch), paper.given) == (State.CANCELLED, [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_one_rate(people, paper, monkeypatch):
    paper.per_minute = 2
    say(*(message(customer, run=n) for n, customer in enumerate(people)))
    counting = threading.Barrier(2)
    room = claims._room

    def together(channel, wanted):
        left = room(channel, wanted)
        if not counting.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                counting.wait(0.5)
        return left

    monkeypatch.setattr(claims, "_room", together)
    taken: list[int] = []
    both(*[lambda: taken.append(len(claims.claim(paper, 10)))] * 2)
    assert sorted(taken) == [0, 2]


def test_what_is_sent_a_second_time_counts_under_the_rate(people, paper):
    paper.per_minute = 2
    say(*(message(customer, run=n) for n, customer in enumerate(people[:3])))
    paper.trouble = Uncertain("timeout")
    outbox.send_due()
    paper.trouble = None
    Touch.objects.filter(claimed_us__gt=0).update(lease_until_us=1)
    assert (outbox.send_due(), paper.tokens) == (0, [])
    Touch.objects.filter(claimed_us__gt=0).update(lease_until_us=1, claimed_us=1)
    assert outbox.send_due() == 2
    assert Touch.objects.filter(claimed_us__gt=1).count() == 2


def test_nobody_takes_what_is_in_a_hand_and_each_taking_is_a_try(people, paper):
    say(message(people[0]))
    mine = claims.claim(paper, 10)
    assert ([each.tries for each in mine], claims.claim(paper, 10), claims.reclaim(paper, 10)) == ([1], [], [])
    Touch.objects.update(lease_until_us=1)
    assert [(each.token, each.tries) for each in claims.reclaim(paper, 10)] == [(mine[0].token, 2)]


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (Trouble.UNAVAILABLE, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]),
        (Trouble.UNCERTAIN, [30, 60, 120, 240, 480, 600, 600, 600, 600, 600]),
        (Trouble.BROKEN, [30, 60, 120, 240, 480, 600, 600, 600, 600, 600]),
    ],
)
def test_each_failure_rests_twice_as_long(trouble, seconds):
    assert [trouble.rests(n) // timedelta(seconds=1) for n in range(1, 11)] == seconds
    assert trouble.rests(10_000) == timedelta(seconds=seconds[-1])


def test_the_rest_is_kept_with_its_trouble(people, paper):
    touch = say(message(people[0]))[0]
    paper.trouble = Unavailable("down")
    outbox.send_due()
    Touch.objects.update(lease_until_us=1, tries=3)
    before = clock.wall()
    outbox.send_due()
    row = Touch.objects.get(id=touch.id)
    assert (row.token, row.tries, row.trouble) == ("", 4, "unavailable")
    assert to_us(before + timedelta(seconds=16)) <= row.lease_until_us <= to_us(clock.wall() + timedelta(seconds=16))
