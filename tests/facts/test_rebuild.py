"""facts.lake, facts.rebuild, facts.compaction: the warehouse can always be made again, row for row."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from potager.core import clock, journal
from potager.core.journal import Fact
from potager.core.models import Watermark
from potager.facts import bulk, compaction, jobs, lake, loader, rebuild
from potager.facts import warehouse as owner
from potager.facts.warehouse import schema
from tests import journalled
from tests.conftest import needs_own_file
from tests.facts.feeding import event, offer, order, rows
from tests.facts.test_bulk import events_table, orders_table
from tests.facts.test_columns import define

SEPTEMBER = datetime(2026, 9, 5, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)


def contents():
    warehouse = owner.get()
    return {
        table: sorted(rows(warehouse, f"FROM {table}"), key=repr)
        for table in (*schema.TABLES, "event", "layer_history")
    }


@pytest.fixture
def full(warehouse):
    """A warehouse with every kind of fact, brought in by journal and by bulk, partly in the lake, and one result."""
    offer(
        event("m0", "page_viewed", SEPTEMBER, iid=1, cid=1),
        order("o1", OCTOBER, iid=1, items=[{"line": "1", "cost": 4}]),
    )
    loader.load_all()
    bulk.load("history", events=events_table(4), orders=orders_table("o1", "o7", version=2))
    offer(
        event("m3", "page_viewed", OCTOBER),
        event("m8", "quiz", OCTOBER, score=4),
        event("m9", "quiz", OCTOBER, score="?"),
        Fact("identity", "identity_moved", "people", "i1", OCTOBER, {}, iid=1, cid=9),
        Fact("tag", "tag_added", "insight", "t1", OCTOBER, {"tag": "vip", "value": None, "op": "add"}, cid=1),
        Fact("customer", "customer_changed", "people", "c1", OCTOBER, {"state": "live", "attrs": {}}, cid=1),
    )
    define("quiz", "score", "integer")
    loader.load_all()
    lake.save(loader.loaded_seq())
    offer(order("o1", OCTOBER, version=3, iid=1, amount=3), event("m10", "page_viewed", OCTOBER, iid=1, cid=1))
    loader.load_all()
    with warehouse.write() as writer:
        writer.replace("layer_history", pa.table({"cid": [1], "layer": ["champion"]}))
    return warehouse


@needs_own_file
def test_a_rebuilt_warehouse_has_every_table_as_it_was(full):
    before = contents()
    assert len(before["event"]) == 8
    assert before["property_misfit"] == [(2, "score", 1)]
    reached: list[int] = []
    last = rebuild.rebuild(reached.append)
    assert last == loader.loaded_seq() == reached[-1]
    assert contents() == before


@needs_own_file
def test_it_can_be_rebuilt_when_the_journal_has_forgotten_what_the_lake_keeps(full):
    before = contents()
    kept = lake.saved_seq()
    journal.JournalEntry.objects.filter(seq__lte=kept).delete()
    rebuild.rebuild()
    assert contents() == before
    assert 0 < kept < loader.loaded_seq()


def test_a_batch_cut_short_is_written_again_and_read_once(full):
    saved = lake.saved_seq()
    Watermark.objects.filter(name="lake").update(seq=0)
    assert saved
    assert lake.save(loader.loaded_seq()) == len(journalled.entries(0, 100))
    (batch,) = lake.batches()
    assert (batch.first, batch.last) == (1, loader.loaded_seq())
    assert [path.parent.name for path in batch.files] == ["2026-09", "2026-10", "2026-11"]
    assert batch.table()["seq"].to_pylist() == [entry.seq for entry in journalled.entries(0, 100)]
    assert lake.save(loader.loaded_seq()) == 0


def test_small_batches_wait_when_asked_to(warehouse):
    offer(event("m1", "x", OCTOBER))
    loader.load_all()
    assert lake.save(loader.loaded_seq(), least=2) == 0
    assert lake.saved_seq() == 0


def test_compaction_moves_past_months_and_the_view_shows_the_same(full):
    before = rows(full, "FROM event ORDER BY seq, k1")
    assert compaction.compact() == [date(2026, 9, 1), date(2026, 10, 1)]
    assert rows(full, "SELECT count(*) FROM event_hot") == [(0,)]
    assert rows(full, "FROM event ORDER BY seq, k1") == before
    cold = rows(full, "SELECT month(day), cid FROM event_cold")
    assert cold == sorted(cold)
    assert compaction.compact() == []


def test_many_past_days_of_this_month_are_moved_before_it_is_over(full):
    compaction.compact()
    with clock.frozen(datetime(2026, 11, 3, 4, tzinfo=UTC)):
        for n, hours in enumerate((-47, -23, -22, -1)):
            offer(event(f"late{n}", "page_viewed", clock.now() + timedelta(hours=hours)))
        loader.load_all()
        before = rows(full, "FROM event ORDER BY seq, k1")
        assert compaction.compact(run=4) == []
        assert rows(full, "SELECT count(*) FROM event_hot") == [(4,)]
        # Three of them lie on past days; today's stays where it came.
        assert compaction.compact(run=3) == []
        assert rows(full, "SELECT day FROM event_hot") == [(date(2026, 11, 3),)]
        assert rows(full, "FROM event ORDER BY seq, k1") == before
    with clock.frozen(datetime(2026, 12, 2, 4, tzinfo=UTC)):
        assert compaction.compact(run=3) == [date(2026, 11, 1)]
        assert rows(full, "FROM event ORDER BY seq, k1") == before


def test_the_jobs_load_save_prune_and_compact(full):
    offer(event("last", "page_viewed", OCTOBER))
    jobs.load({})
    last = journal.last_seq()
    assert loader.loaded_seq() == last
    jobs.save({})
    assert lake.saved_seq() == last
    # Entries as old as the ledger are in warehouse and lake and leave the journal.
    assert {entry.fact.at.month for entry in journalled.entries(0, 100)} == {11}
    jobs.compact({})
    assert rows(full, "SELECT count(*) FROM event_hot") == [(0,)]
