"""What a way into a journey is: heard from the journal, told by the calendar, or opened by a person."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from potager.core.errors import Problem
from potager.core.journal import Entry, Fact
from potager.insight.fields import Fields
from potager.journeys.parts import CUSTOMERS, EventSpec, Json, Part, Subject
from potager.journeys.times import Span


class Trigger(ABC):
    """A way in. `KIND` is the field only this kind has: it tells them apart in a file. `SUBJECTS` may come by it."""

    KIND: ClassVar[str]
    SUBJECTS: ClassVar[frozenset[Subject]] = CUSTOMERS

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:  # noqa: ARG002
        """What keeps it from being published."""
        yield from ()


class Heard(Part, Trigger):
    """A way in that an event of the journal opens.

    fresh  an event older than this when it arrives starts nothing
    """

    fresh: Span = "3d"

    @abstractmethod
    def spec(self) -> EventSpec:
        """The event it listens to, and what must be true of it."""

    def hears(self, fact: Fact) -> bool:  # noqa: ARG002
        """Whether an event of that type is meant at all, as far as can be told without compiling a test."""
        return True

    @abstractmethod
    def entry_key(self, entry: Entry) -> str:
        """What names the entry, where a journey may be entered more than once."""


class Calendar(Trigger):
    """A way in that the calendar opens, slot by slot; each slot is filled once."""

    @abstractmethod
    def name(self) -> str:
        """The same as long as the calendar means the same."""

    @abstractmethod
    def slots(self, now: datetime) -> Sequence[datetime]:
        """The instants ≤ now (UTC) at which it opens and that are worth opening still, the oldest first."""

    def slot_key(self, slot: datetime) -> str:
        """What names the entries of a slot, where a journey may be entered more than once."""
        return f"slot:{slot:%Y%m%dT%H%M}"


class Timed(Calendar):
    """A way in for customers that the calendar opens; the warehouse says who they are.

    HEARS  types of facts that can put somebody into a slot after the warehouse was asked
    """

    HEARS: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def condition(self, slot: datetime, now: datetime) -> Json:
        """Who enters in a slot, asked as of now."""

    def belongs(self, fact: Fact, slot: datetime) -> bool:  # noqa: ARG002
        """Whether a fact of a type it hears puts its customer into the slot."""
        return False


def event_key(entry: Entry) -> str:
    """The event itself as the name of an entry."""
    return f"event:{entry.key.k1:x}{entry.key.k2:x}"
