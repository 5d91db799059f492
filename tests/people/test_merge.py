"""people.merge: what a person decides about who is who, and that everything goes along and comes back."""

from datetime import timedelta

import pytest

from potager.core import store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow, Role
from potager.people import consent, customers, households, merge, relations
from potager.people.consent import Stated
from potager.people.customers import Said
from potager.people.households import Membership
from potager.people.models import Attribute, Consent, Customer, FollowRelation, HouseholdMember, ReviewItem
from potager.people.relations import Follow
from tests.people.conftest import AT, claim, facts, member, phone, user

DAY = timedelta(days=1)
READER = Actor("reader", Role.READ_ONLY)


def act(what, *arguments, **named):
    with store.write():
        return what(SYSTEM, *arguments, **named)


def test_merging_moves_what_hangs_on_a_customer_and_unmerging_gives_it_back(lin):
    Attribute.objects.create(key="city", name_zh="城市", kind="text")
    a, b = claim(user("u1")), claim(user("u2"))
    with store.write():
        customers.put(
            SYSTEM,
            [
                Said(a.iid, a.cid, AT, {"name": "安然", "city": "上海"}),
                Said(b.iid, b.cid, AT + DAY, {"name": "安小姐", "owner": "lin"}),
            ],
        )
        relations.begin([Follow(b.iid, b.cid, lin.id, AT, "store")])
        households.join([Membership(b.iid, b.cid, "h1", "decider")])
        consent.record(SYSTEM, [Stated(b.iid, b.cid, "sms", "marketing", False, AT)])
    done = act(merge.merge, b.cid, a.cid)
    one = Customer.objects.get(id=a.cid)
    assert (one.name, one.attrs, one.owner) == ("安小姐", {"city": "上海"}, lin)
    for model in (FollowRelation, HouseholdMember, Consent):
        assert list(model.objects.values_list("customer_id", flat=True)) == [a.cid]
    assert consent.opted_out({a.cid, b.cid}, "sms", "marketing") == {a.cid}
    assert [(f.type, f.cid, f.body["state"]) for f in facts("relation")] == [
        ("relation_added", b.cid, "active"),
        ("relation_moved", b.cid, "moved"),
        ("relation_added", a.cid, "active"),
    ]
    act(merge.unmerge, done.id)
    one, other = Customer.objects.order_by("id")
    assert (one.name, one.attrs, one.owner, one.state) == ("安然", {"city": "上海"}, None, "live")
    assert (other.name, other.attrs, other.owner, other.state) == ("安小姐", {}, lin, "live")
    assert other.merged_into_id is None
    for model in (FollowRelation, HouseholdMember, Consent):
        assert list(model.objects.values_list("customer_id", flat=True)) == [b.cid]
    assert [(f.iid, f.cid) for f in facts("identity")] == [(b.iid, a.cid), (b.iid, b.cid)]
    assert list(AuditRow.objects.values_list("action", flat=True)) == ["customer.merge", "customer.unmerge"]


def test_a_chain_of_merges_leads_to_the_last_heir(house):
    cids = [claim(user(f"u{i}")).cid for i in range(3)]
    act(merge.merge, cids[1], cids[2])
    act(merge.merge, cids[0], cids[2])
    assert list(Customer.objects.order_by("id").values_list("state", "merged_into_id")) == [
        ("live", None),
        ("merged", cids[0]),
        ("merged", cids[0]),
    ]


def test_an_unmerged_merge_stays_undone(house):
    a, b = claim(user("u1")), claim(user("u2"))
    done = act(merge.merge, a.cid, b.cid)
    act(merge.unmerge, done.id)
    with pytest.raises(Conflict, match="taken back before"):
        act(merge.unmerge, done.id)
    with pytest.raises(NotFound):
        act(merge.unmerge, done.id + 1)


