"""insight.refresh.merge: what came is added to what is kept, and the results equal those of a full run, always."""

from datetime import timedelta

import pytest

from potager.core import clock, journal, store
from potager.core.journal import Fact
from potager.facts import loader
from potager.insight import refresh, tables

from .conftest import Plot, day, define_audience, define_layers, define_tag

TAGS = '"tag:buyer", "tag:spent", "tag:heat", "tag:vip", "tag:star"'
RESULTS = (
    f"SELECT cid, {TAGS} FROM tag_wide_0_0 JOIN tag_wide_1_0 USING (cid) ORDER BY cid",
    "SELECT model, cid, layer FROM layer_now ORDER BY model, cid",
    """SELECT audience, n, bitmap FROM audience_version
    QUALIFY row_number() OVER (PARTITION BY audience ORDER BY version DESC) = 1 ORDER BY audience""",
    "SELECT kind, name, cid, from_value, to_value, cause FROM change_log ORDER BY kind, name, cid, seq",
    "SELECT name, n FROM result_state ORDER BY name",
)
LIFE = {
    "layers": [
        {"key": "repeat", "zh": "复购", "when": {"event": "order_paid", "op": "gte", "value": 2}},
        {"key": "bought", "zh": "已购", "when": {"event": "order_paid"}},
    ],
    "else": {"key": "new", "zh": "未购"},
}


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(*range(1, 9))
    for cid in (1, 2, 3):
        plot.order(cid, "2026-10-01", 1000 * cid)
    define_tag("buyer", {"event": "order_paid"})
    define_tag("spent", {"event": "order_paid", "measure": {"avg": "amount"}}, source="metric", value_kind="money")
    define_tag(
        "heat",
        {"cases": [{"value": "hot", "when": {"event": "page_viewed", "within": "7d"}}], "else": "cold"},
        source="cases",
        value_kind="choice",
    )
    define_tag("star", {"audience": "best"})
    define_tag("vip", {"layer": "rfm", "in": ["champion"]})
    define_layers("rfm", "rfm")
    define_layers("life", "ordered", **LIFE)
    define_audience("best", {"tag": "vip"})
    refresh.run(day("2026-11-01", hour=1))
    # Five customers learn something new: one by a fact dated ahead, one by a relation, one by being merged away.
    plot.order(2, "2026-11-01", 90_000, hour=2)
    plot.order(5, "2026-11-01", 500, hour=3)
    plot.event(6, "page_viewed", day("2026-11-01", 2))
    plot.event(7, "page_viewed", day("2026-11-01", 5))
    plot.relation(8, "zhangsan", day("2026-11-01", 2))
    with plot.warehouse.write() as writer:
        writer.execute("UPDATE customer SET live = false, seq = ? WHERE cid = 3", [plot.seq])
    return plot


def results(plot: Plot) -> list:
    return [plot.rows(sql) for sql in RESULTS]


TABLES = (
    *("change_log", "result_state", "layer_now", "layer_history", "audience_version", "tag_column"),
    *("tag_wide_0_0", "tag_wide_1_0"),
)


def test_merged_and_full_results_and_differences_are_equal(garden):
    with garden.warehouse.write() as writer:
        for table in TABLES:
            writer.execute(f"CREATE TABLE kept_{table} AS FROM {table}")
    assert refresh.merge().mode == "merge"
    merged = results(garden)
    with garden.warehouse.write() as writer:
        for table in TABLES:
            writer.execute(f"DROP TABLE {table}")
            writer.execute(f"ALTER TABLE kept_{table} RENAME TO {table}")
    assert refresh.run().mode == "full"
    assert results(garden) == merged
    assert len(merged[3]) > 8


def test_a_fact_dated_ahead_is_merged_when_it_is_due(garden):
    refresh.merge()
    assert (7, "hot") not in garden.rows('SELECT cid, "tag:heat" FROM tag_wide_0_0')
    with clock.frozen(day("2026-11-01", 6)):
        assert refresh.merge().mode == "merge"
    assert (7, "hot") in garden.rows('SELECT cid, "tag:heat" FROM tag_wide_0_0')


def test_nothing_new_is_nothing_done(garden):
    refresh.merge()
    stood = garden.rows("SELECT * FROM result_state ORDER BY name")
    assert refresh.merge().mode == "none"
    assert garden.rows("SELECT * FROM result_state ORDER BY name") == stood


def test_the_next_day_is_computed_in_full(garden):
    refresh.merge()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert refresh.merge().mode == "full"


def test_a_window_of_hours_loses_an_event_by_the_clock_alone(garden):
    define_tag("just_now", {"event": "page_viewed", "within": "2h"})
    garden.event(1, "page_viewed", day("2026-11-01", 3))
    refresh.run(day("2026-11-01", hour=3))
    assert who(garden, "just_now") == [1, 6]
    with clock.frozen(day("2026-11-01", hour=4) + timedelta(minutes=30)):
        assert refresh.merge().mode == "merge"
    assert who(garden, "just_now") == [1]
    with clock.frozen(day("2026-11-01", hour=5)):
        assert refresh.merge().mode == "merge"
    assert who(garden, "just_now") == [7]


