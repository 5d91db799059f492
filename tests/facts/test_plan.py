"""facts.plan: the system's events, the house's own, and those nobody declared."""

import pytest

from potager.core import clock, store
from potager.core.errors import Conflict, Problem
from potager.facts import loader, plan, queries
from potager.facts.models import EventDefinition, PropertyKind
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from tests.facts.feeding import event, offer

EVENTS = """order_paid order_refunded friend_added friend_lost product_viewed page_viewed message_replied touch_sent
touch_delivered touch_failed touch_read touch_clicked touch_replied task_done task_not_done task_rejected tag_added
tag_removed layer_changed audience_entered audience_left journey_entered journey_exited script_used opted_out"""


def test_the_systems_events_are_there_from_the_first_day_with_names_in_both_languages(db):
    found = plan.events()
    assert set(found) >= set(EVENTS.split())
    assert all(event.system and event.planned and event.zh and event.en for event in found.values())
    assert found["order_paid"].zh == "支付订单"


def test_unknown_events_are_remembered_once_as_unplanned_until_somebody_names_them(db):
    with store.write():
        plan.note_unplanned(["quiz", "quiz", "order_paid"])
        plan.note_unplanned(["quiz"])
    assert list(EventDefinition.objects.values_list("key", "planned")) == [("quiz", False)]
    assert (plan.events()["quiz"].zh, plan.events()["quiz"].planned) == ("quiz", False)
    with store.write():
        plan.define_event(SYSTEM, "quiz", zh="测肤问卷", en="Skin quiz")
        plan.note_unplanned(["quiz"])
    event = plan.events()["quiz"]
    assert (event.zh, event.en, event.planned, event.system) == ("测肤问卷", "Skin quiz", True, False)
    assert AuditRow.objects.values_list("action", "subject").last() == ("plan.define_event", "event:quiz")


def test_a_system_event_cannot_be_renamed_and_a_key_must_be_one(db):
    with store.write():
        with pytest.raises(Conflict) as caught:
            plan.define_event(SYSTEM, "order_paid", zh="别名")
        assert caught.value.code == "plan.system"
        with pytest.raises(Problem) as caught:
            plan.define_event(SYSTEM, "x" * 101, zh="长")
        assert caught.value.code == "plan.key"
    assert not EventDefinition.objects.exists()


@pytest.mark.parametrize(
    ("event", "key", "code"), [("quiz", "Score", "plan.property_key"), ("nothing", "score", "plan.unknown_event")]
)
def test_a_property_needs_a_plain_key_and_a_known_event(db, event, key, code):
    with store.write():
        plan.define_event(SYSTEM, "quiz", zh="测")
        with pytest.raises(Problem) as caught:
            plan.define_property(SYSTEM, event, key, zh="分", kind=PropertyKind.INTEGER)
    assert caught.value.code == code


def test_a_system_event_can_be_given_properties_of_the_houses_own(db):
    with store.write():
        plan.define_property(SYSTEM, "product_viewed", "seconds", zh="停留秒数", kind=PropertyKind.INTEGER)
    assert [each.key for each in plan.events()["product_viewed"].properties] == ["product", "seconds"]
    assert plan.kinds()["seconds"] is PropertyKind.INTEGER


def test_a_property_named_anew_stays_personal(warehouse):
    with store.write():
        plan.define_property(SYSTEM, "product_viewed", "guest", zh="来客", kind=PropertyKind.TEXT, personal=True)
        plan.define_property(SYSTEM, "product_viewed", "guest", zh="访客", kind=PropertyKind.TEXT)
        assert plan.personal() == {"guest"}
        plan.define_property(SYSTEM, "product_viewed", "guest", zh="访客", kind=PropertyKind.TEXT, personal=False)
    assert plan.personal() == frozenset()


def test_properties_nobody_planned_are_told_with_how_often_they_came(warehouse):
    now = clock.now()
    offer(
        event("a", "quiz", now, colour="red", size=1),
        event("b", "quiz", now, colour="blue"),
        event("c", "other", now, weight=2),
    )
    with store.write():
        plan.define_event(SYSTEM, "quiz", zh="测验")
    loader.load_all()
    assert queries.unplanned_properties("quiz") == [("colour", 2), ("size", 1)]
    assert queries.unplanned_properties("quiz", newest=0) == []
    with store.write():
        plan.define_property(SYSTEM, "quiz", "colour", zh="颜色", kind=PropertyKind.TEXT)
    assert queries.unplanned_properties("quiz") == [("size", 1)]
