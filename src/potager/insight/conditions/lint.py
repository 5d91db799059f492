"""What is odd about a condition before it runs: branches that can never hold, or always do. Pure.

Tests of the same thing (an attribute, a measure of the same events, a layer model) inside one `all` or `any` are
compared as sets of values: an empty intersection is a contradiction, a union of everything is no question at all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from potager.insight.conditions.features import ZERO, Feature, Measure
from potager.insight.conditions.leaves.attr import AttrLeaf
from potager.insight.conditions.leaves.change import ChangeLeaf
from potager.insight.conditions.leaves.event import EventLeaf
from potager.insight.conditions.leaves.layer import LayerLeaf
from potager.insight.conditions.logic import AllOf, AnyOf, Bound, NotOf, RuleTag
from potager.insight.conditions.ops import Op, Test
from potager.insight.conditions.paths import join
from potager.insight.fields import Kind
from potager.insight.moment import days_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a condition: where in the tree, and one sentence."""

    code: str
    place: str
    zh: str
    en: str

    def say(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


# A cut lies before (value, 0) or after (value, 1) a value; a span goes from one cut to another.
Cut: TypeAlias = tuple[Any, int]
Spans: TypeAlias = tuple[tuple[Cut, Cut], ...]
_FIRST: Final[Cut] = (-math.inf, 0)
_LAST: Final[Cut] = (math.inf, 1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values on a line, as spans in order."""

    spans: Spans

    def __and__(self, other: "Numbers") -> "Numbers":
        cut = [(max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans]
        return Numbers(tuple(sorted((low, high) for low, high in cut if low < high)))

    def __invert__(self) -> "Numbers":
        edges = [_FIRST, *(edge for span in self.spans for edge in span), _LAST]
        return Numbers(tuple(pair for pair in zip(edges[::2], edges[1::2], strict=True) if pair[0] < pair[1]))

    @property
    def is_empty(self) -> bool:
        return not self.spans


@dataclass(frozen=True, slots=True)
class Names:
    """Some names, or with `others` all but those."""

    names: frozenset[Any]
    others: bool = False

    def __and__(self, other: "Names") -> "Names":
        match self.others, other.others:
            case False, False:
                return Names(self.names & other.names)
            case True, True:
                return Names(self.names | other.names, others=True)
            case False, True:
                return Names(self.names - other.names)
            case _:
                return Names(other.names - self.names)

    def __invert__(self) -> "Names":
        return Names(self.names, not self.others)

    @property
    def is_empty(self) -> bool:
        return not self.others and not self.names


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which values of a thing pass, and whether having none does."""

    values: Numbers | Names
    missing: bool

    def __and__(self, other: "Allowed") -> "Allowed":
        values: Numbers | Names = self.values & other.values  # type: ignore[operator]
        return Allowed(values, self.missing and other.missing)

    def __invert__(self) -> "Allowed":
        return Allowed(~self.values, not self.missing)

    @property
    def is_empty(self) -> bool:
        return self.values.is_empty and not self.missing


def findings(bound: Bound) -> list[Finding]:
    """Every smallest part of the condition that can never hold, or always does."""
    found: list[Finding] = []
    _constant(bound, "", found)
    return found


def _constant(bound: Bound, place: str, found: list[Finding]) -> bool | None:
    """True where it always holds, False where it never does; what was found is told once, at the innermost place."""
    match bound:
        case NotOf(part):
            inner = _constant(part, join(place, "not"), found)
            return None if inner is None else not inner
        case RuleTag(key, _, rule):
            return _constant(rule, join(place, f"tag({key})"), found)
        case AllOf(parts) | AnyOf(parts):
            return _of_list(bound, parts, place, found)
        case _:
            one = _allowed(bound)
            if one is None:
                return None
            thing, allowed = one
            result = _result(allowed & _domain(thing, allowed), ~allowed & _domain(thing, allowed))
            return _tell(result, place, found)


def _of_list(bound: AllOf | AnyOf, parts: Sequence[Bound], place: str, found: list[Finding]) -> bool | None:
    everyone = isinstance(bound, AllOf)
    key = "all" if everyone else "any"
    known = [_constant(part, join(place, f"{key}[{i}]"), found) for i, part in enumerate(parts)]
    if not parts:
        # The empty list is how everybody and nobody are written: a question only inside another.
        return _tell(everyone, place, found) if place else everyone
    if (not everyone) in known:
        return not everyone
    if None not in known:
        return everyone
    if _settles(bound, parts):
        return _tell(not everyone, place, found)
    return None


def _settles(bound: AllOf | AnyOf, parts: Sequence[Bound]) -> bool:
    """Whether the parts contradict each other (all), or leave nothing out (any): the same by De Morgan."""
    turned = isinstance(bound, AnyOf)
    opposites = {part.part for part in parts if isinstance(part, NotOf)}
    if opposites & set(parts):
        return True
    together: dict[object, Allowed] = {}
    for part in parts:
        for thing, allowed in _constraints(part):
            wanted = ~allowed if turned else allowed
            before = together.get(thing, _domain(thing, wanted))
            together[thing] = before & wanted
    return any(allowed.is_empty for allowed in together.values()) or (not turned and _outgrown(together))


def _constraints(part: Bound) -> Iterator[tuple[object, Allowed]]:
    match part:
        case NotOf(inner):
            yield from ((thing, ~allowed) for thing, allowed in _constraints(inner))
        case RuleTag(rule=rule):
            yield from _constraints(rule)
        case AllOf() | AnyOf():
            return
        case _:
            one = _allowed(part)
            if one is not None:
                yield one


_GROWING: Final = frozenset({Measure.COUNT, Measure.DISTINCT, Measure.ACTIVE_DAYS})


def _outgrown(together: dict[object, Allowed]) -> bool:
    """Whether a window asks for more than one it lies in may have: ≥ 3 in 7 days, but < 3 in 30."""
    spans = [
        (thing, _days(thing), allowed.values)
        for thing, allowed in together.items()
        if isinstance(thing, Feature) and thing.measure in _GROWING and isinstance(allowed.values, Numbers)
    ]
    return any(
        _same_but_window(short, long) and days < more and fewest.spans[0][0] >= most.spans[-1][1]
        for short, days, fewest in spans
        for long, more, most in spans
    )


def _days(feature: Feature) -> float:
    return (days_of(feature.window.name) or math.nan) if feature.window.name else math.nan


def _same_but_window(one: Feature, other: Feature) -> bool:
    def asked(feature: Feature) -> tuple[object, ...]:
        return feature.table, feature.key, feature.where, feature.measure, feature.prop

    return asked(one) == asked(other)


def _allowed(leaf: object) -> tuple[object, Allowed] | None:
    """What a leaf asks about, and the values that pass; None for leaves that ask for no value."""
    match leaf:
        case AttrLeaf(field, test):
            values = _of_test(test, whole=False)
            return None if values is None else ((field, _shape(test.kind)), values)
        case EventLeaf(feature, test):
            values = _of_test(test, whole=feature.measure in ZERO and feature.measure != Measure.SUM)
            return None if values is None else (feature, values)
        case ChangeLeaf(pair, by, test):
            values = _of_test(test, whole=False)
            return None if values is None else ((pair, by), values)
        case LayerLeaf(model, layers):
            return ("layer", model), Allowed(Names(frozenset(layers)), missing=False)
        case _:
            return None


def _shape(kind: Kind) -> type:
    return Names if kind in _NAMED else Numbers


def _domain(thing: object, like: Allowed) -> Allowed:
    """All there could be: counts are never negative and never missing."""
    if isinstance(thing, Feature) and thing.measure in ZERO:
        below = _FIRST if thing.measure == Measure.SUM else (0, 0)
        return Allowed(Numbers(((below, _LAST),)), missing=False)
    whole: Numbers | Names = Numbers(((_FIRST, _LAST),))
    if isinstance(like.values, Names):
        whole = Names(frozenset(), others=True)
    return Allowed(whole, missing=True)


_NAMED: Final = frozenset({Kind.TEXT, Kind.CHOICE, Kind.BOOL})


def _of_test(test: Test, *, whole: bool) -> Allowed | None:
    named = test.kind in _NAMED
    everything: Numbers | Names = Names(frozenset(), others=True) if named else Numbers(((_FIRST, _LAST),))
    if test.op in {Op.EXISTS, Op.MISSING}:
        return Allowed(everything if test.op == Op.EXISTS else ~everything, test.op == Op.MISSING)
    if named:
        if test.op not in {Op.EQ, Op.NE, Op.IN, Op.NOT_IN}:
            return None
        names = test.value if isinstance(test.value, tuple) else (test.value,)
        return Allowed(Names(frozenset(names), test.op in {Op.NE, Op.NOT_IN}), missing=False)
    if test.op in {Op.WITHIN, Op.ANNIVERSARY_WITHIN, Op.LUNAR_ANNIVERSARY_WITHIN}:
        return None
    return Allowed(_numbers(test.op, test.value, whole=whole), missing=False)


def _numbers(op: Op, value: Any, *, whole: bool) -> Numbers:
    low, high = (_point(each) for each in (value if op == Op.BETWEEN else (value, value)))
    if whole:
        # Of counts, > 2.5 is ≥ 3 and < 2.5 is ≤ 2: cuts between whole numbers all lie before one.
        below = {"low": (math.ceil(low), 0), "above": (math.floor(low) + 1, 0), "high": (math.floor(high) + 1, 0)}
    else:
        below = {"low": (low, 0), "above": (low, 1), "high": (high, 1)}
    spans: dict[Op, Spans] = {
        Op.EQ: ((below["low"], below["high"]),),
        Op.NE: ((_FIRST, below["low"]), (below["high"], _LAST)),
        Op.GT: ((below["above"], _LAST),),
        Op.GTE: ((below["low"], _LAST),),
        Op.LT: ((_FIRST, below["low"]),),
        Op.LTE: ((_FIRST, below["above"]),),
        Op.BETWEEN: ((below["low"], below["high"]),),
    }
    if op == Op.NE and below["low"] >= below["high"]:
        return Numbers(((_FIRST, _LAST),))
    return Numbers(tuple(span for span in spans[op] if span[0] < span[1]))


def _point(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else value


def _result(passing: Allowed, failing: Allowed) -> bool | None:
    if passing.is_empty:
        return False
    return True if failing.is_empty else None


def _tell(result: bool | None, place: str, found: list[Finding]) -> bool | None:
    if result is False:
        found.append(
            Finding(
                "never", place, "这里的要求互相矛盾，没有客户能满足", "This can never hold: nobody is selected by it"
            )
        )
    elif result is True:
        found.append(
            Finding("always", place, "这里的要求人人都满足，等于没有条件", "This always holds: it excludes nobody")
        )
    return result
