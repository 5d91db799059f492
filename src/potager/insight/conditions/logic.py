"""all, any, not; and a tag that stands for its rule. Bound, they are values like the leaves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from potager.insight.conditions.base import BoundLeaf, Words
from potager.insight.conditions.ops import Test
from potager.insight.conditions.tag_words import say_tag


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; of no parts, always true."""

    parts: "tuple[Bound, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; of no parts, never true."""

    parts: "tuple[Bound, ...]"


@dataclass(frozen=True, slots=True)
class NotOf:
    """The complement over live customers."""

    part: "Bound"


@dataclass(frozen=True, slots=True)
class RuleTag:
    """A tag with a rule: for answers it is `rule`, for readers its name."""

    key: str
    test: Test | None
    rule: "Bound"


Bound: TypeAlias = BoundLeaf | AllOf | AnyOf | NotOf | RuleTag


def leaves(bound: Bound) -> Iterator[BoundLeaf]:
    """Every leaf, in the order written, those inside tags included; equal leaves as often as they occur."""
    match bound:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case NotOf(part) | RuleTag(rule=part):
            yield from leaves(part)
        case _:
            yield bound


def every_leaf(bound: Bound) -> Iterator[BoundLeaf]:
    """Every leaf, and those of conditions asked of other people."""
    for leaf in leaves(bound):
        yield leaf
        for inner in leaf.inner:
            yield from every_leaf(inner)


def fold(bound: Bound, leaf: Callable[[BoundLeaf], Any], true: Any, false: Any) -> Any:
    """Combine what `leaf` gives with &, | and ~: Ibis booleans or integer masks alike."""
    match bound:
        case AllOf(parts):
            result = true
            for i, part in enumerate(parts):
                one = fold(part, leaf, true, false)
                result = one if i == 0 else result & one
            return result
        case AnyOf(parts):
            result = false
            for i, part in enumerate(parts):
                one = fold(part, leaf, true, false)
                result = one if i == 0 else result | one
            return result
        case NotOf(part):
            return ~fold(part, leaf, true, false)
        case RuleTag(rule=part):
            return fold(part, leaf, true, false)
        case _:
            return leaf(bound)


def say(bound: Bound, words: Words, *, negated: bool = False, inner: bool = False) -> str:
    """The whole condition as one sentence. `inner` puts brackets around a list of more than one part."""
    match bound:
        case NotOf(part):
            return say(part, words, negated=not negated, inner=True)
        case RuleTag(key, test):
            return say_tag(key, test, words, negated=negated)
        case AllOf(parts) | AnyOf(parts):
            return _say_list(bound, parts, words, negated=negated, inner=inner)
        case _:
            return bound.say(words, negated=negated)


def _say_list(bound: AllOf | AnyOf, parts: tuple[Bound, ...], words: Words, *, negated: bool, inner: bool) -> str:
    everyone = isinstance(bound, AllOf)
    if not parts:
        return (
            words.pick("全部客户", "all customers") if everyone != negated else words.pick("没有客户", "no customers")
        )
    if len(parts) == 1:
        return say(parts[0], words, negated=negated, inner=inner)
    link = words.pick(" 且 ", " and ") if everyone else words.pick(" 或 ", " or ")
    said = link.join(say(part, words, inner=True) for part in parts)
    if negated:
        return words.pick(f"并非（{said}）", f"not ({said})")
    return words.pick(f"（{said}）", f"({said})") if inner else said
