"""touch.outbox: claimed under a lease, called outside transactions, written down once."""

import pytest

from potager.core import clock, store
from potager.core.journal import to_us
from potager.core.models import JournalEntry
from potager.org.access import SYSTEM
from potager.people import consent
from potager.people.consent import Stated
from potager.touch import intents, outbox, settings
from potager.touch.channels import Unavailable, Uncertain
from potager.touch.life import State
from potager.touch.models import CapReservation, Lane, Touch
from potager.touch.pump import Counts, pump
from tests.touch.conftest import DAY, HOUR, both, say, state
from tests.touch.test_intents import MORNING, NIGHT, message, types


def send_again(touch):
    """As if the lease of whoever held the touch had ended."""
    Touch.objects.filter(id=touch.id).update(lease_until_us=1)
    return outbox.send_due()


def test_same_sender_and_text_travel_together(people, paper):
    made = say(*(message(customer, run=n) for n, customer in enumerate(people)))
    assert outbox.send_due() == 6
    assert [(batch.sender, batch.text, [to.cid for to in batch.to]) for batch in paper.given] == [
        ("lin", "你好，小雨", [people[0].id]),
        ("lin", "你好，朋友", [customer.id for customer in people[1:]]),
    ]
    assert {state(each) for each in made} == {State.HANDED_OVER}
    assert types() == ["touch_sent"] * 6
    assert outbox.send_due() == 0


def test_the_more_urgent_lane_goes_first(people, paper):
    lanes = [Lane.CAMPAIGN, Lane.SOP, Lane.WELCOME, Lane.TRANSACTIONAL]
    say(*(message(people[n], run=n, lane=lane) for n, lane in enumerate(lanes)))
    for _ in lanes:
        outbox.send_due(limit=1)
    assert paper.people == [people[n].id for n in (2, 3, 1, 0)]


def test_the_channels_rate_is_kept(people, paper):
    paper.per_minute = 4
    say(*(message(customer, run=n) for n, customer in enumerate(people)))
    assert (outbox.send_due(), outbox.send_due()) == (4, 0)
    Touch.objects.filter(claimed_us__gt=0).update(claimed_us=1)
    assert outbox.send_due() == 2


def test_nothing_leaves_while_sending_is_stopped(people, paper):
    with store.write():
        settings.put_stopped(SYSTEM, stopped=True)
    touch = say(message(people[0]))[0]
    assert (pump(), state(touch)) == (Counts(), State.QUEUED)
    with store.write():
        settings.put_stopped(SYSTEM, stopped=False)
    assert (pump().sent, state(touch)) == (1, State.HANDED_OVER)


class TestDueTime:
    def test_deferred_messages_go_in_the_morning(self, people, paper):
        touch = say(message(people[0]), at=NIGHT)[0]
        assert pump(MORNING - HOUR) == Counts()
        assert pump(MORNING).sent == 2
        assert state(touch) == State.HANDED_OVER

    def test_they_are_judged_again_then(self, people, paper):
        touch = say(message(people[0]), at=NIGHT)[0]
        with store.write():
            identity = people[0].identities.get()
            consent.record(SYSTEM, [Stated(identity.id, people[0].id, "*", "*", allowed=False, at=NIGHT)])
        pump(MORNING)
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.rule, paper.given) == (State.SKIPPED, "consent", [])

    def test_two_deferred_to_the_same_morning_do_not_break_the_cap(self, people, paper):
        first, second = say(message(people[0]), message(people[0], run=2), at=NIGHT)
        pump(MORNING)
        assert sorted([state(first), state(second)]) == [State.HANDED_OVER, State.SKIPPED]

    def test_a_queued_message_with_an_old_verdict_is_judged_again(self, people, paper):
        touch = say(message(people[0], expires=clock.now() + 2 * DAY))[0]
        assert outbox.send_due(limit=0) == 0
        pump(NIGHT)
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.rule, row.due_us, paper.given) == (State.DEFERRED, "quiet", to_us(MORNING), [])
        assert CapReservation.objects.count() == 0
        pump(MORNING)
        assert state(touch) == State.HANDED_OVER

    def test_past_its_window_it_expires_and_gives_its_place_back(self, people, paper):
        touch = say(message(people[0], expires=clock.now() + HOUR))[0]
        assert pump(clock.now() + HOUR) == Counts(expired=1)
        assert (state(touch), paper.given, CapReservation.objects.count()) == (State.EXPIRED, [], 0)
        assert types() == ["touch_expired"]

    def test_a_shadow_deferred_overnight_is_withheld_in_the_morning(self, people, paper):
        touch = say(message(people[0], arm="holdout", shadow=True), at=NIGHT)[0]
        pump(MORNING)
        assert (state(touch), paper.given, types()) == (State.WITHHELD, [], [])
        assert Touch.objects.get(id=touch.id).marks.get(state="withheld").at_us == to_us(MORNING)


class TestAnswers:
    def test_refused_for_good(self, people, paper):
        paper.answers["你好，小雨"] = ("refused", "blacklisted")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        assert state(touch) == State.FAILED
        assert CapReservation.objects.count() == 0
        assert JournalEntry.objects.get(type="touch_failed").body["reason"] == "blacklisted"

    def test_to_be_tried_again(self, people, paper):
        paper.answers["你好，小雨"] = ("retry", "busy")
        touch = say(message(people[0]))[0]
        assert (outbox.send_due(), outbox.send_due(), state(touch)) == (0, 0, State.QUEUED)
        paper.answers.clear()
        assert (send_again(touch), state(touch)) == (1, State.HANDED_OVER)
        assert Touch.objects.get(id=touch.id).tries == 2

    def test_cost_is_counted_when_it_is_handed_over(self, people, paper):
        with store.write():
            settings.put_policy(SYSTEM, settings.Policy(costs={"paper": 7}))
        paper.answers["你好，小雨"] = ("refused", "x")
        say(message(people[0]), message(people[1], run=2))
        outbox.send_due()
        assert list(Touch.objects.order_by("id").values_list("cost_minor", flat=True)) == [0, 7]


