from collections.abc import Iterator
from typing import ClassVar

from potager.core.errors import Problem
from potager.core.journal import Entry
from potager.insight.fields import Fields
from potager.journeys import faults
from potager.journeys.parts import EventSpec, Json
from potager.journeys.triggers.trigger import Heard, event_key

OWN_EVENTS = frozenset({"journey_entered", "journey_exited"})


class OnEvent(Heard):
    """Something happened to the person.

    key  the property that names the entry ("order_no"); without it the event itself does
    """

    KIND: ClassVar[str] = "event"

    event: str
    where: list[Json] = []
    key: str | None = None

    def spec(self) -> EventSpec:
        return EventSpec(event=self.event, where=self.where)

    def entry_key(self, entry: Entry) -> str:
        if self.key is not None and (value := entry.fact.body.get(self.key)) is not None:
            return f"{self.key}:{value}"[:120]
        return event_key(entry)

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        if self.event in OWN_EVENTS and not self.where:
            yield faults.fault(
                "self_trigger",
                place,
                "由旅程事件触发时，必须用条件写明是哪一个旅程",
                "A journey started by journey events must say by which journey's",
            )
        yield from faults.of_event(self.spec(), place, fields)
