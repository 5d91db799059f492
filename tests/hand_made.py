"""Hand-made facts for the reports: orders, refunds and customers written straight into the warehouse."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from potager.core.ids import key_of
from potager.facts.columns import sync_events
from potager.facts.warehouse.schema import TABLES

ZONE = ZoneInfo("Asia/Shanghai")
_TYPES = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def local(text: str) -> datetime:
    """ "2026-10-01 09:00" or "2026-10-01" (noon) in Shanghai, as an aware UTC instant."""
    return datetime.fromisoformat(text if " " in text else f"{text} 12:00").replace(tzinfo=ZONE).astimezone(UTC)


def put(warehouse, table: str, rows: list[dict]) -> None:
    """Append rows; columns left out are NULL."""
    kinds = {**TABLES[table], "p_journey": "VARCHAR"}
    names = {name for row in rows for name in row}
    columns = {name: pa.array([row.get(name) for row in rows], _TYPES[kinds[name]]) for name in names}
    begin(warehouse)
    with warehouse.write() as writer:
        writer.append(table, pa.table(columns))


def begin(warehouse) -> None:
    """What the first load does: give events their typed columns."""
    with warehouse.write() as writer:
        sync_events(writer)


def put_events(warehouse, rows: list[tuple[str, int, str | datetime, dict]]) -> None:
    """Append events (type, cid, at, columns), numbering the types."""
    known = {key: number for number, key in enumerate(sorted({row[0] for row in rows}), start=1)}
    put(warehouse, "event_type", [{"id": number, "key": key} for key, number in known.items()])
    put(
        warehouse,
        "event_hot",
        [
            {"seq": seq, "cid": cid, "type": known[kind], **when(local(at) if isinstance(at, str) else at), **more}
            for seq, (kind, cid, at, more) in enumerate(rows, start=1)
        ],
    )


def when(at: datetime) -> dict:
    """The ts and day columns of an instant."""
    return {"ts": at.replace(tzinfo=None), "day": at.astimezone(ZONE).date()}


def order(number: str, cid: int, at: str | datetime, amount: int, cost: int | None = 0, status: str = "paid") -> dict:
    key = key_of("shop", number)
    return {
        "k1": key.k1,
        "k2": key.k2,
        "shop": "shop",
        "order_no": number,
        "version": 1,
        "cid": cid,
        "status": status,
        "amount": amount,
        "cost": cost,
        **when(local(at) if isinstance(at, str) else at),
    }


def refund(number: str, of: str, cid: int, at: str | datetime, amount: int) -> dict:
    key, parent = key_of("shop", "refund", number), key_of("shop", of)
    return {
        "k1": key.k1,
        "k2": key.k2,
        "o1": parent.k1,
        "o2": parent.k2,
        "version": 1,
        "cid": cid,
        "amount": amount,
        **when(local(at) if isinstance(at, str) else at),
    }


def customer(cid: int, at: str, *, live: bool = True, source: str = "store") -> dict:
    seen = local(at)
    return {
        "cid": cid,
        "created_at": seen.replace(tzinfo=None),
        "first_seen": seen.replace(tzinfo=None),
        "first_day": seen.astimezone(ZONE).date(),
        "source": source,
        "live": live,
    }


def relation(cid: int, staff: str, since: str, until: str | None = None) -> dict:
    return {
        "cid": cid,
        "staff": staff,
        "since": local(since).replace(tzinfo=None),
        "until": local(until).replace(tzinfo=None) if until else None,
        "state": "lost" if until else "active",
        "source": "store",
    }