class TestTrouble:
    def test_a_channel_that_got_nothing_is_tried_again_as_if_never(self, people, paper):
        paper.trouble = Unavailable("down")
        touch = say(message(people[0]))[0]
        assert outbox.send_due() == 0
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.token, row.tries) == (State.QUEUED, "", 1)
        paper.trouble = None
        assert (send_again(touch), state(touch)) == (1, State.HANDED_OVER)

    @pytest.mark.parametrize("arrived", [True, False])
    def test_a_call_that_broke_off_is_looked_up_and_sent_once(self, people, paper, arrived):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        assert outbox.send_due() == 0
        token = Touch.objects.get(id=touch.id).token
        assert len(token) == 32
        paper.trouble = None
        if arrived:
            paper.given.append(paper_batch(token, people[0]))
        assert (send_again(touch), state(touch)) == (1, State.HANDED_OVER)
        assert paper.tokens == [token]

    def test_a_channel_that_cannot_tell_leaves_it_unknown_and_is_not_asked_twice(self, people, paper):
        paper.looks_up, paper.trouble = False, Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        paper.trouble = None
        assert (send_again(touch), state(touch), paper.given) == (1, State.UNKNOWN, [])
        assert outbox.send_due() == 0
        assert types() == ["touch_unknown"]
        assert CapReservation.objects.count() == 1

    def test_a_lookup_that_fails_leaves_it_for_later(self, people, paper, monkeypatch):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()

        def fail(tokens):
            raise Unavailable("down")

        monkeypatch.setattr(paper, "lookup", fail)
        assert (send_again(touch), state(touch)) == (0, State.QUEUED)
        assert Touch.objects.get(id=touch.id).lease_until_us > to_us(clock.wall())


class TestTakingBack:
    def test_handed_over_messages_of_an_ended_journey_are_asked_back(self, people, paper):
        touch, other = say(message(people[0]), message(people[1], run=2))
        pump()
        with store.write():
            intents.cancel([1])
        assert state(touch) == State.HANDED_OVER
        assert pump() == Counts(withdrawn=1)
        assert [state(touch), state(other)] == [State.CANCELLED, State.HANDED_OVER]
        assert paper.taken_back == {Touch.objects.get(id=touch.id).token}

    def test_one_in_a_workers_hand_is_looked_up_first(self, people, paper):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        with store.write():
            assert intents.cancel([1]) == 0
        paper.trouble = None
        assert (send_again(touch), state(touch), paper.given) == (1, State.CANCELLED, [])

    def test_one_the_channel_has_after_all_is_asked_back(self, people, paper):
        paper.trouble = Uncertain("timeout")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        with store.write():
            intents.cancel([1])
        paper.trouble = None
        paper.given.append(paper_batch(Touch.objects.get(id=touch.id).token, people[0]))
        send_again(touch)
        assert state(touch) == State.HANDED_OVER
        pump()
        assert state(touch) == State.CANCELLED

    def test_what_cannot_be_taken_back_stays(self, people, paper, monkeypatch):
        touch = say(message(people[0]))[0]
        pump()
        with store.write():
            intents.cancel([1])
        monkeypatch.setattr(paper, "cancel", lambda tokens, at: set())
        assert pump() == Counts()
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.cancel_wanted) == (State.HANDED_OVER, False)

    def test_past_its_window_it_is_asked_for_once_and_starves_nobody(self, people, paper, monkeypatch):
        say(message(people[0]), message(people[1], run=2))
        pump()
        asked = []
        monkeypatch.setattr(paper, "cancel", lambda tokens, at: asked.extend(tokens) or set())
        with clock.frozen(clock.now() + DAY):
            for _ in range(4):
                assert outbox.withdraw(limit=1) == 0
        assert asked == paper.tokens
        with store.write():
            intents.cancel([2])
        with clock.frozen(clock.now() + 2 * DAY):
            outbox.withdraw()
            outbox.withdraw()
        assert asked == [*paper.tokens, paper.tokens[1]]

    def test_a_channel_that_is_down_is_asked_again_later(self, people, paper, monkeypatch):
        touch = say(message(people[0]))[0]
        pump()
        with store.write():
            intents.cancel([1])

        def down(tokens, at):
            raise Unavailable("down")

        with monkeypatch.context() as patched:
            patched.setattr(paper, "cancel", down)
            assert outbox.withdraw() == 0
        assert (outbox.withdraw(), state(touch)) == (0, State.HANDED_OVER)
        Touch.objects.filter(id=touch.id).update(lease_until_us=1)
        assert (outbox.withdraw(), state(touch)) == (1, State.CANCELLED)


def paper_batch(token, customer):
    from potager.touch.channels import Batch, Recipient

    return Batch("lin", "你好，小雨", "welcome", (Recipient(token, 0, customer.id, "person-0", clock.now()),))


def test_inside_a_write_transaction_it_refuses(people, paper):
    with store.write(), pytest.raises(RuntimeError, match=r"store\.write"):
        outbox.send_due()


@pytest.mark.django_db(transaction=True)
def test_two_workers_one_message_each(people, paper):
    say(*(message(people[n % 6], run=n, purpose="transactional") for n in range(60)))

    def worker() -> None:
        for _ in range(12):
            outbox.send_due(limit=10)

    both(worker, worker)
    assert len(paper.tokens) == len(set(paper.tokens)) == 60
    assert Touch.objects.filter(state="handed_over", tries=1).count() == 60
