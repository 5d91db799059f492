"""Value once a business day, after the day's refresh, with nobody asking."""

from datetime import UTC, datetime, timedelta

from potager.core import clock
from potager.insight import jobs, refresh
from tests.insight.conftest import define_tag

from .conftest import Planted

NIGHT = datetime(2026, 6, 30, 16, 1, tzinfo=UTC)


def days(seldom: Planted) -> list[str]:
    return [str(day) for (day,) in seldom.rows("SELECT as_of_day FROM value_fit ORDER BY 1")]


def test_the_job_fits_once_a_day(seldom):
    with clock.frozen(NIGHT):
        assert jobs.KINDS["insight.value"]({}) == 1
        assert jobs.KINDS["insight.value"]({}) == 0
    assert days(seldom) == ["2026-07-01"]
    with clock.frozen(NIGHT + timedelta(days=1)):
        assert jobs.KINDS["insight.value"]({}) == 1
    assert days(seldom) == ["2026-07-01", "2026-07-02"]


def test_it_waits_for_the_days_refresh(seldom):
    define_tag("buyer", {"event": "order_paid"})
    with clock.frozen(NIGHT - timedelta(hours=2)):
        refresh.run()
    with clock.frozen(NIGHT):
        assert jobs.KINDS["insight.value"]({}) == 0
        refresh.merge()
        assert jobs.KINDS["insight.value"]({}) == 1
    assert days(seldom) == ["2026-07-01"]


def test_what_found_nothing_is_not_tried_again_before_tomorrow(warehouse):
    with clock.frozen(NIGHT):
        assert [jobs.KINDS["insight.value"]({}) for _ in range(2)] == [1, 0]


def test_it_is_armed():
    assert "insight.value" in {each.kind for each in jobs.PERIODIC} & set(jobs.KINDS)
