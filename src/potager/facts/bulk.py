"""The bulk door: a year of history in seconds, staged, resumable, exactly once by load id.

Parts are written to the lake first, where they do not count yet. `commit` then appends one entry of kind `bulk` to
the journal: that entry is the load. The loader merges the parts when it reaches the entry, in the transaction of its
watermark, and every row carries the entry's number as `seq`. So

- a load is contained wholly or not at all, once, whatever is killed when;
- "everything up to S" and "the delta after S" hold for bulk rows as for any other, and a rebuild from the lake meets
  the load at the same place in the sequence;
- readers that need to know see in `bulk_load` that the delta they merge contains brought-in history.

The keys are those of the journal's facts and rows already contained are left out, so a fact that came both ways
counts once. Files loads touch nothing but the lake until they are committed: staging again under the same part
number replaces the part.
"""

import time
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from potager.core import clock, journal, store
from potager.core.errors import Conflict, Problem
from potager.core.ids import Key, key_of
from potager.core.journal import Fact
from potager.core.store import Lane
from potager.facts import bulk_merge, lake, loader, warehouse
from potager.facts.entries import cost_key, order_key, refund_key
from potager.facts.merge.events import Merged

_TS, _I64, _TEXT = pa.timestamp("us"), pa.int64(), pa.string()
_Fields = list[tuple[str, pa.DataType]]
_KEY: _Fields = [("k1", _I64), ("k2", _I64)]
_WHO: _Fields = [("iid", _I64), ("cid", pa.int32()), ("ts", _TS)]
_ORDER: _Fields = [*_KEY, ("shop", _TEXT), ("order_no", _TEXT), ("version", _I64), *_WHO, ("status", _TEXT)]
_LINE: _Fields = [*_KEY, ("line", _TEXT), ("version", _I64), *_WHO, ("product", _TEXT), ("qty", pa.float64())]
_AMOUNT: _Fields = [("amount", _I64)]

# What each target takes. Missing columns are NULL; `pos`, the place in the load, is added when a part is staged.
_FIELDS: Mapping[str, _Fields] = {
    "events": [
        *_KEY,
        *_WHO,
        ("type", _TEXT),
        ("channel", _TEXT),
        *_AMOUNT,
        ("qty", pa.float64()),
        ("props", _TEXT),
    ],
    "orders": [
        *_ORDER,
        *_AMOUNT,
        ("discount", _I64),
        ("cost", _I64),
        ("items", pa.int32()),
        ("channel", _TEXT),
        ("store", _TEXT),
        ("source", _TEXT),
        ("has_items", pa.bool_()),
    ],
    "items": [*_LINE, *_AMOUNT, ("cost", _I64)],
    "refunds": [*_KEY, ("o1", _I64), ("o2", _I64), ("version", _I64), *_WHO, *_AMOUNT],
    "products": [
        ("product", _TEXT),
        ("name", _TEXT),
        ("category", _TEXT),
        ("brand", _TEXT),
        ("price", _I64),
        ("cost", _I64),
        ("life_days", pa.int32()),
        ("version", _I64),
    ],
    "costs": [*_KEY, ("version", _I64), ("day", pa.date32()), ("source", _TEXT), ("channel", _TEXT), *_AMOUNT],
}
TARGETS: Mapping[str, pa.Schema] = {name: pa.schema(fields) for name, fields in _FIELDS.items()}
_PART_ROWS = 1 << 32


def load(load_id: str, **targets: pa.Table | None) -> dict[str, Merged]:
    """Stage and commit whole tables in one go: `load("history", events=…, orders=…, items=…)`.

    Returns offered and newly contained rows by warehouse table. Called again with the same id it adds nothing.
    """
    for target, rows in targets.items():
        if rows is not None:
            stage(load_id, target, 0, rows)
    return commit(load_id)


def stage(load_id: str, target: str, part: int, rows: pa.Table) -> None:
    """Write one part. Keys may be left out where their parts are there as text:

    events      source, message_id
    orders      shop, order_no
    items       shop, order_no
    refunds     shop, refund_no, order_no
    costs       source, channel, day
    """
    schema = TARGETS[target]
    rows = _with_defaults(target, _with_keys(target, rows))
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    table = pa.Table.from_arrays(columns, schema=schema)
    places = pa.array(range(part * _PART_ROWS, part * _PART_ROWS + rows.num_rows), _I64)
    lake.write_file(lake.bulk_folder(load_id) / f"{target}-{part:05}.parquet", table.append_column("pos", places))


def commit(load_id: str, *, patience: float = 600.0) -> dict[str, Merged]:
    """Make the staged parts count and wait until the warehouse contains them.

    When another process owns the warehouse, that process loads; `patience` is how many seconds to wait for it.
    """
    with store.write(Lane.IMPORT):
        journal.append([Fact("bulk", "bulk_loaded", "bulk", load_id, clock.now(), {"load": load_id})])
    try:
        owned = warehouse.get()
    except Conflict:
        return _await(load_id, patience)
    loader.load_all()
    return bulk_merge.report(owned, load_id) or {}


def _await(load_id: str, patience: float) -> dict[str, Merged]:
    ends = time.monotonic() + patience
    while (done := bulk_merge.published(load_id)) is None:
        if time.monotonic() > ends:
            raise Problem(
                "bulk.waiting",
                zh="数据已经安全写入，但占用数据仓库的进程还没有装载：请确认 potager 正在运行，稍后再查看",
                en="The data is safely stored, but the process that owns the warehouse has not loaded it yet",
                status=503,
            )
        time.sleep(0.2)
    return done


def _with_keys(target: str, rows: pa.Table) -> pa.Table:
    if "k1" in rows.column_names or target == "products":
        return rows

    def texts(name: str) -> list[str]:
        column: list[object] = rows[name].to_pylist()
        return ["" if value is None else str(value) for value in column]

    if target == "events":
        return _keyed(rows, "k", map(key_of, texts("source"), texts("message_id")))
    if target == "costs":
        return _keyed(rows, "k", map(cost_key, texts("source"), texts("channel"), texts("day")))
    shops = texts("shop") if "shop" in rows.column_names else [""] * rows.num_rows
    if target == "refunds":
        rows = _keyed(rows, "o", map(order_key, shops, texts("order_no")))
        return _keyed(rows, "k", map(refund_key, shops, texts("refund_no")))
    return _keyed(rows, "k", map(order_key, shops, texts("order_no")))


def _keyed(rows: pa.Table, prefix: str, keys: Iterable[Key]) -> pa.Table:
    pairs: Sequence[Key] = list(keys)
    rows = rows.append_column(f"{prefix}1", pa.array([key.k1 for key in pairs], _I64))
    return rows.append_column(f"{prefix}2", pa.array([key.k2 for key in pairs], _I64))


def _with_defaults(target: str, rows: pa.Table) -> pa.Table:
    defaults: dict[str, object] = {}
    if "version" in TARGETS[target].names:
        defaults["version"] = 1
    if target == "orders":
        defaults |= {"status": "paid", "shop": "", "source": "bulk", "has_items": False}
    for name, value in defaults.items():
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.array([value] * rows.num_rows))
    return rows
