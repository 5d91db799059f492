"""The tag leaf.

A tag given by hand is looked up in its history; a tag with a rule *is* its rule, at the same instant.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Subject, Words, Written
from potager.insight.conditions.ops import Op, Test, make_test
from potager.insight.conditions.tag_words import say_tag
from potager.insight.fields import Field, Fields, Kind, Names, TagField, TagKind, name_in, refusal
from potager.insight.slots import Slots


class Tag(Written):
    """`{"tag": "price-sensitive"}`, or with its value `{"tag": "skin_type", "op": "in", "value": ["dry"]}`."""

    KEY: ClassVar[str] = "tag"

    tag: str
    op: str = "exists"
    value: JsonValue = None

    def field(self, fields: Fields, place: str) -> TagField:
        """The tag meant, having checked that one without values is not compared."""
        tag = fields.tag(self.tag, f"{place}.tag".lstrip("."))
        if tag.kind is None and self.op != "exists":
            raise refusal(
                f"标签「{tag.label('zh')}」没有值，只能判断有没有",
                f"Tag “{tag.label('en')}” has no values: one has it or has not",
                f"{place}.op".lstrip("."),
            )
        return tag

    def bind(self, binder: Binder, place: str) -> "TagLeaf":
        tag = self.field(binder.fields, place)
        if tag.source != TagKind.MANUAL:
            raise TypeError("a tag with a rule is bound as its rule")
        if self.op == Op.MISSING:
            raise refusal(
                "没有这个标签要写成 not", "To ask for customers without the tag, use not", f"{place}.op".lstrip(".")
            )
        compared = Field(tag.key, tag.kind or Kind.TEXT, "value", tag.zh, tag.en)
        test = make_test(compared, self.op, self.value, currency=binder.fields.currency, place=place)
        return TagLeaf(tag.key, test, tag.labels)


@dataclass(frozen=True, slots=True)
class TagLeaf(BoundLeaf):
    key: str
    test: Test
    labels: Names = field(default_factory=dict, repr=False, compare=False)

    @property
    def source(self) -> str:
        return "manual_tag"

    def row(self, table: Any, slots: Slots) -> Any:
        there = (table.tag == self.key) & (table.since <= slots.as_of())
        there &= table.until.isnull() | (table.until > slots.as_of())
        if self.test.op == Op.EXISTS:
            return there
        value = table.value.try_cast("float64") if self.test.kind == Kind.NUMBER else table.value
        return there & self.test.sql(value, slots)

    def single(self, subject: Subject) -> Answer:
        at = subject.moment.at
        for held in subject.tags:
            if held.tag != self.key or held.since > at or (held.until is not None and held.until <= at):
                continue
            if self.test.op == Op.EXISTS or self.test.holds(self._value(held.value), subject.moment):
                zh, en = (name_in(self.labels, held.value or "", language) for language in ("zh", "en"))
                return Answer(ok=True, zh=zh or "有", en=en or "has it", since=held.since)
        return Answer(ok=False, zh="没有", en="has not")

    def _value(self, text: str | None) -> Any:
        if self.test.kind != Kind.NUMBER or text is None:
            return text
        try:
            return float(text)
        except ValueError:
            return None

    def say(self, words: Words, *, negated: bool = False) -> str:
        return say_tag(self.key, None if self.test.op == Op.EXISTS else self.test, words, negated=negated)
