"""From the warehouse's change_log to the journal: tag, layer and membership changes become events.

Read past the watermark, which operations keeps; append the events and advance the watermark in one transaction. The
message id is the change's own, so even a lost watermark could not tell a change twice while the ledger remembers it.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from potager.core import journal, store
from potager.core.journal import Fact
from potager.core.models import Watermark
from potager.core.store import Lane
from potager.insight import tables

WATERMARK: Final = "change_log"
BATCH: Final = 2_000


def forward(limit: int = BATCH) -> int:
    """Tell the journal of up to `limit` changes; returns how many. Changes of a rebuild say so in `cause`."""
    after = Watermark.objects.filter(name=WATERMARK).values_list("seq", flat=True).first() or 0
    rows = (
        tables.opened().query("SELECT * FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?", [after, limit]).to_pylist()
    )
    if not rows:
        return 0
    with store.write(Lane.TICK):
        store.serialise(WATERMARK)
        mark, _ = Watermark.objects.select_for_update().get_or_create(name=WATERMARK)
        fresh = [row for row in rows if row["seq"] > mark.seq]
        if fresh:
            journal.append([_fact(row) for row in fresh])
            mark.seq = fresh[-1]["seq"]
            mark.save(update_fields=["seq"])
    return len(fresh)


def forward_all() -> int:
    """Forward until nothing is left."""
    total = 0
    while count := forward():
        total += count
    return total


def _fact(row: Mapping[str, Any]) -> Fact:
    kind, body = _event(row)
    return Fact(
        kind="event",
        type=kind,
        source="insight.refresh",
        message_id=f"{row['refresh_id']}:{row['kind']}:{row['name']}:{row['cid']}",
        at=row["at"].replace(tzinfo=UTC),
        body={**body, "cause": row["cause"]},
        cid=row["cid"],
    )


def _event(row: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    before, after, name = row["from_value"], row["to_value"], row["name"]
    if row["kind"] == "layer":
        return "layer_changed", {"model": name, "from": before, "to": after}
    if row["kind"] == "audience":
        spell = int(before if after is None else after)
        return ("audience_left" if after is None else "audience_entered"), {"audience": name, "spell": spell}
    value = before if after is None else after
    return ("tag_removed" if after is None else "tag_added"), {"tag": name, "value": None if value == "true" else value}
