"""rules.channel: the way out is there and has what it needs."""

import pytest

from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.channel import Sendable
from tests.touch.rules.asking import Message, ask


def lacks(what, channel="paper"):
    return Verdict("skip", "channel", {"channel": channel, "lacking": what})


def test_a_channel_nobody_installed(people, paper):
    assert ask(Sendable(), Message(channel="pigeon")) == lacks("channel", "pigeon")
    assert ask(Sendable(), Message(channel="paper")) == SEND


def test_a_sender_where_one_must_speak(people, paper, staff):
    staff.active = False
    staff.save()
    assert ask(Sendable(), Message(channel="paper", sender="lin")) == SEND
    paper.needs_sender = True
    assert ask(Sendable(), Message(channel="paper")) == lacks("sender")
    assert ask(Sendable(), Message(channel="paper", sender="lin")) == lacks("sender_left")
    staff.active = True
    staff.save()
    assert ask(Sendable(), Message(channel="paper", sender="lin")) == SEND


def test_a_text_up_to_the_limit(people, paper):
    assert ask(Sendable(), Message(channel="paper", text="好" * 4_000)) == SEND
    assert ask(Sendable(), Message(channel="paper", text="好" * 4_001)) == lacks("length")


@pytest.mark.parametrize(
    ("lacking", "zh", "en"),
    [
        ("channel", "没有安装通道「sms」", "The channel sms is not installed"),
        ("sender", "没有发送人：客户没有归属员工", "There is no sender: the customer has no owner among staff"),
        ("sender_left", "发送人已离职，发不出去", "The sender does not work here any more"),
        ("length", "内容超过通道「sms」的长度上限", "The text is too long for sms"),
    ],
)
def test_why(lacking, zh, en):
    assert Sendable().why({"channel": "sms", "lacking": lacking}) == Words(zh, en)