def test_refused_merges_change_nothing(house):
    a, b = claim(user("u1")), claim(user("u2"))
    with pytest.raises(Forbidden), store.write():
        merge.merge(READER, a.cid, b.cid)
    with pytest.raises(Conflict, match="one customer already"):
        act(merge.merge, a.cid, a.cid)
    with pytest.raises(NotFound):
        act(merge.merge, a.cid, 10_000)
    assert Customer.objects.filter(state="live").count() == 2
    assert facts("identity") == []


def test_a_split_cuts_the_link_for_ever(house):
    a = claim(user("u1"), member("m1"))
    m1 = claim(member("m1"))
    after = act(merge.split, a.cid, [m1.iid])
    assert len(after) == 2
    assert a.cid in after
    again = claim(user("u1"), member("m1"))
    assert again.cid == a.cid
    assert claim(member("m1")).cid != a.cid
    assert Customer.objects.filter(state="live").count() == 2


def test_a_split_takes_back_merges_across_it(house):
    a, b = claim(user("u1")), claim(user("u2"))
    act(merge.merge, a.cid, b.cid)
    assert act(merge.split, a.cid, [b.iid]) == [a.cid, b.cid]


@pytest.mark.parametrize("choose", [lambda iids: [], lambda iids: iids, lambda iids: [999_999]])
def test_a_split_needs_a_part_of_the_identities(house, choose):
    a = claim(user("u1"), member("m1"))
    with pytest.raises(Problem, match="not all"):
        act(merge.split, a.cid, choose([a.iid, claim(member("m1")).iid]))


class TestReview:
    def shared(self):
        a = claim(user("u1"), phone("13800138000"))
        b = claim(user("u2"), phone("13800138000"), at=AT + DAY)
        return a, b, ReviewItem.objects.get()

    def test_deciding_that_they_are_one_merges(self, house):
        a, _, item = self.shared()
        assert act(merge.decide, item.id, same=True).state == "merged"
        assert claim(user("u2")).cid == a.cid

    def test_deciding_that_they_are_not_is_remembered(self, house):
        a, b, item = self.shared()
        assert act(merge.decide, item.id, same=False).state == "apart"
        claim(user("u2"), member("m2"))
        item.refresh_from_db()
        assert item.state == "apart"
        assert (claim(user("u1")).cid, claim(user("u2")).cid) == (a.cid, b.cid)

    def test_a_third_customer_opens_it_again(self, house):
        *_, item = self.shared()
        act(merge.decide, item.id, same=False)
        claim(user("u3"), phone("13800138000"), at=AT + DAY)
        item.refresh_from_db()
        assert (item.state, len(item.customers), item.decided_by) == ("open", 3, "")

    def test_it_settles_when_the_contradiction_goes_away(self, house):
        a, b, item = self.shared()
        act(merge.merge, a.cid, b.cid)
        item.refresh_from_db()
        assert (item.state, item.customers) == ("settled", [a.cid])

    def test_it_opens_again_when_the_contradiction_comes_back(self, house):
        a, b, item = self.shared()
        done = act(merge.merge, a.cid, b.cid)
        act(merge.unmerge, done.id)
        item.refresh_from_db()
        assert (item.state, item.customers) == ("open", [a.cid, b.cid])

    def test_a_decided_item_is_not_decided_again(self, house):
        *_, item = self.shared()
        act(merge.decide, item.id, same=False)
        with pytest.raises(Conflict, match="decided before"):
            act(merge.decide, item.id, same=True)
        with pytest.raises(NotFound):
            act(merge.decide, item.id + 1, same=True)


def test_the_journal_says_what_became_of_a_customer(house):
    a, b = claim(user("u1")), claim(user("u2"))
    done = act(merge.merge, a.cid, b.cid)
    act(merge.unmerge, done.id)
    assert [(fact.type, fact.cid) for fact in facts("customer")] == [
        ("customer_added", a.cid),
        ("customer_added", b.cid),
        ("customer_merged", b.cid),
        ("customer_restored", b.cid),
    ]
