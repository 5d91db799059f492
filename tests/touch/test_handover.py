"""touch.handover: what a channel raises costs its own messages an attempt, never those of another, and has an end."""

import pytest

from potager.core import clock
from potager.touch import channels, outbox, pump
from potager.touch.channels import Result, Unavailable, Uncertain
from potager.touch.claims import TRIES
from potager.touch.drafts import Intent
from potager.touch.life import State
from potager.touch.models import CapReservation, Touch
from tests.touch.conftest import DAY, Paper, say, state
from tests.touch.test_intents import message, types
from tests.touch.test_outbox import send_again


@pytest.fixture
def two(people):
    """A channel that breaks on everything it is asked, before one that works; one message for each."""
    before = list(channels.installed().values())
    bad, good = Paper(key="bad"), Paper(key="good")

    def fail(*_):
        raise ZeroDivisionError("an error of the channel's own")

    bad.send = bad.lookup = bad.cancel = bad.news = fail
    channels.set_channels([bad, good])
    say(*(Intent(people[n].id, key, "你好", run_id=n + 1, step="a") for n, key in enumerate(("bad", "good"))))
    yield bad, good
    channels.set_channels(before)


class TestAnUnforeseenException:
    def test_the_channels_after_it_are_served(self, two, people, caplog):
        _, good = two
        assert outbox.send_due() == 1
        assert good.people == [people[1].id]
        bad = Touch.objects.get(channel="bad")
        assert (bad.state, bad.trouble, len(bad.token), bad.tries) == ("queued", "broken", 32, 1)
        assert "channel bad failed in a way nobody foresaw" in caplog.text

    def test_so_are_their_news_and_takings_back(self, two, people, caplog):
        _, good = two
        outbox.send_due()
        Touch.objects.filter(channel="bad").update(state=State.HANDED_OVER)
        Touch.objects.update(cancel_wanted=True)
        good.told = [channels.Receipt(good.tokens[0], State.STAFF_CONFIRMED, clock.now())]
        assert (outbox.withdraw(), pump.tell()) == (1, 1)
        assert good.taken_back == set(good.tokens)
        rested = Touch.objects.get(channel="bad")
        assert (rested.cancel_wanted, rested.lease_until_us > 0) == (True, True)

    def test_so_they_are_when_its_answers_make_no_sense(self, two, people, caplog):
        bad, good = two
        bad.send = bad.lookup = bad.cancel = bad.news = lambda *_: None
        assert (outbox.send_due(), good.people) == (1, [people[1].id])
        Touch.objects.update(lease_until_us=1, cancel_wanted=True)
        assert (outbox.send_due(), outbox.withdraw(), pump.tell()) == (0, 1, 0)
        row = Touch.objects.get(channel="bad")
        assert (row.state, row.trouble, row.tries, row.lease_until_us > 1) == ("queued", "broken", 2, True)
        assert "channel bad failed in its turn" in caplog.text

    def test_one_that_breaks_its_channel_each_time_is_given_up(self, people, paper):
        paper.trouble = ZeroDivisionError("poison")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        for _ in range(TRIES - 1):
            send_again(touch)
        assert state(touch) == State.QUEUED
        send_again(touch)
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.tries, CapReservation.objects.count()) == ("failed", TRIES + 1, 0)
        assert row.marks.get(state="failed").reason == "channel_error"
        assert types() == ["touch_failed"]

    def test_attempts_that_ended_otherwise_do_not_bring_its_end_nearer(self, people, paper):
        paper.answers["你好，小雨"] = ("retry", "busy")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        for _ in range(TRIES):
            send_again(touch)
        paper.trouble = ZeroDivisionError("once")
        send_again(touch)
        assert Touch.objects.get(id=touch.id).tries == 1
        paper.trouble = None
        paper.answers.clear()
        assert (send_again(touch), state(touch)) == (1, State.HANDED_OVER)

    def test_the_one_that_is_the_cause_does_not_take_the_others_with_it(self, people, paper, monkeypatch):
        made = say(*(message(customer, run=n) for n, customer in enumerate(people)))
        good = paper.send

        def poisoned(batches, at):
            if any("小雨" in batch.text for batch in batches):
                raise ZeroDivisionError("poison")
            return good(batches, at)

        monkeypatch.setattr(paper, "send", poisoned)
        outbox.send_due()
        assert {state(each) for each in made} == {State.QUEUED}
        assert send_again(made[0]) == 0
        Touch.objects.update(lease_until_us=1)
        assert outbox.send_due() == 5
        assert [state(each) for each in made] == [State.QUEUED, *[State.HANDED_OVER] * 5]

    def test_a_channel_that_does_not_look_up_leaves_it_unknown(self, people, paper):
        paper.looks_up, paper.trouble = False, ZeroDivisionError("poison")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        assert (send_again(touch), state(touch), paper.given) == (1, State.UNKNOWN, [])

    def test_one_without_an_answer_is_looked_up(self, people, paper, monkeypatch):
        first, second = say(message(people[0]), message(people[1], run=2))

        def forgetful(batches, at):
            return [Result(to.token, "accepted") for batch in batches for to in batch.to if to.touch == first.id]

        with monkeypatch.context() as patched:
            patched.setattr(paper, "send", forgetful)
            assert outbox.send_due() == 1
        assert (state(first), state(second)) == (State.HANDED_OVER, State.QUEUED)
        assert (send_again(second), state(second)) == (1, State.HANDED_OVER)


class TestAChannelThatDoesNotTell:
    def never(self, tokens):
        raise Unavailable("down")

    def test_inside_the_window_it_is_asked_again(self, people, paper, monkeypatch):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        monkeypatch.setattr(paper, "lookup", self.never)
        for _ in range(3 * TRIES):
            assert send_again(touch) == 0
        assert state(touch) == State.QUEUED

    def test_past_the_window_it_is_unknown_after_many_times(self, people, paper, monkeypatch):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        monkeypatch.setattr(paper, "lookup", self.never)
        with clock.frozen(clock.now() + 2 * DAY):
            for _ in range(TRIES - 1):
                assert send_again(touch) == 0
            assert (send_again(touch), state(touch)) == (1, State.UNKNOWN)
        assert Touch.objects.get(id=touch.id).marks.get(state="unknown").reason == "channel_silent"
