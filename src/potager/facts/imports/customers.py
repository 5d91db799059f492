"""Customer rows into the operations store: identities, names, owners, attributes, first seen, source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.store import Lane
from potager.facts.imports.mapping import FileMapping
from potager.facts.imports.parse import Reject, mask
from potager.facts.imports.persons import Persons
from potager.facts.models import ImportRun
from potager.org.access import SYSTEM
from potager.people import customers, identify
from potager.people.models import Customer

# Rows a transaction: measured to stay under 50 ms on SQLite.
BATCH = 150


@dataclass(frozen=True, slots=True)
class _Person:
    line: int
    cells: tuple[str | None, ...]
    values: Mapping[str, object]
    first_seen: datetime | None
    updated_at: datetime | None
    source: str


class CustomerRows:
    """Stores accepted customer rows. What is done is counted on the run in the same transaction, so a run that was
    cut short goes on exactly where it stopped.
    """

    def __init__(self, run: ImportRun, mapping: FileMapping, persons: Persons) -> None:
        self._run, self._mapping, self._persons = run, mapping, persons
        self._reader = customers.Reader()
        self._seen: set[str] = set()
        self._passed = 0

    def check(self, accepted: pa.Table) -> tuple[pa.Table, list[Reject]]:
        """Leave the rows whose attributes can be stored; reject the others."""
        rejects: list[Reject] = []
        keep: list[bool] = []
        for row in accepted.to_pylist():
            reject = self._attribute_reject(row)
            keep.append(reject is None)
            if reject is not None:
                rejects.append(reject)
        return accepted.filter(pa.array(keep, pa.bool_())), rejects

    def store(self, accepted: pa.Table) -> None:
        """Store the rows that are not stored yet, in small transactions."""
        rows = [self._person(row) for row in accepted.to_pylist() if self._first_of_its_kind(str(row["hash"]))]
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            self._passed += len(some)
            # `progress` of a customer run counts stored rows; those before it were committed by an earlier try.
            if self._passed <= self._run.progress:
                continue
            self._store(some)

    def _store(self, rows: Sequence[_Person]) -> None:
        now = clock.now()
        with store.write(Lane.IMPORT):
            found = identify.resolve(
                [self._persons.refs(row.cells) for row in rows],
                at=[row.first_seen or row.updated_at or now for row in rows],
                source=[row.source for row in rows],
            )
            before = self._revisions([each.cid for each in found])
            said = [
                customers.Said(each.iid, each.cid, row.updated_at or now, row.values)
                for each, row in zip(found, rows, strict=True)
            ]
            customers.put(SYSTEM, said)
            after = self._revisions([each.cid for each in found])
            changed = {each.cid for each in found if each.is_new or before.get(each.cid) != after.get(each.cid)}
            self._run.progress = self._passed
            self._run.loaded += sum(each.cid in changed for each in found)
            self._run.save(update_fields=["progress", "loaded"])

    def _first_of_its_kind(self, digest: str) -> bool:
        if self._mapping.duplicates == "keep":
            return True
        if digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def _attribute_reject(self, row: Mapping[str, object]) -> Reject | None:
        for key, column, cell in self._stated(row):
            try:
                self._reader.stored(key, cell)
            except Problem as problem:
                return Reject(_line(row), column, "attribute", mask(str(cell or "")), problem.zh, problem.en)
        return None

    def _stated(self, row: Mapping[str, object]) -> list[tuple[str, str, object]]:
        named = enumerate(self._mapping.attributes.items())
        stated = [(key, column, row[f"attr{i}"]) for i, (key, column) in named]
        spoken = [key for key in ("name", "owner") if row.get(key)]
        return stated + [(key, str(self._mapping.fields.get(key, key)), row[key]) for key in spoken]

    def _person(self, row: Mapping[str, object]) -> _Person:
        def instant(name: str) -> datetime | None:
            value = row.get(name)
            return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None

        cells = tuple(_text(row[f"id{i}"]) for i in range(len(self._mapping.identities)))
        # An empty cell says nothing; it does not take back what is known.
        values = {key: cell for key, _, cell in self._stated(row) if cell is not None}
        source = str(row.get("source") or "")
        return _Person(_line(row), cells, values, instant("first_seen"), instant("updated_at"), source)

    def _revisions(self, cids: Sequence[int]) -> dict[int, int]:
        return dict(Customer.objects.filter(id__in=set(cids)).values_list("id", "revision"))


def _line(row: Mapping[str, object]) -> int:
    return int(str(row["at_line"]))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
