"""rules.consent: a purpose refused through a channel."""

from potager.core import clock, store
from potager.org.access import SYSTEM
from potager.people import consent
from potager.people.consent import Stated
from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.consent import Consent
from tests.touch.rules.asking import Message, ask, ask_all


def refuse(customer, channel="sms", purpose="marketing", *, allowed=False):
    with store.write():
        stated = Stated(customer.identities.get().id, customer.id, channel, purpose, allowed=allowed, at=clock.now())
        consent.record(SYSTEM, [stated])


def test_an_opt_out_skips_that_purpose_through_that_channel(people):
    refuse(people[0])
    mine = {"cid": people[0].id}
    assert ask(Consent(), Message(**mine)) == Verdict("skip", "consent", {"channel": "sms", "purpose": "marketing"})
    assert ask(Consent(), Message(**mine, purpose="service")) == SEND
    assert ask(Consent(), Message(**mine, channel="handout")) == SEND
    assert ask(Consent(), Message(cid=people[1].id)) == SEND


def test_a_batch_is_asked_once_per_channel_and_purpose(people, django_assert_num_queries):
    refuse(people[0], "*", "*")
    messages = [Message(cid=each.id, purpose=purpose) for each in people for purpose in ("marketing", "service")]
    with django_assert_num_queries(2):
        decisions = [verdict.decision for verdict in ask_all([Consent()], messages)]
    assert decisions == ["skip", "skip", *["send"] * 10]


def test_why():
    assert Consent().why({"channel": "sim_sms", "purpose": "marketing"}) == Words(
        "客户已退订「sim_sms」的营销消息", "The customer opted out of marketing messages through sim_sms"
    )
