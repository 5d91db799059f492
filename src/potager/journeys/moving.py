"""What becomes of people inside when they move to a new version: planned without writing, shown, then done.

Nothing done is undone or done again. Who rests in a step that means the same goes on as before; a wait that is written
anew counts from when the person came to it, but nobody is released before the move; who stood at a step that is gone,
or is of another kind now, stands at once before the next that is left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from django.db.models import Count, F, QuerySet
from django.db.models.expressions import RawSQL

from potager.core import clock, store
from potager.core.bulk import update_rows
from potager.core.journal import from_us, to_us
from potager.evidence import arms
from potager.evidence.arms import Person
from potager.evidence.models import Experiment
from potager.journeys import live
from potager.journeys.ending import Ending, end_runs
from potager.journeys.graph import Definition, Step
from potager.journeys.models import Journey, JourneyVersion, Run
from potager.journeys.nodes.node import Here
from potager.journeys.parts import END
from potager.journeys.waits import MOVED, SHIFTED
from potager.journeys.walker import Knowing, walker_of

How = Literal["kept", "again", "now"]
T = TypeVar("T")
AT_ONCE = 1_000
# How many people of a step are looked at to say when its new wait lets them go.
LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Move:
    """Where people of one place go. kept: as they are; again: they rest anew, counted from when they came; now: they
    stand before the step at once."""

    to: str
    how: How


@dataclass(frozen=True, slots=True)
class Retimed:
    """Of the people of a changed wait who were looked at: who goes on at once, sooner and later than before."""

    looked_at: int = 0
    at_once: int = 0
    sooner: int = 0
    later: int = 0

    def plus(self, other: "Retimed") -> "Retimed":
        return Retimed(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


NOT_RETIMED = Retimed()


@dataclass(frozen=True, slots=True)
class Place:
    """Where people are: a version's step, resting in it or standing before it; `admitted` once they have entered."""

    version: int
    step: str
    waiting: bool
    admitted: bool

    def runs(self) -> QuerySet[Run]:
        here = Run.objects.filter(version_id=self.version, step=self.step, waiting=self.waiting, due_us__isnull=False)
        return here.exclude(arm="") if self.admitted else here.filter(arm="")


def places(journey: Journey) -> dict[Place, int]:
    """Where people inside are, and how many."""
    inside = Run.objects.filter(journey=journey, due_us__isnull=False)
    counted = inside.values("version_id", "step", "waiting", "arm").annotate(n=Count("id"))
    found: dict[Place, int] = {}
    for row in counted:
        place = Place(row["version_id"], row["step"], row["waiting"], row["arm"] != "")
        found[place] = found.get(place, 0) + row["n"]
    return found


def plan(old: Definition, new: Definition, place: Place) -> Move:
    """Where people of a place go when they move from one version to another. END when nothing is left of their way."""
    if not place.admitted:
        return Move(new.first, "kept" if old.lead == new.lead else "again")
    before, after = old.by_id.get(place.step), new.by_id.get(place.step)
    if after is None:
        return Move(successor(old, place.step, new), "now")
    if not place.waiting:
        return Move(place.step, "kept")
    if before is None or before.kind != after.kind:
        return Move(place.step, "now")
    again = after.node.retimed and before.node != after.node
    return Move(place.step, "again" if again else "kept")


def successor(old: Definition, step_id: str, new: Definition) -> str:
    """The next step after this one that still exists; END when none does."""
    seen: set[str] = set()
    while step_id not in new.by_id:
        step = old.by_id.get(step_id)
        if step is None or step_id in seen:
            return END
        seen.add(step_id)
        step_id = old.next_of(step)
    return step_id


def retimed(step: Step, new: Definition, place: Place, known: Knowing, now: datetime) -> Retimed:
    """When the people of a changed wait would go on. Of very many a part is looked at, drawn by their person keys."""
    runs = list(place.runs().order_by("person_key", "id")[:LOOKED_AT])
    walkers = [walker_of(run) for run in runs]
    for walker, run in zip(walkers, runs, strict=True):
        walker.waiting, walker.at = False, from_us(run.rest_us)
        walker.context[MOVED] = to_us(now)
    step.node.take(Here(step.id, new.next_of(step)), walkers, known, clock.zone())
    ends = [walker.at if walker.waiting else now for walker in walkers]
    before = [from_us(run.due_us or 0) for run in runs]
    pairs = list(zip(ends, before, strict=True))
    return Retimed(
        len(pairs),
        sum(end <= now < was for end, was in pairs),
        sum(now < end < was for end, was in pairs),
        sum(end > was and end > now for end, was in pairs),
    )


