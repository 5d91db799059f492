"""The people behind rows: identities resolved in small transactions, so that an import never holds up a click."""

from collections.abc import Sequence
from datetime import UTC, datetime

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.store import Lane
from potager.facts.imports.mapping import FileMapping
from potager.people import identify
from potager.people.identify import IdentityRef
from potager.people.identity_types import handle_of

Cells = tuple[str | None, ...]
# Measured to stay under 50 ms a transaction on SQLite (DESIGN §2).
BATCH = 250
_REMEMBERED = 200_000


class Persons:
    """Claims of one file, resolved once each. A claim is the identity cells of a row."""

    def __init__(self, mapping: FileMapping) -> None:
        self._mapping = mapping
        self._known: dict[Cells, tuple[int, int]] = {}
        self._refused: dict[Cells, Problem | None] = {}

    def refusal(self, cells: Cells) -> Problem | None:
        """Why these cells name nobody, or None when they do."""
        if cells not in self._refused:
            if len(self._refused) > _REMEMBERED:
                self._refused.clear()
            self._refused[cells] = self._check(cells)
        return self._refused[cells]

    def resolve(self, claims: Sequence[Cells], at: Sequence[datetime | None]) -> dict[Cells, tuple[int, int]]:
        """(iid, cid) of each claim; new people are created as first seen at the earliest instant given (naive UTC)."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        first: dict[Cells, datetime] = {}
        now = clock.now()
        for cells, instant in zip(claims, at, strict=True):
            if cells not in self._known:
                aware = instant.replace(tzinfo=UTC) if instant else now
                first[cells] = min(first.get(cells, aware), aware)
        waiting = list(first)
        for start in range(0, len(waiting), BATCH):
            some = waiting[start : start + BATCH]
            with store.write(Lane.IMPORT):
                found = identify.resolve([self.refs(cells) for cells in some], at=[first[cells] for cells in some])
            self._known |= {cells: (each.iid, each.cid) for cells, each in zip(some, found, strict=True)}
        return {cells: self._known[cells] for cells in set(claims)}

    def refs(self, cells: Cells) -> list[IdentityRef]:
        """The identities a row names, empty cells left out."""
        named = zip(self._mapping.identities, cells, strict=True)
        return [IdentityRef(each.type, each.realm, cell) for each, cell in named if cell]

    def _check(self, cells: Cells) -> Problem | None:
        try:
            for ref in self.refs(cells):
                handle_of(ref)
        except Problem as problem:
            return problem
        return None
