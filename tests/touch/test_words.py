"""touch.words and receipts: an answer that is a word of opting out is heard once, and at once."""

import pytest

from potager.core import clock, store
from potager.core.models import JournalEntry
from potager.org.access import SYSTEM
from potager.people import consent
from potager.people.consent import Stated
from potager.people.models import Consent
from potager.touch import claims, outbox, receipts, settings
from potager.touch.channels import Inbound, Uncertain
from potager.touch.life import State
from potager.touch.models import Touch
from potager.touch.words import ANY, OPT_OUT_WORDS, is_opt_out
from tests.touch.conftest import say, state
from tests.touch.test_intents import message

WORDS = {ANY: list(OPT_OUT_WORDS), "sms": ["STOP"]}


@pytest.mark.parametrize("text", ["退订", " td ", "ＴＤ", "T", "“退订”", "退订。", "Unsubscribe!", "【退订】"])
def test_the_whole_answer_in_any_width_and_case(text):
    assert is_opt_out(text, "wecom", WORDS)


@pytest.mark.parametrize("text", ["", "  ", "。", "怎么退订", "不退订", "Td-210", "TT", "好的"])
def test_an_answer_that_only_holds_a_word_is_an_answer(text):
    assert not is_opt_out(text, "wecom", WORDS)


def test_a_channels_own_words_are_all_it_has():
    assert is_opt_out("stop", "sms", WORDS)
    assert not is_opt_out("退订", "sms", WORDS)
    assert not is_opt_out("退订", "sms", {"sms": []})
    assert not is_opt_out("退订", "wecom", {})


def answer(paper, text, *, id_="m1", token=""):
    with store.write():
        receipts.hear(paper, [Inbound(id_, "reply", "person-0", "lin", clock.now(), token, text)])


def events():
    rows = JournalEntry.objects.filter(type__in=["opted_out", "message_replied", "touch_replied"])
    return list(rows.order_by("seq").values_list("type", flat=True))


def test_it_withdraws_consent_with_source_and_time_once(people, paper):
    answer(paper, "退订")
    answer(paper, "退订")
    [row] = Consent.objects.all()
    assert (row.customer_id, row.channel, row.purpose, row.allowed) == (people[0].id, "paper", "marketing", False)
    assert (row.at, row.source) == (clock.now(), "reply")
    assert events() == ["opted_out"]
    assert JournalEntry.objects.get(type="opted_out").body == {
        "channel": "paper",
        "purpose": "marketing",
        "source": "reply",
    }


def test_other_answers_are_answers_and_their_words_are_kept_nowhere(people, paper):
    answer(paper, "怎么退订")
    assert (events(), Consent.objects.count()) == (["message_replied"], 0)
    assert "退订" not in str(JournalEntry.objects.get().body)


def test_the_words_are_a_setting(people, paper):
    with store.write():
        settings.put_policy(SYSTEM, settings.Policy(opt_out_words={"paper": ["别再发了"]}))
    answer(paper, "退订")
    answer(paper, "别再发了", id_="m2")
    assert events() == ["message_replied", "opted_out"]


class TestQueued:
    def test_what_waits_for_its_channel_is_not_sent_any_more(self, people, paper):
        queued, service, other = say(
            message(people[0]), message(people[0], run=2, purpose="service"), message(people[1], run=3)
        )
        assert outbox.send_due(limit=0) == 0
        answer(paper, "退订")
        outbox.send_due()
        assert [state(each) for each in (queued, service, other)] == [
            State.SKIPPED,
            State.HANDED_OVER,
            State.HANDED_OVER,
        ]
        assert Touch.objects.get(id=queued.id).rule == "consent"

    def test_a_worker_between_its_verdicts_and_its_claim_does_not_take_it(self, people, paper):
        say(message(people[0]))
        answer(paper, "退订")
        assert claims.claim(paper, 10) == []

    def test_what_is_said_by_any_other_door_counts_as_much(self, people, paper):
        say(message(people[0]))
        with store.write():
            iid = people[0].identities.get().id
            consent.record(SYSTEM, [Stated(iid, people[0].id, "*", "marketing", allowed=False, at=clock.now())])
        assert claims.claim(paper, 10) == []
        outbox.send_due()
        assert Touch.objects.get().rule == "consent"

    def test_one_that_must_be_sent_a_second_time_is_judged_first(self, people, paper):
        touch = say(message(people[0]))[0]
        paper.trouble = Uncertain("timeout")
        outbox.send_due()
        paper.trouble = None
        answer(paper, "退订")
        Touch.objects.update(lease_until_us=1)
        outbox.send_due()
        outbox.send_due()
        assert (state(touch), paper.given) == (State.SKIPPED, [])
