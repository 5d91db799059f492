"""The audience leaf: a member of the newest version computed by then; of a frozen audience, of its list."""

from dataclasses import dataclass
from typing import Any, ClassVar

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Subject, Words, Written
from potager.insight.slots import Slots


class Audience(Written):
    """`{"audience": "spring-vip"}`."""

    KEY: ClassVar[str] = "audience"

    audience: str

    def bind(self, binder: Binder, place: str) -> "AudienceLeaf":
        return AudienceLeaf(binder.fields.audience(self.audience, f"{place}.audience".lstrip(".")).key)


@dataclass(frozen=True, slots=True)
class AudienceLeaf(BoundLeaf):
    key: str

    @property
    def source(self) -> str:
        return f"audience:{self.key}"

    @property
    def beside(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({self.source})

    def row(self, table: Any, slots: Slots) -> Any:  # noqa: ARG002  every row of an audience is a member
        return table.cid.notnull()

    def single(self, subject: Subject) -> Answer:
        if self.key in subject.audiences:
            return Answer(ok=True, zh="在其中", en="a member", since=subject.audiences[self.key])
        return Answer(ok=False, zh="不在其中", en="no member")

    def say(self, words: Words, *, negated: bool = False) -> str:
        audience = words.fields.audiences.get(self.key)
        name = audience.label(words.language) if audience else self.key
        if words.zh:
            return f"{'不' if negated else ''}在人群「{name}」里"
        return f"{'not ' if negated else ''}in audience “{name}”"
