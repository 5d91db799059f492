"""What the house learns equals what the twin did, by either door."""

from dataclasses import replace

import pytest

from potager.core import journal, store
from potager.demo import arrivals, basket, brand, history, keeping, phones, telling
from potager.demo.people import phone
from potager.demo.twin import Twin
from potager.facts import bulk, loader
from potager.org.models import Department, Staff
from potager.people.models import Customer, FollowRelation, Identity


@pytest.fixture
def parameters(parameters):
    return replace(parameters, customers=200, history_days=40, replay_days=5)


@pytest.fixture
def staff(house) -> None:
    department = Department.objects.create(key="all", name="全部")
    Staff.objects.bulk_create(Staff(key=m.key, name=m.name, department=department) for m in brand.STAFF)
    arrivals.prepare()


@pytest.fixture
def come(staff, parameters) -> Twin:
    twin = Twin.born(parameters)
    arrivals.arrive(twin.people, range(len(twin.people)))
    return twin


def test_people_come_once_with_all_they_are_known_by(come):
    people = come.people
    arrivals.arrive(people, range(10))
    register = arrivals.register(people)
    assert Customer.objects.count() == len(people) == len(set(register.cid.tolist()))
    assert FollowRelation.objects.filter(state="active").count() == len(people)
    for i in range(0, len(people), 17):
        customer = Customer.objects.get(id=register.cid[i])
        assert customer.name == people.name(i)
        assert customer.owner.key == brand.STAFF[people.owner[i]].key
        assert customer.source == brand.SOURCES[people.source[i]].key
        assert customer.attrs["skin_type"] == list(brand.SKINS.values())[people.skin[i]]
        assert customer.person_key == phones.person_key(i)
        kinds = set(Identity.objects.filter(customer=customer).values_list("type", flat=True))
        assert kinds == {"external_userid", "openid"} | ({"member_no"} if people.member[i] else set()) | (
            {"phone"} if people.has_phone[i] else set()
        )
    assert not Identity.objects.filter(value__contains=phone(0)).exists()


def test_newcomers_are_noted_without_reading_everybody(staff, parameters):
    twin = Twin.born(parameters)
    arrivals.arrive(twin.people, range(150))
    register = arrivals.register(twin.people)
    assert (register.cid > 0).sum() == 150
    arrivals.arrive(twin.people, range(150, 160))
    arrivals.note(register, list(range(150, 160)))
    again = arrivals.register(twin.people)
    assert (register.cid == again.cid).all()
    assert (register.chat == again.chat).all()
    assert (register.shop == again.shop).all()


def sums(warehouse) -> dict[str, object]:
    (found,) = warehouse.query(
        """SELECT (SELECT count(*) FROM orders) AS orders, (SELECT sum(amount)::BIGINT FROM orders) AS gmv,
        (SELECT sum(cost)::BIGINT FROM orders) AS cost, (SELECT count(*) FROM order_item) AS lines,
        (SELECT sum(amount)::BIGINT FROM order_item) AS line_amount,
        (SELECT sum(amount)::BIGINT FROM refund) AS refunds,
        (SELECT sum(amount)::BIGINT FROM channel_cost) AS paid_for_people,
        (SELECT count(*) FROM event e JOIN event_type t ON t.id = e.type WHERE t.key <> 'friend_added') AS events,
        (SELECT count(DISTINCT cid) FROM orders) AS buyers"""
    ).to_pylist()
    return found


def lived_sums(days, people) -> dict[str, object]:
    return {
        "orders": sum(len(day.orders) for day in days),
        "gmv": sum(int(day.orders.amount.sum()) for day in days),
        "cost": sum(int(day.orders.cost.sum()) for day in days),
        "lines": sum(int((day.orders.product != basket.NO_PRODUCT).sum()) for day in days),
        "line_amount": sum(int(day.orders.line_amount.sum()) for day in days),
        "refunds": sum(int(day.refunds.amount.sum()) for day in days),
        "paid_for_people": sum(amount for day in days for _, _, amount in telling.costs_of(day, people)),
        "events": sum(len(acts.who) for day in days for acts in (day.viewed, day.paged, day.chatted)),
        "buyers": len({int(who) for day in days for who in day.orders.who}),
    }


def test_the_history_in_the_warehouse_is_the_life_that_was_lived(warehouse, come):
    past = history.live_history(come)
    register = arrivals.register(come.people)
    tables = {
        "products": history.products(),
        "events": history.events(past, come.people, register),
        "orders": history.orders(past, come.people, register),
        "items": history.items(past, register),
        "refunds": history.refunds(past, register),
        "costs": history.costs(past, come.people),
    }
    bulk.load("demo-history", **tables)
    bulk.load("demo-history-again", **tables)
    assert sums(warehouse) == lived_sums(past.days, come.people)


def test_a_day_told_in_parts_is_the_day_once(warehouse, come):
    past = history.live_history(come)
    days = [come.live_day() for _ in range(5)]
    register = arrivals.register(come.people)
    for day in [*past.days, *days]:
        for since, until in ((0, 45_000), (45_000, 72_000), (72_000, 86_400)):
            facts = telling.tell(day, come.people, register, since, until)
            assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)
            with store.write():
                assert journal.append(facts).duplicates == 0
    loader.load_all()
    assert sums(warehouse) == lived_sums([*past.days, *days], come.people)
    (row,) = warehouse.query(
        "SELECT count(*) AS n FROM orders o JOIN customer c USING (cid) WHERE c.first_seen > o.ts"
    ).to_pylist()
    assert row["n"] == 0


def test_a_twin_on_disk_is_the_twin(house, parameters):
    twin = Twin.born(parameters)
    history.live_history(twin)
    twin.live_day()
    twin.heard = 41
    keeping.put(twin)
    try:
        again = keeping.take()
        assert keeping.days_left() == 4
        assert (again.parameters, again.day, again.heard) == (parameters, twin.day, 41)
        assert (again.live_day().orders.amount == twin.live_day().orders.amount).all()
    finally:
        keeping.file().unlink()


def test_a_house_without_a_twin_says_so(house):
    assert keeping.days_left() == 0
    with pytest.raises(Exception, match="demo world") as raised:
        keeping.take()
    assert raised.value.code == "demo.no_world"
