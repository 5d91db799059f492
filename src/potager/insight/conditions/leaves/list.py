"""The list leaf: on the newest upload of a list by then; before its first upload nobody is on it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Subject, Words, Written
from potager.insight.conditions.paths import join
from potager.insight.slots import Slots


class List(Written):
    """`{"list": "vip-2026"}`."""

    KEY: ClassVar[str] = "list"

    list: str

    def bind(self, binder: Binder, place: str) -> "ListLeaf":
        return ListLeaf(binder.fields.uploaded(self.list, join(place, "list")).key)


@dataclass(frozen=True, slots=True)
class ListLeaf(BoundLeaf):
    key: str

    @property
    def source(self) -> str:
        return f"list:{self.key}"

    @property
    def beside(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({self.source})

    def row(self, table: Any, slots: Slots) -> Any:  # noqa: ARG002  every row of a list is on it
        return table.cid.notnull()

    def single(self, subject: Subject) -> Answer:
        if self.key in subject.lists:
            return Answer(ok=True, zh="在名单上", en="on the list", since=subject.lists[self.key])
        return Answer(ok=False, zh="不在名单上", en="not on the list")

    def say(self, words: Words, *, negated: bool = False) -> str:
        field = words.fields.lists.get(self.key)
        name = field.label(words.language) if field else self.key
        if words.zh:
            return f"{'不' if negated else ''}在名单「{name}」上"
        return f"{'not ' if negated else ''}on list “{name}”"
