"""insight.tag_batches, insight.tag_groups: tags in bulk and back again; groups that let a customer have one tag."""

from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.facts import loader
from potager.insight import definitions, files, sets, tag_batches, tag_groups, tags
from potager.insight.conditions import parse
from potager.insight.models import ManualTag, TagBefore, TagDefinition, TagGroup
from potager.insight.specs import TagGroupSpec, TagSpec
from potager.insight.tag_batches import Preview, Undone
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow
from potager.people import merge
from potager.people.identify import IdentityRef, resolve
from tests import journalled


@pytest.fixture
def people(warehouse) -> list[int]:
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="gold", name_zh="金卡", group="等级"))
        definitions.save_tag(SYSTEM, TagSpec(key="silver", name_zh="银卡", group="等级"))
        definitions.save_tag(
            SYSTEM, TagSpec(key="skin", name_zh="肤质", value_kind="choice", options=["dry", "oily"], group="护肤")
        )
        found = resolve(
            [[IdentityRef("member_no", "shop", str(n))] for n in range(6)], at=[clock.now()] * 6, source=["store"] * 6
        )
    return [each.cid for each in found]


def exclusive(key: str = "等级") -> None:
    with store.write():
        tag_groups.save(SYSTEM, TagGroupSpec(key=key, name_zh="会员等级", exclusive=True))


def held() -> set[tuple]:
    return set(ManualTag.objects.values_list("customer_id", "tag", "value"))


def told() -> list[tuple]:
    facts = [entry.fact for entry in journalled.entries(0, 1000) if entry.fact.kind == "event"]
    return [(fact.type, fact.cid, fact.body["tag"]) for fact in facts]


def run(cids, tag, value=None, **how):
    with store.write():
        return tag_batches.run(SYSTEM, cids, tag, value, of="两个人", **how)


def undo(batch):
    with store.write():
        return tag_batches.undo(SYSTEM, batch)


def test_a_batch_gives_and_its_undo_takes_back(people):
    a, b, c, *_ = people
    with store.write():
        tags.add(SYSTEM, [c], "gold")
    assert tag_batches.preview([a, b, c], "gold", None, removing=False) == Preview(3, 2, 1, 0)
    batch = run([a, b, c], "gold")
    assert (batch.changed, batch.replaced, batch.by) == (2, 0, SYSTEM.login)
    loader.load_all()
    assert sets.members(parse({"tag": "gold"})).tolist() == [a, b, c]
    assert undo(batch) == Undone(2, 0)
    loader.load_all()
    assert sets.members(parse({"tag": "gold"})).tolist() == [c]
    assert AuditRow.objects.filter(action__in=["tag.batch_add", "tag.batch_undo"]).count() == 2


def test_values_that_were_replaced_come_back(people):
    a, b, c, *_ = people
    with store.write():
        tags.add(SYSTEM, [a], "skin", "dry")
        tags.add(SYSTEM, [b], "skin", "oily")
    assert tag_batches.preview([a, b, c], "skin", "oily", removing=False) == Preview(3, 2, 1, 1)
    batch = run([a, b, c], "skin", "oily")
    assert held() == {(cid, "skin", "oily") for cid in (a, b, c)}
    assert (batch.changed, batch.replaced) == (2, 1)
    assert undo(batch) == Undone(2, 0)
    assert held() == {(a, "skin", "dry"), (b, "skin", "oily")}


def test_a_removal_is_given_back_but_not_to_who_got_the_tag_again(people):
    a, b, *_ = people
    with store.write():
        tags.add(SYSTEM, [a, b], "skin", "dry")
    assert tag_batches.preview(people, "skin", None, removing=True) == Preview(6, 2, 4, 0)
    batch = run(people, "skin", removing=True)
    assert held() == set()
    with store.write():
        tags.add(SYSTEM, [a], "skin", "oily")
    assert undo(batch) == Undone(1, 1)
    assert held() == {(a, "skin", "oily"), (b, "skin", "dry")}


def test_what_somebody_changed_since_is_left_alone(people):
    a, b, c, *_ = people
    batch = run([a, b, c], "skin", "dry")
    with store.write():
        tags.add(SYSTEM, [a], "skin", "oily")
        tags.remove(SYSTEM, [b], "skin")
    assert undo(batch) == Undone(1, 2)
    assert held() == {(a, "skin", "oily")}


def test_a_batch_is_undone_once(people):
    batch = run(people[:1], "gold")
    undo(batch)
    with pytest.raises(Conflict) as refused:
        undo(tag_batches.batch(batch.pk))
    assert refused.value.code == "tag.undone"
    assert [each.pk for each in tag_batches.recent("gold")] == [batch.pk]
    with pytest.raises(NotFound):
        tag_batches.batch(batch.pk + 1)


def test_undo_follows_merged_customers(people):
    a, b, *_ = people
    with store.write():
        tags.add(SYSTEM, [a], "skin", "dry")
    batch = run([a], "skin", "oily")
    with store.write():
        merge.merge(SYSTEM, a, b)
    assert undo(batch) == Undone(1, 0)
    assert {(tag, value) for _, tag, value in held()} == {("skin", "dry")}


