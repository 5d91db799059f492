"""links.follow and links.privacy: links go where their person goes, and are forgotten with them."""

import pytest

from potager.content.links import opening, privacy
from potager.content.links.models import PersonalLink, Visit
from potager.core import clock, journal, store
from potager.core.journal import Fact
from potager.touch.pump import pump
from tests.content.links.conftest import made, page, person, phone, sent
from tests.content.links.test_personal import message
from tests.touch.conftest import HOUR, paper, say  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("house", "heard")


def test_a_merge_takes_the_links_along_and_a_split_gives_them_back(wall):
    link, one, other = made(), person(1), person(2)
    row, stays = sent(link, one, 1), sent(link, other, 2)

    def moved(cid: int, n: int) -> None:
        fact = Fact("identity", "identity_moved", "people", f"m{n}", clock.now(), {}, iid=row.iid, cid=cid)
        with store.write():
            journal.append([fact])

    moved(other.id, 1)
    assert set(PersonalLink.objects.values_list("token", "cid")) == {(row.token, other.id), (stays.token, other.id)}
    # Two messages of one person now: the second opening is not their first.
    assert [opening.opened(each.token).first for each in (row, stays)] == [True, False]
    moved(one.id, 2)
    assert PersonalLink.objects.get(token=row.token).cid == one.id


def test_a_message_that_goes_out_takes_its_links_with_it(wall, paper):  # noqa: F811
    made()
    people = [person(n) for n in range(3)]
    say(*(message(each, n, "看{link:spring}") for n, each in enumerate(people, 1)), at=clock.now())
    say(message(people[0], 9, "看{link:spring}", due=clock.now() + HOUR))
    assert set(PersonalLink.objects.values_list("sent_us", flat=True)) == {0}
    pump()
    now = journal.to_us(clock.now())
    assert sorted(PersonalLink.objects.values_list("sent_us", flat=True)) == [0, now, now, now]


def test_a_person_is_told_their_links_and_forgotten_with_them(wall):
    one, other = person(1), person(2)
    care = page()
    rows = [sent(made(), one, 1), sent(care, one, 2), sent(care, other, 3)]
    visit = opening.opened(rows[1].token).visit
    wall.later(30)
    opening.read(rows[1].token, visit, 30)
    assert privacy.told([one.id]) == {
        "links": [
            {
                "title": "春季手册",
                "target": rows[0].link.target,
                "channel": "paper",
                "sent": clock.now(),
                "opened": [],
            },
            {
                "title": "敏感肌怎么护理",
                "target": "",
                "channel": "paper",
                "sent": clock.now(),
                "opened": [{"at": clock.now(), "seconds": 30}],
            },
        ]
    }
    with store.write():
        privacy.erase([one.id])
    assert list(PersonalLink.objects.values_list("cid", flat=True)) == [other.id]
    assert Visit.objects.count() == 0
    assert phone().get(f"/r/{rows[0].token}").status_code == 404
    assert opening.opened(rows[2].token).first
