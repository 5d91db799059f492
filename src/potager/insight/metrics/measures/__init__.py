"""Every measure, one file per group. A measure is declared in one place and nowhere computed twice."""

import re
from collections.abc import Mapping
from typing import Final

from potager.insight.metrics.measures import money, people, returns, touches
from potager.insight.metrics.terms import Measure

MEASURES: Final[Mapping[str, Measure]] = {
    each.key: each for group in (people, money, touches, returns) for each in group.MEASURES
}
RETENTION_DAYS: Final = (1, 7, 30, 90)
LONGEST: Final = 1000
_RETENTION: Final = re.compile(r"retention\(([1-9]\d{0,3})\)")


def named(key: str) -> Measure | None:
    """A measure by its key; retention(n) for any n of 1 to 1000 days."""
    if (match := _RETENTION.fullmatch(key)) and int(match[1]) <= LONGEST:
        return returns.retention(int(match[1]))
    return MEASURES.get(key)


def offered() -> tuple[Measure, ...]:
    """What the catalogue lists: every measure, and retention for the usual numbers of days."""
    return (*MEASURES.values(), *(returns.retention(days) for days in RETENTION_DAYS))
