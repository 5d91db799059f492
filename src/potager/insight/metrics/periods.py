"""Periods of business days: a span cut into days, weeks, months …, each with the one before it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from potager.core.errors import Problem

_ONE: Final = timedelta(days=1)
MOST: Final = 1100
LONGEST: Final = 3660


@dataclass(frozen=True, slots=True)
class Period:
    """Business days, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def each_day(self) -> Iterator[date]:
        """Every day, the first first."""
        return (self.start + n * _ONE for n in range(self.days))

    def before(self) -> "Period":
        """The equally long period just before."""
        return Period(self.start - timedelta(days=self.days), self.start - _ONE)


def first_of(grain: str, day: date) -> date:
    """The first day of the calendar day, week (from Monday), month, quarter or year that holds a day."""
    match grain:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case _:
            return date(day.year, 1, 1)


def next_of(grain: str, first: date) -> date:
    """The first day of the next one. `first` is the first day of one."""
    reach = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[grain]
    return first_of(grain, first + timedelta(days=reach))


def label(grain: str, first: date) -> str:
    """2026-10-05 for a day or a week (its Monday), 2026-10, 2026-Q4, 2026."""
    match grain:
        case "month":
            return f"{first:%Y-%m}"
        case "quarter":
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case "year":
            return str(first.year)
        case _:
            return first.isoformat()


def cut(span: Period, grain: str) -> dict[str, Period]:
    """The span in calendar pieces by label, oldest first; the first and last may be parts of one.

    Raises Problem("metrics.period") for more pieces than anybody reads.
    """
    found: dict[str, Period] = {}
    first = first_of(grain, span.start)
    while first <= span.end:
        after = next_of(grain, first)
        found[label(grain, first)] = Period(max(first, span.start), min(after - _ONE, span.end))
        first = after
        if len(found) > MOST:
            raise Problem(
                "metrics.period",
                zh=f"这段时间超过 {MOST} 份，请换更大的时间粒度",
                en=f"That is more than {MOST} pieces: choose a larger one",
                place="by",
            )
    return found


def previous(piece: Period, grain: str) -> Period:
    """What a calendar piece is compared with: the whole piece before a whole one, else the same days of it.

    1–12 October is compared with 1–12 September; 1–31 March with 1–28 February.
    """
    first = first_of(grain, piece.start)
    last = next_of(grain, first) - _ONE
    before = first_of(grain, first - _ONE)
    end = first - _ONE
    if (piece.start, piece.end) == (first, last):
        return Period(before, end)
    start = min(before + (piece.start - first), end)
    return Period(start, min(before + (piece.end - first), end))


def complete_months(first: date, last: date, *, most: int = 24) -> dict[str, Period]:
    """The calendar months that lie wholly within first … last, the newest `most`, by "2026-06"."""
    if first > last:
        return {}
    whole: Mapping[str, Period] = {
        name: piece
        for name, piece in cut(Period(first, last), "month").items()
        if piece.start.day == 1 and piece.end == next_of("month", piece.start) - _ONE
    }
    return dict(list(whole.items())[-most:])


def checked(start: date, end: date) -> Period:
    """A span somebody asked for.

    Raises Problem("metrics.period") when it ends before it starts or is longer than ten years.
    """
    if not 1 <= (end - start).days + 1 <= LONGEST:
        raise Problem(
            "metrics.period",
            zh=f"起止日期 {start} 至 {end} 不成一段，或超过十年",
            en=f"{start} to {end} is no period, or longer than ten years",
            place="from",
        )
    return Period(start, end)