def test_undo_leaves_what_the_other_of_two_merged_people_had(people):
    a, b, c, *_ = people
    with store.write():
        tags.add(SYSTEM, [b, c], "gold")
    batch = run([a], "gold")
    with store.write():
        merge.merge(SYSTEM, a, b)
    assert undo(batch) == Undone(1, 0)
    assert held() == {(a, "gold", None), (c, "gold", None)}
    loader.load_all()
    assert sets.members(parse({"tag": "gold"})).tolist() == [a, c]


def test_what_comes_back_keeps_its_term_its_giver_and_its_own_batch(people):
    a, b, *_ = people
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="vip", name_zh="临时会员", expires_after_days=9))
    first = run([a, b], "vip")
    until = ManualTag.objects.filter(batch=first).first().until
    clock.set_world(clock.now() + timedelta(days=2))
    second = run([a], "vip", removing=True)
    assert undo(second) == Undone(1, 0)
    row = ManualTag.objects.get(customer_id=a)
    assert (row.until, row.origin, row.by, row.since) == (until, "batch", SYSTEM.login, clock.now())
    assert undo(first) == Undone(2, 0)
    assert held() == set()


def test_what_ended_meanwhile_does_not_come_back(people):
    a, *_ = people
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="vip", name_zh="临时会员", expires_after_days=1))
        tags.add(SYSTEM, [a], "vip")
    batch = run([a], "vip", removing=True)
    clock.set_world(clock.now() + timedelta(days=3))
    assert undo(batch) == Undone(0, 1)
    assert held() == set()


def test_undoing_a_removal_takes_nothing_from_who_has_another_of_the_group_by_now(people):
    a, b, *_ = people
    exclusive()
    with store.write():
        tags.add(SYSTEM, [a, b], "gold")
    batch = run([a, b], "gold", removing=True)
    with store.write():
        tags.add(SYSTEM, [a], "silver")
    assert undo(batch) == Undone(1, 1)
    assert held() == {(a, "silver", None), (b, "gold", None)}


def test_of_two_who_become_one_the_last_tag_of_an_exclusive_group_stays(people):
    a, b, *_ = people
    exclusive()
    with store.write():
        tags.add(SYSTEM, [a], "gold")
    clock.set_world(clock.now() + timedelta(hours=1))
    with store.write():
        tags.add(SYSTEM, [b], "silver")
        merge.merge(SYSTEM, a, b)
    assert held() == {(a, "silver", None)}
    assert told()[-1] == ("tag_removed", a, "gold")
    loader.load_all()
    assert sets.members(parse({"tag": "gold"})).tolist() == []
    said = AuditRow.objects.get(action="tag.exclude")
    assert said.detail == {"customer": a, "group": "等级", "kept": "silver"}


def test_erased_people_leave_no_trace_in_a_batch(people):
    a = people[0]
    with store.write():
        tags.add(SYSTEM, [a], "skin", "dry")
    run([a], "skin", "oily")
    assert TagBefore.objects.count() == 1
    with store.write():
        tags.forget([a])
    assert (TagBefore.objects.count(), ManualTag.objects.count()) == (0, 0)


def test_a_crowd_larger_than_one_statement_holds(people, monkeypatch):
    monkeypatch.setattr(tags, "_BATCH", 2)
    batch = run(people, "gold")
    assert batch.changed == 6
    assert undo(batch) == Undone(6, 0)
    assert held() == set()


def test_in_an_exclusive_group_the_last_tag_given_is_the_one(people):
    a, b, *_ = people
    exclusive()
    with store.write():
        tags.add(SYSTEM, [a], "gold")
        tags.add(SYSTEM, [a], "skin", "dry")
        tags.add(SYSTEM, [a], "silver")
    assert held() == {(a, "silver", None), (a, "skin", "dry")}
    assert told()[-2:] == [("tag_removed", a, "gold"), ("tag_added", a, "silver")]
    assert tag_batches.preview([a, b], "gold", None, removing=False) == Preview(2, 2, 0, 1)
    batch = run([a, b], "gold")
    assert held() == {(a, "gold", None), (b, "gold", None), (a, "skin", "dry")}
    assert undo(batch) == Undone(2, 0)
    assert held() == {(a, "silver", None), (a, "skin", "dry")}


def test_an_exclusive_group_takes_no_rules_and_nobody_with_several(people):
    a = people[0]
    with store.write():
        tags.add(SYSTEM, [a], "gold")
        tags.add(SYSTEM, [a], "silver")
    with pytest.raises(Conflict) as several:
        exclusive()
    assert (several.value.code, "1 位客户" in several.value.zh) == ("tag_group.several", True)
    with store.write():
        tags.remove(SYSTEM, [a], "silver")
    exclusive()
    rule = TagSpec(key="buyer", name_zh="买家", group="等级", source="rule", rule={"event": "order_paid"})
    with pytest.raises(Problem) as by_rule, store.write():
        definitions.save_tag(SYSTEM, rule)
    assert by_rule.value.place == "group"
    with store.write():
        definitions.save_tag(SYSTEM, rule.model_copy(update={"group": "行为"}))
    with pytest.raises(Problem):
        exclusive("行为")


