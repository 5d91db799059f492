"""touch.policy: the rules in their order, the first that objects decides."""

from datetime import timedelta

from potager.touch.policy import SEND, Verdict
from potager.touch.rules import RULES
from tests.touch.rules.asking import NOON, Message, ask_all, known, sent


def verdict(message, **about):
    return ask_all(RULES, [message], **about)[0]


def test_nothing_against_it(people, paper):
    assert verdict(Message(channel="paper")) == SEND


def test_the_first_rule_that_objects_decides(people, paper):
    paper.needs_sender = True
    told = {"places": sent(timedelta(hours=1), channel="paper")}
    everything = Message(channel="paper", arm="control", missing=("x",))
    assert verdict(everything, people=known(gone=True), **told) == Verdict("drop", "gone")
    assert verdict(everything, **told).rule == "holdout"
    assert verdict(Message(channel="paper", missing=("x",)), **told).rule == "channel"
    assert verdict(Message(channel="paper", sender="lin", missing=("x",)), **told).rule == "cap"
    assert verdict(Message(channel="paper", sender="lin", missing=("x",))).rule == "content"


def test_a_deferral_to_the_very_end_of_the_window_is_a_skip(people, paper):
    told = {"places": sent(timedelta(hours=1), channel="paper")}
    assert verdict(Message(channel="paper", expires=NOON + timedelta(hours=23, microseconds=1)), **told) == Verdict(
        "defer", "cap", {"limit": 1, "hours": 24, "sent": 1}, NOON + timedelta(hours=23)
    )
    assert verdict(Message(channel="paper", expires=NOON + timedelta(hours=23)), **told).decision == "skip"
