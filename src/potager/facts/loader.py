"""From the journal to the warehouse, in sequence, exactly once: rows and watermark are one warehouse transaction."""

import threading
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from potager.core import clock, journal
from potager.facts import bulk_merge, columns, entries, warehouse
from potager.facts.merge import events, orders, people, things
from potager.facts.warehouse.base import Writer

BATCH = 50_000
_loading = threading.Lock()


def load(limit: int = BATCH) -> int:
    """Move at most `limit` entries; returns how many. 0 means the warehouse contains the whole journal."""
    with _loading:
        return _load(limit)


def load_all() -> int:
    """Move everything that is waiting; returns how many entries."""
    moved = 0
    while count := load():
        moved += count
    return moved


def loaded_seq() -> int:
    """The newest journal number the warehouse contains."""
    rows = warehouse.get().query("SELECT seq FROM watermark WHERE name = 'journal'")
    return int(rows["seq"][0].as_py())


def apply(writer: Writer, batch: pa.Table, *, ledger_from: datetime | None) -> None:
    """Merge a batch of entries (entries.SCHEMA, in sequence) and advance the watermark, in the writer's transaction.

    ledger_from  see merge.events.merge
    """
    kinds = set(pc.unique(batch["kind"]).to_pylist())
    writer.stage("batch", batch)
    event_columns = columns.sync_events(writer)
    attributes = columns.sync_customers(writer)
    if "event" in kinds:
        relation = events.from_journal("batch")
        events.merge(writer, relation, event_columns, table="event_hot", ledger_from=ledger_from)
    if "order" in kinds:
        orders.merge(writer, orders=orders.orders_from_journal("batch"), items=orders.items_from_journal("batch"))
    if "refund" in kinds:
        orders.merge_refunds(writer, orders.refunds_from_journal("batch"))
    if "product" in kinds:
        things.merge_products(writer, things.products_from_journal("batch"))
    if "cost" in kinds:
        things.merge_costs(writer, things.costs_from_journal("batch"))
    if "customer" in kinds:
        people.merge_customers(writer, "batch", attributes)
    if "relation" in kinds:
        people.merge_relations(writer, "batch")
    if "tag" in kinds:
        people.merge_tags(writer, "batch")
    # Last: a fact of this batch that came before its identity moved is put right with the rest.
    if "identity" in kinds:
        people.move_identities(writer, "batch")
    if "bulk" in kinds:
        last = batch.slice(batch.num_rows - 1).to_pylist()[0]
        bulk_merge.merge_load(writer, str(last["body"]), int(last["seq"]), event_columns)
    writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [batch["seq"][-1].as_py()])


def upto_bulk(batch: pa.Table) -> pa.Table:
    """The leading entries up to the first bulk load, included: a load is merged after all that came before it."""
    place = pc.index(batch["kind"], "bulk").as_py()
    return batch if place < 0 else batch.slice(0, place + 1)


def _load(limit: int) -> int:
    with warehouse.get().write() as writer:
        after = writer.query("SELECT seq FROM watermark WHERE name = 'journal'")["seq"][0].as_py()
        rows = journal.stored(after, limit)
        if not rows:
            return 0
        batch = upto_bulk(entries.table_of(rows))
        # One day of slack: the ledger forgets by whole days.
        ledger_from = clock.wall() - timedelta(days=journal.LEDGER_DAYS - 1)
        apply(writer, batch, ledger_from=ledger_from.replace(tzinfo=None))
    if batch["kind"][-1].as_py() == "bulk":
        bulk_merge.publish(warehouse.get())
    return batch.num_rows
