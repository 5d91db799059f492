"""touch.breaker: opens past its share of failures, tries one call, closes by itself, shared by workers."""

import threading
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.journal import to_us
from potager.org.access import SYSTEM
from potager.touch import breaker, handover, outbox, settings
from potager.touch.breaker import LONGEST, PROBE, Admission, BreakerSetting
from potager.touch.channels import Unavailable, Uncertain
from potager.touch.life import State
from potager.touch.models import Breaker, Touch
from potager.touch.pump import pump
from tests.touch.conftest import both, say, state
from tests.touch.test_intents import message

FOUR = BreakerSetting(calls=4, share=0.5, seconds=60)


def admitted():
    admission = breaker.admit("paper", "send")
    assert admission is not None
    return admission


def call(*, error=""):
    breaker.tell(admitted(), FOUR, error=error)


def opened():
    for _ in range(2):
        call(error="down")
    return Breaker.objects.get()


def rest_over():
    Breaker.objects.update(open_until_us=1)


class TestOpening:
    def test_so_large_a_share_of_the_last_calls_opens_it(self, house):
        for error in ("", "", "", "x", "", "", "", "x"):
            call(error=error)
        assert (Breaker.objects.get().recent, breaker.room("paper", "send", 9)) == ("...x", 9)
        call(error="down")
        row = Breaker.objects.get()
        assert (row.recent, row.trips, row.error, breaker.admit("paper", "send")) == ("..xx", 1, "down", None)
        assert breaker.room("paper", "send", 9) == 0

    def test_fewer_calls_than_it_looks_at_are_judged_by_the_number_that_opens_it(self, house):
        call(error="down")
        assert breaker.room("paper", "send", 9) == 9
        call(error="down")
        assert breaker.room("paper", "send", 9) == 0

    def test_other_endpoints_and_channels_go_on(self, house):
        opened()
        assert breaker.admit("paper", "news") == Admission("paper", "news", 0)
        assert breaker.admit("sms", "send") == Admission("sms", "send", 0)

    def test_calls_that_change_nothing_write_nothing(self, house, django_assert_num_queries):
        for _ in range(4):
            call()
        with django_assert_num_queries(2):
            call()

    def test_it_rests_in_wall_time_whatever_the_business_clock_says(self, house):
        before = clock.wall()
        row = opened()
        assert to_us(before + timedelta(seconds=60)) <= row.open_until_us <= to_us(clock.wall() + timedelta(seconds=60))
        with clock.frozen(clock.now() + timedelta(days=30)):
            assert breaker.admit("paper", "send") is None

    @pytest.mark.parametrize(("trips", "minutes"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (10_000, 30)])
    def test_each_opening_in_a_row_rests_twice_as_long(self, trips, minutes):
        assert FOUR.rest(trips) == min(timedelta(minutes=minutes), LONGEST)


class TestHalfOpen:
    def test_one_call_is_the_probe_and_one_that_goes_well_closes_it(self, house):
        opened()
        rest_over()
        assert breaker.phase(Breaker.objects.get(), clock.wall()) == "half_open"
        assert breaker.room("paper", "send", 9) == 1
        probe = admitted()
        assert (probe.is_probe, breaker.admit("paper", "send"), breaker.room("paper", "send", 9)) == (True, None, 0)
        breaker.tell(probe, FOUR)
        row = Breaker.objects.get()
        assert (row.trips, row.recent, breaker.phase(row, clock.wall())) == (0, "", "closed")
        assert breaker.room("paper", "send", 9) == 9

    def test_one_that_fails_opens_it_for_twice_as_long(self, house):
        opened()
        rest_over()
        call(error="still down")
        row = Breaker.objects.get()
        assert (row.trips, row.error, breaker.admit("paper", "send")) == (2, "still down", None)
        assert row.open_until_us > to_us(clock.wall() + timedelta(seconds=110))

    def test_what_was_called_before_it_opened_is_no_news(self, house):
        late = admitted()
        opened()
        breaker.tell(late, FOUR)
        assert Breaker.objects.get().trips == 1
        rest_over()
        probe = admitted()
        breaker.tell(probe, FOUR)
        breaker.tell(late, FOUR, error="late")
        assert Breaker.objects.get().recent == ""

    def test_a_worker_that_died_probing_leaves_it_to_another(self, house):
        opened()
        rest_over()
        before = clock.wall()
        admitted()
        assert Breaker.objects.get().probing_until_us >= to_us(before + PROBE)
        Breaker.objects.update(probing_until_us=1)
        assert admitted().is_probe

    @pytest.mark.django_db(transaction=True)
    def test_of_two_workers_one_gets_the_probe(self, house, monkeypatch):
        opened()
        rest_over()
        looking = threading.Barrier(2)
        row = breaker._row

        def together(channel, endpoint):
            found = row(channel, endpoint)
            if not store.is_writing():
                looking.wait(5)
            return found

        got = []
        with monkeypatch.context() as patched:
            patched.setattr(breaker, "_row", together)
            both(*[lambda: got.append(breaker.admit("paper", "send"))] * 2)
        assert sorted(each is not None and each.is_probe for each in got) == [False, True]

    @pytest.mark.django_db(transaction=True)
    def test_no_failure_of_two_workers_is_lost(self, house):
        setting = BreakerSetting(calls=20, share=1.0)
        admissions = [admitted() for _ in range(16)]

        def fail(mine):
            for each in mine:
                breaker.tell(each, setting, error="down")

        both(lambda: fail(admissions[:8]), lambda: fail(admissions[8:]))
        assert Breaker.objects.get().recent == "x" * 16


