from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import model_validator

from potager.core import journal
from potager.core.errors import Problem
from potager.insight import tags
from potager.insight.fields import Fields, TagOrigin
from potager.journeys.faults import fault
from potager.journeys.nodes.node import Act, Acting, Writing
from potager.journeys.parts import Part
from potager.journeys.walker import Walker
from potager.org.access import SYSTEM


class TagChange(Part, Acting):
    """Add a manual tag (with a value where the tag has values) or remove it."""

    KIND: ClassVar[str] = "tag"

    add: str | None = None
    value: str | None = None
    remove: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "TagChange":
        if (self.add is None) == (self.remove is None) or (self.remove is not None and self.value is not None):
            raise ValueError("a tag step adds one tag (with or without value) or removes one")
        return self

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        if (key := self.add or self.remove) not in fields.tags:
            yield fault("tag", place, f"没有标签「{key}」", f"There is no tag “{key}”")

    @classmethod
    def write(cls, acts: "Sequence[Act[TagChange]]", writing: Writing) -> None:
        """Change manual tags; what follows waits until the warehouse knows of it."""
        wanted: dict[tuple[str, str | None, bool], list[Walker]] = defaultdict(list)
        for act in acts:
            change = act.node
            act.passed.outcome = "would_tag" if act.walker.shadow else "tagged"
            act.passed.detail = change.model_dump(exclude_none=True)
            if not act.walker.shadow:
                wanted[change.add or change.remove or "", change.value, change.add is not None].append(act.walker)
        for (tag, value, adding), some in wanted.items():
            cids = [walker.cid for walker in some]
            if adding:
                tags.add(SYSTEM, cids, tag, value, origin=TagOrigin.JOURNEY)
            else:
                tags.remove(SYSTEM, cids, tag)
        told = journal.last_seq()
        for some in wanted.values():
            for walker in some:
                walker.sees(told, writing.now)
