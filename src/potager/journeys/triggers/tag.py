from collections.abc import Iterator
from typing import ClassVar, Literal

from potager.core.errors import Problem
from potager.core.journal import Entry, Fact
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.parts import EventSpec
from potager.journeys.triggers.trigger import Heard, event_key


class OnTag(Heard):
    """A tag was given to the person or taken away, whether by a rule, by hand, in bulk or by a journey.

    value  only with this value; a tag whose value changes is told as added with the new one
    """

    KIND: ClassVar[str] = "tag"

    tag: str
    change: Literal["added", "removed"] = "added"
    value: str | None = None

    def spec(self) -> EventSpec:
        return EventSpec(event=f"tag_{self.change}")

    def hears(self, fact: Fact) -> bool:
        return fact.body.get("tag") == self.tag and self.value in {None, fact.body.get("value")}

    def entry_key(self, entry: Entry) -> str:
        return event_key(entry)

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        tag = fields.tags.get(self.tag)
        if tag is None:
            yield fault("tag", place, f"没有标签「{self.tag}」", f"There is no tag “{self.tag}”")
        elif self.value is not None and tag.kind is None:
            yield fault(
                "tag_value",
                place,
                f"标签「{tag.label('zh')}」没有值，只能写打上或移除",
                f"Tag “{tag.label('en')}” has no values: it is only added or removed",
            )
        elif self.value is not None and tag.options and self.value not in tag.options:
            yield fault(
                "tag_value",
                place,
                f"标签「{tag.label('zh')}」没有值「{self.value}」，可选：{'、'.join(tag.options)}",
                f"Tag “{tag.label('en')}” has no value “{self.value}”; there are {', '.join(tag.options)}",
            )
