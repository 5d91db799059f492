"""A journey's definition: who enters, what happens step by step, what counts as success.

Published as JSON Schema; the canvas and the files edit exactly this. Steps stand in order: a step leads to the next
one unless it says otherwise; after the last one the journey is done. Step ids are stable across versions.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from potager.journeys.times import Span, TimeOfDay

END = "end"
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$")]
StepId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Json = dict[str, Any]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class EventSpec(Part):
    """An event, and what must be true of it."""

    event: str
    where: list[Json] = []


class Schedule(Part):
    """At a local time every day, on weekdays (1 = Monday), or on a day of the month; for the people of `audience`."""

    at: TimeOfDay
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = []
    monthday: Annotated[int, Field(ge=1, le=28)] | None = None


class Trigger(Part):
    """One way in: exactly one of event, audience, schedule, manual.

    key    event: the property that names the entry ("order_no"); without it the event itself does
    fresh  an event older than this when it arrives starts nothing
    """

    event: str | None = None
    where: list[Json] = []
    key: str | None = None
    fresh: Span = "3d"
    audience: str | None = None
    schedule: Schedule | None = None
    manual: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Trigger":
        ways = [self.event is not None, self.schedule is not None, self.manual]
        if self.schedule is not None and self.audience is None:
            raise ValueError("a schedule needs an audience")
        if sum(ways) + (self.audience is not None and self.schedule is None) != 1:
            raise ValueError("a trigger is exactly one of event, audience, schedule, manual")
        return self

    @property
    def event_type(self) -> str | None:
        """The journal event this trigger listens to; None for a schedule or a person's hand."""
        if self.schedule is not None or self.manual:
            return None
        return "audience_entered" if self.audience is not None else self.event


class Offer(Part):
    """What the message gives away. `cost` is what one use costs, for whoever reads and approves the journey; evidence
    counts it where it happens, in the discount of the order.
    """

    key: Key
    name: str
    cost: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,3})?$")] = "0"


class Message(Part):
    """A message to the person. `valid`: later than this after its time it is not sent any more."""

    text: str = Field(min_length=1, max_length=4000)
    channel: str | None = None
    purpose: Literal["marketing", "service", "transactional"] = "marketing"
    sender: Literal["owner", "brand"] = "owner"
    valid: Span = "1d"
    offer: Offer | None = None


class Wait(Part):
    """Exactly one of for · until (with day counted from the entry date) · between · life; or_event ends it early.

    life     this share of the life of the product in the order that started the run; `default` when unknown
    between  local times; a window whose end is before its start spans midnight
    """

    for_: Span | None = Field(None, alias="for")
    until: TimeOfDay | None = None
    day: Annotated[int, Field(ge=0, le=730)] | None = None
    between: tuple[TimeOfDay, TimeOfDay] | None = None
    life: Annotated[float, Field(gt=0, le=3)] | None = None
    default: Span | None = None
    or_event: EventSpec | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Wait":
        if sum(each is not None for each in (self.for_, self.until, self.between, self.life)) != 1:
            raise ValueError("a wait is exactly one of for, until, between, life")
        if self.day is not None and self.until is None:
            raise ValueError("day goes with until")
        if (self.life is None) != (self.default is None):
            raise ValueError("life and default go together")
        if self.between is not None and self.between[0] == self.between[1]:
            raise ValueError("a window needs two different times")
        return self


class Path(Part):
    """One way out of a branch, taken when its condition is the first that holds."""

    if_: Json = Field(alias="if")
    go: str
    name: str = ""


class Variant(Part):
    """One arm of a split, with its share in percent."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,20}$")]
    share: Annotated[float, Field(gt=0, le=100)]
    go: str


class TagChange(Part):
    """Add a manual tag (with a value where the tag has values) or remove it."""

    add: str | None = None
    value: str | None = None
    remove: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "TagChange":
        if (self.add is None) == (self.remove is None) or (self.remove is not None and self.value is not None):
            raise ValueError("a tag step adds one tag (with or without value) or removes one")
        return self


class Task(Part):
    """Something a staff member should do within a span. With `wait` the run stays until it is done, refused or late.

    done, not_done   where these outcomes lead; the next step when not said, and when it is late
    """

    title: str = Field(min_length=1, max_length=120)
    text: str = ""
    within: Span = "1d"
    wait: bool = False
    done: str | None = None
    not_done: str | None = None


class End(Part):
    """The journey ends here."""

    reason: str = "done"


KINDS = ("message", "wait", "branch", "split", "tag", "task", "exit")


class Step(Part):
    """One step: an id, and exactly one of the kinds. `next` is also where a branch goes when nothing holds."""

    id: StepId
    title: str = ""
    message: Message | None = None
    wait: Wait | None = None
    branch: Annotated[list[Path], Field(min_length=1)] | None = None
    split: Annotated[list[Variant], Field(min_length=2)] | None = None
    tag: TagChange | None = None
    task: Task | None = None
    exit: End | None = None
    next: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Step":
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(KINDS)}")
        if self.split is not None and abs(sum(variant.share for variant in self.split) - 100) > 0.001:
            raise ValueError("the shares of a split must add up to 100")
        return self

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


class Definition(Part):
    """A whole journey.

    entry    once: a person enters once for ever; each: once per event, audience spell or slot
    gap      at least this long between two entries of one person
    lead     how long after the event a person enters (a reminder: when the product is nearly used up); an exit event
             before that, and they never entered
    filter   must also be true of the person when they enter
    control  percent of people who are left alone, to know the effect
    window   days after the first entry over which the outcome is summed
    """

    kind: Literal["journey"] = "journey"
    key: Key
    name: str = Field(min_length=1, max_length=60)
    name_en: str = ""
    about: str = ""
    triggers: Annotated[list[Trigger], Field(min_length=1)]
    entry: Literal["once", "each"] = "once"
    gap: Span | None = None
    lead: Wait | None = None
    filter: Json | None = None
    control: Annotated[float, Field(ge=0, le=90)] = 0
    window: Annotated[int, Field(ge=1, le=365)] = 14
    goal: EventSpec = EventSpec(event="order_paid")
    exits: list[EventSpec] = []
    priority: Annotated[int, Field(ge=0, le=100)] = 50
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
        if step.branch is not None:
            yield from ((path.go, path.name or f"#{n}") for n, path in enumerate(step.branch, 1))
            yield self.next_of(step), "else"
        elif step.split is not None:
            yield from ((variant.go, variant.key) for variant in step.split)
        elif step.task is not None:
            yield from ((to, name) for name in ("done", "not_done") if (to := getattr(step.task, name)))
            yield self.next_of(step), ""
        else:
            yield self.next_of(step), ""

    def canonical(self) -> dict[str, Any]:
        """The definition as JSON with everything left out that is as it would be anyway."""
        return {"kind": "journey"} | self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @cached_property
    def hash(self) -> str:
        """What a version is known by: equal definitions have equal hashes."""
        text = json.dumps(self.canonical(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
