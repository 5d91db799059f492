from collections.abc import Iterator
from typing import ClassVar

from potager.core.errors import Problem
from potager.core.journal import Entry, Fact
from potager.insight.fields import Fields
from potager.journeys.parts import EventSpec
from potager.journeys.triggers.audience import no_audience
from potager.journeys.triggers.trigger import Heard


class OnLeft(Heard):
    """The person went out of an audience; the end of each spell in it is an entry of its own."""

    KIND: ClassVar[str] = "left"

    left: str

    def spec(self) -> EventSpec:
        return EventSpec(event="audience_left")

    def hears(self, fact: Fact) -> bool:
        return fact.body.get("audience") == self.left

    def entry_key(self, entry: Entry) -> str:
        return f"left:{entry.fact.body.get('spell', entry.seq)}:{self.left}"[:120]

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        yield from no_audience(self.left, place, fields)
