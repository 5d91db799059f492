"""links.addresses: tokens, and the setting of what they stand under."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potager.content.links import addresses
from potager.content.links.addresses import TOKEN, new_token, url_of
from potager.content.links.specs import refuse_target
from potager.core import store
from potager.core.errors import Forbidden, Problem
from potager.core.settings import Environment, environment
from potager.org.access import Actor
from potager.org.models import AuditRow, Role
from tests.content.links.conftest import OWNER


@pytest.fixture
def answers(monkeypatch):
    """A house told to answer at a domain, and at all below another."""
    real = environment()
    told = Environment(real.home, real.database, real.debug, (*real.allowed_hosts, "go.example.com", ".lan.example"))
    monkeypatch.setattr(addresses, "environment", lambda: told)


def test_tokens_are_short_unlike_each_other_and_use_every_sign():
    tokens = [new_token() for _ in range(2_000)]
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert len(set(tokens)) == 2_000
    assert len(set("".join(tokens))) == 62


def test_an_address_says_by_one_letter_what_it_opens():
    assert url_of("https://go.example.com", "url", "abc") == "https://go.example.com/r/abc"
    assert url_of("https://go.example.com", "page", "abc") == "https://go.example.com/c/abc"


def test_the_address_of_the_house_is_the_default(house, answers):
    assert addresses.base() == "https://go.example.com"


def test_without_a_domain_it_is_this_machine(house):
    assert addresses.base() == "http://127.0.0.1:8000"


def test_the_owner_sets_it_and_takes_it_back(house, answers):
    with store.write():
        addresses.put_base(OWNER, " http://a.lan.example:8080/ ")
    assert addresses.base() == "http://a.lan.example:8080"
    with store.write():
        addresses.put_base(OWNER, "")
    assert addresses.base() == "https://go.example.com"
    assert [row.detail for row in AuditRow.objects.filter(action="link.base").order_by("id")] == [
        {"from": "https://go.example.com", "to": "http://a.lan.example:8080"},
        {"from": "http://a.lan.example:8080", "to": "https://go.example.com"},
    ]


@pytest.mark.parametrize(
    "written",
    [
        *("go.example.com", "ftp://go.example.com", "https://go.example.com/x", "https://go.example.com?x=1"),
        *("https://me@go.example.com", "https://", "https://go.example.com:99999", "javascript:alert(1)"),
        "https://other.example.com",
    ],
)
def test_what_is_no_address_of_this_house_is_refused(house, answers, written):
    with pytest.raises(Problem) as caught, store.write():
        addresses.put_base(OWNER, written)
    assert (caught.value.code, caught.value.place) == ("link.base", "base")
    assert addresses.base() == "https://go.example.com"


def test_a_manager_does_not_set_it(house, answers):
    with pytest.raises(Forbidden), store.write():
        addresses.put_base(Actor("m", Role.MANAGER), "https://go.example.com")


@pytest.mark.parametrize(
    "target",
    ["https://shop.example.com/spring?a=1#top", "http://127.0.0.1:8000/x", "https://商城.example/春季", "HTTPS://A.b/"],
)
def test_targets_are_web_addresses(target):
    refuse_target(target)


@pytest.mark.parametrize(
    "target",
    [
        *("", "shop.example.com", "//evil.example", "/spring", "javascript:alert(1)", "data:text/html,x"),
        *("https://", "https:///x", "https://me:pw@shop.example.com", "https://a b.example", "https://a.b/\nx"),
        *("https://a.example\\@evil.example", "ftp://a.example", "https://[::1", "https://a.example:0/"),
    ],
)
def test_anything_else_is_refused(target):
    with pytest.raises(Problem) as caught:
        refuse_target(target)
    assert (caught.value.code, caught.value.place) == ("link.target", "target")


@given(st.text(max_size=40))
def test_whatever_passes_begins_with_a_web_scheme_and_breaks_no_header(text):
    try:
        refuse_target(text)
    except Problem:
        return
    assert re.match(r"(?i)https?://[^/\s]", text)
    assert not re.search(r"[\x00-\x20\x7f\\]", text)
