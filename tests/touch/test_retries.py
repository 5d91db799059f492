"""touch.retries: dead letters go again once, where nobody gets them twice; unknown ones are looked up."""

import pytest

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.journal import to_us
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from potager.people import consent
from potager.people.consent import Stated
from potager.touch import channels, outbox, receipts, retries, tasks
from potager.touch.channels import Receipt, Uncertain
from potager.touch.channels.handout import Handout
from potager.touch.drafts import Intent
from potager.touch.life import State
from potager.touch.models import StaffTask, Touch
from potager.touch.retries import LookedUp
from tests.touch.conftest import HOUR, both, say, state
from tests.touch.test_intents import message


@pytest.fixture
def refused(people, paper):
    """A message the channel never took."""
    paper.answers["你好，小雨"] = ("refused", "blacklisted")
    touch = say(message(people[0]))[0]
    outbox.send_due()
    paper.answers.clear()
    return touch.id


@pytest.fixture
def lost(people, paper):
    """A message of which nobody knows: the channel could not look up at the time."""
    touch = say(message(people[0]))[0]
    paper.trouble, paper.looks_up = Uncertain("timeout"), False
    outbox.send_due()
    Touch.objects.update(lease_until_us=1)
    outbox.send_due()
    paper.trouble, paper.looks_up = None, True
    assert state(touch) == State.UNKNOWN
    return touch.id


def retry(*ids):
    with store.write():
        return retries.retry(SYSTEM, ids)


class TestRetry:
    def test_it_becomes_a_touch_of_its_own_and_goes(self, refused, paper):
        [new] = retry(refused)
        old, row = Touch.objects.get(id=refused), Touch.objects.get(id=new)
        same = ("run_id", "step", "visit", "journey", "cid", "iid", "person_key", "channel", "purpose", "lane", "text")
        assert [getattr(row, name) for name in same] == [getattr(old, name) for name in same]
        assert (row.retry_of, row.state, old.state) == (refused, State.INTENDED, State.FAILED)
        assert row.expires_us - row.asked_us == old.expires_us - old.asked_us
        assert row.asked_us == to_us(clock.now())
        outbox.send_due()
        assert (state(new), paper.people) == (State.HANDED_OVER, [old.cid])
        assert AuditRow.objects.get(action="touch.retry").detail == {"touches": [refused]}

    def test_however_often_it_is_asked_it_goes_once(self, refused, paper):
        assert [len(retry(refused)) for _ in range(3)] == [1, 0, 0]
        assert not retries.letters().exists()

    @pytest.mark.django_db(transaction=True)
    def test_two_who_ask_at_once_send_one(self, refused, paper):
        both(*[lambda: retry(refused)] * 2)
        outbox.send_due()
        assert (Touch.objects.filter(retry_of=refused).count(), len(paper.tokens)) == (1, 1)

    def test_policy_is_asked_anew(self, refused, people, paper):
        with store.write():
            iid = people[0].identities.get().id
            consent.record(SYSTEM, [Stated(iid, people[0].id, "*", "*", allowed=False, at=clock.now())])
        [new] = retry(refused)
        outbox.send_due()
        assert (state(new), Touch.objects.get(id=new).rule, paper.given) == (State.SKIPPED, "consent", [])

    def test_a_retry_that_fails_is_a_dead_letter_too(self, refused, paper):
        [new] = retry(refused)
        paper.answers["你好，小雨"] = ("refused", "blacklisted")
        outbox.send_due()
        assert [row.id for row in retries.letters()] == [new]
        assert len(retry(new)) == 1

    def test_what_the_channel_took_is_not_sent_again_whatever_it_says_later(self, people, paper):
        touch = say(message(people[0]))[0]
        outbox.send_due()
        with store.write():
            receipts.record([Receipt(paper.tokens[0], State.FAILED, clock.now(), "not_a_friend")])
        assert (state(touch), retries.may_retry(list(retries.letters()))) == (State.FAILED, set())
        with pytest.raises(Problem) as problem:
            retry(touch.id)
        assert (problem.value.code, Touch.objects.count()) == ("touch.no_retry", 1)

    def test_one_refused_among_several_sends_none(self, refused, people, paper):
        touch = say(message(people[1], run=2))[0]
        outbox.send_due()
        with store.write():
            receipts.record([Receipt(paper.tokens[0], State.FAILED, clock.now(), "x")])
        with pytest.raises(Problem):
            retry(refused, touch.id)
        assert Touch.objects.count() == 2

    def test_who_left_the_journey_early_gets_nothing_more(self, refused, monkeypatch):
        monkeypatch.setattr(retries._keeper, "ended", lambda runs: set(runs) & {1})
        assert retries.may_retry(list(retries.letters())) == set()
        with pytest.raises(Problem):
            retry(refused)

    def test_what_staff_did_not_send_may_go_again(self, people, staff, paper):
        channels.set_channels([Handout()])
        touch = say(Intent(people[0].id, "handout", "在吗", run_id=1, step="a"))[0]
        outbox.send_due()
        with store.write():
            tasks.complete(SYSTEM, StaffTask.objects.get().id, "not_done", "忙")
        [new] = retry(touch.id)
        outbox.send_due()
        assert state(new) == State.HANDED_OVER
        assert StaffTask.objects.filter(state="open").count() == 1

    def test_what_is_no_dead_letter_is_left_out(self, people, paper):
        touch = say(message(people[0]))[0]
        assert retry(touch.id) == []


class TestLookUp:
    def test_what_the_channel_has_is_with_it(self, lost, paper, monkeypatch):
        token = Touch.objects.get(id=lost).token
        monkeypatch.setattr(paper, "lookup", lambda tokens: set(tokens) & {token})
        assert retries.look_up(SYSTEM, [lost]) == LookedUp(found=1)
        assert (state(lost), paper.given) == (State.HANDED_OVER, [])

    def test_what_it_certainly_has_not_failed_and_may_go_again(self, lost, paper):
        assert retries.look_up(SYSTEM, [lost]) == LookedUp(absent=1)
        assert Touch.objects.get(id=lost).marks.get(state="failed").reason == "not_at_channel"
        [new] = retry(lost)
        outbox.send_due()
        assert (state(new), len(paper.tokens)) == (State.HANDED_OVER, 1)

    def test_an_unknown_one_is_no_dead_letter(self, lost):
        assert (retry(lost), state(lost)) == ([], State.UNKNOWN)

    def test_a_channel_that_cannot_tell_leaves_it_unknown(self, lost, paper, monkeypatch):
        monkeypatch.setattr(paper, "looks_up", False)
        assert retries.look_up(SYSTEM, [lost]) == LookedUp(silent=1)

        def down(tokens):
            raise ZeroDivisionError("down")

        monkeypatch.setattr(paper, "looks_up", True)
        monkeypatch.setattr(paper, "lookup", down)
        assert (retries.look_up(SYSTEM, [lost]), state(lost)) == (LookedUp(silent=1), State.UNKNOWN)

    def test_a_receipt_may_still_come_for_it(self, lost):
        with store.write():
            receipts.record([Receipt(Touch.objects.get(id=lost).token, State.DELIVERED, clock.now() + HOUR)])
        assert state(lost) == State.DELIVERED
