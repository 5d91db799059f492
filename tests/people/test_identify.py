"""people.identify: claims become customers, in few statements, whatever the batching."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from potager.core import journal, store
from potager.core.errors import Problem
from potager.org.access import SYSTEM
from potager.people import graph, merge
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer, Identity, Link, ReviewItem
from tests.people.conftest import AT, claim, device, facts, member, phone, user


def test_a_new_claim_makes_one_customer_with_all_its_identities(house):
    found = claim(user("u1"), member("m1"), phone("138 0013 8000"), source="store")
    assert found.is_new
    customer = Customer.objects.get()
    assert (customer.id, customer.state, customer.source, customer.first_seen_at) == (found.cid, "live", "store", AT)
    assert list(Identity.objects.order_by("id").values_list("type", "customer_id", "home_cid")) == [
        ("user_id", found.cid, found.cid),
        ("member_no", found.cid, found.cid),
        ("phone", found.cid, found.cid),
    ]
    assert Identity.objects.get(id=found.iid).value == "u1"
    (fact,) = facts("customer")
    assert (fact.cid, fact.body) == (
        found.cid,
        {
            "created_at": "2026-11-01T04:00:00+00:00",
            "first_seen_at": "2026-10-01T12:00:00+00:00",
            "source": "store",
            "owner": "",
            "state": "live",
            "attrs": {},
        },
    )


def test_claims_of_known_identities_write_nothing(house):
    first = claim(user("u1"), phone("13800138000"))
    seq = journal.last_seq()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = claim(user("u1"), phone("+86 13800138000"), at=AT + timedelta(days=1))
    assert again == (first.iid, first.cid, False)
    assert journal.last_seq() == seq
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize("known", [True, False])
def test_a_thousand_claims_take_the_same_few_statements_as_ten(house, known):
    def statements(claims) -> int:
        with CaptureQueriesContext(connection) as queries, store.write():
            found = resolve(claims)
        assert len({each.cid for each in found}) == len(claims)
        return len(queries)

    claims = [[user(f"u{i}"), phone(f"138{i:08}")] for i in range(1011)]
    # The first call also fills what subscribers keep in memory.
    statements(claims[:1])
    few, many = claims[1:11], claims[11:]
    if known:
        statements(claims)
    assert statements(few) == statements(many)
    assert statements(many) <= 8


def test_strong_identities_merge_and_the_older_customer_stays(house):
    a, b = claim(user("u1")), claim(member("m1"))
    c = claim(user("u1"), member("m1"))
    assert c == (a.iid, a.cid, False)
    merged = Customer.objects.get(id=b.cid)
    assert (merged.state, merged.merged_into_id) == ("merged", a.cid)
    (moved,) = facts("identity")
    assert (moved.type, moved.iid, moved.cid, moved.body) == ("identity_moved", b.iid, a.cid, {})
    assert facts("customer")[-1].body["state"] == "merged"


def test_a_phone_merges_customers_without_contradiction(house):
    a = claim(user("u1"), phone("13800138000"))
    b = claim(IdentityRef("openid", "app", "o1"), phone("13800138000"))
    assert b.cid == a.cid
    assert ReviewItem.objects.count() == 0


def test_a_shared_phone_stays_with_who_had_it_first_and_is_reviewed(house):
    a = claim(user("u1"), phone("13800138000"), at=AT)
    b = claim(user("u2"), phone("13800138000"), at=AT - timedelta(days=1))
    assert a.cid != b.cid
    assert claim(phone("13800138000")).cid == b.cid
    item = ReviewItem.objects.get()
    assert (item.state, item.customers) == ("open", [a.cid, b.cid])


def test_a_conflict_that_appears_later_takes_back_what_the_phone_merged(house):
    a = claim(user("u1"), phone("13800138000"), at=AT)
    b = claim(member("m1"), phone("13800138000"), at=AT + timedelta(hours=1))
    assert a.cid == b.cid
    c = claim(user("u2"), phone("13800138000"), at=AT + timedelta(hours=2))
    cids = dict(Identity.objects.values_list("value", "customer_id"))
    assert len({cids["u1"], cids["m1"], cids["u2"]}) == 3
    assert cids["u1"] == a.cid
    assert ReviewItem.objects.get().customers == sorted({cids["u1"], cids["m1"], c.cid})


def test_a_shared_device_joins_nobody_and_needs_no_review(house):
    a = claim(user("u1"), device("d1"))
    b = claim(user("u2"), device("d1"))
    assert a.cid != b.cid
    assert ReviewItem.objects.count() == 0


def test_a_visitor_who_signs_in_keeps_the_visitors_customer(house):
    visitor = claim(device("d1"))
    signed_in = claim(user("u1"), device("d1"))
    assert signed_in.cid == visitor.cid
    assert Customer.objects.count() == 1


def test_an_earlier_claim_moves_first_seen_and_source_back(house):
    found = claim(user("u1"), at=AT, source="store")
    claim(user("u1"), at=AT - timedelta(days=9), source="live")
    customer = Customer.objects.get(id=found.cid)
    assert (customer.first_seen_at, customer.source, customer.revision) == (AT - timedelta(days=9), "live", 2)


def test_contacts_are_sealed(house):
    found = claim(phone("138 0013 8000"))
    identity = Identity.objects.get(id=found.iid)
    assert identity.hint == "138****8000"
    assert "13800138000" not in identity.value + identity.sealed
    assert claim(phone("0086-13800138000")).iid == found.iid


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        (IdentityRef("passport", "", "x"), "one of"),
        (IdentityRef("user_id", "", " "), "1–200"),
        (IdentityRef("phone", "", "无"), "5–15 digits"),
        (IdentityRef("phone", "", "00000000000"), "5–15 digits"),
        (IdentityRef("email", "", "nobody"), "name@example"),
    ],
)
def test_an_unreadable_identity_is_refused_with_its_place(house, ref, reason):
    with pytest.raises(Problem, match=reason) as caught, store.write():
        resolve([[user("u1")], [user("u2"), ref]])
    assert caught.value.place == "claims[1]"
    assert Customer.objects.count() == 0


class TestCrowds:
    """A number given for everybody is nobody's."""

    def crowd(self, n: int, size: int) -> list[int]:
        claims = [[user(f"u{i}"), phone("13800138000")] for i in range(n)]
        cids = []
        for start in range(0, n, size):
            with store.write():
                cids += [one.cid for one in resolve(claims[start : start + size], at=[AT] * size)]
        return cids

    @pytest.mark.parametrize("size", [1, 17, 51])
    def test_it_joins_nobody_and_needs_no_review(self, house, size):
        cids = self.crowd(51, size)
        assert len(set(cids)) == 51
        shared = Identity.objects.get(type="phone")
        assert shared.crowded
        assert shared.customer_id not in cids
        assert ReviewItem.objects.filter(state="open").count() == 0

    def test_it_is_not_followed_any_more(self, house):
        self.crowd(51, 51)
        found = claim(user("one more"), phone("13800138000"))
        assert graph.clusters([found.iid]).members.keys() == {found.iid}
        assert found.cid != Identity.objects.get(type="phone").customer_id
        assert Link.objects.count() == 52

    def test_up_to_the_limit_it_stays_with_the_first(self, house):
        self.crowd(50, 10)
        assert not Identity.objects.get(type="phone").crowded
        assert ReviewItem.objects.get().state == "open"

    def test_cutting_links_makes_it_somebodys_again(self, house):
        self.crowd(51, 51)
        shared = Identity.objects.get(type="phone").id
        pairs = [tuple(sorted((shared, i.id))) for i in Identity.objects.filter(type="user_id").order_by("id")[1:]]
        with store.write():
            merge.sever(SYSTEM, pairs)
        shared = Identity.objects.get(type="phone")
        assert (shared.crowded, shared.customer_id) == (False, Identity.objects.get(value="u0").customer_id)
