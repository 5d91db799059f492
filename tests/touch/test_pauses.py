"""touch.pauses: what is paused queues and is not lost; nothing of it is taken once the switch is committed."""

import threading
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from potager.touch import claims, handover, outbox, pauses
from potager.touch.channels import Uncertain
from potager.touch.life import State
from potager.touch.models import Pause, Touch
from potager.touch.pump import Counts, pump
from tests.touch.conftest import DAY, both, say, state
from tests.touch.test_intents import message


def put(kind, key, *, paused):
    with store.write():
        return pauses.put(SYSTEM, Pause.Kind(kind), key, paused=paused)


@pytest.mark.parametrize(("kind", "key"), [("channel", "paper"), ("journey", "welcome")])
def test_what_is_paused_queues_and_goes_on_later(people, paper, kind, key):
    put(kind, key, paused=True)
    touch = say(message(people[0]))[0]
    assert (pump(), state(touch), paper.given) == (Counts(), State.QUEUED, [])
    put(kind, key, paused=False)
    assert (pump().sent, state(touch)) == (1, State.HANDED_OVER)


def test_other_journeys_go_on(people, paper):
    put("journey", "another", paused=True)
    say(message(people[0]))
    assert (pump().sent, paper.people) == (1, [people[0].id])


def test_windows_close_while_it_is_paused(people, paper):
    put("channel", "paper", paused=True)
    touch = say(message(people[0]))[0]
    assert pump(clock.now() + 2 * DAY) == Counts(expired=1)
    assert (state(touch), paper.given) == (State.EXPIRED, [])


def test_what_waited_for_long_is_judged_again_before_it_goes(people, paper):
    put("channel", "paper", paused=True)
    touch = say(message(people[0], expires=clock.now() + 2 * DAY))[0]
    night = clock.now().replace(hour=14) if clock.now().hour < 14 else clock.now() + timedelta(hours=1)
    with clock.frozen(night):
        put("channel", "paper", paused=False)
        pump(night)
    row = Touch.objects.get(id=touch.id)
    assert (row.state, row.rule, paper.given) == (State.DEFERRED, "quiet", [])


@pytest.mark.parametrize(("kind", "key"), [("channel", "paper"), ("journey", "welcome")])
def test_what_the_channel_has_not_is_not_sent_a_second_time(people, paper, kind, key):
    touch = say(message(people[0]))[0]
    paper.trouble = Uncertain("timeout")
    outbox.send_due()
    paper.trouble = None
    put(kind, key, paused=True)
    Touch.objects.update(lease_until_us=1)
    assert (outbox.send_due(), state(touch), paper.given) == (0, State.QUEUED, [])
    put(kind, key, paused=False)
    assert (outbox.send_due(), state(touch)) == (1, State.HANDED_OVER)


def test_each_turn_is_audited_once(house):
    assert [put("channel", "paper", paused=on) for on in (True, True, False, False)] == [True, False, True, False]
    rows = AuditRow.objects.order_by("id").values_list("action", "subject", "actor")
    assert list(rows) == [
        ("touch.pause", "channel:paper", "system"),
        ("touch.go_on", "channel:paper", "system"),
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_taken_once_the_pause_is_committed(people, paper, monkeypatch):
    say(message(people[0]))
    looking, paused = threading.Event(), threading.Event()
    free = claims._free

    def slowly(channel):
        rows = free(channel)
        looking.set()
        paused.wait(2)
        return rows

    def take():
        with monkeypatch.context() as patched:
            patched.setattr(claims, "_free", slowly)
            handover.send(paper, claims.claim(paper, 10))

    def stop():
        looking.wait(5)
        put("journey", "welcome", paused=True)
        paused.set()

    both(take, stop)
    assert paper.given == []
