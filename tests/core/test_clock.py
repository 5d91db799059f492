"""core.clock: two readings; business time stands still in a world; days are cut in the business zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from potager.core import clock, store
from potager.core import house as core_house
from potager.core.errors import Problem


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_world_stands_still_until_it_is_moved_forward(house):
    assert clock.now() == house
    with store.write():
        clock.set_world(house + timedelta(days=1))
    assert clock.now() == house + timedelta(days=1)
    with pytest.raises(Problem, match="forward"), store.write():
        clock.set_world(house)
    assert clock.now() == house + timedelta(days=1)


def test_a_real_house_lives_on_wall_time_and_cannot_be_moved(db):
    core_house.found("花园", zone="Asia/Shanghai", currency="CNY")
    before = clock.wall()
    assert before <= clock.now() <= clock.wall()
    assert not clock.is_world()
    with pytest.raises(Problem, match="world"), store.write():
        clock.set_world(before)


def test_frozen_holds_business_time_and_gives_it_back(house):
    with clock.frozen(at("2026-01-01T00:00:00+08:00")):
        assert clock.now() == datetime(2025, 12, 31, 16, tzinfo=UTC)
        with clock.frozen(at("2027-01-01T00:00:00+00:00")):
            assert clock.today() == date(2027, 1, 1)
        assert clock.today() == date(2026, 1, 1)
    assert clock.now() == house
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):
        pass


def test_days_are_cut_in_the_business_zone_through_daylight_saving(db):
    core_house.found("Garden", zone="America/New_York", currency="USD")
    spring = date(2026, 3, 8)
    assert clock.day_start(spring) == at("2026-03-08T05:00:00+00:00")
    assert clock.day_end(spring) == at("2026-03-09T03:59:59.999999+00:00")
    assert clock.day_end(spring) - clock.day_start(spring) < timedelta(hours=23)
    assert clock.business_date(at("2026-03-08T04:59:59+00:00")) == date(2026, 3, 7)


def test_as_of_a_date_is_its_end_capped_at_now(house):
    assert clock.as_of("2026-10-31") == at("2026-10-31T15:59:59.999999+00:00")
    assert clock.as_of(date(2026, 11, 1)) == house
    assert clock.as_of("2026-11-01T09:00:00+08:00") == at("2026-11-01T01:00:00+00:00")
    assert clock.as_of("2027-01-01T00:00:00Z") == house
    assert clock.as_of(None) == house


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-01T09:00:00", ""])
def test_as_of_refuses_what_it_cannot_read(house, text):
    with pytest.raises(Problem) as refused:
        clock.as_of(text)
    assert (refused.value.code, refused.value.place) == ("clock.as_of", "as_of")


def test_before_first_run_the_house_has_no_zone(db):
    with pytest.raises(Problem, match="First run"):
        clock.zone()
