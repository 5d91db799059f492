"""insight.tags: given and taken by hand, told to the warehouse and to journeys, moved with the identity."""

import pytest
from django.db import connection

from potager.core import clock, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.facts import loader
from potager.insight import sets, tags
from potager.insight.conditions import parse
from potager.insight.models import ManualTag
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from potager.people import merge
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Merge
from tests import journalled

from .conftest import define_tag


@pytest.fixture
def people(warehouse) -> list[int]:
    define_tag("friendly", source="manual")
    define_tag("skin", source="manual", value_kind="choice", options=["dry", "oily"])
    define_tag("age", source="manual", value_kind="number")
    with store.write():
        found = resolve(
            [[IdentityRef("member_no", "shop", str(n))] for n in range(3)], at=[clock.now()] * 3, source=["store"] * 3
        )
    return [each.cid for each in found]


def events() -> list[tuple]:
    return [
        (entry.fact.type, entry.fact.cid, entry.fact.body["tag"], entry.fact.body["value"])
        for entry in journalled.entries(0, 1000)
        if entry.fact.kind == "event"
    ]


def has(tag: str, **more) -> list[int]:
    loader.load_all()
    return sets.members(parse({"tag": tag, **more})).tolist()


def test_a_tag_given_by_hand_is_counted_and_told(people):
    a, b, _ = people
    with store.write():
        assert tags.add(SYSTEM, [a, b], "friendly") == 2
        assert tags.add(SYSTEM, [b], "friendly") == 0
    assert events() == [("tag_added", a, "friendly", None), ("tag_added", b, "friendly", None)]
    assert has("friendly") == [a, b]
    with store.write():
        assert tags.remove(SYSTEM, people, "friendly") == 2
    assert has("friendly") == []
    assert AuditRow.objects.filter(action__startswith="tag.").count() == 2


def test_a_new_value_takes_the_place_of_the_old(people):
    a = people[0]
    with store.write():
        tags.add(SYSTEM, [a], "skin", "dry")
        tags.add(SYSTEM, [a], "skin", "oily")
    assert ManualTag.objects.get().value == "oily"
    assert has("skin", op="eq", value="dry") == []
    assert has("skin", op="eq", value="oily") == [a]


@pytest.mark.parametrize(
    ("tag", "value", "refusal"),
    [
        ("frendly", None, NotFound),
        ("friendly", "yes", Problem),
        ("skin", None, Problem),
        ("skin", "wet", Problem),
        ("buyer", None, Conflict),
        *(("age", value, Problem) for value in ("forty", "", "nan", "inf", "1_000", " 4", "4 ", "1e3", "４")),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(people, tag, value, refusal):
    define_tag("buyer", {"event": "order_paid"})
    with pytest.raises(refusal), store.write():
        tags.add(SYSTEM, people, tag, value)
    assert ManualTag.objects.count() == 0
    assert events() == []


@pytest.mark.parametrize("value", ["40", "-3", "2.50"])
def test_numbers_are_values(people, value):
    with store.write():
        assert tags.add(SYSTEM, people[:1], "age", value) == 1
    assert has("age", op="eq", value=float(value)) == people[:1]


@pytest.mark.parametrize("mine", [0, 1])
@pytest.mark.parametrize("value", ["dry", "oily"])
def test_a_value_given_to_two_who_became_one_takes_the_place_of_both(people, value, mine):
    a, b, _ = people
    with store.write():
        tags.add(SYSTEM, [people[mine]], "skin", "dry")
        tags.add(SYSTEM, [people[1 - mine]], "skin", "oily")
        merge.merge(SYSTEM, a, b)
    assert has("skin", op="eq", value="dry") == has("skin", op="eq", value="oily") == [a]
    with store.write():
        assert tags.add(SYSTEM, [a], "skin", value) == 1
    assert ManualTag.objects.get().value == value
    assert {each: has("skin", op="eq", value=each) for each in ("dry", "oily")} == {
        "dry": [a] if value == "dry" else [],
        "oily": [a] if value == "oily" else [],
    }


def test_a_split_takes_only_its_own_value_along(people):
    a, b, _ = people
    with store.write():
        tags.add(SYSTEM, [a], "skin", "dry")
        tags.add(SYSTEM, [b], "skin", "oily")
        merge.merge(SYSTEM, a, b)
        merge.unmerge(SYSTEM, Merge.objects.get().pk)
    assert has("skin", op="eq", value="dry") == [a]
    assert has("skin", op="eq", value="oily") == [b]


def test_tags_follow_their_identity_through_merge_and_unmerge(people):
    a, b, _ = people
    with store.write():
        tags.add(SYSTEM, [b], "friendly")
    with store.write():
        merge.merge(SYSTEM, a, b)
    kept = ManualTag.objects.get().customer_id
    assert has("friendly") == [kept] == [a]
    with store.write():
        merge.unmerge(SYSTEM, Merge.objects.get().pk)
    assert ManualTag.objects.get().customer_id == b
    assert has("friendly") == [b]


def test_the_order_of_facts_is_held_before_any_tag(people, monkeypatch):
    """A journey gives tags while it holds the journal: whoever locked tags first would wait for it for ever."""
    locked: list[str] = []
    serialise = store.serialise
    monkeypatch.setattr(store, "serialise", lambda name: (locked.append(name), serialise(name)))

    def watch(execute, sql, params, many, context):
        if 'insight_manualtag" ' in f"{sql} " and not sql.startswith("SELECT"):
            locked.append("tag")
        return execute(sql, params, many, context)

    for change in (
        lambda: tags.add(SYSTEM, people, "skin", "dry"),
        lambda: tags.add(SYSTEM, people, "skin", "oily"),
        lambda: tags.remove(SYSTEM, people[:1], "skin"),
        lambda: tags.forget(people),
    ):
        locked.clear()
        with connection.execute_wrapper(watch), store.write():
            change()
        assert (locked[0], "tag" in locked) == ("journal", True)
