"""links.queries: people, rates, medians, by journey and by sender, within what the reader may see."""

from datetime import date

import pytest

from potager.content.links import opening, queries, writing
from potager.content.links.queries import Opened
from potager.core import store
from potager.org.access import Actor
from potager.org.models import Role, Staff
from tests.content.links.conftest import OWNER, made, page, person, sent

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def lin() -> Staff:
    return Staff.objects.create(key="lin", name="林晓")


@pytest.fixture
def read(wall, lin):
    """Five people got a page, one of them twice; three opened it and read for 10, 20 and 60 seconds in all."""
    link = page()
    people = [person(n, lin if n < 2 else None) for n in range(5)]
    rows = [sent(link, each, n, sender="lin" if n <= 2 else "zhou") for n, each in enumerate(people, 1)]
    again = sent(link, people[0], 9, journey="win-back", sender="zhou")
    for row, seconds in ((rows[0], 4), (again, 6), (rows[1], 20), (rows[2], 60)):
        visit = opening.opened(row.token).visit
        wall.later(100)
        opening.read(row.token, visit, seconds)
    opening.bot(rows[3].token)
    return link, people


def test_people_are_counted_once_and_machines_apart(read):
    link, _ = read
    found = queries.numbers(OWNER, [link.pk])[link.pk]
    assert found == Opened(sent=5, opened=3, opens=4, bots=1, readers=3, seconds=20.0)
    assert found.rate == 0.6
    assert [round(each, 3) for each in found.interval] == [0.231, 0.882]


def test_two_middles_are_averaged_and_nothing_sent_has_no_rate(read, wall):
    link, people = read
    row = sent(link, people[4], 77)
    visit = opening.opened(row.token).visit
    wall.later(100)
    opening.read(row.token, visit, 31)
    other = made()
    found = queries.numbers(OWNER, [link.pk, other.pk])
    assert (found[link.pk].seconds, found[link.pk].readers) == (25.5, 4)
    assert found[other.pk] == Opened()
    assert (found[other.pk].rate, found[other.pk].interval) == (None, None)


def test_staff_see_their_own_customers_alone(read, lin):
    link, people = read
    actor = Actor("lin", Role.STAFF, lin.pk)
    assert queries.numbers(actor, [link.pk])[link.pk] == Opened(2, 2, 3, 0, 2, 15.0)
    assert [row["cid"] for row in queries.people(actor, link.pk)] == [people[0].id, people[1].id]
    assert queries.numbers(Actor("x", Role.STAFF), [link.pk])[link.pk] == Opened()


def test_any_number_of_links_is_two_statements(read, django_assert_num_queries):
    ids = [made(f"l{n}").pk for n in range(5)]
    with django_assert_num_queries(2):
        queries.numbers(OWNER, ids)


def test_by_journey_and_by_sender(read):
    link, _ = read
    assert [(key, each.sent, each.opened) for key, each in queries.split(OWNER, link.pk, "journey")] == [
        ("welcome", 5, 3),
        ("win-back", 1, 1),
    ]
    assert [(key, each.sent, each.opened) for key, each in queries.split(OWNER, link.pk, "sender")] == [
        ("zhou", 4, 2),
        ("lin", 2, 2),
    ]


def test_who_opened_it_the_last_first_and_who_did_not(read):
    link, people = read
    rows = list(queries.people(OWNER, link.pk))
    assert sorted((row["cid"], row["times"], row["read"]) for row in rows) == [
        (people[0].id, 2, 10),
        (people[1].id, 1, 20),
        (people[2].id, 1, 60),
    ]
    assert all(row["first"] <= row["last"] and row["first"] > 0 for row in rows)
    assert {row["cid"] for row in queries.people(OWNER, link.pk, opened=False)} == {people[3].id, people[4].id}


def test_what_has_not_gone_out_is_not_counted_yet(wall):
    link = made()
    sent(link, person(), sent_us=0)
    assert queries.numbers(OWNER, [link.pk])[link.pk] == Opened()
    assert list(queries.people(OWNER, link.pk, opened=False)) == []


def test_the_list_is_narrowed_by_where_links_stand_and_words():
    made("now")
    made("soon", from_day=date(2026, 11, 2), title="双十一预告")
    made("past", until_day=date(2026, 10, 31))
    made("gone", target="https://old.example.com")
    with store.write():
        writing.retire(OWNER, "gone")

    def keys(**asked) -> set[str]:
        return set(queries.links(OWNER, **asked).values_list("key", flat=True))

    assert keys() == {"now", "soon", "past", "gone"}
    assert [keys(state=each) for each in ("open", "upcoming", "over", "retired")] == [
        {"now"},
        {"soon"},
        {"past"},
        {"gone"},
    ]
    assert (keys(search="双十一"), keys(search="old.example"), keys(search="pas")) == ({"soon"}, {"gone"}, {"past"})
    staff = queries.links(Actor("lin", Role.STAFF, 1)).values_list("key", flat=True)
    assert list(staff) == ["now"]
