"""journeys.triggers.date: days before or after a date of the person, each person and occasion once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from potager.core import clock
from potager.core.journal import Fact
from potager.insight.lunar import lunar_day, lunar_days
from potager.journeys import intakes, starting
from potager.journeys.models import Run, Slot
from potager.journeys.triggers.date import OnDate
from potager.people.models import Attribute
from tests.journeys.conftest import HELLO, problems
from tests.journeys.test_subscriber import keys

YEARLY = {"date": "birthday", "at": "10:00", "repeats": "yearly"}


@pytest.fixture(autouse=True)
def attributes(garden):
    Attribute.objects.create(key="birthday", name_zh="生日", kind="date")
    Attribute.objects.create(key="expires", name_zh="会员到期", kind="date")
    Attribute.objects.create(key="city", name_zh="城市", kind="text")


def born(garden, on: str, key: str = "birthday") -> int:
    cid = garden.person()
    know(garden, cid, on, key)
    return cid


def know(garden, cid: int, on: str, key: str = "birthday", **others: str) -> None:
    """The house learns a date of the person."""
    body = {
        "first_seen_at": garden.now.isoformat(),
        "created_at": garden.now.isoformat(),
        "source": "",
        "owner": "chen",
    }
    garden.tell("customer_changed", cid, kind="customer", **body, state="live", attrs={key: on} | others)


def publish(garden, *triggers: dict, **more) -> None:
    garden.publish(entry="each", triggers=list(triggers), steps=[HELLO], **more)


def morning(garden, day: str, hour: str = "10:00") -> int:
    """The slot of a business day comes."""
    garden.at(datetime.fromisoformat(f"{day}T{hour}:00+08:00").astimezone(UTC))
    return starting.fill_slots()


def test_a_birthday_comes_every_year_once(garden):
    publish(garden, YEARLY)
    cid = born(garden, "1990-11-03")
    born(garden, "1990-11-04")
    assert morning(garden, "2026-11-02") == 0
    assert (morning(garden, "2026-11-03"), starting.fill_slots()) == (1, 0)
    assert keys(cid) == ["date:birthday:2026"]
    assert morning(garden, "2027-11-03") == 1
    assert keys(cid) == ["date:birthday:2026", "date:birthday:2027"]


def test_days_before_and_after(garden):
    publish(garden, {"date": "expires", "days": -30, "at": "10:00"}, {"date": "expires", "days": 7, "at": "10:00"})
    soon, over = born(garden, "2026-12-03", "expires"), born(garden, "2026-10-27", "expires")
    born(garden, "2026-12-04", "expires")
    assert morning(garden, "2026-11-03") == 2
    assert (keys(soon), keys(over)) == (["date:expires:2026-12-03"], ["date:expires:2026-10-27"])


def test_a_renewed_membership_is_another_date_and_a_corrected_birthday_is_not(garden):
    publish(garden, {"date": "expires", "at": "10:00"}, YEARLY)
    cid = garden.person()
    know(garden, cid, "1990-11-03", expires="2026-11-03")
    morning(garden, "2026-11-03")
    know(garden, cid, "1990-11-03", expires="2026-11-05")
    morning(garden, "2026-11-05")
    know(garden, cid, "1990-11-06", expires="2026-11-05")
    morning(garden, "2026-11-06")
    assert sorted(keys(cid)) == ["date:birthday:2026", "date:expires:2026-11-03", "date:expires:2026-11-05"]


@pytest.mark.parametrize(
    ("on", "enters"),
    [("2027-02-28", True), ("2027-03-01", False), ("2028-02-28", False), ("2028-02-29", True)],
)
def test_the_29th_of_february_is_kept_on_the_28th_of_a_common_year(garden, on, enters):
    publish(garden, YEARLY)
    cid = born(garden, "1996-02-29")
    morning(garden, (date.fromisoformat(on) - timedelta(days=1)).isoformat())
    Run.objects.all().delete()
    assert morning(garden, on) == (1 if enters else 0)
    assert keys(cid) == ([f"date:birthday:{on[:4]}"] if enters else [])


def test_a_lunar_birthday_has_its_own_year(garden):
    # Born on the 1st day of the 12th lunar month; it comes on 8 January and on 28 December 2027.
    day = date(1990, 1, 1)
    while lunar_day(day) != 1201:
        day += timedelta(days=1)
    publish(garden, {**YEARLY, "repeats": "lunar"})
    cid = born(garden, day.isoformat())
    coming = [d for n in range(365) if 1201 in lunar_days(d := date(2027, 1, 1) + timedelta(days=n), (0, 0))]
    for each in coming:
        assert morning(garden, each.isoformat()) == 1
    assert keys(cid) == ["date:birthday:2026", "date:birthday:2027"]


def test_the_day_of_the_date_itself_is_no_anniversary(garden):
    publish(garden, {"date": "first_seen", "at": "13:00", "repeats": "yearly"})
    garden.person()
    assert morning(garden, "2026-11-01", "13:00") == 0
    assert morning(garden, "2027-11-01", "13:00") == 1


class TestKnownLate:
    """Whoever's date becomes known today after the hour is neither lost nor doubled."""

    def test_enters_at_once(self, garden):
        publish(garden, YEARLY)
        early = born(garden, "1990-11-03")
        morning(garden, "2026-11-03")
        garden.later(hours=5)
        late = born(garden, "1985-11-03")
        other = born(garden, "1985-11-04")
        know(garden, early, "1990-11-03")
        assert (keys(early), keys(late), keys(other)) == (["date:birthday:2026"], ["date:birthday:2026"], [])
        assert garden.run(late).entered_us == Run.objects.get(subject_id=late).due_us
        garden.later(seconds=1)
        assert starting.fill_slots() == 0
        assert morning(garden, "2026-11-04") == 1
        assert keys(other) == ["date:birthday:2026"]

    def test_before_the_hour_waits_for_it(self, garden):
        publish(garden, YEARLY)
        garden.at(datetime(2026, 11, 3, 1, 59, tzinfo=UTC))
        cid = born(garden, "1990-11-03")
        assert keys(cid) == []
        assert morning(garden, "2026-11-03") == 1

    def test_between_the_question_and_the_opening_enters_with_the_slot(self, garden, monkeypatch):
        publish(garden, YEARLY)
        cid = garden.person()
        garden.at(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
        asked = intakes.members

        def known_meanwhile(*given):
            found = asked(*given)
            know(garden, cid, "1990-11-03")
            assert keys(cid) == []
            return found

        monkeypatch.setattr(intakes, "members", known_meanwhile)
        assert starting.fill_slots() == 1
        assert keys(cid) == ["date:birthday:2026"]

    def test_not_yet_in_the_warehouse_enters_with_the_slot(self, garden):
        publish(garden, YEARLY)
        cid = born(garden, "1990-11-03")
        garden.at(datetime(2026, 11, 3, 2, 0, tzinfo=UTC), load=False)
        assert starting.fill_slots() == 1
        assert keys(cid) == ["date:birthday:2026"]

    def test_a_slot_of_yesterday_is_over(self, garden):
        publish(garden, YEARLY)
        morning(garden, "2026-11-03")
        garden.at(datetime(2026, 11, 4, 1, 0, tzinfo=UTC))
        assert keys(born(garden, "1990-11-03")) == []

    def test_a_slot_before_the_publication_stays_closed(self, garden):
        garden.at(datetime(2026, 11, 3, 4, 0, tzinfo=UTC))
        publish(garden, YEARLY)
        assert starting.fill_slots() == 0
        assert keys(born(garden, "1990-11-03")) == []

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite takes one writer at a time")
    def test_at_the_very_moment_the_slot_opens(self, garden):
        publish(garden, YEARLY)
        people = [garden.person() for _ in range(6)]
        garden.at(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))

        def learn() -> None:
            try:
                for cid in people:
                    know(garden, cid, "1990-11-03")
            finally:
                connection.close()

        thread = threading.Thread(target=learn)
        thread.start()
        starting.fill_slots()
        thread.join()
        assert [keys(cid) for cid in people] == [["date:birthday:2026"]] * 6


