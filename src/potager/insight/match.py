"""Whether a journal entry is the event a trigger waits for. Pure: sees the event alone, needs no warehouse.

It runs on every accepted fact inside the append transaction: a value that does not fit its declared kind is missing,
as it is in the warehouse, and never an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from potager.facts import plan
from potager.facts.models import PropertyKind
from potager.insight.conditions.leaves.event import Event, bind_feature
from potager.insight.conditions.tree import parse
from potager.insight.conditions.where import Clause
from potager.insight.fields import ANY_EVENT, Field, Fields, Kind
from potager.insight.moment import Moment


@dataclass(frozen=True, slots=True)
class Matcher:
    """A test of (type, body, at) with the semantics of the event leaf's `where`."""

    event: str
    tests: tuple[Clause, ...]
    zone: ZoneInfo

    def __call__(self, entry_type: str, body: Mapping[str, Any], at: datetime) -> bool:
        return self.event in {entry_type, ANY_EVENT} and self.passes(body, Moment(at, self.zone))

    def passes(self, body: Mapping[str, Any], moment: Moment) -> bool:
        """The test of an event already known to be of this type; one moment serves all tests of an event."""
        fact = _Body(body)
        for each in self.tests:  # noqa: SIM110  (a generator costs as much again as the test)
            if not each.passes(fact, moment):
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Body:
    """The body of a journal entry as clauses see it."""

    body: Mapping[str, Any]
    items: tuple[Mapping[str, Any], ...] = ()

    def value(self, wanted: Field) -> Any:
        return _typed(wanted.kind, self.body.get(wanted.key))


def compile_matcher(event: str, where: Sequence[Mapping[str, Any]], fields: Fields) -> Matcher:
    """Build the test of a trigger once.

    Raises Problem("insight.condition") with the place of a name or value that does not fit.
    """
    condition = parse({"event": event, "where": list(where)})
    if not isinstance(condition, Event):
        raise TypeError("an event condition is always an Event")
    return Matcher(event, bind_feature(condition, fields, "").where, fields.zone)


def event_matches(
    where: Sequence[Mapping[str, Any]], entry_type: str, body: Mapping[str, Any], at: datetime, fields: Fields
) -> bool:
    """One-off form of `compile_matcher` for an event of this very type."""
    return compile_matcher(entry_type, where, fields)(entry_type, body, at)


_KINDS: Final = {
    Kind.TEXT: PropertyKind.TEXT,
    Kind.CHOICE: PropertyKind.TEXT,
    Kind.NUMBER: PropertyKind.NUMBER,
    Kind.MONEY: PropertyKind.MONEY,
    Kind.BOOL: PropertyKind.BOOL,
    Kind.DATE: PropertyKind.DATE,
    Kind.TIME: PropertyKind.TIME,
}
# JSON values that are already what their kind asks for: by far the most.
_FITTING: Final = {Kind.TEXT: str, Kind.CHOICE: str, Kind.NUMBER: int, Kind.MONEY: int}


def _typed(kind: Kind, value: Any) -> Any:
    """A JSON value as the warehouse column of that kind would hold it; None when it does not fit."""
    if value is None or type(value) is _FITTING.get(kind):
        return value
    typed = plan.typed(_KINDS[kind], value)
    return typed.replace(tzinfo=UTC) if isinstance(typed, datetime) else typed
