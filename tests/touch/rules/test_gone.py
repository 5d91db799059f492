"""rules.gone: a deleted customer, or one nobody knows, ends the run."""

from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.gone import Gone
from tests.touch.rules.asking import Message, ask, known


def test_deleted_and_unknown_customers_get_nothing_more():
    assert ask(Gone(), Message(), people=known(gone=True)) == Verdict("drop", "gone")
    assert ask(Gone(), Message(), people={}) == Verdict("drop", "gone")
    assert ask(Gone(), Message()) == SEND


def test_why():
    assert Gone().why({}) == Words("客户已删除", "The customer was deleted")
