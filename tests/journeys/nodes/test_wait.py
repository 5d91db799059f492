"""journeys.nodes.wait: where a rest ends, and what ends it early."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from potager.core import store
from potager.core.journal import from_us, to_us
from potager.journeys.nodes.wait import Wait
from potager.journeys.times import next_anniversary
from potager.org.access import SYSTEM
from potager.people import attributes
from potager.people.models import Customer, Identity
from potager.touch.models import PersonAct
from tests.journeys.conftest import BYE, HELLO, problems
from tests.journeys.walking import NOON, SHANGHAI, Knows, go, walker

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("wait", "context", "until"),
    [
        ({"for": "36h"}, {}, NOON + timedelta(hours=36)),
        ({"until": "19:30"}, {}, NOON + timedelta(hours=7.5)),
        ({"until": "10:00"}, {}, NOON + timedelta(hours=22)),
        ({"until": "10:00", "day": 3}, {}, NOON + timedelta(days=3, hours=-2)),
        ({"between": ["22:00", "02:00"]}, {}, NOON + timedelta(hours=10)),
        ({"life": 0.5, "default": "30d"}, {"product": "A", "qty": 2}, NOON + timedelta(days=40)),
        ({"life": 0.5, "default": "30d"}, {"product": "B"}, NOON + timedelta(days=30)),
        ({"life": 0.5, "default": "30d"}, {}, NOON + timedelta(days=30)),
    ],
)
def test_where_a_wait_ends(wait, context, until):
    one = walker(context=context)
    go([{"id": "first", "wait": wait}, HELLO], one, knows=Knows(lives={"A": 40}))
    assert (one.step, one.waiting, one.at, one.passed) == ("first", True, until, [])


def test_a_wait_that_is_over_already_is_no_wait():
    one = walker(entered=NOON - timedelta(days=9))
    go([{"id": "first", "wait": {"until": "10:00", "day": 2}}, {"id": "out", "exit": {"reason": "enough"}}], one)
    assert [(each.step, each.outcome) for each in one.passed] == [("first", "no_wait"), ("out", "enough")]
    assert one.ended == "enough"


class TestWeekdays:
    """2026-11-01 is a Sunday."""

    @pytest.mark.parametrize(
        ("wait", "until"),
        [
            ({"until": "10:00", "weekdays": [1, 2]}, "2026-11-02 10:00"),
            ({"until": "10:00", "weekdays": [7]}, "2026-11-08 10:00"),
            ({"until": "13:00", "weekdays": [7]}, "2026-11-01 13:00"),
            ({"between": ["10:00", "20:00"], "weekdays": [6, 7]}, "2026-11-01 12:00"),
            ({"between": ["10:00", "20:00"], "weekdays": [1, 2, 3, 4, 5]}, "2026-11-02 10:00"),
            ({"between": ["14:00", "20:00"], "weekdays": [7]}, "2026-11-01 14:00"),
            ({"between": ["10:00", "11:00"], "weekdays": [7]}, "2026-11-08 10:00"),
            # A window over midnight belongs to the day it begins: at noon it is still Saturday's.
            ({"between": ["22:00", "13:00"], "weekdays": [6]}, "2026-11-01 12:00"),
            ({"between": ["22:00", "13:00"], "weekdays": [7]}, "2026-11-01 22:00"),
        ],
    )
    def test_only_on_these_days(self, wait, until):
        one = walker()
        go([{"id": "first", "wait": wait}, HELLO], one)
        assert one.at == local(until, SHANGHAI)

    def test_over_a_change_of_summer_time(self):
        # Berlin, Sunday 2026-03-29: 02:00 is 03:00.
        saturday = local("2026-03-28 12:00", BERLIN)
        one = walker(at=saturday)
        one_zone = Knows()
        one_zone.zone_of = {1: BERLIN}
        wait = {"between": ["02:30", "05:00"], "weekdays": [7], "zone": "customer"}
        go([{"id": "first", "wait": wait}, HELLO], one, knows=one_zone)
        assert one.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


class TestZone:
    def test_each_goes_by_their_own_clock(self):
        knows = Knows()
        knows.zone_of = {1: ZoneInfo("Pacific/Kiritimati"), 2: ZoneInfo("Pacific/Pago_Pago")}
        far_east, far_west, home = walker(1), walker(2), walker(3)
        go(
            [{"id": "first", "wait": {"until": "09:00", "zone": "customer"}}, HELLO],
            far_east,
            far_west,
            home,
            knows=knows,
        )
        # It is 18:00 on the 1st, 17:00 on the 31st and noon on the 1st.
        assert far_east.at == datetime(2026, 11, 1, 19, tzinfo=UTC)
        assert far_west.at == datetime(2026, 11, 1, 20, tzinfo=UTC)
        assert home.at == datetime(2026, 11, 2, 1, tzinfo=UTC)

    def test_the_zone_is_read_where_the_contact_policy_reads_it(self, garden):
        garden.publish(steps=[{"id": "rest", "wait": {"until": "20:00", "zone": "customer"}}, HELLO])
        here, there = garden.person(), garden.person()
        Customer.objects.filter(id=there).update(attrs={"time_zone": "America/New_York"})
        for cid in (here, there):
            garden.tell("friend_added", cid)
        garden.later(seconds=1)
        due = {cid: from_us(garden.run(cid).due_us) for cid in (here, there)}
        assert due == {here: local("2026-11-01 20:00", SHANGHAI), there: datetime(2026, 11, 2, 1, tzinfo=UTC)}


class TestOwnDate:
    def until(self, own, born, **more):
        knows = Knows()
        knows.dates_of = {"birthday": {1: born}} if born else {}
        one = walker()
        go([{"id": "first", "wait": {"date": {"attr": "birthday", **own}, **more}}, HELLO], one, knows=knows)
        return one.at if one.waiting else "at once"

    @pytest.mark.parametrize(
        ("own", "born", "until"),
        [
            ({}, date(2026, 11, 5), "2026-11-05 09:00"),
            ({"days": -3, "at": "20:00"}, date(2026, 11, 5), "2026-11-02 20:00"),
            ({"days": 30}, date(2026, 11, 5), "2026-12-05 09:00"),
            ({"yearly": True}, date(1990, 11, 5), "2026-11-05 09:00"),
            ({"yearly": True}, date(1990, 11, 1), "2027-11-01 09:00"),
            ({"yearly": True, "at": "12:01"}, date(1990, 11, 1), "2026-11-01 12:01"),
            ({"yearly": True, "days": -3}, date(1990, 1, 2), "2026-12-30 09:00"),
            ({"yearly": True, "days": 40}, date(1990, 10, 1), "2026-11-10 09:00"),
            # Of a leap day the 28th in other years.
            ({"yearly": True}, date(2000, 2, 29), "2027-02-28 09:00"),
        ],
    )
    def test_until_the_date(self, own, born, until):
        assert self.until(own, born) == local(until, SHANGHAI)

    def test_a_date_that_has_passed_lets_go_at_once(self):
        assert self.until({}, date(2026, 10, 31)) == "at once"

    def test_who_has_no_date_waits_the_default_or_not_at_all(self):
        assert self.until({}, None) == "at once"
        assert self.until({}, None, default="2d") == NOON + timedelta(days=2)

    def test_a_leap_year_keeps_the_leap_day(self):
        after = local("2028-01-01 12:00", SHANGHAI)
        found = next_anniversary(after, date(2000, 2, 29), 0, time(9), SHANGHAI)
        assert found == local("2028-02-29 09:00", SHANGHAI)

    @pytest.mark.parametrize("personal", [False, True])
    def test_it_is_read_from_the_customer_sealed_or_not(self, garden, personal):
        with store.write():
            attributes.define(SYSTEM, "birthday", name_zh="生日", kind="date", personal=personal)
        garden.publish(steps=[{"id": "rest", "wait": {"date": {"attr": "birthday", "days": -3}}}, HELLO])
        cid = garden.person()
        kept = attributes.stored(attributes.declared()["birthday"], "2026-11-09")
        Customer.objects.filter(id=cid).update(attrs={"birthday": kept})
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert from_us(garden.run(cid).due_us) == local("2026-11-06 09:00", SHANGHAI)

    def test_first_seen_is_a_date_everybody_has(self, garden):
        garden.publish(steps=[{"id": "rest", "wait": {"date": {"attr": "first_seen", "days": 100}}}, HELLO])
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert from_us(garden.run(cid).due_us) == local("2027-02-09 09:00", SHANGHAI)

    def test_what_is_no_date_is_told_at_publishing(self, garden):
        steps = [{"id": "rest", "wait": {"date": {"attr": "city"}}}]
        assert problems(steps=steps) == [("journey.date_attribute", "steps.rest.wait.date.attr")]


class TestBestHour:
    @pytest.mark.parametrize(
        ("hour", "within", "until"),
        [
            (20, "1d", "2026-11-01 20:00"),
            (9, "1d", "2026-11-02 09:00"),
            # Noon: the hour has just begun.
            (12, "1d", "at once"),
            # None comes in time.
            (9, "12h", "at once"),
        ],
    )
    def test_until_it_comes(self, hour, within, until):
        knows = Knows()
        knows.zone_of, knows.hours = {1: SHANGHAI}, {1: hour}
        one = walker()
        go([{"id": "first", "wait": {"best": within}}, HELLO], one, knows=knows)
        assert (one.at if one.waiting else "at once") == (until if until == "at once" else local(until, SHANGHAI))

    def test_it_is_learnt_from_when_they_acted(self, garden):
        garden.publish(steps=[{"id": "rest", "wait": {"best": "1d"}}, HELLO])
        known, unknown = garden.person(), garden.person()
        for cid in (known, unknown):
            garden.tell("friend_added", cid)
        for days in range(4):
            at = local(f"2026-10-{28 + days} 21:10", SHANGHAI)
            iid = Identity.objects.get(customer=known).pk
            PersonAct.objects.create(iid=iid, cid=known, at_us=to_us(at))
        garden.later(seconds=1)
        due = {cid: from_us(garden.run(cid).due_us) for cid in (known, unknown)}
        assert due == {known: local("2026-11-01 21:00", SHANGHAI), unknown: local("2026-11-02 10:00", SHANGHAI)}


def test_the_event_leads_its_own_way(garden):
    wait = {"for": "5d", "or_event": {"event": "message_replied"}, "early": "bye"}
    garden.publish(steps=[{"id": "rest", "wait": wait}, {**HELLO, "next": "end"}, BYE])
    quick, slow = garden.person(), garden.person()
    for cid in (quick, slow):
        garden.tell("friend_added", cid)
    garden.later(days=1)
    garden.tell("message_replied", quick)
    garden.later(days=5)
    assert garden.steps(quick) == [("rest", "event"), ("bye", "queued")]
    assert garden.steps(slow) == [("rest", "waited"), ("hello", "queued")]


@pytest.mark.parametrize(
    "lead",
    [{"date": {"attr": "first_seen"}}, {"until": "09:00", "zone": "customer"}, {"best": "1d"}],
    ids=["date", "zone", "best"],
)
def test_a_lead_knows_the_event_alone(garden, lead):
    assert problems(lead=lead) == [("journey.lead_person", "lead")]


@pytest.mark.parametrize(
    "wait",
    [
        {"for": "1d", "weekdays": [1]},
        {"until": "09:00", "day": 2, "weekdays": [1]},
        {"until": "09:00", "weekdays": [8]},
        {"for": "1d", "zone": "customer"},
        {"for": "1d", "early": "bye"},
        {"until": "09:00", "default": "1d"},
        {"date": {"attr": "birthday", "days": 400}},
    ],
)
def test_what_makes_no_sense_together_is_refused(wait):
    with pytest.raises(ValidationError):
        Wait.model_validate(wait)


def test_an_event_ends_a_wait_early(garden):
    wait = {"id": "answer", "wait": {"for": "2d", "or_event": {"event": "message_replied"}}}
    garden.publish(steps=[wait, HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(hours=1)
    garden.tell("message_replied", cid, staff="chen")
    garden.later(seconds=1)
    assert garden.steps(cid) == [("answer", "event"), ("hello", "queued")]
