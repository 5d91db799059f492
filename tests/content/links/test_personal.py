"""links.personal: each person their own address, made with the message; none for nobody."""

import re
from datetime import date

import pytest

from potager.content.links import opening, personal, writing
from potager.content.links.models import PersonalLink
from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.org.access import Actor
from potager.org.models import AuditRow, Role, Staff
from potager.touch.drafts import Intent
from potager.touch.life import State
from potager.touch.models import Touch
from potager.touch.pump import pump
from tests.content.links.conftest import OWNER, made, page, person
from tests.touch.conftest import both, paper, say  # noqa: F401  (a fixture)

HOST = r"http://127\.0\.0\.1:8000"
TEXT = "看看{link:spring}，或者 {link：care}，还是 {link:spring}"


def message(customer, n: int = 1, text: str = TEXT, **more) -> Intent:
    return Intent(customer.id, "paper", text, run_id=n, step="a", journey="welcome", **more)


@pytest.fixture
def both_links(house):
    return made(), page()


def test_a_message_gets_an_address_for_each_link_and_person(both_links, paper):  # noqa: F811
    staff = Staff.objects.create(key="lin", name="林晓")
    people = [person(n, staff) for n in (1, 2)]
    touches = say(*(message(each, n) for n, each in enumerate(people)))
    texts = [Touch.objects.get(id=touch.id).text for touch in touches]
    for text in texts:
        match = re.fullmatch(rf"看看{HOST}/r/(\w{{12}})，或者 {HOST}/c/(\w{{12}})，还是 {HOST}/r/\1", text)
        assert match, text
    rows = PersonalLink.objects.order_by("id")
    assert len({row.token for row in rows}) == 4
    assert all(row.token in texts[people.index(next(p for p in people if p.id == row.cid))] for row in rows)
    row = rows[0]
    assert (row.touch, row.cid, row.iid) == (touches[0].id, people[0].id, people[0].identities.get().id)
    assert (row.channel, row.journey, row.sender, row.sent_us, row.opens) == ("paper", "welcome", "lin", 0, 0)


def test_the_same_touch_asked_for_again_makes_no_second_address(both_links, paper):  # noqa: F811
    one = person()
    say(message(one))
    say(message(one), message(one))
    assert PersonalLink.objects.count() == 2


def test_a_shadow_run_makes_none_and_shows_none(both_links, paper):  # noqa: F811
    touch = say(message(person(), shadow=True))[0]
    assert touch.state == State.WITHHELD
    assert Touch.objects.get().text == (
        "看看http://127.0.0.1:8000/r/…，或者 http://127.0.0.1:8000/c/…，还是 http://127.0.0.1:8000/r/…"
    )
    assert PersonalLink.objects.count() == 0


def test_a_message_that_is_not_sent_needs_none(both_links, paper):  # noqa: F811
    touch = say(message(person(), text="{link:spring}{谁也不知道}"))[0]
    assert (touch.state, touch.rule) == (State.SKIPPED, "content")
    assert PersonalLink.objects.count() == 0


@pytest.mark.parametrize("closed", ["retired", "over", "unknown"])
def test_a_link_that_does_not_open_keeps_its_message_back(house, paper, closed):  # noqa: F811
    if closed != "unknown":
        made(until_day=date(2026, 10, 31) if closed == "over" else None)
    if closed == "retired":
        with store.write():
            writing.retire(OWNER, "spring")
    touch = say(message(person(), text="看看{link:spring}"))[0]
    assert (touch.state, touch.rule) == (State.SKIPPED, "content")
    assert Touch.objects.get().missing == ["link:spring"]


def test_messages_without_links_ask_nothing_of_links(house, django_assert_num_queries):
    with django_assert_num_queries(0):
        letter = personal.post(["你好{客户昵称|朋友}", "{不是链接:x}"]).letter(real=True)
        personal.write([(letter, personal.Bearer(1, 1))])
    assert letter.url("spring") is None


def test_a_link_in_a_message_that_waits_is_there_when_it_goes_out(both_links, paper):  # noqa: F811
    one = person()
    say(message(one, due=clock.now()))
    pump()
    (batch,) = paper.given
    tokens = set(PersonalLink.objects.values_list("token", flat=True))
    assert len(tokens) == 2
    assert all(token in batch.text for token in tokens)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_want_the_same_message_make_its_links_once(house, paper):  # noqa: F811
    made()
    one = person()
    both(*[lambda: say(message(one, text="看{link:spring}"))] * 4)
    token = PersonalLink.objects.get().token
    assert token in Touch.objects.get().text


class TestHandOut:
    @pytest.fixture
    def lin(self, house) -> Staff:
        return Staff.objects.create(key="lin", name="林晓")

    def hand(self, actor: Actor, customer, key: str = "spring") -> str:
        with store.write():
            return personal.hand_out(actor, key, customer)

    def test_a_staff_member_gets_the_same_address_each_time(self, lin):
        made()
        one, actor = person(owner=lin), Actor("lin", Role.STAFF, lin.pk)
        url = self.hand(actor, one)
        assert self.hand(actor, one) == url
        assert re.fullmatch(rf"{HOST}/r/\w{{12}}", url)
        row = PersonalLink.objects.get()
        assert (row.touch, row.sender, row.cid, row.sent_us) == (0, "lin", one.id, row.created_us)
        assert self.hand(OWNER, one) != url
        assert AuditRow.objects.filter(action="link.hand_out").count() == 2
        assert opening.opened(row.token).first

    def test_not_what_is_closed_nor_by_who_only_reads(self, lin):
        made(until_day=date(2026, 10, 31))
        one = person()
        with pytest.raises(Conflict) as caught:
            self.hand(OWNER, one)
        assert caught.value.code == "link.closed"
        with pytest.raises(NotFound):
            self.hand(OWNER, one, "nothing")
        with pytest.raises(Forbidden):
            self.hand(Actor("v", Role.READ_ONLY), one)
        one.identities.all().delete()
        page()
        with pytest.raises(Conflict) as caught:
            self.hand(OWNER, one, "care")
        assert caught.value.code == "link.nobody"

    @pytest.mark.django_db(transaction=True)
    def test_asked_by_two_at_once_there_is_one(self, house):
        made()
        one = person()
        both(*[lambda: self.hand(OWNER, one)] * 4)
        assert PersonalLink.objects.count() == 1


def test_a_text_may_name_links_in_use_only(both_links):
    personal.check(TEXT, "text")
    personal.check("{客户昵称}", "text")
    with store.write():
        writing.retire(OWNER, "care")
    with pytest.raises(Problem) as caught:
        personal.check(TEXT, "steps.a.message.text")
    assert (caught.value.code, caught.value.place) == ("link.unknown", "steps.a.message.text")
    assert "care" in caught.value.zh
