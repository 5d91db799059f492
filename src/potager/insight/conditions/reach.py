"""Windows that begin before anything is known: their answer is right, and yet not what its writer means. Pure."""

from collections.abc import Callable, Iterator
from datetime import date

from potager.insight.conditions.base import BoundLeaf
from potager.insight.conditions.lint import Finding
from potager.insight.conditions.logic import AllOf, AnyOf, Bound, NotOf, RuleTag
from potager.insight.conditions.paths import join
from potager.insight.moment import Moment


def beyond(bound: Bound, moment: Moment, known_since: Callable[[str, date], date | None]) -> list[Finding]:
    """One finding for each leaf that looks back further than there are facts, with its place.

    known_since  (table of facts, date) → the business date of the first fact of the table when it lies after the date;
                 None when there are facts on that date or before it, or none at all
    """
    found = []
    for place, leaf in _placed(bound, ""):
        starts = {
            (table, first)
            for table, window in leaf.looks_back
            if not window.is_since_added and (first := window.bounds(moment).first) is not None
        }
        late = [(first, since) for table, first in starts if (since := known_since(table, first)) is not None]
        if late:
            first, since = min(late)
            found.append(_finding(place, first, since))
    return found


def _finding(place: str, first: date, since: date) -> Finding:
    days = (since - first).days
    return Finding(
        "beyond",
        place,
        zh=f"时间窗从 {first} 算起，可是最早的数据是 {since}：前面 {days} 天没有数据，不等于没有发生",
        en=f"The window begins on {first}, but nothing is known before {since}: of {days} days there are no data, "
        "which is not to say that nothing happened",
    )


def _placed(bound: Bound, place: str) -> Iterator[tuple[str, BoundLeaf]]:
    match bound:
        case AllOf(parts) | AnyOf(parts):
            key = "all" if isinstance(bound, AllOf) else "any"
            for i, part in enumerate(parts):
                yield from _placed(part, join(place, f"{key}[{i}]"))
        case NotOf(part):
            yield from _placed(part, join(place, "not"))
        case RuleTag(key, _, rule):
            yield from _placed(rule, join(place, f"tag({key})"))
        case _:
            yield place, bound
