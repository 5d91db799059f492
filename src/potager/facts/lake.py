"""The lake: all accepted input as Parquet files, from which the warehouse can be made again.

lake/journal/2026-11/00000000000000000001-00000000000000000999.parquet
    the journal's entries of one month (of the business calendar in UTC), named by the span of numbers the batch read
lake/bulk/<load>/orders-00001.parquet …
    the parts of a bulk load; the journal entry of the load says that it counts

A file is written beside its name and then renamed, so a name always holds a whole file. A batch that was cut short is
written again from the same first number, to the same end or a later one: a file whose span lies inside another's of
the same month is a leftover of that and is not read.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from potager.core import journal, store
from potager.core.models import Watermark
from potager.core.settings import environment
from potager.core.store import Lane
from potager.facts import entries

BATCH = 50_000
_MARK = "lake"
_NAME = re.compile(r"(\d{20})-(\d{20})\.parquet")


@dataclass(frozen=True, slots=True)
class Batch:
    """The files that hold the journal entries first..last, one a month."""

    first: int
    last: int
    files: tuple[Path, ...]

    def table(self) -> pa.Table:
        """The entries in sequence."""
        return pa.concat_tables([pq.read_table(path) for path in self.files]).sort_by("seq")


def save(upto: int, *, least: int = 1) -> int:
    """Write the entries that are not in the lake yet, up to number `upto`; returns how many.

    least  leave it for later when fewer are waiting: small files cost more than they keep
    """
    saved = 0
    while True:
        after = saved_seq()
        rows = [row for row in journal.stored(after, BATCH) if row[0] <= upto]
        if len(rows) < max(least, 1):
            return saved
        _write_months(entries.table_of(rows), after + 1, rows[-1][0])
        with store.write(Lane.IMPORT):
            Watermark.objects.update_or_create(name=_MARK, defaults={"seq": rows[-1][0]})
        saved += len(rows)


def saved_seq() -> int:
    """The newest journal number the lake holds."""
    return Watermark.objects.filter(name=_MARK).values_list("seq", flat=True).first() or 0


def batches() -> Iterator[Batch]:
    """The journal's batches in sequence."""
    spans: dict[int, dict[str, tuple[int, Path]]] = {}
    for path in _journal().glob("*/*.parquet"):
        if match := _NAME.fullmatch(path.name):
            first, last = int(match.group(1)), int(match.group(2))
            months = spans.setdefault(first, {})
            if last > months.get(path.parent.name, (0, path))[0]:
                months[path.parent.name] = (last, path)
    done = 0
    for first in sorted(spans):
        if first <= done:
            continue
        months = spans[first]
        done = max(last for last, _ in months.values())
        yield Batch(first, done, tuple(path for _, (_, path) in sorted(months.items())))


def bulk_folder(load: str) -> Path:
    """Where the parts of a bulk load lie once the load is complete."""
    return environment().lake / "bulk" / re.sub(r"[^A-Za-z0-9._-]", "_", load)


def write_file(path: Path, table: pa.Table) -> None:
    """Write a Parquet file so that the name appears only when all of it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    # Without the Arrow schema in the footer other engines read the plain types.
    pq.write_table(table, beside, compression="zstd", store_schema=False)
    beside.replace(path)


def forget_bulk(load: str) -> None:
    """Remove the parts of a load that was never committed."""
    shutil.rmtree(bulk_folder(load), ignore_errors=True)


def _write_months(table: pa.Table, first: int, last: int) -> None:
    months: list[str] = [f"{at:%Y-%m}" for at in table["ts"].to_pylist()]
    for month in sorted(set(months)):
        rows = table.filter(pa.array([each == month for each in months]))
        write_file(_journal() / month / f"{first:020}-{last:020}.parquet", rows)


def _journal() -> Path:
    return environment().lake / "journal"