def test_a_house_that_stood_still_makes_up_for_three_days(garden):
    publish(garden, YEARLY)
    people = [born(garden, f"1990-11-{day:02}") for day in range(5, 10)]
    assert morning(garden, "2026-11-09", "09:59") == 3
    assert [len(keys(cid)) for cid in people] == [0, 1, 1, 1, 0]
    assert set(Slot.objects.values_list("trigger", flat=True)) == {"date:birthday+0@10:00/yearly"}


def test_what_must_be_true_of_it(garden):
    assert problems(triggers=[YEARLY]) == []
    assert problems(triggers=[{"date": "city"}]) == [("journey.date", "triggers[0]")]
    assert problems(triggers=[{"date": "brithday"}]) == [("journey.date", "triggers[0]")]
    assert problems(triggers=[{"date": "added", "days": -3}]) == [("journey.date_known", "triggers[0]")]
    assert problems(triggers=[{"date": "added", "days": 3}]) == []
    assert problems(triggers=[{"date": "added", "repeats": "yearly"}]) == [("journey.date_time", "triggers[0]")]
    assert problems(triggers=[{"date": "first_seen", "repeats": "yearly"}]) == []


@given(
    st.dates(date(1950, 1, 1), date(2027, 12, 31)),
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.integers(-350, 350),
    st.sampled_from(["never", "yearly", "lunar"]),
)
def test_the_set_and_the_fact_agree(known, today, days, repeats):
    """Who is chosen by the condition belongs by the fact, and nobody else."""
    trigger = OnDate(date="birthday", days=days, repeats=repeats)
    slot = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
    with clock.frozen(slot):
        fact = Fact("customer", "customer_changed", "t", "1", slot, {"attrs": {"birthday": known.isoformat()}}, cid=1)
        assert trigger.belongs(fact, slot) == _holds(trigger.condition(slot, slot), known, slot)


def _holds(condition: dict, known: date, at: datetime) -> bool:
    from potager.insight.conditions.ops import OF_ATTRIBUTES, make_test
    from potager.insight.fields import Field, Kind
    from potager.insight.moment import Moment

    moment = Moment(at, clock.zone())
    field = Field("birthday", Kind.DATE, "a_birthday")
    return all(
        make_test(field, leaf["op"], leaf["value"], currency="CNY", place="", ops=OF_ATTRIBUTES).holds(known, moment)
        for leaf in condition.get("all", [condition])
    )
