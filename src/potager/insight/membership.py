"""Who is in an audience: versions of live ones as roaring bitmaps in the warehouse, the lists of frozen ones; and who
is on an uploaded list."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from potager.facts.warehouse.literals import literals
from potager.insight.models import Audience, ListUpload
from potager.insight.slots import utc_text
from potager.people.models import Customer, State

Read = Callable[[str], pa.Table]


def members(keys: Iterable[str], as_of: datetime, read: Read) -> dict[str, BitMap]:
    """The members of each audience as of an instant, today's merges applied.

    A frozen audience is its list at any time; a live one is its newest version computed for an instant not later.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    found = {key: BitMap() for key in wanted}
    frozen = dict(
        Audience.objects.filter(key__in=wanted, frozen_at__isnull=False).values_list("key", "members").iterator()
    )
    for key, bitmap in frozen.items():
        found[key] = BitMap.deserialize(bytes(bitmap or b"")) if bitmap else BitMap()
    live = [key for key in wanted if key not in frozen]
    if live:
        rows = read(
            f"""SELECT audience, hex(bitmap) AS bitmap FROM audience_version
            WHERE audience IN ({literals(live)}) AND as_of <= TIMESTAMP '{utc_text(as_of)}'
            QUALIFY row_number() OVER (PARTITION BY audience ORDER BY version DESC) = 1"""
        ).to_pylist()
        found |= {row["audience"]: BitMap.deserialize(bytes.fromhex(row["bitmap"])) for row in rows}
    moved = _moved()
    return {key: resolved(bitmap, moved) for key, bitmap in found.items()}


def on_lists(keys: Iterable[str], as_of: datetime) -> dict[str, BitMap]:
    """Who is on each uploaded list as of an instant, today's merges applied: its newest upload not later; none before
    the first."""
    found = {key: BitMap() for key in keys}
    uploads = ListUpload.objects.filter(of_list__key__in=found, at__lte=as_of).order_by("at", "id")
    # In order of time: the last of a key stays.
    newest = dict(uploads.values_list("of_list__key", "id"))
    rows = ListUpload.objects.filter(id__in=newest.values()).values_list("of_list__key", "members")
    found |= {key: BitMap.deserialize(bytes(bitmap)) for key, bitmap in rows}
    moved = _moved() if newest else {}
    return {key: resolved(bitmap, moved) for key, bitmap in found.items()}


def on_lists_since(cid: int, as_of: datetime) -> dict[str, datetime]:
    """The lists a customer is on as of an instant, and since which upload without a break."""
    moved, since, over = _moved(), dict[str, datetime](), set[str]()
    uploads = ListUpload.objects.filter(at__lte=as_of).order_by("-at", "-id")
    for key, at, bitmap in uploads.values_list("of_list__key", "at", "members").iterator():
        if key in over:
            continue
        if cid in resolved(BitMap.deserialize(bytes(bitmap)), moved):
            since[key] = at
        else:
            over.add(key)
    return since


def resolved(bitmap: BitMap, moved: Mapping[int, int]) -> BitMap:
    """The same people under the customers they belong to today."""
    gone = [cid for cid in moved if cid in bitmap]
    return (bitmap - BitMap(gone)) | BitMap([moved[cid] for cid in gone]) if gone else bitmap


def _moved() -> dict[int, int]:
    """Merged customers → where they ended."""
    into = {
        cid: target
        for cid, target in Customer.objects.filter(state=State.MERGED).values_list("id", "merged_into_id")
        if target is not None
    }
    ended = {}
    for cid in into:
        target = cid
        # A chain ends at a customer that was not merged away; merges never form a circle.
        while target in into:
            target = into[target]
        ended[cid] = target
    return ended


def listed(bitmap: BitMap) -> pa.Table:
    """A bitmap as one column cid."""
    return pa.table({"cid": pa.array(np.array(bitmap, dtype=np.int32), pa.int32())})


def bitmap_of(table: pa.Table) -> BitMap:
    """The column cid as a bitmap."""
    return BitMap(table["cid"].to_numpy().astype(np.uint32))


def naive(at: datetime) -> datetime:
    """An instant as the warehouse keeps it: UTC without zone."""
    return at.astimezone(UTC).replace(tzinfo=None)
