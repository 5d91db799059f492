"""A person's facts in clear; and the same facts kept countable without the person.

The journal, the lake and the warehouse hold each fact's body. Erasing rewrites bodies where they lie (rows of the
journal, Parquet files of the lake) and then makes the warehouse again from them, so that no page of the old file is
left and a later rebuild can bring nothing back.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q

from potager.core.models import JournalEntry
from potager.core.settings import environment
from potager.facts import lake, personal, plan, rebuild, warehouse

# What any event may keep: what it counts.
_COUNTED = frozenset({"amount", "qty", "channel"})
# What the system says of its own doing: numbers and keys, and nothing a person wrote.
_OWN = frozenset({"run", "visit", "arm", "touch", "purpose"})
# Declared properties of system events that come from outside or carry a value somebody chose.
_SAID = frozenset({"value", "name"})

_TABLES: Mapping[str, str] = {
    "events": """SELECT e.ts, t.key AS event, c.key AS channel, e.amount, e.qty, e.props FROM event e
        JOIN event_type t ON t.id = e.type LEFT JOIN channel_dict c ON c.id = e.channel
        WHERE list_contains($cids, e.cid) ORDER BY e.ts, e.seq""",
    "orders": """SELECT o.ts, shop, order_no, status, amount, discount, channel, store,
            (SELECT to_json(list({'product': i.product, 'qty': i.qty, 'amount': i.amount} ORDER BY line))
                FROM order_item i WHERE i.k1 = o.k1 AND i.k2 = o.k2) AS items
        FROM orders o WHERE list_contains($cids, o.cid) ORDER BY o.ts, o.seq""",
    "refunds": """SELECT r.ts, o.order_no, r.amount FROM refund r LEFT JOIN orders o ON o.k1 = r.o1 AND o.k2 = r.o2
        WHERE list_contains($cids, r.cid) ORDER BY r.ts, r.seq""",
}


def told(cids: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Events, orders with their items, and refunds, oldest first; sealed properties opened. Amounts in minor units."""
    owner = warehouse.get()
    return {
        name: [_row(row) for row in owner.query(sql, {"cids": list(cids)}).to_pylist()] for name, sql in _TABLES.items()
    }


def anonymous(kind: str, type_: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a fact with nothing in it that tells of a person. Kinds without such a thing stay as they are."""
    if kind == "customer":
        return {**body, "attrs": {}}
    if kind == "tag":
        return {**body, "value": None}
    if kind != "event":
        return dict(body)
    kept = set(_COUNTED)
    if event := plan.SYSTEM_EVENTS.get(type_):
        kept |= _OWN | {each.key for each in event.properties} - _SAID
    return {key: value for key, value in body.items() if key in kept and not isinstance(value, (dict, list))}


def erase(cids: Collection[int], iids: Collection[int]) -> None:
    """Rewrite the journal's entries about a person. Must be called inside `store.write`, and may be called again."""
    for row in JournalEntry.objects.filter(Q(cid__in=cids) | Q(iid__in=iids)).iterator():
        body = anonymous(row.kind, row.type, row.body)
        if body != row.body:
            row.body = body
            row.save(update_fields=["body"])


def erase_files(cids: Collection[int], iids: Collection[int]) -> int:
    """Rewrite the lake's files that tell of a person and make the warehouse again; returns how many files changed.

    Called after the transaction of `erase`, by the process that owns the warehouse: nobody else writes to the lake
    then. Cut short, it is called again; each file is whole at any moment.
    """
    changed = 0
    folder = environment().lake
    for path in sorted(folder.glob("journal/*/*.parquet")):
        changed += _rewrite(path, cids, iids, "body", ["kind", "type"])
    for path in sorted(folder.glob("bulk/*/events-*.parquet")):
        changed += _rewrite(path, cids, iids, "props", ["type"])
    rebuild.rebuild()
    return changed


def _rewrite(
    path: Path,
    cids: Collection[int],
    iids: Collection[int],
    column: str,
    names: Sequence[str],
) -> bool:
    table = pq.read_table(path)
    about = pc.or_kleene(
        pc.is_in(table["cid"], pa.array(list(cids), table["cid"].type)),
        pc.is_in(table["iid"], pa.array(list(iids), table["iid"].type)),
    )
    if not pc.any(about).as_py():
        return False
    before: list[str | None] = table[column].to_pylist()
    bodies = [
        body if body is None or not mine else _clean(row.get("kind", "event"), row["type"], body)
        for body, mine, row in zip(before, about.to_pylist(), table.select(names).to_pylist(), strict=True)
    ]
    if bodies == before:
        return False
    at = table.column_names.index(column)
    lake.write_file(path, table.set_column(at, table.schema.field(at), pa.array(bodies, table.schema.field(at).type)))
    return True


def _clean(kind: str, type_: str, written: str) -> str:
    return json.dumps(anonymous(kind, type_, json.loads(written)), ensure_ascii=False, separators=(",", ":"))


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {key: _plain(value) for key, value in row.items()}
    if "props" in told:
        told["properties"] = _opened("", json.loads(told.pop("props") or "{}"))
    if "items" in told:
        told["items"] = json.loads(told["items"] or "[]")
    return told


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _opened(key: str, value: Any) -> Any:
    """What was said, whatever depth a sealed value stands at."""
    if isinstance(value, dict):
        if set(value) == {"sealed"}:
            return personal.opened(key, value)
        return {name: _opened(name, each) for name, each in value.items()}
    return [_opened("", each) for each in value] if isinstance(value, list) else value
