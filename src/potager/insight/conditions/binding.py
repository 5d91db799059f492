"""From the written tree to the bound one: every name checked, every value in stored form, rule tags opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field as Schema
from pydantic import JsonValue, ValidationError

from potager.insight.conditions.base import Node, Written
from potager.insight.conditions.features import Feature, Measure
from potager.insight.conditions.leaves.event import EventLeaf, MeasuredEvent, bind_feature
from potager.insight.conditions.leaves.tag import Tag
from potager.insight.conditions.logic import AllOf, AnyOf, Bound, NotOf, RuleTag
from potager.insight.conditions.ops import MEASURED, Op, Test, make_test
from potager.insight.conditions.paths import join
from potager.insight.conditions.tree import All, AnyCondition, Condition, Not, parse, problem_of
from potager.insight.fields import Field, Fields, Kind, TagField, TagKind, refusal


class Case(Node):
    """One value of a tag by cases, and when it is given."""

    value: str
    when: JsonValue


class Cases(Node):
    """Ordered cases: the first that holds gives the value; `else` otherwise, or no value."""

    cases: tuple[Case, ...]
    else_: str | None = Schema(None, alias="else")


@dataclass(frozen=True, slots=True)
class Binder:
    """The house's fields, and the tags whose rules are being opened."""

    fields: Fields
    open_tags: tuple[str, ...] = ()

    def condition(self, written: object, place: str) -> Bound:
        """A condition written inside something larger, bound."""
        return self.bind(parse(written, place), place)

    def bind(self, condition: Condition, place: str) -> Bound:
        match condition:
            case All(all_=parts):
                return AllOf(self._parts(parts, place, "all"))
            case AnyCondition(any_=parts):
                return AnyOf(self._parts(parts, place, "any"))
            case Not(not_=part):
                return NotOf(self.bind(part, join(place, "not")))
            case Tag():
                return self._tag(condition, place)
            case Written():
                return condition.bind(self, place)
            case _:
                raise TypeError(condition)

    def _parts(self, parts: Sequence[Condition], place: str, key: str) -> tuple[Bound, ...]:
        return tuple(self.bind(part, join(place, f"{key}[{i}]")) for i, part in enumerate(parts))

    def _tag(self, written: Tag, place: str) -> Bound:
        tag = written.field(self.fields, place)
        if tag.source == TagKind.MANUAL:
            return written.bind(self, place)
        if tag.key in self.open_tags:
            circle = " → ".join((*self.open_tags, tag.key))
            raise refusal(f"标签规则互相引用：{circle}", f"Tags refer to each other in a circle: {circle}", place)
        inside = replace(self, open_tags=(*self.open_tags, tag.key))
        if tag.source == TagKind.RULE:
            return RuleTag(tag.key, None, inside.condition(tag.rule, place))
        if tag.source == TagKind.METRIC:
            return self._metric(written, tag, place)
        return inside.by_cases(written, tag, place)

    def _metric(self, written: Tag, tag: TagField, place: str) -> Bound:
        """A metric tag compared is its measure compared; bare, that there is anything to measure."""
        feature, currency = bind_metric(tag.rule or {}, self.fields, place), self.fields.currency
        if written.op == Op.EXISTS:
            counted = replace(feature, measure=Measure.COUNT, prop=None)
            return RuleTag(tag.key, None, EventLeaf(counted, Test(Kind.NUMBER, Op.GTE, 1, currency)))
        value = Field(tag.key, feature.kind, "", tag.zh, tag.en)
        test = make_test(value, written.op, written.value, currency=currency, place=place, ops=MEASURED)
        return RuleTag(tag.key, test, EventLeaf(feature, test))

    def by_cases(self, written: Tag, tag: TagField, place: str) -> Bound:
        """True where the case that decides gives a value that passes."""
        cases, otherwise = self.cases(tag.rule or {}, place)
        value = Field(tag.key, Kind.CHOICE, "", tag.zh, tag.en)
        test = make_test(value, written.op, written.value, currency=self.fields.currency, place=place)
        result: Bound = AllOf(()) if otherwise is not None and _passes(test, otherwise) else AnyOf(())
        for value_given, when in reversed(cases):
            result = AnyOf((when, result)) if _passes(test, value_given) else AllOf((NotOf(when), result))
        return RuleTag(tag.key, None if test.op == Op.EXISTS else test, result)

    def cases(self, written: Mapping[str, Any], place: str) -> tuple[list[tuple[str, Bound]], str | None]:
        """The cases of a tag in order, and the value otherwise."""
        try:
            read = Cases.model_validate(written)
        except ValidationError as error:
            raise problem_of(error, written, place) from error
        bound = [
            (case.value, self.condition(case.when, join(place, f"cases[{i}].when")))
            for i, case in enumerate(read.cases)
        ]
        return bound, read.else_


def bind(condition: Condition, fields: Fields, place: str = "") -> Bound:
    """Check a condition against the house.

    Raises Problem("insight.condition") with the path of the first name or value that does not fit, and its cure.
    """
    return Binder(fields).bind(condition, place)


def bind_rule(written: object, fields: Fields, place: str = "") -> Bound:
    """`parse` and `bind` in one."""
    return Binder(fields).condition(written, place)


def bind_metric(written: Mapping[str, Any], fields: Fields, place: str = "") -> Feature:
    """Read and check the measure of a metric tag.

    Raises Problem("insight.condition").
    """
    try:
        measured = MeasuredEvent.model_validate(written)
    except ValidationError as error:
        raise problem_of(error, written, place) from error
    return bind_feature(measured, fields, place)


def bind_cases(written: Mapping[str, Any], fields: Fields) -> tuple[list[tuple[str, Bound]], str | None]:
    """The cases of a tag, bound in order, and the value otherwise.

    Raises Problem("insight.condition").
    """
    return Binder(fields).cases(written, "")


def _passes(test: Test, value: str) -> bool:
    if test.op in {Op.EXISTS, Op.IN, Op.NOT_IN}:
        return test.op == Op.EXISTS or (value in test.value) == (test.op == Op.IN)
    return bool((value == test.value) == (test.op == Op.EQ)) and test.op != Op.MISSING
