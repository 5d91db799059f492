"""The single interpreter: one customer in memory, with what each leaf found, why, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from potager.insight.conditions.base import BoundLeaf, Subject, Words
from potager.insight.conditions.logic import AllOf, AnyOf, Bound, NotOf, RuleTag
from potager.insight.fields import Fields


@dataclass(frozen=True, slots=True)
class LeafVerdict:
    """One leaf: where it stands in the tree, what it asks, what was found, and since when it stands so."""

    path: str
    sentence: str
    ok: bool
    found: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the condition holds for this customer, and every leaf's part in it."""

    ok: bool
    leaves: tuple[LeafVerdict, ...]


def holds(bound: Bound, subject: Subject) -> bool:
    """Whether the condition holds for this customer."""
    match bound:
        case AllOf(parts):
            return all(holds(part, subject) for part in parts)
        case AnyOf(parts):
            return any(holds(part, subject) for part in parts)
        case NotOf(part):
            return not holds(part, subject)
        case RuleTag(rule=part):
            return holds(part, subject)
        case _:
            return bound.single(subject).ok


def evaluate(bound: Bound, subject: Subject, fields: Fields, language: str = "zh") -> Verdict:
    """Whether it holds, and the explanation of every leaf in the reader's language."""
    words = Words(language, fields)
    explained = []
    for path, leaf in _paths(bound, ""):
        answer = leaf.single(subject)
        found = answer.zh if words.zh else answer.en
        explained.append(LeafVerdict(path, leaf.say(words), answer.ok, found, answer.since))
    return Verdict(holds(bound, subject), tuple(explained))


def _paths(bound: Bound, path: str) -> Iterator[tuple[str, BoundLeaf]]:
    match bound:
        case AllOf(parts) | AnyOf(parts):
            key = "all" if isinstance(bound, AllOf) else "any"
            for i, part in enumerate(parts):
                yield from _paths(part, f"{path}.{key}[{i}]".lstrip("."))
        case NotOf(part):
            yield from _paths(part, f"{path}.not".lstrip("."))
        case RuleTag(key=key, rule=part):
            yield from _paths(part, f"{path}.tag({key})".lstrip("."))
        case _:
            yield path, bound
