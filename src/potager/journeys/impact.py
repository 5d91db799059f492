"""What publishing a draft will do to the people inside, shown before it is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from potager.content import render
from potager.core import clock
from potager.core.errors import NotFound
from potager.journeys import checks, live, moving, queries
from potager.journeys.graph import Definition
from potager.journeys.knowing import Warehouse
from potager.journeys.models import Journey, Run
from potager.journeys.moving import NOT_RETIMED, Place, Retimed
from potager.journeys.nodes.message import RUN_VARIABLES
from potager.people.models import Customer


@dataclass(frozen=True, slots=True)
class StepImpact:
    """People resting at a step that will be different: where they would go if they are moved."""

    step: str
    people: int
    change: Literal["changed", "removed"]
    to: str
    timing: Retimed = NOT_RETIMED

    def with_more(self, other: "StepImpact") -> "StepImpact":
        """Both together: the same step, the same way."""
        return replace(self, people=self.people + other.people, timing=self.timing.plus(other.timing))


@dataclass(frozen=True, slots=True)
class Queued:
    """Messages of a step that will be different, decided already and not sent yet."""

    step: str
    messages: int


@dataclass(frozen=True, slots=True)
class EmptyVariable:
    """A variable without default that is empty for some of the people the message may go to."""

    step: str
    variable: str
    people: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing a draft will do, before it is done.

    control         percent of people left alone once it is published
    control_before  the same in the running version; None when there is none
    """

    first: bool
    unchanged: bool
    inside: int
    control: float
    control_before: float | None
    steps: list[StepImpact]
    queued: list[Queued]
    added: list[str]
    empty: list[EmptyVariable]


def draft_of(journey: Journey) -> Definition:
    """The definition being edited, or the live one when nothing is."""
    if journey.draft is not None:
        return checks.read(journey.draft)
    if journey.live is None:
        raise NotFound("旅程草稿", "journey draft", journey.key)
    return live.definitions_of([journey.live.pk])[journey.live.pk]


def impact_of(journey: Journey) -> Impact:
    """Compare the draft with where people are now."""
    draft, here = draft_of(journey), moving.places(journey)
    running = live.definitions_of([journey.live.pk])[journey.live.pk] if journey.live else None
    old = live.definitions_of({place.version for place in here})
    known = {step.id for definition in old.values() for step in definition.steps}
    return Impact(
        first=journey.live is None,
        unchanged=journey.live is not None and journey.live.hash == draft.hash,
        inside=sum(here.values()),
        control=draft.control,
        control_before=running.control if running else None,
        steps=list(_changed(old, draft, here)),
        queued=list(_queued(journey, old, draft)),
        added=[step.id for step in draft.steps if known and step.id not in known],
        empty=list(_empty_variables(journey, draft)),
    )


def _changed(old: Mapping[int, Definition], draft: Definition, here: Mapping[Place, int]) -> Iterator[StepImpact]:
    """People who are at steps that are gone or different, together by step and by where they would go."""
    warehouse, now = Warehouse(), clock.now()
    found: dict[tuple[str, str], StepImpact] = {}
    for place, people in here.items():
        before, after = old[place.version].by_id.get(place.step), draft.by_id.get(place.step)
        if not place.admitted or before == after:
            continue
        planned = moving.plan(old[place.version], draft, place)
        timing = NOT_RETIMED
        if planned.how == "again":
            timing = moving.retimed(draft.by_id[place.step], draft, place, warehouse, now)
        change = StepImpact(place.step, people, "removed" if after is None else "changed", planned.to, timing)
        same = found.get((place.step, planned.to))
        found[place.step, planned.to] = change if same is None else same.with_more(change)
    return iter(found.values())


def _queued(journey: Journey, old: Mapping[int, Definition], draft: Definition) -> Iterator[Queued]:
    """Messages of gone or different steps that wait to be sent: they go out as they were written."""
    for step, messages in queries.unsent(journey).items():
        written = [definition.by_id[step] for definition in old.values() if step in definition.by_id]
        after = draft.by_id.get(step)
        if after is None or any(before.node != after.node for before in written):
            yield Queued(step, messages)


def _empty_variables(journey: Journey, draft: Definition) -> Iterator[EmptyVariable]:
    """Looked at over the people inside; before the first publication over all customers."""
    asked = {
        (step.id, variable.name)
        for step in draft.steps
        for text in step.node.templates()
        for variable in render.variables(text)
        # What the starting event will say is not known before it happens.
        if variable.default is None and variable.name not in RUN_VARIABLES
    }
    if not asked:
        return
    people = Customer.objects.filter(state="live")
    inside = Run.objects.filter(journey=journey, due_us__isnull=False)
    if inside.exists():
        people = people.filter(id__in=inside.values("subject_id"))
    values = list(people.values_list("name", "owner__name", "owner__store__name", "attrs"))
    for step, variable in sorted(asked):
        missing = sum(_is_empty(variable, name, staff, store, attrs) for name, staff, store, attrs in values)
        if missing:
            yield EmptyVariable(step, variable, missing)


def _is_empty(variable: str, name: str, staff: str | None, store: str | None, attrs: Mapping[str, object]) -> bool:
    return not {**attrs, "customer_name": name, "staff_name": staff, "store_name": store}.get(variable)
