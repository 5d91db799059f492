"""A journey's definition: who enters, what happens step by step, what counts as success.

Published as JSON Schema; the canvas and the files edit exactly this. Steps stand in order: a step leads to the next
one unless it says otherwise; after the last one the journey is done. Step ids are stable across versions.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from potager.journeys.nodes.attribute import AttributeChange
from potager.journeys.nodes.branch import Branch
from potager.journeys.nodes.exit import End
from potager.journeys.nodes.goal import Goal
from potager.journeys.nodes.message import Message
from potager.journeys.nodes.node import Node
from potager.journeys.nodes.random import Random
from potager.journeys.nodes.split import Split
from potager.journeys.nodes.tag import TagChange
from potager.journeys.nodes.task import Task
from potager.journeys.nodes.wait import Wait
from potager.journeys.parts import END, EntryLimits, EventSpec, Json, Key, Part, StepId, Subject
from potager.journeys.times import Span
from potager.journeys.triggers.api import ByProgram
from potager.journeys.triggers.audience import OnAudience
from potager.journeys.triggers.date import OnDate
from potager.journeys.triggers.event import OnEvent
from potager.journeys.triggers.layer import OnLayer
from potager.journeys.triggers.left import OnLeft
from potager.journeys.triggers.manual import ByHand
from potager.journeys.triggers.schedule import OnSchedule
from potager.journeys.triggers.staff import OnStaff
from potager.journeys.triggers.tag import OnTag
from potager.journeys.triggers.trigger import Trigger


class Step(Part):
    """One step: an id, and exactly one of the kinds. `next` is also where a branch goes when nothing holds."""

    id: StepId
    title: str = ""
    message: Message | None = None
    wait: Wait | None = None
    branch: Branch | None = None
    split: Split | None = None
    random: Random | None = None
    tag: TagChange | None = None
    attribute: AttributeChange | None = None
    task: Task | None = None
    goal: Goal | None = None
    exit: End | None = None
    next: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Step":
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(KINDS)}")
        return self

    @cached_property
    def node(self) -> Node:
        found: list[Node] = [getattr(self, kind) for kind in KINDS if getattr(self, kind) is not None]
        return found[0]

    @property
    def kind(self) -> str:
        return self.node.KIND


# Every kind of step a definition can have.
KINDS: Mapping[str, type[Node]] = {
    name: kind
    for name, field in Step.model_fields.items()
    for kind in get_args(field.annotation)
    if isinstance(kind, type) and issubclass(kind, Node)
}


def _trigger_kind(written: object) -> str | None:
    """Which way in is written: the field only it has; a schedule may name an audience or staff, too,
    so these are looked for in their order."""
    if isinstance(written, Trigger):
        return written.KIND
    return next((kind for kind in TRIGGERS if isinstance(written, Mapping) and kind in written), None)


AnyTrigger = Annotated[
    Annotated[OnStaff, Tag(OnStaff.KIND)]
    | Annotated[OnSchedule, Tag(OnSchedule.KIND)]
    | Annotated[OnEvent, Tag(OnEvent.KIND)]
    | Annotated[OnAudience, Tag(OnAudience.KIND)]
    | Annotated[OnLeft, Tag(OnLeft.KIND)]
    | Annotated[OnLayer, Tag(OnLayer.KIND)]
    | Annotated[OnTag, Tag(OnTag.KIND)]
    | Annotated[OnDate, Tag(OnDate.KIND)]
    | Annotated[ByHand, Tag(ByHand.KIND)]
    | Annotated[ByProgram, Tag(ByProgram.KIND)],
    Discriminator(
        _trigger_kind,
        custom_error_type="trigger_kind",
        custom_error_message=(
            "a trigger is exactly one of event, audience, left, layer, tag, date, schedule, staff, manual, api"
        ),
    ),
]
TRIGGERS: Mapping[str, type[Trigger]] = {
    kind.KIND: kind for member in get_args(get_args(AnyTrigger)[0]) for kind in get_args(member)[:1]
}


class Definition(Part):
    """A whole journey.

    subject  whom it is about; a published journey keeps it
    entry    once: a person enters once for ever; each: once per event, audience spell or slot
    gap      at least this long between two entries of one person
    lead     how long after the event a person enters (a reminder: when the product is nearly used up); an exit event
             before that, and they never entered
    filter   must also be true of the person when they enter
    control  percent of people who are left alone, to know the effect
    group    a person is in at most one journey of a group; one of higher priority takes the place of one that has done
             nothing yet
    limits   in place of the house's
    window   days after the first entry over which the outcome is summed
    """

    kind: Literal["journey"] = "journey"
    key: Key
    subject: Subject = "customer"
    name: str = Field(min_length=1, max_length=60)
    name_en: str = ""
    about: str = ""
    triggers: Annotated[list[AnyTrigger], Field(min_length=1)]
    entry: Literal["once", "each"] = "once"
    gap: Span | None = None
    lead: Wait | None = None
    filter: Json | None = None
    control: Annotated[float, Field(ge=0, le=90)] = 0
    window: Annotated[int, Field(ge=1, le=365)] = 14
    goal: EventSpec = EventSpec(event="order_paid")
    exits: list[EventSpec] = []
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    group: Key | None = None
    limits: EntryLimits | None = None
    steps: Annotated[list[Step], Field(min_length=1, max_length=200)]

    @field_validator("steps")
    @classmethod
    def _unique_ids(cls, steps: list[Step]) -> list[Step]:
        seen: set[str] = set()
        for step in steps:
            if step.id in seen or step.id == END:
                raise ValueError(f"the step id “{step.id}” is taken")
            seen.add(step.id)
        return steps

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        return {step.id: step for step in self.steps}

    @cached_property
    def _following(self) -> Mapping[str, str]:
        ids = [step.id for step in self.steps]
        return dict(zip(ids, [*ids[1:], END], strict=True))

    @property
    def first(self) -> str:
        return self.steps[0].id

    def next_of(self, step: Step) -> str:
        """Where a step leads when nothing else decides: a step id, or END."""
        if step.exit is not None:
            return END
        return step.next or self._following[step.id]

    def edges(self, step: Step) -> Iterator[tuple[str, str]]:
        """(to, label) of every way out of a step, END included."""
        yield from step.node.ways(self.next_of(step))

    def canonical(self) -> dict[str, Any]:
        """The definition as JSON with everything left out that is as it would be anyway."""
        return {"kind": "journey"} | self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @cached_property
    def hash(self) -> str:
        """What a version is known by: equal definitions have equal hashes."""
        text = json.dumps(self.canonical(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
