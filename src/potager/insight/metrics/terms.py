"""What a metric is made of: sums over bases, measures as a sum over a sum, dimensions they can be cut by. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

Unit = Literal["people", "relations", "orders", "pieces", "touches", "minor", "rate", "times"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same said in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """A value with what it is made of; counts and sums stand over 1. A denominator of 0 has no value."""

    numerator: int
    denominator: int = 1

    @property
    def exact(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


class When(StrEnum):
    """How rows of a base find their period.

    DAY    by their business date
    AT     by their instant `at`
    UNTIL  every period that ends on their date or later: stocks that only grow
    OPEN   spells `since`, `until` that touch the period: since before its end, not over before its start
    """

    DAY = "day"
    AT = "at"
    UNTIL = "until"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Base:
    """Rows that are counted and summed.

    sql         one row per thing, with `cid` (unless `of_people` is false) and the time columns of `when`; it may name
                $as_of (an instant) and the relation `staff` (staff, department, store)
    known       the facts (a FROM clause) without any of which nothing is known here; `lacking` says so
    cuts        dimension → the column that cuts by it; b is this base, p the customer of the row
    means       dimension → what its column means, where that is not the column itself. Two bases are set against each
                other along a dimension only where they mean the same by it
    per_person  rows are first counted per person and cell (n), then people are counted
    """

    name: str
    sql: str
    when: When
    cuts: Mapping[str, str] = field(hash=False)
    known: str
    lacking: Words
    of_people: bool = True
    per_person: bool = False
    means: Mapping[str, str] = field(default_factory=dict, hash=False)

    def meaning(self, dimension: str) -> str | None:
        """What it means to cut this base by a dimension; None where that is impossible."""
        return self.means.get(dimension) or self.cuts.get(dimension)


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole number per period and cell. `forms`: base → aggregate over b and the period c, the coarsest base first.

    c.start, c.stop are the period's first and last day, c.start_ts ≤ t < c.stop_ts its instants.
    """

    key: str
    forms: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator or denominator: sums added, sums taken off."""

    plus: tuple[Sum, ...]
    minus: tuple[Sum, ...] = ()

    @property
    def sums(self) -> tuple[Sum, ...]:
        return self.plus + self.minus


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell where `of` is above zero and `known` is zero has no answer: the facts it takes are not there."""

    of: Sum
    known: Sum
    why: Words


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric, declared once.

    over      the denominator; without one the value is the numerator itself
    line      the glossary line: what is divided by what
    time      which time counts, in the business zone of the house
    nothing   why there is no value when the denominator is zero
    """

    key: str
    name: Words
    unit: Unit
    line: Words
    part: Part
    over: Part | None = None
    gaps: tuple[Gap, ...] = ()
    time: Words = Words("按事实发生的业务日", "by the business day of the fact")
    nothing: Words = Words("分母为零", "nothing to divide by")

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Every sum it takes, each once."""
        over = self.over.sums if self.over else ()
        gaps = tuple(each for gap in self.gaps for each in (gap.of, gap.known))
        return tuple(dict.fromkeys(self.part.sums + over + gaps))


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something measures are cut by.

    takes   what stands behind the colon: "layer:rfm" is the dimension layer with the model rfm
    absent  why nothing can be cut by it in this house yet
    """

    key: str
    name: Words
    line: Words
    takes: Words | None = None
    absent: Words | None = None


def total(parts: Mapping[str, int], part: Part) -> int:
    """A part's number from its sums by key."""
    return sum(parts[each.key] for each in part.plus) - sum(parts[each.key] for each in part.minus)
