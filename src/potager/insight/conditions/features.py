"""What a customer's events are measured by: pure values, shared by conditions, metric tags and the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, Protocol

from potager.insight.conditions.base import Happening, Subject
from potager.insight.conditions.where import Clause
from potager.insight.fields import ANY_EVENT, Field, Kind
from potager.insight.moment import CALENDAR, SINCE_ADDED, Bounds, Moment, bounds_before, bounds_of, hours_of

_ONE: Final = timedelta(days=1)


class Measure(StrEnum):
    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    FIRST = "first"
    LAST = "last"
    DAYS_SINCE_FIRST = "days_since_first"
    DAYS_SINCE_LAST = "days_since_last"
    ACTIVE_DAYS = "active_days"
    ACTIVE_WEEKS = "active_weeks"


# With no events these are 0; the other measures are missing.
ZERO: Final = frozenset({Measure.COUNT, Measure.SUM, Measure.DISTINCT, Measure.ACTIVE_DAYS, Measure.ACTIVE_WEEKS})


class Fn(StrEnum):
    """Aggregates the warehouse computes. FIRST and LAST keep the value of the earliest and latest row."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    FIRST = "first"
    LAST = "last"


# How what was computed of some rows and of other rows becomes what is computed of all; distinct values cannot.
MERGED: Final = {
    Fn.COUNT: "sum",
    Fn.SUM: "sum",
    Fn.MIN: "min",
    Fn.MAX: "max",
    Fn.FIRST: "min",
    Fn.LAST: "max",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which bounds a window has, whatever the moment."""

    first: bool = False
    last: bool = False
    after: bool = False
    until: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A named window ("90d", "24h", "last_week", "since_added"), fixed dates (inclusive), or all history.

    before  the equal window before it is meant
    """

    name: str | None = None
    first: date | None = None
    last: date | None = None
    before: bool = False

    def bounds(self, moment: Moment) -> Bounds:
        if self.name is None:
            return Bounds(*self._fixed())
        found = bounds_before(self.name, moment) if self.before else bounds_of(self.name, moment)
        if found is None:
            raise ValueError(f"no window lies before {self.name}")
        return found

    @property
    def shape(self) -> "Shape":
        """Which bounds it has that as_of does not give already: a window that ends now has no last."""
        name = self.name
        if name is None:
            first, last = self._fixed()
            return Shape(first=first is not None, last=last is not None)
        if hours_of(name) is not None:
            return Shape(after=True, until=self.before)
        if self.is_since_added:
            return Shape()
        ended = self.before or (name in CALENDAR and not name.startswith("this") and name != "today")
        return Shape(first=True, last=ended)

    def _fixed(self) -> tuple[date | None, date | None]:
        if not self.before or self.first is None or self.last is None:
            return self.first, self.last
        length = self.last - self.first + _ONE
        return self.first - length, self.last - length

    @property
    def hours(self) -> frozenset[int]:
        """How many hours back its ends lie that move with the clock; none for windows of whole days."""
        count = hours_of(self.name) if self.name is not None else None
        if count is None:
            return frozenset()
        return frozenset({count, 2 * count} if self.before else {count})

    @property
    def has_before(self) -> bool:
        """Whether there is an equal window before it."""
        if self.name is not None:
            return not self.is_since_added
        return self.first is not None and self.last is not None

    @property
    def is_since_added(self) -> bool:
        return self.name == SINCE_ADDED


# Columns of every fact that no property names: its business date, and the week that is counted back from today.
DAY: Final = "day"
WEEK: Final = "week"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate over the rows of one event that pass `where` in `window`. `column` None counts rows."""

    fn: Fn
    column: str | None
    where: tuple[Clause, ...]
    window: Window
    kind: Kind = Kind.NUMBER


class Measured(Protocol):
    """What one scan of one event computes."""

    @property
    def table(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def window(self) -> Window: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What has to be computed for it, all in one query."""
        ...


_AGGREGATES: Final[dict[Measure, tuple[Fn, ...]]] = {
    Measure.COUNT: (Fn.COUNT,),
    Measure.SUM: (Fn.SUM,),
    Measure.AVG: (Fn.SUM, Fn.COUNT),
    Measure.MIN: (Fn.MIN,),
    Measure.MAX: (Fn.MAX,),
    Measure.DISTINCT: (Fn.DISTINCT,),
    Measure.FIRST: (Fn.FIRST,),
    Measure.LAST: (Fn.LAST,),
    Measure.DAYS_SINCE_FIRST: (Fn.MIN,),
    Measure.DAYS_SINCE_LAST: (Fn.MAX,),
    Measure.ACTIVE_DAYS: (Fn.DISTINCT,),
    Measure.ACTIVE_WEEKS: (Fn.DISTINCT,),
}


_COLUMNS: Final[dict[Measure, str | None]] = {Measure.COUNT: None, Measure.ACTIVE_WEEKS: WEEK}


@dataclass(frozen=True, slots=True)
class Feature:
    """A number, date or value per customer, from their events of one kind. `prop` is what is measured."""

    table: str
    key: str
    where: tuple[Clause, ...]
    measure: Measure
    prop: Field | None
    window: Window
    zh: str = field(default="", repr=False, compare=False)
    en: str = field(default="", repr=False, compare=False)

    @property
    def kind(self) -> Kind:
        """The kind of the value."""
        if self.measure in {Measure.FIRST, Measure.LAST} and self.prop is None:
            return Kind.DATE
        if self.prop is None or self.measure == Measure.DISTINCT:
            return Kind.NUMBER
        return self.prop.kind

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """What has to be computed for it."""
        column = self.prop.column if self.prop else _COLUMNS.get(self.measure, DAY)
        functions = _AGGREGATES[self.measure]
        if column == DAY and self.measure in {Measure.FIRST, Measure.LAST}:
            functions = (Fn.MIN,) if self.measure == Measure.FIRST else (Fn.MAX,)
        kind = self.prop.kind if self.prop else Kind.DATE if column == DAY else Kind.NUMBER
        return tuple(Aggregate(fn, column, self.where, self.window, kind) for fn in functions)

    def rows(self, subject: Subject) -> list[Happening]:
        """The customer's events this is measured over, oldest first."""
        moment, bounds = subject.moment, self.window.bounds(subject.moment)
        added = subject.added_at if self.window.is_since_added else None
        if self.window.is_since_added and added is None:
            return []
        found = [
            happening
            for happening in subject.events
            if self._is_mine(happening)
            and happening.at <= moment.at
            and bounds.contain(happening.at, happening.day)
            and (added is None or happening.at >= added)
            and all(each.passes(happening, moment) for each in self.where)
        ]
        return sorted(found, key=lambda happening: happening.at)

    def _is_mine(self, happening: Happening) -> bool:
        if self.key == ANY_EVENT:
            return happening.type not in {"order_paid", "order_refunded"}
        return happening.type == self.key

    def value(self, rows: Sequence[Happening], moment: Moment) -> Any:
        """The measured value of these rows, None when missing."""
        if self.measure == Measure.COUNT:
            return len(rows)
        if self.prop is None:
            return _of_days(self.measure, [row.day for row in rows], moment)
        key = self.prop.key
        pairs = [(row.at, row.props[key]) for row in rows if row.props.get(key) is not None]
        return _of_values(self.measure, pairs, self.prop.kind)


def _of_days(measure: Measure, days: Sequence[date], moment: Moment) -> Any:
    if measure == Measure.ACTIVE_DAYS:
        return len(set(days))
    if measure == Measure.ACTIVE_WEEKS:
        return len({(moment.day - day).days // 7 for day in days})
    if not days:
        return None
    day = min(days) if measure in {Measure.FIRST, Measure.DAYS_SINCE_FIRST} else max(days)
    return day if measure in {Measure.FIRST, Measure.LAST} else (moment.day - day).days


def _of_values(measure: Measure, pairs: Sequence[tuple[Any, Any]], kind: Kind) -> Any:
    values = [value for _, value in pairs]
    if measure == Measure.SUM:
        return sum(values)
    if measure == Measure.DISTINCT:
        return len(set(values))
    if not values:
        return None
    if measure == Measure.AVG:
        return Fraction(sum(values), len(values)) if kind == Kind.MONEY else sum(values) / len(values)
    # At one instant the smaller value is the first and the greater the last: no order of arrival decides.
    chosen: dict[Measure, Callable[[], Any]] = {
        Measure.MIN: lambda: min(values),
        Measure.MAX: lambda: max(values),
        Measure.FIRST: lambda: min(pairs)[1],
        Measure.LAST: lambda: max(pairs)[1],
    }
    return chosen[measure]()
