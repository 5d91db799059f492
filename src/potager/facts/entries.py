"""Journal entries as one Arrow table: what the loader merges, what the lake keeps, what a rebuild reads."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from potager.core.ids import Key, key_of
from potager.core.journal import Stored

# e1, e2: the key of the entity an order, refund or cost entry speaks of; o1, o2: the order a refund belongs to.
_FIELDS: list[tuple[str, pa.DataType]] = [
    ("seq", pa.int64()),
    ("k1", pa.int64()),
    ("k2", pa.int64()),
    ("kind", pa.string()),
    ("type", pa.string()),
    ("source", pa.string()),
    ("iid", pa.int64()),
    ("cid", pa.int32()),
    ("ts", pa.timestamp("us")),
    ("body", pa.string()),
    ("e1", pa.int64()),
    ("e2", pa.int64()),
    ("o1", pa.int64()),
    ("o2", pa.int64()),
]
SCHEMA = pa.schema(_FIELDS)
Keys = tuple[int | None, int | None, int | None, int | None]
_NO_KEYS: Keys = (None, None, None, None)
_ENTITIES = frozenset({"order", "refund", "cost"})


class _Named(msgspec.Struct):
    """What of a body names its entity; the rest is skipped unread."""

    shop: Any = None
    order_no: Any = None
    refund_no: Any = None
    source: Any = None
    channel: Any = None
    day: Any = None


_decoder = msgspec.json.Decoder(_Named)


def table_of(rows: Sequence[Stored]) -> pa.Table:
    """The entries in their order."""
    if not rows:
        return SCHEMA.empty_table()
    seq, k1, k2, kind, type_, source, iid, cid, at_us, body = zip(*rows, strict=True)
    keys = [_entity(each, text) if each in _ENTITIES else _NO_KEYS for each, text in zip(kind, body, strict=True)]
    e1, e2, o1, o2 = zip(*keys, strict=True)
    columns: list[pa.Array[Any]] = [
        pa.array(values, field.type)
        for values, field in zip((seq, k1, k2, kind, type_, source, iid, cid), SCHEMA, strict=False)
    ]
    columns.append(pa.array(at_us, pa.int64()).cast(pa.timestamp("us")))
    columns.append(pa.array(body, pa.string()))
    columns += [pa.array(values, pa.int64()) for values in (e1, e2, o1, o2)]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def order_key(shop: str, order_no: str) -> Key:
    """The key of an order, whichever way it comes."""
    return key_of(shop, order_no)


def refund_key(shop: str, refund_no: str) -> Key:
    return key_of(shop, "refund", refund_no)


def cost_key(source: str, channel: str, day: str) -> Key:
    """The key of what one source and channel cost on one business date (ISO)."""
    return key_of("cost", source, channel, day)


def _entity(kind: str, body: str) -> Keys:
    """The keys of what an order, refund or cost entry speaks of."""
    named = _decoder.decode(body)
    if kind == "order":
        return *order_key(_text(named.shop), _text(named.order_no)), None, None
    if kind == "refund":
        key = refund_key(_text(named.shop), _text(named.refund_no))
        return *key, *order_key(_text(named.shop), _text(named.order_no))
    return *cost_key(_text(named.source), _text(named.channel), _text(named.day)), None, None


def _text(value: object) -> str:
    return "" if value is None else str(value)