def test_a_silence_of_hours_is_over_by_the_clock_alone(garden):
    define_tag("left", {"sequence": ["page_viewed", {"none": "order_paid", "within": "2h"}]})
    refresh.run(day("2026-11-01", hour=3))
    assert who(garden, "left") == []
    with clock.frozen(day("2026-11-01", hour=4) + timedelta(minutes=30)):
        assert refresh.merge().mode == "merge"
    assert who(garden, "left") == [6]


def test_events_of_nobody_asked_about_leave_what_is_kept_as_it_is(garden):
    define_tag("replies", {"event": "message_replied"})
    refresh.merge()
    garden.event(1, "message_replied", day("2026-11-01", 3))
    refresh.run()
    garden.event(4, "page_viewed", day("2026-11-01", 3))
    assert refresh.merge().mode == "merge"
    assert who(garden, "replies") == [1]
    garden.event(4, "message_replied", day("2026-11-01", 3))
    assert refresh.merge().mode == "merge"
    assert who(garden, "replies") == [1, 4]


def test_what_is_kept_is_made_anew_when_it_is_not_there(garden):
    refresh.merge()
    with garden.warehouse.write() as writer:
        for table in tables.kept(garden.warehouse):
            writer.execute(f"DROP TABLE {table}")
    garden.event(4, "page_viewed", day("2026-11-01", 3))
    assert refresh.merge().mode == "full"
    garden.event(5, "page_viewed", day("2026-11-01", 3))
    assert refresh.merge().mode == "merge"


def test_history_loaded_in_bulk_is_a_rebuild(garden):
    refresh.merge()
    garden.order(4, "2025-12-01", 700)
    with garden.warehouse.write() as writer:
        writer.execute("INSERT INTO bulk_load (load_id, seq) VALUES ('x', ?)", [garden.seq])
    report = refresh.merge()
    assert report.mode == "full"
    causes = garden.rows(f"SELECT DISTINCT cause FROM change_log WHERE refresh_id = '{report.refresh_id}'")
    assert causes == [("rebuild",)]


def test_an_order_that_a_newer_version_gives_to_somebody_else_changes_both(plot: Plot):
    plot.customers(1, 2)
    with plot.warehouse.write() as writer:
        # From here on the loader feeds this warehouse.
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [journal.last_seq()])
    define_tag("buyer", {"event": "order_paid"})
    at = day("2026-10-30")
    body = {"shop": "s", "order_no": "A1", "status": "paid", "amount": 1000}

    def bought(version: int, cid: int) -> None:
        fact = Fact("order", "order_paid", "test", f"A1:{version}", at, {**body, "version": version}, cid=cid)
        with store.write():
            journal.append([fact])
        loader.load_all()

    bought(1, cid=1)
    refresh.run(day("2026-11-01", hour=1))
    assert plot.rows('SELECT cid, "tag:buyer" FROM tag_wide_0_0 ORDER BY cid') == [(1, True), (2, False)]
    bought(2, cid=2)
    assert refresh.merge().mode == "merge"
    assert plot.rows('SELECT cid, "tag:buyer" FROM tag_wide_0_0 ORDER BY cid') == [(1, False), (2, True)]


def test_households_whose_answers_move_with_others_are_computed_in_full(garden):
    define_tag("at_home", {"household": {"role": ["buyer"]}})
    refresh.run()
    garden.event(1, "page_viewed", day("2026-11-01", 3))
    assert refresh.merge().mode == "full"


def test_a_sequence_is_recomputed_for_those_who_went_on(garden):
    define_tag("came_back", {"sequence": ["order_paid", "page_viewed"]})
    refresh.run()
    assert who(garden, "came_back") == []
    garden.event(1, "page_viewed", day("2026-11-01", 3))
    garden.event(4, "page_viewed", day("2026-11-01", 3))
    assert refresh.merge().mode == "merge"
    assert who(garden, "came_back") == [1]


def test_a_product_filed_anew_moves_its_buyers(garden):
    key = garden.order(4, "2026-10-20", 700)
    with garden.warehouse.write() as writer:
        writer.execute(
            "INSERT INTO order_item (k1, k2, line, product, cid, seq) VALUES (?, ?, '1', 'p', 4, ?)",
            [*key, garden.seq],
        )
    define_tag("skin_buyer", {"event": "order_paid", "items": [{"prop": "category", "value": "护肤"}]})
    refresh.run()
    assert who(garden, "skin_buyer") == []
    with garden.warehouse.write() as writer:
        writer.execute("INSERT INTO product (product, category, seq) VALUES ('p', '护肤', ?)", [garden.seq + 1])
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [garden.seq + 1])
    assert refresh.merge().mode == "merge"
    assert who(garden, "skin_buyer") == [4]


def who(plot: Plot, tag: str) -> list[int]:
    [(wide, column)] = plot.rows(f"SELECT wide, col FROM tag_column WHERE tag = '{tag}'")
    return [cid for (cid,) in plot.rows(f'SELECT cid FROM {wide} WHERE "{column}" ORDER BY cid')]