def test_a_tag_beside_which_somebody_has_another_cannot_come_in(people):
    a = people[0]
    exclusive()
    with store.write():
        tags.add(SYSTEM, [a], "gold")
        tags.add(SYSTEM, [a], "skin", "dry")
    moved = TagSpec(key="skin", name_zh="肤质", value_kind="choice", options=["dry", "oily"], group="等级")
    with pytest.raises(Conflict), store.write():
        definitions.save_tag(SYSTEM, moved)


def test_groups_are_made_by_their_first_tag_ordered_and_removed_when_empty(people):
    assert [row.key for row in tag_groups.listed()] == ["等级", "护肤"]
    with store.write():
        tag_groups.order(SYSTEM, ["护肤", "等级"])
    assert [row.key for row in tag_groups.listed()] == ["护肤", "等级"]
    for wrong in (["护肤"], ["护肤", "护肤"], ["护肤", "等级", "别的"]):
        with pytest.raises(Problem) as refused, store.write():
            tag_groups.order(SYSTEM, wrong)
        assert refused.value.code == "tag_group.order"
    with pytest.raises(Conflict) as used, store.write():
        tag_groups.remove(SYSTEM, "护肤")
    assert "肤质" in used.value.zh
    with store.write():
        definitions.remove(SYSTEM, "tag", "skin")
        tag_groups.remove(SYSTEM, "护肤")
    assert [row.key for row in tag_groups.listed()] == ["等级"]


def test_a_group_is_a_file_too(people):
    document = {"kind": "tag_group", "key": "等级", "name_zh": "会员等级", "colour": "amber", "exclusive": True}
    with store.write():
        assert files.apply(SYSTEM, document).change == "changed"
        assert files.apply(SYSTEM, document).change == "unchanged"
    exported = dict(files.export_all())
    assert exported["tag_group:等级"].splitlines() == [
        "kind: tag_group", "key: 等级", "name_zh: 会员等级", "colour: amber", "exclusive: true",
    ]  # fmt: skip
    assert TagGroup.objects.get(key="等级").exclusive
    assert TagDefinition.objects.filter(group="等级").count() == 2


@pytest.mark.parametrize("role", ["staff", "read_only"])
def test_only_managers_change_crowds_and_groups(people, role):
    actor = Actor(login="somebody", role=role)
    with pytest.raises(Forbidden), store.write():
        tag_batches.run(actor, people, "gold", of="")
    with pytest.raises(Forbidden), store.write():
        tag_groups.save(actor, TagGroupSpec(key="x", name_zh="x"))
    assert held() == set()


def test_a_tag_with_a_term_goes_at_the_midnight_after_it(people):
    a, b, *_ = people
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="vip", name_zh="临时会员", expires_after_days=2))
        tags.add(SYSTEM, [a], "vip")
    given = clock.business_date(clock.now())
    row = ManualTag.objects.get(tag="vip")
    assert row.until == clock.day_start(given + timedelta(days=3))
    clock.set_world(row.until - timedelta(microseconds=1))
    with store.write():
        assert tags.expire() == 0
        tags.add(SYSTEM, [b], "vip")
    clock.set_world(row.until)
    with store.write():
        assert tags.expire() == 1
        assert tags.expire() == 0
    assert [cid for cid, tag, _ in held() if tag == "vip"] == [b]
    assert told()[-1] == ("tag_removed", a, "vip")
    assert AuditRow.objects.filter(action="tag.expire").count() == 1


def test_given_again_its_term_begins_anew(people):
    a, *_ = people
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="vip", name_zh="临时会员", expires_after_days=2))
        tags.add(SYSTEM, [a], "vip")
    first = ManualTag.objects.get()
    clock.set_world(clock.now() + timedelta(days=1))
    with store.write():
        assert tags.add(SYSTEM, [a], "vip") == 0
    again = ManualTag.objects.get()
    assert (again.pk, again.since, again.until) == (first.pk, first.since, first.until + timedelta(days=1))


def test_a_tag_held_twice_does_not_go_with_the_term_of_one(people):
    a, b, *_ = people
    with store.write():
        tags.add(SYSTEM, [a], "gold")
        definitions.save_tag(SYSTEM, TagSpec(key="gold", name_zh="金卡", group="等级", expires_after_days=1))
        tags.add(SYSTEM, [b], "gold")
        merge.merge(SYSTEM, a, b)
    clock.set_world(clock.now() + timedelta(days=3))
    with store.write():
        assert tags.expire() == 1
    assert held() == {(a, "gold", None)}
    assert ("tag_removed", a, "gold") not in told()
    loader.load_all()
    assert sets.members(parse({"tag": "gold"})).tolist() == [a]


def test_a_rule_tag_has_no_term(people):
    rule = TagSpec(key="buyer", name_zh="买家", source="rule", rule={"event": "order_paid"}, expires_after_days=3)
    with pytest.raises(Problem) as refused, store.write():
        definitions.save_tag(SYSTEM, rule)
    assert refused.value.place == "expires_after_days"
