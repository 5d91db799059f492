"""The loader's side of a bulk load: its parts into the warehouse, and word of it to whoever waits."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from potager.facts import lake
from potager.facts.columns import TypedColumn
from potager.facts.merge import events, orders, things
from potager.facts.merge.events import Merged
from potager.facts.warehouse.base import Warehouse, Writer
from potager.facts.warehouse.literals import literals

REPORT = "loaded.json"
Done = Mapping[str, Merged]


def merge_load(writer: Writer, body: str, seq: int, columns: Sequence[TypedColumn]) -> None:
    """Merge the load that the journal entry `seq` committed; its rows carry that number. A known load adds nothing."""
    load = str(json.loads(body)["load"])
    known = writer.query("SELECT count(*) AS n FROM bulk_load WHERE load_id = ?", [load])
    if known["n"][0].as_py():
        return
    folder = lake.bulk_folder(load)
    done: dict[str, Merged] = {}
    if relation := _parts(folder, "events", seq):
        done["event"] = events.merge(writer, relation, columns, table="event_cold", ledger_from=None)
    order_rows, item_rows = _parts(folder, "orders", seq), _parts(folder, "items", seq)
    if order_rows or item_rows:
        done |= orders.merge(writer, orders=order_rows, items=item_rows)
    singles: Mapping[str, tuple[str, Callable[[Writer, str], Merged]]] = {
        "refunds": ("refund", orders.merge_refunds),
        "products": ("product", things.merge_products),
        "costs": ("channel_cost", things.merge_costs),
    }
    for parts, (target, merge) in singles.items():
        if relation := _parts(folder, parts, seq):
            done[target] = merge(writer, relation)
    for target, merged in done.items():
        _note(writer, load, seq, target, merged)


def report(warehouse: Warehouse, load: str) -> dict[str, Merged] | None:
    """What became of a load by target table, None while it is not contained."""
    rows = warehouse.query("SELECT target, offered, loaded FROM bulk_load WHERE load_id = ? ORDER BY target", [load])
    return {row["target"]: Merged(row["offered"], row["loaded"]) for row in rows.to_pylist()} or None


def publish(warehouse: Warehouse) -> None:
    """Leave a report beside the parts of every contained load, for processes that cannot open the warehouse."""
    for row in warehouse.query("SELECT DISTINCT load_id FROM bulk_load").to_pylist():
        load = str(row["load_id"])
        path = lake.bulk_folder(load) / REPORT
        if not path.exists() and path.parent.exists():
            done = report(warehouse, load) or {}
            beside = path.with_suffix(".part")
            beside.write_text(json.dumps({target: [m.offered, m.loaded] for target, m in done.items()}))
            beside.replace(path)


def published(load: str) -> dict[str, Merged] | None:
    """The report that `publish` left, None while there is none."""
    path = lake.bulk_folder(load) / REPORT
    if not path.exists():
        return None
    return {target: Merged(*counts) for target, counts in json.loads(path.read_text()).items()}


def _parts(folder: Path, target: str, seq: int) -> str | None:
    """The rows of a target's parts with the load's number, or None when the load has none."""
    files = sorted(folder.glob(f"{target}-*.parquet"))
    if not files:
        return None
    return f"SELECT {seq}::BIGINT AS seq, * FROM read_parquet([{literals(files)}])"


def _note(writer: Writer, load: str, seq: int, target: str, merged: Merged) -> None:
    time = {"event": "ts", "orders": "ts", "order_item": "ts", "refund": "ts", "channel_cost": "day"}.get(target)
    span = f"date_trunc('month', min({time}))::DATE, date_trunc('month', max({time}))::DATE" if time else "NULL, NULL"
    writer.execute(
        f"INSERT INTO bulk_load SELECT ?, ?, ?, {span}, ?, ? FROM {target} WHERE seq = ?",
        [load, seq, target, merged.offered, merged.loaded, seq],
    )
