"""insight.refresh: results swapped in with their differences, full and merged alike."""

import pytest
from pyroaring import BitMap

from potager.core import clock
from potager.core.errors import Conflict
from potager.insight import refresh, sets
from potager.insight.conditions import parse
from potager.insight.models import Audience, TagDefinition

from .conftest import Plot, day, define_audience, define_layers, define_tag

BUYER = {"event": "order_paid"}


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(1, 2, 3)
    plot.order(1, "2026-10-01", 5000)
    define_tag("buyer", BUYER)
    define_tag("spent", {"event": "order_paid", "measure": {"sum": "amount"}}, source="metric", value_kind="money")
    define_tag(
        "heat",
        {"cases": [{"value": "hot", "when": {"event": "page_viewed", "within": "7d"}}], "else": "cold"},
        source="cases",
        value_kind="choice",
    )
    define_layers("rfm", "rfm")
    define_audience("fans", {"all": [{"tag": "heat", "value": "hot", "op": "eq"}, {"layer": "rfm", "in": ["none"]}]})
    return plot


def changes(plot: Plot) -> list[tuple]:
    return plot.rows("SELECT kind, name, cid, from_value, to_value, cause FROM change_log ORDER BY seq")


def wide(plot: Plot) -> list[tuple]:
    return plot.rows('SELECT cid, "tag:buyer", "tag:spent", "tag:heat" FROM tag_wide_0_0 ORDER BY cid')


def test_the_first_computation_is_no_news(garden):
    report = refresh.run()
    assert (report.mode, report.changes, report.names) == ("full", 0, 5)
    assert wide(garden) == [(1, True, 5000, "cold"), (2, False, None, "cold"), (3, False, None, "cold")]
    assert garden.rows("SELECT cid, layer FROM layer_now ORDER BY cid") == [(1, "champion"), (2, "none"), (3, "none")]
    assert changes(garden) == []


def test_what_changed_is_written_down_with_the_swap(garden):
    refresh.run("2026-10-30")
    garden.order(2, "2026-10-31", 9000)
    garden.event(3, "page_viewed", day("2026-10-31"))
    report = refresh.run()
    assert wide(garden) == [(1, True, 5000, "cold"), (2, True, 9000, "cold"), (3, False, None, "hot")]
    assert changes(garden) == [
        ("layer", "rfm", 1, "champion", "keep_low", "refresh"),
        ("layer", "rfm", 2, "none", "champion", "refresh"),
        ("tag", "buyer", 2, None, "true", "refresh"),
        ("tag", "heat", 3, "cold", "hot", "refresh"),
        ("audience", "fans", 3, None, "1", "refresh"),
    ]
    assert report.changes == 5


def test_a_changed_definition_is_a_rebuild_and_so_is_what_looks_it_up(garden):
    refresh.run("2026-10-30")
    TagDefinition.objects.filter(key="buyer").update(rule={"event": "order_paid", "op": "gte", "value": 2})
    TagDefinition.objects.filter(key="heat").update(rule={"cases": [], "else": "hot"})
    refresh.run()
    assert {row[5] for row in changes(garden)} == {"rebuild"}
    assert ("tag", "buyer", 1, "true", None, "rebuild") in changes(garden)
    assert ("audience", "fans", 2, None, "1", "rebuild") in changes(garden)


def test_history_brought_in_is_a_rebuild(garden):
    refresh.run("2026-10-30")
    garden.order(3, "2025-12-31", 9000)
    refresh.run(cause="rebuild")
    assert {row[5] for row in changes(garden)} == {"rebuild"}


def test_results_do_not_go_back(garden):
    refresh.run("2026-10-30")
    with pytest.raises(Conflict, match="do not go back"):
        refresh.run("2026-10-29")


def test_upto_seq_and_the_definition_are_recorded(garden):
    refresh.run()
    rows = garden.rows("SELECT name, as_of_day, upto_seq, n FROM result_state ORDER BY name")
    today = clock.today()
    assert rows == [
        ("audience:fans", today, garden.seq, 0),
        ("layer:rfm", today, garden.seq, 3),
        ("tag:buyer", today, garden.seq, 1),
        ("tag:heat", today, garden.seq, 3),
        ("tag:spent", today, garden.seq, 1),
    ]


def test_a_membership_spell_is_numbered(garden):
    audience = Audience.objects.get(key="fans")
    refresh.run("2026-10-20")
    garden.event(3, "page_viewed", day("2026-10-21"))
    for on in ("2026-10-21", "2026-10-30"):
        refresh.run(on)
    garden.event(3, "page_viewed", day("2026-10-31"))
    refresh.run()
    rows = [row for row in changes(garden) if row[0] == "audience"]
    assert [(row[3], row[4]) for row in rows] == [(None, "1"), ("1", None), (None, "2")]
    versions = garden.rows("SELECT version, n, bitmap FROM audience_version ORDER BY version")
    assert [(version, n) for version, n, _ in versions] == [(1, 0), (2, 1), (3, 0), (4, 1)]
    assert list(BitMap.deserialize(versions[3][2])) == [3]
    assert sets.members(parse({"audience": audience.key}), "2026-10-25").tolist() == [3]
    assert sets.members(parse({"audience": audience.key}), "2026-10-30").tolist() == []


def test_layer_history_answers_for_a_past_day(garden):
    refresh.run("2026-10-20")
    garden.order(2, "2026-10-25", 9000)
    refresh.run("2026-10-26")
    refresh.run()
    none = parse({"layer": "rfm", "in": ["none"]})
    assert sets.members(none, "2026-10-25").tolist() == [2, 3]
    assert sets.members(none, "2026-10-26").tolist() == [3]
    assert sets.members(none).tolist() == [3]
    assert sets.members(none, "2026-10-19").tolist() == []


def test_a_customer_merged_away_leaves_without_news_for_journeys(garden):
    refresh.run("2026-10-30")
    with garden.warehouse.write() as writer:
        writer.execute("UPDATE customer SET live = false WHERE cid = 1")
    refresh.run()
    assert ("tag", "buyer", 1, "true", None, "rebuild") in changes(garden)
    assert garden.rows("SELECT count(*) FROM layer_now WHERE cid = 1") == [(0,)]
