"""Publishing a draft as the live version, with what it will do shown first; pausing, resuming, stopping."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Max, QuerySet

from potager.content import render
from potager.core import choices, clock, journal
from potager.core.bulk import update_rows
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.journal import from_us, to_us
from potager.evidence import arms
from potager.evidence.arms import Person
from potager.evidence.models import Experiment
from potager.journeys import checks, live
from potager.journeys.ending import Ending, end_runs
from potager.journeys.graph import Definition
from potager.journeys.models import Journey, JourneyVersion, Run, State
from potager.journeys.nodes.message import RUN_VARIABLES
from potager.journeys.parts import END
from potager.org import audit
from potager.org.access import Actor
from potager.people.models import Customer

Choice = Literal["finish", "move", "exit"]
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class StepImpact:
    """People resting at a step that will be different: where they would go if they are moved."""

    step: str
    people: int
    change: Literal["changed", "removed"]
    to: str


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
    added: list[str]
    empty: list[EmptyVariable]


def draft_of(journey: Journey) -> Definition:
    """The definition being edited, or the live one when nothing is."""
    if journey.draft is not None:
        return checks.read(journey.draft)
    if journey.live is None:
        raise NotFound("旅程草稿", "journey draft", journey.key)
    return live.definitions_of([journey.live.pk])[journey.live.pk]


def impact(journey: Journey) -> Impact:
    """Compare the draft with where people are now."""
    draft = draft_of(journey)
    here = _people_at(journey)
    running = live.definitions_of([journey.live.pk])[journey.live.pk] if journey.live else None
    old = live.definitions_of({version for version, _ in here})
    changes: Counter[tuple[str, Literal["changed", "removed"], str]] = Counter()
    for (version, step_id), people in here.items():
        before = old[version].by_id.get(step_id)
        after = draft.by_id.get(step_id)
        if after is None:
            changes[step_id, "removed", _successor(old[version], step_id, draft)] += people
        elif before != after:
            changes[step_id, "changed", step_id] += people
    known = {step.id for definition in old.values() for step in definition.steps}
    return Impact(
        first=journey.live is None,
        unchanged=journey.live is not None and journey.live.hash == draft.hash,
        inside=sum(here.values()),
        control=draft.control,
        control_before=running.control if running else None,
        steps=[StepImpact(step, people, change, to) for (step, change, to), people in changes.items()],
        added=[step.id for step in draft.steps if known and step.id not in known],
        empty=list(_empty_variables(journey, draft)),
    )


def publish(actor: Actor, journey: Journey, choice: Choice = "finish") -> JourneyVersion:
    """Make the draft live. People inside finish on their version, move to the same step of the new one, or leave.

    Raises the first Problem of the definition when there is one.
    """
    journal.hold()
    definition = draft_of(journey)
    if found := checks.problems(definition):
        raise found[0]
    version = _version(actor, journey, definition)
    _experiments(definition)
    before = journey.live.n if journey.live is not None else None
    journey.live, journey.draft, journey.state = version, None, State.LIVE
    journey.name, journey.name_en, journey.updated_at = definition.name, definition.name_en, clock.now()
    journey.save()
    others = Run.objects.filter(journey=journey, due_us__isnull=False).exclude(version=version)
    if choice == "exit":
        _end(others, "published")
    elif choice == "move":
        _move(journey, version, definition)
    live.touch_stamp()
    detail = {"version": version.n, "before": before, "people": choice}
    audit.record(actor, "journey.publish", f"journey:{journey.key}", detail)
    return version


def pause(actor: Actor, journey: Journey) -> None:
    """Nobody enters and nobody moves; exits and conversions still count."""
    _turn(actor, journey, State.LIVE, State.PAUSED, "journey.pause")


def resume(actor: Actor, journey: Journey) -> None:
    """Go on. Messages whose time passed meanwhile are not sent late: their validity decides."""
    _turn(actor, journey, State.PAUSED, State.LIVE, "journey.resume")


def stop(actor: Actor, journey: Journey) -> int:
    """End the journey for everybody inside; returns how many that were."""
    journal.hold()
    if journey.state not in {State.LIVE, State.PAUSED}:
        raise _wrong_state(journey)
    ended = _end(Run.objects.filter(journey=journey, due_us__isnull=False), "stopped")
    journey.state, journey.updated_at = State.STOPPED, clock.now()
    journey.save(update_fields=["state", "updated_at"])
    live.touch_stamp()
    audit.record(actor, "journey.stop", f"journey:{journey.key}", {"people": ended})
    return ended


def stop_all(actor: Actor, *, stopped: bool) -> None:
    """The big switch: while it is on no run of any journey moves. People still enter, and wait."""
    choices.put(live.STOPPED, stopped)
    audit.record(actor, "journey.stop_all" if stopped else "journey.resume_all", "journeys")


def _turn(actor: Actor, journey: Journey, frm: State, to: State, action: str) -> None:
    journal.hold()
    if journey.state != frm:
        raise _wrong_state(journey)
    journey.state, journey.updated_at = to, clock.now()
    journey.save(update_fields=["state", "updated_at"])
    live.touch_stamp()
    audit.record(actor, action, f"journey:{journey.key}")


def _wrong_state(journey: Journey) -> Problem:
    label = State(journey.state).label
    return Conflict(
        "journey.state",
        zh=f"「{journey.name}」现在是{label}状态，不能这样做",
        en=f"“{journey.name}” is {journey.state}; this cannot be done now",
    )


def _version(actor: Actor, journey: Journey, definition: Definition) -> JourneyVersion:
    known = JourneyVersion.objects.filter(journey=journey, hash=definition.hash).first()
    if known is not None:
        return known
    last = JourneyVersion.objects.filter(journey=journey).aggregate(n=Max("n"))["n"] or 0
    return JourneyVersion.objects.create(
        journey=journey,
        n=last + 1,
        hash=definition.hash,
        definition=definition.canonical(),
        published_at=clock.now(),
        published_by=actor.login,
    )


def _experiments(definition: Definition) -> None:
    arms.define(
        live.experiment_key(definition.key),
        control_share=round(definition.control * 100),
        window_days=definition.window,
    )
    for step in definition.steps:
        if variants := step.node.variants():
            key = live.split_key(definition.key, step.id)
            arms.define(key, control_share=0, window_days=definition.window, variants=variants)


def _people_at(journey: Journey) -> dict[tuple[int, str], int]:
    rows = Run.objects.filter(journey=journey, due_us__isnull=False).values_list("version_id", "step")
    return {(version, step): n for version, step, n in rows.annotate(n=Count("id"))}


def _successor(old: Definition, step_id: str, new: Definition) -> str:
    """The next step after this one that still exists; END when none does."""
    seen: set[str] = set()
    while step_id not in new.by_id:
        step = old.by_id.get(step_id)
        if step is None or step_id in seen:
            return END
        seen.add(step_id)
        step_id = old.next_of(step)
    return step_id


def _move(journey: Journey, version: JourneyVersion, definition: Definition) -> None:
    """Pin everybody inside to the new version, at the same step or the next one that is left."""
    now = to_us(clock.now())
    here = _people_at(journey)
    old = live.definitions_of({version_id for version_id, _ in here})
    for version_id, step_id in here:
        if version_id == version.pk:
            continue
        runs = Run.objects.filter(version_id=version_id, step=step_id, due_us__isnull=False)
        _draw_new_splits(runs, old[version_id], definition)
        before, after = old[version_id].by_id.get(step_id), definition.by_id.get(step_id)
        if after is None:
            to = _successor(old[version_id], step_id, definition)
            if to == END:
                _end(runs, "published")
            else:
                runs.update(version=version, step=to, waiting=False, due_us=now, lease_until_us=0)
        elif before is None or before.kind != after.kind:
            runs.update(version=version, waiting=False, lease_until_us=0)
        else:
            runs.update(version=version, lease_until_us=0)


def _draw_new_splits(runs: QuerySet[Run], old: Definition, new: Definition) -> None:
    known = {step.id for step in old.steps if step.node.variants()}
    fresh = [step.id for step in new.steps if step.node.variants() and step.id not in known]
    if not fresh:
        return
    experiments = {step: Experiment.objects.get(key=live.split_key(new.key, step)) for step in fresh}
    for some in _batches(list(runs.values_list("id", flat=True))):
        batch = list(Run.objects.filter(id__in=some))
        for run in batch:
            run.variants = dict(run.variants)
        for step, experiment in experiments.items():
            treated = [Person(r.person_key, r.subject_id, from_us(r.entered_us)) for r in batch if not r.shadow]
            drawn = arms.draw(experiment, treated)
            allocation = experiment.allocations.order_by("-n")[0]
            for run in batch:
                run.variants[step] = drawn.get(run.person_key) or arms.variant_of(allocation, run.person_key)
        update_rows(Run._meta.db_table, {"variants": "jsonb"}, [(run.pk, run.variants) for run in batch])


def _end(runs: QuerySet[Run], reason: str) -> int:
    now = clock.now()
    ids = list(runs.values_list("id", flat=True))
    for some in _batches(ids):
        end_runs([Ending(run, now, reason) for run in Run.objects.filter(id__in=some).select_related("journey")])
    return len(ids)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


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
