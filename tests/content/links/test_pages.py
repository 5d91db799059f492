"""links.pages: what a customer's phone is answered, and who is counted by it."""

import json
from datetime import date

import pytest
from django.db import OperationalError
from django.test import Client

from potager.content.links import html, opening, writing
from potager.content.links.guessing import MOST
from potager.content.links.models import Link, PersonalLink, Visit
from potager.core import store
from potager.org.models import Account, Role
from tests.content.links.conftest import OWNER, SPRING, facts, made, page, person, phone, sent

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def spring(wall) -> PersonalLink:
    return sent(made(), person())


@pytest.fixture
def care(wall) -> PersonalLink:
    return sent(page(), person())


def counts() -> tuple[int, int]:
    row = PersonalLink.objects.get()
    return row.opens, row.bots


def test_a_phone_is_led_on_at_once_and_nothing_keeps_the_answer(spring):
    answer = phone().get(f"/r/{spring.token}")
    assert (answer.status_code, answer.headers["Location"]) == (302, SPRING)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.cookies == {}
    assert (counts(), facts("link_opened")[0]["first"]) == ((1, 0), True)


def test_a_storm_of_reloads_is_one_opening(spring):
    for _ in range(20):
        assert phone().get(f"/r/{spring.token}").status_code == 302
    assert (counts(), len(facts("link_opened"))) == ((1, 0), 1)


def test_where_it_leads_is_what_is_stored_whatever_the_address_says(spring):
    answer = phone().get(f"/r/{spring.token}?url=https://evil.example&next=//evil.example")
    assert answer.headers["Location"] == SPRING
    assert phone().get(f"/r/{spring.token}//evil.example").status_code == 404
    assert phone().get("/r/https://evil.example").status_code == 404


def test_a_changed_target_holds_for_links_already_sent(spring):
    Link.objects.update(target="https://shop.example.com/summer")
    assert phone().get(f"/r/{spring.token}").headers["Location"] == "https://shop.example.com/summer"


def test_asking_the_head_alone_leads_on_and_opens_nothing(spring):
    answer = phone().head(f"/r/{spring.token}")
    assert (answer.status_code, answer.headers["Location"], answer.content) == (302, SPRING, b"")
    assert (counts(), facts("link_opened")) == ((0, 1), [])


@pytest.mark.parametrize(
    "headers", [{"User-Agent": "curl/8"}, {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}, {}]
)
def test_machines_are_led_on_and_counted_beside(spring, headers):
    assert Client(headers=headers).get(f"/r/{spring.token}").status_code == 302
    assert counts() == (0, 1)


def test_a_prefetching_phone_opens_nothing_yet(spring):
    phone(**{"Sec-Purpose": "prefetch"}).get(f"/r/{spring.token}")
    assert counts() == (0, 1)
    phone().get(f"/r/{spring.token}")
    assert counts() == (1, 1)


def test_a_colleague_signed_in_to_the_console_is_no_customer(spring):
    colleague = phone()
    colleague.force_login(Account.objects.create(login="lin", role=Role.STAFF))
    assert colleague.get(f"/r/{spring.token}").status_code == 302
    assert counts() == (0, 0)


def test_an_unknown_address_is_told_so_kindly():
    answer = phone().get("/r/abcdefghijkl")
    assert answer.status_code == 404
    assert "没有找到这个链接" in answer.content.decode()
    assert phone().get("/r/x'%20or%201=1").status_code == 404


@pytest.mark.parametrize(
    ("more", "said"),
    [({"until_day": date(2026, 10, 31)}, "已经过期"), ({"from_day": date(2026, 11, 2)}, "还没有开始")],
)
def test_out_of_its_days_it_opens_for_nobody(wall, more, said):
    row = sent(made(**more), person())
    answer = phone().get(f"/r/{row.token}")
    assert answer.status_code == 410
    assert said in answer.content.decode()
    assert (counts(), facts("link_opened")) == ((0, 0), [])


def test_retired_it_opens_for_nobody_and_brought_back_for_all(spring):
    with store.write():
        writing.retire(OWNER, "spring")
    assert phone().get(f"/r/{spring.token}").status_code == 410
    with store.write():
        writing.revive(OWNER, "spring")
    assert phone().get(f"/r/{spring.token}").status_code == 302


