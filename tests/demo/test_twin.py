"""The twin: same seed, same world; a course without a difference has the same lives, one with it the known effect."""

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from potager.demo import basket, brand, life, people, response, truth
from potager.demo.clockwork import at, day_of, microseconds
from potager.demo.parameters import Parameters, date_of
from potager.demo.response import EFFECTS, NEWCOMER, REPURCHASE, WIN_BACK, Message
from potager.demo.season import season_of
from potager.demo.truth import DAY, Entrants
from potager.demo.twin import Day, Twin


def lived(parameters: Parameters, until: int | None = None) -> Twin:
    twin = Twin.born(parameters)
    while twin.day < (until or parameters.last_day):
        twin.live_day()
    return twin


def dawn(day: int) -> int:
    return int(microseconds(np.array(day), np.array(0)))


def write_to(twin: Twin, who, journey: str, turn: int = 0, shadow=lambda i: False):
    """Everybody in `who` gets one message on the evening of the day just lived."""
    messages = [Message(int(i), journey, "first-try", twin.day - 1, 72_000, bool(shadow(i))) for i in who]
    return twin.hear(messages, turn)


def same(a: Day, b: Day) -> bool:
    return all(
        np.array_equal(getattr(x, f.name), getattr(y, f.name))
        for x, y in ((a.orders, b.orders), (a.viewed, b.viewed), (a.chatted, b.chatted))
        for f in fields(x)
    )


class TestPeople:
    def test_exactly_so_many_are_known_at_the_end(self, parameters):
        everybody = people.populate(parameters, parameters.last_day - 1)
        assert len(everybody) == 1_500
        assert np.all(np.diff(everybody.joined) >= 0)

    def test_later_joiners_do_not_change_those_before(self, parameters):
        now = people.populate(parameters, parameters.last_day - 1)
        later = people.populate(parameters, parameters.last_day + 9)
        assert len(later) > len(now)
        for f in fields(people.Population):
            assert np.array_equal(getattr(later, f.name)[: len(now)], getattr(now, f.name))

    def test_contacts_are_unique_and_belong_to_nobody_real(self):
        phones = {people.phone(i) for i in range(30_000)}
        assert len(phones) == 30_000
        assert all(len(phone) == 11 and phone.startswith("100") for phone in phones)

    def test_store_customers_live_in_the_city_of_their_store(self, parameters):
        everybody = people.populate(parameters, parameters.last_day - 1)
        for i in range(200):
            member = brand.STAFF[everybody.owner[i]]
            assert member.fronts
            if brand.SOURCES[everybody.source[i]].key == "store":
                store = brand.STORES[brand.STORE_OF[member.store]]
                assert brand.CITIES[everybody.city[i]] == store.city


class TestBrand:
    def test_twelve_stores_forty_staff_six_sources(self):
        assert (len(brand.STORES), len(brand.STAFF), len(brand.SOURCES)) == (12, 40, 6)
        assert len({member.key for member in brand.STAFF}) == 40
        assert sum(origin.share for origin in brand.SOURCES) == pytest.approx(1)

    def test_every_product_earns_money(self):
        assert all(0 < product.cost < product.price for product in brand.PRODUCTS)

    def test_double_eleven_is_the_greatest_sale(self):
        first, last = Parameters().first_day, Parameters().last_day
        best = max(range(first, last), key=lambda day: season_of(day).buying)
        assert date_of(best) in {date(2026, 11, 10), date(2026, 11, 11)}
        assert season_of(best).sale == 1


class TestDeterminism:
    def test_the_same_seed_gives_the_same_days(self, parameters):
        a, b = lived(parameters, parameters.replay_day + 3), lived(parameters, parameters.replay_day + 3)
        assert same(a.live_day(), b.live_day())

    def test_another_seed_gives_another_world(self, parameters):
        a = lived(parameters, parameters.replay_day)
        b = lived(replace(parameters, seed=4), parameters.replay_day)
        assert not same(a.live_day(), b.live_day())

    def test_a_twin_put_away_and_taken_up_again_goes_on_as_if_nothing_had_been(self, parameters):
        twin = lived(parameters)
        write_to(twin, range(400), REPURCHASE)
        again = Twin.of(parameters, twin.arrays())
        for _ in range(3):
            assert same(twin.live_day(), again.live_day())
        assert np.array_equal(twin.lives.annoyance, again.lives.annoyance)


class TestOrders:
    def test_money_of_an_order_adds_up(self, parameters):
        orders = lived(parameters, parameters.replay_day).live_day().orders
        known = np.where(orders.product == basket.NO_PRODUCT, 0, orders.product)
        listed = (basket.PRICES[known] * orders.quantity).sum(axis=1)
        assert len(orders) > 0
        assert np.array_equal(orders.line_amount.sum(axis=1), orders.amount)
        assert np.array_equal(listed - orders.discount, orders.amount)
        assert np.array_equal((basket.COSTS[known] * orders.quantity).sum(axis=1), orders.cost)
        assert np.all(orders.refund <= orders.amount)
        assert np.all((orders.quantity > 0) == (orders.product != basket.NO_PRODUCT))

    def test_nobody_acts_before_having_come(self, parameters):
        twin = lived(parameters, parameters.replay_day)
        for _ in range(15):
            day = twin.live_day()
            for who, second in ((day.orders.who, day.orders.second), (day.viewed.who, day.viewed.second)):
                assert np.all(twin.people.joined[who] <= day.day)
                today = twin.people.joined[who] == day.day
                assert np.all(second[today] > twin.people.joined_at[who][today])
                assert np.all((second >= 9 * 3600) & (second < 24 * 3600))

    def test_a_refund_comes_days_after_its_order_and_never_exceeds_it(self, parameters):
        orders = lived(parameters).ledger.orders()
        back = orders["refund"] > 0
        assert back.any()
        assert np.all(orders["refund_day"][back] - orders["day"][back] >= 2)
        assert np.all(orders["refund_day"][~back] == -1)