def move(journey: Journey, version: JourneyVersion, definition: Definition) -> None:
    """Pin everybody inside to a version. Must be called inside store.write, with the journal held."""
    found = places(journey)
    old = live.definitions_of({place.version for place in found})
    for place in found:
        if place.version != version.pk:
            _move(place, plan(old[place.version], definition, place), version, definition, old[place.version])


def shift(journey: Journey, by: timedelta) -> None:
    """Let everybody inside go on as if this span had not passed. Inside store.write, the journal held."""
    span, now = by // timedelta(microseconds=1), to_us(clock.now())
    found = places(journey)
    definitions = live.definitions_of({place.version for place in found})
    for place in found:
        step = definitions[place.version].by_id.get(place.step)
        runs = place.runs()
        if place.waiting and place.admitted and step is not None and step.node.retimed:
            # It rests anew, and the tick finds out until when: clock times stay clock times.
            runs.update(
                waiting=False,
                due_us=F("rest_us") + span,
                lease_until_us=0,
                context=_noting({MOVED: now, SHIFTED: span}),
            )
        elif place.waiting and place.admitted:
            # A task's time has gone on: whoever was asked was not paused.
            runs.update(context=_noting({SHIFTED: span}))
        else:
            runs.update(due_us=F("due_us") + span, lease_until_us=0, context=_noting({SHIFTED: span}))


def _move(place: Place, planned: Move, version: JourneyVersion, new: Definition, old: Definition) -> None:
    # Named once: who is changed below is not found by the place any more.
    ids = list(place.runs().values_list("id", flat=True))
    now = to_us(clock.now())
    for some in batches(ids):
        runs = Run.objects.filter(id__in=some)
        if planned.to == END:
            end(runs, "published")
            continue
        _draw_splits(runs, new)
        if planned.how == "now" and place.waiting and (before := old.by_id.get(place.step)) is not None:
            before.node.leave(some, place.step)
        runs.update(version=version, step=planned.to, lease_until_us=0, **_timing(place, planned, new, now))


def _timing(place: Place, planned: Move, new: Definition, now: int) -> dict[str, object]:
    """The columns that say when something happens next, and what it needs to know."""
    if not place.admitted:
        asks = new.filter is not None and (planned.how == "kept" or new.lead is None)
        return {"asks": asks} if planned.how == "kept" else {"asks": asks, "waiting": False, "due_us": now}
    asks = new.by_id[planned.to].node.asks
    if planned.how == "now":
        return {"asks": asks, "waiting": False, "due_us": now}
    if planned.how == "again":
        return {"asks": asks, "waiting": False, "due_us": F("rest_us"), "context": _noting({MOVED: now})}
    return {} if place.waiting else {"asks": asks}


def _noting(instants: Mapping[str, int]) -> RawSQL:
    """The context with these in it; spans are added to what was there."""
    sql, values = "context", []
    for key, value in instants.items():
        values.append(value)
        if store.is_postgres():
            known = f"COALESCE((context->>'{key}')::bigint, 0) + " if key == SHIFTED else ""
            sql = f"jsonb_set({sql}, '{{{key}}}', to_jsonb({known}%s::bigint))"
        else:
            known = f"COALESCE(json_extract(context, '$.\"{key}\"'), 0) + " if key == SHIFTED else ""
            sql = f"json_set({sql}, '$.\"{key}\"', {known}%s)"
    return RawSQL(sql, values)  # noqa: S611  (our own keys; the values are bound)


def _draw_splits(runs: QuerySet[Run], new: Definition) -> None:
    """Who has no arm in a split of the new version, or one it does not have, is drawn now."""
    splits = {step.id: {share.key for share in step.node.variants()} for step in new.steps if step.node.variants()}
    people = [run for run in runs if run.arm] if splits else []
    changed: dict[int, dict[str, str]] = {}
    for step_id, keys in splits.items():
        undrawn = [run for run in people if run.variants.get(step_id) not in keys]
        if not undrawn:
            continue
        experiment = Experiment.objects.get(key=live.split_key(new.key, step_id))
        treated = [Person(run.person_key, run.subject_id, from_us(run.entered_us)) for run in undrawn if not run.shadow]
        drawn = arms.draw(experiment, treated)
        allocation = experiment.allocations.order_by("-n")[0]
        for run in undrawn:
            arm = drawn.get(run.person_key)
            chosen = arm if arm in keys else arms.variant_of(allocation, run.person_key)
            changed.setdefault(run.pk, dict(run.variants))[step_id] = chosen
    update_rows(Run._meta.db_table, {"variants": "jsonb"}, list(changed.items()))


def end(runs: QuerySet[Run], reason: str) -> int:
    """End these runs now; returns how many."""
    now = clock.now()
    ids = list(runs.values_list("id", flat=True))
    for some in batches(ids):
        end_runs([Ending(run, now, reason) for run in Run.objects.filter(id__in=some).select_related("journey")])
    return len(ids)


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
