from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from potager.core.errors import Problem
from potager.core.journal import Entry, Fact
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.parts import EventSpec
from potager.journeys.triggers.trigger import Heard, event_key


class OnLayer(Heard):
    """The person's layer in a model changed.

    to    into one of these layers; none named, into any
    from  out of one of these; none named, out of any, and a first layer counts as a change too
    """

    KIND: ClassVar[str] = "layer"

    layer: str
    to: list[str] = []
    from_: list[str] = Field(default=[], alias="from")

    def spec(self) -> EventSpec:
        return EventSpec(event="layer_changed")

    def hears(self, fact: Fact) -> bool:
        before, after = fact.body.get("from"), fact.body.get("to")
        if fact.body.get("model") != self.layer or after is None:
            return False
        return (not self.to or after in self.to) and (not self.from_ or before in self.from_)

    def entry_key(self, entry: Entry) -> str:
        return event_key(entry)

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        model = fields.layers.get(self.layer)
        if model is None:
            yield fault("layer", place, f"没有分层模型「{self.layer}」", f"There is no layer model “{self.layer}”")
            return
        for layer in (*self.to, *self.from_):
            if layer not in model.layers:
                yield fault(
                    "layer",
                    place,
                    f"分层「{model.label('zh')}」没有「{layer}」这一层",
                    f"Layer model “{model.label('en')}” has no layer “{layer}”",
                )
