"""people.customers, attributes, relations, consent: what is known of a person, in any order."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from potager.core import store
from potager.core.errors import Conflict, Forbidden, Problem
from potager.core.models import JournalEntry
from potager.org.access import SYSTEM, Actor
from potager.org.models import Role
from potager.people import attributes, consent, customers, households, relations
from potager.people.consent import Stated
from potager.people.customers import Said
from potager.people.households import Membership
from potager.people.models import Attribute, Customer, FollowRelation, HouseholdMember, Statement
from potager.people.relations import Follow, Loss
from tests.people.conftest import AT, claim, facts, user

DAY = timedelta(days=1)


@pytest.fixture
def city(house) -> Attribute:
    with store.write():
        return attributes.define(SYSTEM, "city", name_zh="城市", kind="text")


def say(found, at=AT, **values):
    with store.write():
        customers.put(SYSTEM, [Said(found.iid, found.cid, at, values)])
    return Customer.objects.get(id=found.cid)


class TestPut:
    def test_the_newest_statement_counts_whenever_it_comes(self, city):
        found = claim(user("u1"))
        assert say(found, AT + DAY, city="杭州").attrs == {"city": "杭州"}
        assert say(found, AT, city="上海").attrs == {"city": "杭州"}
        assert say(found, AT + 2 * DAY, city=None).attrs == {}
        assert say(found, AT + DAY, city="上海").attrs == {}

    def test_the_same_said_again_later_outlives_an_older_correction(self, city):
        found = claim(user("u1"))
        say(found, AT, city="上海")
        revision = say(found, AT + 2 * DAY, city="上海").revision
        after = say(found, AT + DAY, city="杭州")
        assert (after.attrs, after.revision) == ({"city": "上海"}, revision)

    def test_a_change_is_journalled_whole_and_without_the_name(self, city, lin):
        say(claim(user("u1")), name="安然", owner="lin", city="上海")
        body = facts("customer")[-1].body
        assert (body["attrs"], body["owner"], body["state"]) == ({"city": "上海"}, "lin", "live")
        assert "安然" not in str(list(JournalEntry.objects.values_list("body", flat=True)))

    def test_extras_are_kept_beside(self, city):
        found = claim(user("u1"))
        with store.write():
            customers.put(SYSTEM, [Said(found.iid, found.cid, AT, {}, {"plan": "pro"})])
        assert Statement.objects.get().extras["plan"][0] == "pro"

    @pytest.mark.parametrize(
        ("values", "reason"), [({"town": "x"}, "No attribute “town”"), ({"owner": "wang"}, "no staff member “wang”")]
    )
    def test_a_refused_value_names_key_and_place_and_nothing_is_kept(self, city, values, reason):
        found = claim(user("u1"))
        with pytest.raises(Problem, match=reason) as caught:
            say(found, city="上海", **values)
        assert caught.value.place == f"said[0].attrs.{next(iter(values))}"
        assert Statement.objects.count() == 0


class TestAttributes:
    @pytest.mark.parametrize(
        ("kind", "given", "kept"),
        [
            ("text", " 上海 ", "上海"),
            ("number", "1,200", 1200),
            ("number", 12.5, 12.5),
            ("money", "12.50", 1250),
            ("date", "2026/03/08", "2026-03-08"),
            ("bool", "是", True),
            ("bool", 0, False),
            ("choice", "dry", "dry"),
            ("text", "", None),
        ],
    )
    def test_values_are_kept_in_their_kind(self, house, kind, given, kept):
        assert attributes.stored(Attribute(key="k", kind=kind, options=["dry"]), given) == kept

    @pytest.mark.parametrize(
        ("kind", "given", "reason"),
        [
            ("text", ["a"], "text of at most"),
            ("number", "many", "must be a number"),
            ("number", True, "must be a number"),
            ("number", "inf", "must be a number"),
            ("money", "1.005", "at most 2 decimal"),
            ("date", "8 March", "must be a date"),
            ("bool", "maybe", "true or false"),
            ("choice", "wet", "one of dry, oily"),
        ],
    )
    def test_others_are_refused_with_attribute_and_cure(self, house, kind, given, reason):
        with pytest.raises(Problem, match=reason) as caught:
            attributes.stored(Attribute(key="k", name_zh="肤质", kind=kind, options=["dry", "oily"]), given)
        assert "“k”" in caught.value.en
        assert "肤质" in caught.value.zh

    def test_a_personal_one_is_sealed_and_stays_out_of_the_journal(self, house):
        with store.write():
            attributes.define(SYSTEM, "id_card", name_zh="身份证", kind="text", personal=True)
        found = claim(user("u1"))
        kept = say(found, id_card="310101199001011234").attrs["id_card"]
        assert kept["hint"] == "310****1234"
        assert attributes.opened("id_card", kept) == "310101199001011234"
        revision = say(found, AT + DAY, id_card="310101199001011234").revision
        assert revision == 2
        assert "id_card" not in facts("customer")[-1].body["attrs"]
        assert "310101" not in str(list(Statement.objects.values_list("values", flat=True))).replace("310****", "")

    def test_a_sealed_value_opens_only_as_its_own_attribute(self, house):
        kept = attributes.sealed("id_card", "secret")
        with pytest.raises(InvalidTag):
            attributes.opened("passport", kept)

    @pytest.mark.parametrize(
        ("key", "kind", "options", "code"),
        [
            ("City", "text", [], "people.attribute_key"),
            ("name", "text", [], "people.attribute_key"),
            ("skin", "choice", [], "people.attribute_kind"),
            ("skin", "text", ["dry"], "people.attribute_kind"),
            ("skin", "blob", [], "people.attribute_kind"),
        ],
    )
    def test_declarations_that_make_no_sense_are_refused(self, house, key, kind, options, code):
        with pytest.raises(Problem) as caught, store.write():
            attributes.define(SYSTEM, key, name_zh="x", kind=kind, options=options)
        assert caught.value.code == code
        assert Attribute.objects.count() == 0

    def test_kind_and_privacy_are_fixed(self, city):
        with pytest.raises(Conflict), store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", kind="number")
        with pytest.raises(Forbidden), store.write():
            attributes.define(Actor("r", Role.STAFF), "city", name_zh="城市", kind="text")


class TestRelations:
    def test_a_relation_begins_once_ends_and_begins_again(self, lin):
        found = claim(user("u1"))
        follow = Follow(found.iid, found.cid, lin.id, AT, "store")
        with store.write():
            assert relations.begin([follow]) == 1
            assert relations.begin([follow, Follow(found.iid, found.cid, lin.id, AT + DAY)]) == 0
            assert relations.end([Loss(found.iid, lin.id, AT + 2 * DAY)]) == 1
            assert relations.end([Loss(found.iid, lin.id, AT + 3 * DAY)]) == 0
            assert relations.begin([Follow(found.iid, found.cid, lin.id, AT + 4 * DAY)]) == 1
        assert list(FollowRelation.objects.order_by("since").values_list("state", "until")) == [
            ("lost", AT + 2 * DAY),
            ("active", None),
        ]
        assert [(f.type, f.at, f.body, f.iid, f.cid) for f in facts("event")] == [
            ("friend_added", AT, {"staff": "lin", "source": "store"}, found.iid, found.cid),
            ("friend_lost", AT + 2 * DAY, {"staff": "lin", "source": "store"}, found.iid, found.cid),
            ("friend_added", AT + 4 * DAY, {"staff": "lin", "source": ""}, found.iid, found.cid),
        ]
        assert [(f.type, f.body["state"]) for f in facts("relation")] == [
            ("relation_added", "active"),
            ("relation_lost", "lost"),
            ("relation_added", "active"),
        ]


class TestConsent:
    def test_the_newest_statement_that_covers_counts(self, house):
        found = claim(user("u1"))

        def said(channel, purpose, allowed, days):
            with store.write():
                consent.record(
                    SYSTEM, [Stated(found.iid, found.cid, channel, purpose, allowed, AT + days * DAY, "sms")]
                )
            return [
                consent.opted_out([found.cid], *each) == {found.cid}
                for each in (("sms", "marketing"), ("sms", "service"), ("wecom", "marketing"))
            ]

        assert said("sms", "marketing", False, 0) == [True, False, False]
        assert said("*", "marketing", True, 1) == [False, False, False]
        assert said("*", "*", False, 2) == [True, True, True]
        assert said("wecom", "*", True, 3) == [True, True, False]
        assert consent.opted_out([], "sms", "marketing") == set()
        assert [f.body for f in facts("event")] == [
            {"channel": "sms", "purpose": "marketing", "source": "sms"},
            {"channel": "*", "purpose": "*", "source": "sms"},
        ]

    def test_the_same_statement_again_is_no_news(self, house):
        found = claim(user("u1"))
        stated = Stated(found.iid, found.cid, "sms", "marketing", False, AT)
        with store.write():
            assert [consent.record(SYSTEM, [stated]), consent.record(SYSTEM, [stated])] == [1, 0]


class TestHouseholds:
    def test_a_role_said_again_replaces_the_one_before(self, house):
        found = claim(user("u1"))
        with store.write():
            households.join([Membership(found.iid, found.cid, "h1")])
            households.join([Membership(found.iid, found.cid, "h1", "buyer")])
            households.name("h1", "安家")
        member = HouseholdMember.objects.select_related("household").get()
        assert (member.role, member.household.name) == ("buyer", "安家")

    def test_an_unknown_role_is_refused(self, house):
        with pytest.raises(Problem, match="decider"), store.write():
            households.join([Membership(1, 1, "h1", "boss")])
