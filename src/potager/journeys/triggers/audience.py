from collections.abc import Iterator
from typing import ClassVar

from potager.core.errors import Problem
from potager.core.journal import Entry, Fact
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.parts import EventSpec
from potager.journeys.triggers.trigger import Heard


class OnAudience(Heard):
    """The person came into an audience; each spell in it is an entry of its own."""

    KIND: ClassVar[str] = "audience"

    audience: str

    def spec(self) -> EventSpec:
        return EventSpec(event="audience_entered")

    def hears(self, fact: Fact) -> bool:
        return fact.body.get("audience") == self.audience

    def entry_key(self, entry: Entry) -> str:
        return f"spell:{entry.fact.body.get('spell', entry.seq)}"

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        yield from no_audience(self.audience, place, fields)


def no_audience(key: str, place: str, fields: Fields) -> Iterator[Problem]:
    if key not in fields.audiences:
        yield fault("audience", place, f"没有人群「{key}」", f"There is no audience “{key}”")