class TestStopping:
    def test_who_has_stopped_never_buys_again_whatever_they_are_sent(self, parameters):
        twin = lived(parameters, parameters.replay_day + 1)
        write_to(twin, range(0, twin.lives.people, 2), REPURCHASE)
        while twin.day < parameters.last_day:
            twin.live_day()
        left = twin.people.lasting[: twin.lives.people] - twin.lives.orders
        assert np.all(left.min(axis=1) == 0)
        assert np.array_equal(left > 0, life.staying(twin.people, twin.lives))
        assert not np.array_equal(left[response.ACTUAL], left[response.UNTOUCHED])

    def test_people_stop_after_a_repeat_each_with_a_chance_of_their_own(self, parameters):
        lasting = people.populate(parameters, parameters.last_day - 1).lasting
        assert lasting.min() == 2
        assert (lasting == 2).mean() == pytest.approx(0.2, abs=0.03)
        # One chance of 20 % for all would leave 7 % after thirteen orders.
        assert (lasting > 13).mean() > 0.2


class TestCourses:
    def test_without_messages_every_course_is_the_same(self, parameters):
        twin = lived(parameters)
        real = twin.ledger.orders()
        late = real["day"] >= parameters.replay_day
        for course in range(1, response.COURSES):
            other = twin.ledger.orders(course)
            for name in set(real) - {"course"}:
                assert np.array_equal(real[name][late], other[name])

    def test_messages_raise_buying_by_what_is_stated(self, parameters):
        """A reminder to regulars every fifth day: buyers with it minus without it, on the same draws."""
        twin = lived(replace(parameters, customers=6_000), parameters.replay_day)
        who = np.flatnonzero(twin.lives.orders[0] >= 2)
        entrants = Entrants(who, who % 3 > 0, np.full(len(who), dawn(twin.day + 1)), 13 * DAY)
        for n in range(14):
            twin.live_day()
            if n % 5 == 0:
                write_to(twin, who, REPURCHASE, shadow=lambda i: i % 3 == 0)
        found = truth.effect(twin, REPURCHASE, entrants)
        untreated = truth.outcomes(twin, entrants, response.UNTOUCHED).bought.mean()
        assert found.people == len(who)
        assert 0.3 < found.buyers / untreated < 0.9
        assert found.profit > 0

    def test_the_course_of_a_person_without_the_journey_is_as_if_never_written_to(self, parameters):
        twin = lived(parameters, parameters.replay_day + 1)
        write_to(twin, range(300), WIN_BACK, shadow=lambda i: i >= 150)
        while twin.day < parameters.last_day:
            twin.live_day()
        everybody = np.arange(300)
        entrants = Entrants(everybody, everybody < 150, np.full(300, dawn(parameters.replay_day)), 20 * DAY)
        untouched = truth.outcomes(twin, entrants, response.UNTOUCHED).gmv
        really = truth.outcomes(twin, entrants).gmv
        flipped = truth.outcomes(twin, entrants, response.flipped(WIN_BACK)).gmv
        assert np.array_equal(untouched[150:], really[150:])
        assert np.array_equal(untouched[:150], flipped[:150])
        assert not np.array_equal(untouched[:150], really[:150])
        assert not np.array_equal(untouched[150:], flipped[150:])

    def test_too_many_messages_make_people_leave(self, parameters):
        twin = lived(parameters, parameters.replay_day + 1)
        near = int(twin.lives.friend[0].sum())
        gone = [len(write_to(twin, range(1_000), NEWCOMER, turn)[1]) for turn in range(20)]
        assert gone[0] == 0
        assert sum(gone) > 200
        assert near - int(twin.lives.friend[0].sum()) == sum(gone)
        assert int(twin.lives.friend[response.UNTOUCHED].sum()) == near

    def test_a_coupon_comes_off_the_next_order_once(self, parameters):
        twin = lived(parameters, parameters.replay_day + 1)
        write_to(twin, range(twin.lives.people), WIN_BACK)
        while twin.day < parameters.last_day:
            twin.live_day()
        orders = twin.ledger.orders()
        used = orders["coupon"] > 0
        assert set(orders["coupon"][used]) == {EFFECTS[WIN_BACK].coupon}
        assert len(set(orders["who"][used])) == used.sum() > 20
        assert np.all(twin.ledger.orders(response.UNTOUCHED)["coupon"] == 0)


def test_sums_count_the_window_from_its_start_to_just_before_its_end(parameters):
    twin = lived(parameters, parameters.replay_day + 1)
    last = {name: int(column[-1]) for name, column in twin.ledger.orders().items()}
    at = dawn(last["day"]) + last["second"] * 1_000_000
    one, who = np.array([True]), np.array([last["who"]])
    from_then = truth.outcomes(twin, Entrants(who, one, np.array([at]), 1)).total(one)
    before = truth.outcomes(twin, Entrants(who, one, np.array([at - 10]), 10)).total(one)
    assert from_then == {
        "people": 1,
        "buyers": 1,
        "orders": 1,
        "gmv": last["amount"],
        "refunds": 0,
        "touch_cost": 0,
        "profit": last["amount"] - last["cost"],
    }
    assert before["orders"] == 0


def test_a_day_begins_at_midnight_in_shanghai():
    day = Parameters().last_day
    assert at(day, 0).isoformat() == "2026-11-19T16:00:00+00:00"
    assert dawn(day) == int(at(day, 0).timestamp()) * 1_000_000
    assert day_of(at(day, 37_000)) == (day, 37_000)