def put(**more):
    with store.write():
        settings.put_policy(SYSTEM, settings.Policy(breaker=BreakerSetting(calls=2, share=0.5, **more)))


class TestOutbox:
    def test_an_open_channel_keeps_its_queue_and_one_message_probes(self, people, paper):
        put()
        made = say(*(message(customer, run=n) for n, customer in enumerate(people)))
        paper.trouble = Unavailable("down")
        outbox.send_due()
        assert set(Touch.objects.values_list("tries", "token")) == {(1, "")}
        Touch.objects.update(lease_until_us=1)
        paper.trouble = None
        assert (outbox.send_due(), paper.given, Touch.objects.filter(tries=1).count()) == (0, [], 6)
        rest_over()
        assert (outbox.send_due(), len(paper.tokens)) == (1, 1)
        assert (outbox.send_due(), {state(each) for each in made}) == (5, {State.HANDED_OVER})

    def test_a_window_that_closes_meanwhile_closes(self, people, paper):
        put()
        touch = say(message(people[0]))[0]
        paper.trouble = Unavailable("down")
        outbox.send_due()
        pump(clock.now() + timedelta(days=2))
        assert state(touch) == State.EXPIRED

    def test_what_the_channel_has_not_waits_for_its_turn_without_a_try(self, people, paper):
        put()
        touch = say(message(people[0]))[0]
        paper.trouble = Uncertain("timeout")
        outbox.send_due()
        Touch.objects.update(lease_until_us=1)
        assert outbox.send_due() == 0
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.token, row.tries, row.lease_until_us) == (State.QUEUED, "", 1, 0)

    def test_who_lost_the_race_for_the_probe_lays_its_messages_down(self, people, paper, monkeypatch):
        touch = say(message(people[0]))[0]
        monkeypatch.setattr(breaker, "admit", lambda channel, endpoint: None)
        assert outbox.send_due() == 0
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.token, row.tries, paper.given) == (State.QUEUED, "", 0, [])

    def test_a_message_that_is_suspected_does_not_close_its_channel(self, people, paper):
        put()
        with store.write():
            settings.put_policy(SYSTEM, settings.Policy(breaker=BreakerSetting(calls=4, share=0.5)))
        say(message(people[0]))
        paper.trouble = ZeroDivisionError("poison")
        for _ in range(5):
            outbox.send_due()
            Touch.objects.update(lease_until_us=1)
        assert Breaker.objects.get(endpoint="send").recent == "x"

    def test_questions_rest_too_and_are_not_asked(self, people, paper, monkeypatch):
        put()
        asked = []

        def never(after, limit):
            asked.append(after)
            raise ZeroDivisionError("broken")

        monkeypatch.setattr(paper, "news", never)
        pump()
        pump()
        assert asked == [0]
        with pytest.raises(Unavailable, match="news of paper rests"):
            handover.ask(paper, "news", list)
