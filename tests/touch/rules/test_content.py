"""rules.content: a message with a hole in it is not sent."""

from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.content import Content
from tests.touch.rules.asking import Message, ask


def test_a_hole_in_the_text_skips_and_names_it():
    assert ask(Content(), Message(missing=("skin_type",))) == Verdict("skip", "content", {"missing": ["skin_type"]})
    assert ask(Content(), Message()) == SEND


def test_why():
    assert Content().why({"missing": ["肤质", "city"]}) == Words(
        "缺少变量 肤质、city，且没有默认值", "Missing without a default: 肤质、city"
    )
