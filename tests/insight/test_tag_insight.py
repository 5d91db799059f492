"""How many had a tag day by day, and which other tags the same people have."""

from datetime import date

import pytest
from django.test import Client

from potager.core import clock
from potager.insight import catalogue, refresh, tag_insight
from potager.org.models import Account, Role

from .conftest import Plot, day, define_tag

pytestmark = pytest.mark.once

WEEK = {"event": "page_viewed", "within": "7d"}


@pytest.fixture
def garden(plot: Plot) -> Plot:
    """Thirty customers: 1–10 viewed a page on 20 October and 1–8 bought on it, 9–14 viewed on the 25th."""
    plot.customers(*range(1, 31))
    define_tag("viewer", WEEK)
    define_tag("buyer", {"event": "order_paid"})
    define_tag("heat", {"cases": [{"value": "hot", "when": WEEK}], "else": "cold"}, "cases", value_kind="choice")
    define_tag("spent", {"event": "order_paid", "measure": {"sum": "amount"}}, "metric", value_kind="money")
    define_tag("friendly", source="manual")
    refresh.run("2026-10-18")
    for cid in range(1, 11):
        plot.event(cid, "page_viewed", day("2026-10-20"))
    for cid in range(1, 9):
        plot.order(cid, "2026-10-20", 1_000)
    for cid in range(9, 15):
        plot.event(cid, "page_viewed", day("2026-10-25"))
    for on in range(19, 32):
        refresh.run(f"2026-10-{on}")
    refresh.run()
    return plot


def trend(key):
    fields = catalogue.load()
    n, _ = tag_insight.overlaps(key, fields)
    return dict(tag_insight.trend(key, fields.tags[key], n))


def test_the_trend_takes_todays_number_back_change_by_change(garden):
    found = trend("viewer")
    # The day before the first change is the first of which something is known; people leave after seven days.
    assert min(found) == date(2026, 10, 19)
    assert [found[date(2026, 10, on)] for on in (19, 20, 24, 25, 26, 27, 31)] == [0, 10, 10, 14, 14, 6, 6]
    assert found[clock.today()] == 0


def test_a_tag_that_never_changed_has_a_trend_of_today(garden):
    define_tag("quiet", {"event": "message_replied"})
    refresh.run()
    assert trend("quiet") == {clock.today(): 0}


def test_a_tag_given_by_hand_follows_its_spells(garden):
    with garden.warehouse.write() as writer:
        for cid, since, until in ((1, "2026-10-20", None), (2, "2026-10-20", "2026-10-22"), (3, "2026-10-21", None)):
            ends = f"TIMESTAMP '{until} 04:00:00'" if until else "NULL"
            writer.execute(
                f"INSERT INTO manual_tag VALUES ({cid}, 'friendly', NULL, TIMESTAMP '{since} 04:00:00', {ends}, 1)"
            )
        writer.execute("UPDATE customer SET live = false WHERE cid = 3")
    found = trend("friendly")
    assert len(found) == tag_insight.DAYS + 1
    assert [found[date(2026, 10, on)] for on in (19, 20, 21, 22)] == [0, 2, 2, 1]
    assert found[clock.today()] == 1


def test_overlap_counts_both_and_says_how_much_more_than_chance(garden):
    """On the 25th ten viewed before and six that day: of the eight buyers all viewed."""
    with clock.frozen(day("2026-10-26")):
        tables_of_the_26th(garden)
        n, found = tag_insight.overlaps("buyer", catalogue.load())
    assert n == 8
    by_name = {(each.tag, each.value): each for each in found}
    viewer = by_name["viewer", None]
    assert (viewer.n, viewer.both, viewer.lift) == (14, 8, 8 * 30 / (8 * 14))
    assert by_name["heat", "hot"].both == 8
    # Measures and what is rarer together than by chance are left out.
    assert {each.tag for each in found} == {"viewer", "heat"}
    assert ("heat", "cold") not in by_name


def tables_of_the_26th(garden: Plot) -> None:
    """Results only move forward: forget them and compute that day."""
    with garden.warehouse.write() as writer:
        for table in ("result_state", "change_log", "layer_now", "layer_history"):
            writer.execute(f"DELETE FROM {table}")
    refresh.run()


def test_few_people_say_nothing(garden):
    define_tag("rare", {"all": [{"event": "order_paid"}, {"attr": "first_seen", "op": "lt", "value": "2020-01-01"}]})
    refresh.run()
    assert tag_insight.overlaps("rare", catalogue.load()) == (0, [])


def test_over_http_for_who_sees_all(garden):
    client = Client()
    client.force_login(Account.objects.create(login="o", role=Role.OWNER))
    answer = client.get("/api/insight/tags/buyer/insight").json()
    assert (answer["n"], answer["trend"][-1]) == (8, {"day": clock.today().isoformat(), "n": 8})
    assert answer["computed_at"] is not None
    assert answer["ms"] >= 0
    staff = Client()
    staff.force_login(Account.objects.create(login="s", role=Role.STAFF))
    assert staff.get("/api/insight/tags/buyer/insight").status_code == 403
