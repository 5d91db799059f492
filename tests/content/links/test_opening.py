"""links.opening: one fact an opening, exact under reloads and two at once; reading time bounded by what has passed."""

from itertools import permutations

import pytest

from potager.content.links import opening
from potager.content.links.models import PersonalLink, Visit
from potager.content.links.opening import LONGEST_SECONDS, Opening
from potager.core import clock, journal
from potager.core.models import JournalEntry
from potager.facts import plan
from potager.insight.models import ManualTag, TagDefinition
from tests.content.links.conftest import facts, made, page, person, sent
from tests.touch.conftest import both, paper, say  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("house")


def test_an_opening_is_a_fact_with_what_it_is_about(wall):
    one = person()
    row = sent(made(), one, sender="lin")
    found = opening.opened(row.token)
    assert found == Opening(Visit.objects.get().pk, first=True)
    assert facts("link_opened") == [
        {
            "link": "spring",
            "title": "春季手册",
            "touch": 1,
            "channel": "paper",
            "journey": "welcome",
            "sender": "lin",
            "first": True,
        }
    ]
    entry = JournalEntry.objects.get()
    assert (entry.cid, entry.iid, entry.at_us) == (one.id, row.iid, journal.to_us(clock.now()))
    row.refresh_from_db()
    assert (row.opens, row.first_us, row.last_us, row.bots) == (1, entry.at_us, entry.at_us, 0)
    declared = {each.key for each in plan.SYSTEM_EVENTS["link_opened"].properties}
    assert declared == {"link", "touch", "journey", "sender", "first"}


def test_reloads_and_echoes_are_one_opening_and_later_ones_are_more(wall):
    row = sent(made(), person())
    first = opening.opened(row.token)
    for _ in range(3):
        wall.later(3)
        assert opening.opened(row.token) == Opening(first.visit, first=False)
    wall.later(1)
    assert opening.opened(row.token).visit != first.visit
    assert [body["first"] for body in facts("link_opened")] == [True, False]
    assert PersonalLink.objects.get().opens == 2


def test_the_first_opening_is_the_persons_of_the_link_not_of_the_message(wall):
    link, one, other = made(), person(1), person(2)
    rows = [sent(link, one, 1), sent(link, one, 2), sent(link, other, 3)]
    assert [opening.opened(row.token).first for row in rows] == [True, False, True]


def test_what_was_opened_went_out(wall):
    row = sent(made(), person(), sent_us=0)
    opening.opened(row.token)
    row.refresh_from_db()
    assert row.sent_us == row.first_us > 0


def test_a_link_nobody_has_any_more_opens_nothing():
    assert opening.opened("gone00000000") is None
    assert opening.read("gone00000000", 1, 5) == 0


def test_machines_count_beside(wall):
    row = sent(made(), person())
    for _ in range(3):
        opening.bot(row.token)
    row.refresh_from_db()
    assert (row.opens, row.bots) == (0, 3)
    assert facts("link_opened") == []


def test_who_opens_gets_the_tags_and_a_lost_tag_stops_nobody(wall, heard, caplog):
    TagDefinition.objects.create(key="warm", name_zh="有意向", source="manual")
    TagDefinition.objects.create(key="skin", name_zh="肤质", source="manual", value_kind="text", options=["dry"])
    one = person()
    row = sent(made(tags=[{"tag": "warm"}, {"tag": "skin", "value": "dry"}]), one)
    TagDefinition.objects.filter(key="warm").delete()
    assert opening.opened(row.token).first
    tag = ManualTag.objects.get()
    assert (tag.tag, tag.value, tag.customer_id, tag.origin, tag.by) == ("skin", "dry", one.id, "link", "system")
    assert [body["tag"] for body in facts("tag_added")] == ["skin"]
    assert "gives no tag warm" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_servers_at_once_count_one_opening(house):
    row = sent(made(), person())
    both(*[lambda: opening.opened(row.token)] * 4)
    assert (PersonalLink.objects.get().opens, Visit.objects.count(), len(facts("link_opened"))) == (1, 1, 1)


class TestReading:
    @pytest.fixture
    def row(self, wall) -> PersonalLink:
        return sent(page(), person())

    def test_only_what_is_new_is_told(self, row, wall):
        visit = opening.opened(row.token).visit
        wall.later(40)
        assert [opening.read(row.token, visit, n) for n in (10, 10, 8, 35)] == [10, 0, 0, 25]
        assert [body["seconds"] for body in facts("link_read")] == [10, 25]
        row.refresh_from_db()
        assert (row.seconds, Visit.objects.get().seconds) == (35, 35)
        assert facts("link_read")[0]["link"] == "care"

    def test_no_more_than_has_passed_and_no_more_than_anybody_reads(self, row, wall):
        visit = opening.opened(row.token).visit
        wall.later(20)
        assert opening.read(row.token, visit, 3_600) == 21
        wall.later(100_000)
        assert opening.read(row.token, visit, 100_000) == LONGEST_SECONDS - 21

    def test_a_visit_of_somebody_else_or_an_address_elsewhere_is_not_read(self, row, wall):
        other = sent(page("more"), person(2), 2)
        elsewhere = sent(made(), person(3), 3)
        visits = [opening.opened(each.token).visit for each in (row, other, elsewhere)]
        wall.later(60)
        assert opening.read(row.token, visits[1], 30) == 0
        assert opening.read(elsewhere.token, visits[2], 30) == 0
        assert opening.read(other.token, visits[1], 30) == 30

    @pytest.mark.parametrize("order", list(permutations([10, 50, 30, 4_000])))
    def test_in_any_order_the_sum_is_the_longest_that_can_be(self, row, wall, order):
        visit = opening.opened(row.token).visit
        wall.later(59)
        told = [opening.read(row.token, visit, n) for n in order]
        assert sum(told) == 60 == sum(body["seconds"] for body in facts("link_read"))

    @pytest.mark.django_db(transaction=True)
    def test_words_at_once_add_up_to_the_longest(self, house):
        row = sent(page(), person())
        visit = opening.opened(row.token).visit
        Visit.objects.update(wall_us=Visit.objects.get().wall_us - 100_000_000)
        both(*[lambda n=n: opening.read(row.token, visit, n) for n in (10, 50, 30, 20)])
        row.refresh_from_db()
        assert row.seconds == 50 == sum(body["seconds"] for body in facts("link_read"))
