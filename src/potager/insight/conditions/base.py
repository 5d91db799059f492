"""What every node of a condition shares: the written form, the bound form, and the picture of one customer.

Written  pydantic, exactly the JSON an operator stores (`Node`).
Bound    checked against the house's fields, values in stored form, ready for both interpreters (`Leaf` and the
         logic in `logic.py`). Bound nodes are values: equal leaves are computed once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from potager.insight.fields import Field, Fields
from potager.insight.moment import Moment
from potager.insight.slots import Slots

if TYPE_CHECKING:
    from potager.insight.conditions.features import Measured, Window
    from potager.insight.conditions.logic import Bound
    from potager.insight.sql import Printer


class Node(BaseModel):
    """A written node. Unknown keys are refused: a typo must not select everybody."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Written(Node):
    """The written form of a leaf. KEY is the one JSON key that tells it from every other node."""

    KEY: ClassVar[str]

    def bind(self, binder: "Binder", place: str) -> "Bound":
        """Check it against the house.

        Raises Problem("insight.condition") with the path of the first name or value that does not fit.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Words:
    """In which language, and with whose names, a sentence is written."""

    language: str
    fields: Fields

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    def pick(self, zh: str, en: str) -> str:
        return zh if self.zh else en


class Binder(Protocol):
    """What a leaf may ask while it is bound: the house's fields, and other conditions inside it."""

    @property
    def fields(self) -> Fields: ...

    def condition(self, written: object, place: str) -> "Bound":
        """A condition written inside a leaf, bound; tags still open stay open, so that circles are seen."""
        ...


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact of a customer: an event, a paid order (order_paid, with its items) or a refund (order_refunded)."""

    type: str
    at: datetime
    day: date
    props: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Mapping[str, Any]] = ()

    def value(self, wanted: Field) -> Any:
        return self.props.get(wanted.key)


@dataclass(frozen=True, slots=True)
class Bond:
    """A follow relation: from when, until when (None = still)."""

    staff: str
    since: datetime
    until: datetime | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A tag given by hand: from when, until when (None = still)."""

    tag: str
    value: str | None
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A stay in a layer: from a business date until before another (None = still)."""

    model: str
    layer: str
    first: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Relative:
    """A live customer of the same household: the role they have in it, and they themselves."""

    household: int
    role: str
    subject: "Subject"


@dataclass(frozen=True, slots=True)
class Subject:
    """One customer as the single interpreter sees them. May hold facts after `moment`; they are not looked at.

    audiences  key → since when a member, for the audiences they are in at `moment`
    roles      household → the roles they have in it
    relatives  the others of these households, read when asked for
    lists      key → since when on it, for the uploaded lists they are on at `moment`
    """

    moment: Moment
    attrs: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Happening] = ()
    bonds: Sequence[Bond] = ()
    tags: Sequence[Held] = ()
    layers: Sequence[Spell] = ()
    audiences: Mapping[str, datetime | None] = field(default_factory=dict)
    cid: int = 0
    roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    relatives: Callable[[], Sequence[Relative]] = tuple
    lists: Mapping[str, datetime | None] = field(default_factory=dict)

    @property
    def added_at(self) -> datetime | None:
        """The first follow relation by then, or else the first time they were seen."""
        since = [bond.since for bond in self.bonds if bond.since <= self.moment.at]
        return min(since) if since else self.attrs.get("first_seen_at")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one leaf found: whether it holds, the value as text per language, and since when it stands so."""

    ok: bool
    zh: str
    en: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows a leaf looks at when no table or scan of the warehouse has them: equal ones are made once.

    NAME  what the printed plan calls them
    """

    NAME: ClassVar[str]

    def table(self, printer: "Printer", only: str | None) -> Any:
        """An Ibis table with a column cid. `only` names a table of the customers wanted; others may be left out."""
        raise NotImplementedError


class BoundLeaf:
    """A bound leaf: a value, equal to every other that asks the same. Most say no more than the first four.

    source  the rows it looks at, one per customer, or many of which one must pass: a table's name, or `Rows`
    """

    __slots__ = ()

    @property
    def source(self) -> str | Rows:
        return ""

    def row(self, table: Any, slots: Slots) -> Any:
        """The set form: an Ibis test of one row of `source`; NULL counts as false."""
        raise NotImplementedError

    def single(self, subject: Subject) -> Answer:
        """The single form."""
        raise NotImplementedError

    def say(self, words: Words, *, negated: bool = False) -> str:
        """The leaf as a person would say it; `negated` says its contrary."""
        raise NotImplementedError

    @property
    def measured(self) -> "Measured | None":
        """What a scan of events computes for it, instead of `source`."""
        return None

    @property
    def default(self) -> bool:
        """Its answer for a customer without any row. Where it is true, `row` tests for the contrary."""
        return False

    @property
    def beside(self) -> tuple[str, ...]:
        """The lists it needs beside the warehouse's own tables: see insight.beside."""
        return ()

    @property
    def needs(self) -> frozenset[str]:
        """The layers, audiences and uploaded lists it looks up, as "layer:rfm"."""
        return frozenset()

    @property
    def is_own(self) -> bool:
        """Whether its answer moves only with facts of the customer themselves, or a new business date."""
        return True

    @property
    def hours(self) -> frozenset[int]:
        """After how many hours a fact changes its answer by the clock alone. Of what scans compute, their windows
        tell."""
        return frozenset()

    @property
    def looks_back(self) -> "frozenset[tuple[str, Window]]":
        """The tables of facts it reads, each with the window it reads them in."""
        read = self.measured
        return frozenset() if read is None else frozenset((read.table, each.window) for each in read.aggregates)

    @property
    def inner(self) -> "tuple[Bound, ...]":
        """Conditions it asks of other people."""
        return ()
