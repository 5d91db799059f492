"""links.guessing: who asks in vain too often is not answered; what is remembered stays small."""

import pytest
from django.test import RequestFactory

from potager.content.links.guessing import Guesses, address_of


def test_after_so_many_wrong_ones_an_address_is_over_until_the_window_has_passed():
    tried = Guesses(most=3)
    for second in range(3):
        assert not tried.is_over("a", second)
        tried.wrong("a", second)
    assert tried.is_over("a", 3)
    assert not tried.is_over("b", 3)
    assert tried.is_over("a", 59.9)
    assert not tried.is_over("a", 60)
    tried.wrong("a", 60)
    assert not tried.is_over("a", 60)


def test_the_address_that_has_not_erred_for_longest_is_forgotten_first():
    tried = Guesses(most=1, addresses=3)
    for n, address in enumerate("abc"):
        tried.wrong(address, n)
    tried.wrong("a", 3)
    tried.wrong("d", 4)
    assert len(tried) == 3
    assert [tried.is_over(address, 5) for address in "abcd"] == [True, False, True, True]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        ("::1", "1.2.3.4", "1.2.3.4"),
        # From anybody else the header is a claim of their own.
        ("8.8.8.8", "1.2.3.4", "8.8.8.8"),
    ],
)
def test_the_front_of_the_house_says_who_asks(peer, forwarded, address):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(RequestFactory(REMOTE_ADDR=peer).get("/r/x", headers=headers)) == address