def test_who_guesses_is_left_unanswered_and_others_are_not(spring):
    guesser, customer = phone(**{"X-Forwarded-For": "6.6.6.6"}), phone(**{"X-Forwarded-For": "1.2.3.4"})
    for n in range(MOST):
        assert guesser.get(f"/r/guess{n:07}").status_code == 404
    answer = guesser.get("/r/guess0000099")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert guesser.get(f"/r/{spring.token}").status_code == 429
    assert customer.get(f"/r/{spring.token}").status_code == 302


def test_a_store_that_cannot_be_written_keeps_nobody_from_the_page(spring, monkeypatch, caplog):
    def fails(token: str) -> None:
        raise OperationalError("locked")

    monkeypatch.setattr(opening, "opened", fails)
    assert phone().get(f"/r/{spring.token}").status_code == 302
    assert "was not written down" in caplog.text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading_is_possible(spring, method):
    assert getattr(phone(), method)(f"/r/{spring.token}").status_code == 405


class TestPage:
    def test_a_text_is_shown_as_it_is_written_and_nothing_of_it_runs(self, care):
        answer = phone().get(f"/c/{care.token}")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "<h1>敏感肌怎么护理</h1>" in text
        assert "<p>第一步：少洗。</p>\n<p>第二步：&lt;b&gt;保湿&lt;/b&gt;。</p>" in text
        assert f'data-to="/c/{care.token}/read" data-visit="{Visit.objects.get().pk}"' in text
        assert answer.headers["Content-Security-Policy"] == html.POLICY
        assert "script-src 'sha256-" in html.POLICY
        assert len(answer.content) < 60_000
        assert counts() == (1, 0)

    def test_a_machine_gets_the_text_and_no_word_to_give(self, care):
        text = Client().get(f"/c/{care.token}").content.decode()
        assert "少洗" in text
        assert "<script>" not in text
        assert counts() == (0, 1)

    def test_each_kind_has_its_own_address_and_either_leads_there(self, care):
        answer = phone().get(f"/r/{care.token}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/c/{care.token}")
        assert counts() == (0, 0)
        other = sent(made(), person(2), 2)
        assert phone().get(f"/c/{other.token}").headers["Location"] == f"/r/{other.token}"

    def tell(self, row: PersonalLink, word: object, client: Client | None = None) -> int:
        text = word if isinstance(word, str) else json.dumps(word)
        return (client or phone()).post(f"/c/{row.token}/read", text, content_type="text/plain").status_code

    def test_reading_is_told_without_a_sign_in(self, care, wall):
        strict = Client(enforce_csrf_checks=True, headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile"})
        strict.get(f"/c/{care.token}")
        wall.later(30)
        visit = Visit.objects.get().pk
        assert self.tell(care, {"visit": visit, "seconds": 25}, strict) == 204
        assert self.tell(care, {"visit": visit, "seconds": 25}, strict) == 204
        assert PersonalLink.objects.get().seconds == 25
        assert [body["seconds"] for body in facts("link_read")] == [25]

    @pytest.mark.parametrize(
        "word",
        [
            *("", "[]", "{}", "nonsense", "\x00\xff", {"visit": 1}, {"visit": 1, "seconds": "9"}),
            *({"visit": 1, "seconds": 0}, {"visit": 1, "seconds": -5}, {"visit": 2**70, "seconds": 5}),
            *({"visit": 1, "seconds": 1.5}, {"visit": 1, "seconds": 5, "more": 1}, {"visit": True, "seconds": 5}),
            {"visit": 1, "seconds": 5, "x": "y" * 300},
        ],
    )
    def test_a_word_that_says_something_else_is_refused(self, care, word):
        phone().get(f"/c/{care.token}")
        assert self.tell(care, word) == 400
        assert facts("link_read") == []

    def test_a_word_for_a_visit_there_is_not_changes_nothing(self, care):
        assert self.tell(care, {"visit": 999_999, "seconds": 5}) == 204
        assert facts("link_read") == []

    def test_a_word_for_nobodys_page_is_a_guess(self, care):
        answer = phone().post("/c/abcdefghijkl/read", "{}", content_type="text/plain")
        assert answer.status_code == 404
        assert phone().get(f"/c/{care.token}/read").status_code == 405
