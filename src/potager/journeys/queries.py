"""Every read of journeys that is shown to somebody."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, When

from potager.core import clock
from potager.core.errors import NotFound
from potager.core.journal import to_us
from potager.journeys.models import Intake, Journey, JourneyVersion, Run, RunStep, State, Stuck
from potager.journeys.stuck import FILTER
from potager.org.access import Actor
from potager.people.queries import visible_to
from potager.touch.life import PENDING, REACHED
from potager.touch.life import State as TouchState
from potager.touch.models import Touch

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Traffic:
    """A journey's people: inside now, and of the last 30 days who entered and who of them converted."""

    inside: int = 0
    entered: int = 0
    converted: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A step's people: there now, passed, and ended there before the end of the journey."""

    here: int = 0
    passed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class OverdueStep:
    """People at a step whose time has come, and the earliest of these times in microseconds."""

    version: int
    step: str
    people: int
    oldest_us: int


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """Raw counts of one arm. reached and replied count runs with such a message; a control arm has none."""

    arm: str
    entered: int
    people: int
    reached: int
    replied: int
    converted: int


def journeys() -> QuerySet[Journey]:
    """All journeys, running ones first."""
    first = Case(When(state=State.LIVE, then=0), When(state=State.PAUSED, then=1), default=2)
    return Journey.objects.select_related("live").order_by(first, "key")


def written() -> dict[str, object]:
    """What every journey says, in its draft and in the versions people are or can get in, as "journey:<key>" →
    definitions: who uses which tag, audience or property."""
    running = journeys().exclude(state=State.STOPPED)
    found: dict[str, list[object]] = {f"journey:{row.key}": [row.draft] for row in running}
    for version in versions_in_use(running):
        found[f"journey:{version.journey.key}"].append(version.definition)
    return dict(found)


def versions_in_use(of: QuerySet[Journey]) -> QuerySet[JourneyVersion]:
    """The live versions of these journeys, and those somebody is still inside of, the newest first."""
    inside = Run.objects.filter(version=OuterRef("pk"), due_us__isnull=False)
    live = Q(pk=F("journey__live"))
    return JourneyVersion.objects.filter(live | Exists(inside), journey__in=of).select_related("journey").order_by("-n")


def stuck(journey: Journey) -> list[tuple[Stuck, int]]:
    """Where people cannot go on and why, with how many are due there; the longest first."""
    due = Run.objects.filter(journey=journey, due_us__lte=to_us(clock.now()))
    found = []
    for row in Stuck.objects.filter(version__journey=journey).select_related("version").order_by("since_us", "id"):
        there = due.filter(version=row.version)
        if row.place == FILTER:
            there = there.filter(arm="")
        elif row.place:
            there = there.filter(step=row.place.removeprefix("steps.")).exclude(arm="")
        if people := there.count():
            found.append((row, people))
    return found


def journey_of(key: str) -> Journey:
    """One journey, or NotFound."""
    found = Journey.objects.filter(key=key).select_related("live").first()
    if found is None:
        raise NotFound("旅程", "journey", key)
    return found


def version_of(journey: Journey, n: int) -> JourneyVersion:
    found = journey.versions.filter(n=n).first()
    if found is None:
        raise NotFound("旅程版本", "journey version", n)
    return found


def traffic() -> dict[int, Traffic]:
    """By journey id. Runs whose entry was refused, or is still ahead, are nobody's entry."""
    since = to_us(clock.now() - RECENT)
    rows = (
        Run.objects.exclude(arm="")
        .values("journey_id")
        .annotate(
            inside=Count("id", filter=Q(due_us__isnull=False)),
            entered=Count("id", filter=Q(entered_us__gte=since)),
            converted=Count("id", filter=Q(entered_us__gte=since, converted_us__isnull=False)),
        )
    )
    return {row["journey_id"]: Traffic(row["inside"], row["entered"], row["converted"]) for row in rows}


def ahead(journey: Journey) -> int:
    """People who will enter when their lead is over."""
    return Run.objects.filter(journey=journey, arm="", due_us__isnull=False).count()


def left_early(run_ids: Collection[int]) -> set[int]:
    """Those of these runs that ended before their way was over, or reached their goal: nothing more is to be said."""
    early = Q(ended_us__isnull=False) & ~Q(end_reason="done")
    rows = Run.objects.filter(early | Q(converted_us__isnull=False), id__in=run_ids)
    return set(rows.values_list("id", flat=True))


def places(journey: Journey) -> Mapping[str, Place]:
    """People by step over all versions: step ids are stable. Control and holdout people are not counted."""
    mine = Run.objects.filter(journey=journey, shadow=False).exclude(arm="")
    here = dict(mine.filter(due_us__isnull=False).values_list("step").annotate(n=Count("id")))
    over = Q(end_reason__startswith="exit:") | Q(end_reason__startswith="policy:") | Q(end_reason="stopped")
    dropped = dict(mine.filter(over, ended_us__isnull=False).values_list("step").annotate(n=Count("id")))
    passed = dict(
        RunStep.objects.filter(run__journey=journey, run__shadow=False).values_list("step").annotate(n=Count("id"))
    )
    steps = here.keys() | dropped.keys() | passed.keys()
    return {step: Place(here.get(step, 0), passed.get(step, 0), dropped.get(step, 0)) for step in steps}


def overdue(journey: Journey) -> list[OverdueStep]:
    """Who is due by now, by version and step; the longest first."""
    due = Run.objects.filter(journey=journey, due_us__lte=to_us(clock.now()))
    counted = due.values_list("version_id", "step").annotate(n=Count("id"), oldest=Min("due_us")).order_by("oldest")
    return [OverdueStep(*row) for row in counted]


def version_results(journey: Journey) -> list[tuple[int, ArmCounts]]:
    """By version, the newest first, and arm. A passage counts for the version it is in: of who moved, the later."""
    versions = dict(journey.versions.order_by("-n").values_list("id", "n"))
    return [(n, counts) for id_, n in versions.items() for counts in results(journey, version=id_)]


def results(journey: Journey, version: int | None = None) -> list[ArmCounts]:
    """By arm, untreated last; of one version (its id), or of all."""
    runs = Run.objects.filter(journey=journey).exclude(arm="")
    touched = Touch.objects.filter(journey=journey.key, shadow=False)
    if version is not None:
        runs = runs.filter(version=version)
        touched = touched.filter(run_id__in=runs.values("id"))
    rows = (
        runs.values("arm")
        .annotate(
            entered=Count("id"),
            people=Count("person_key", distinct=True),
            converted=Count("id", filter=Q(converted_us__isnull=False)),
        )
        .order_by("-arm")
    )
    runs_with = touched.values("arm").annotate(n=Count("run_id", distinct=True))
    reached = dict(runs_with.filter(state__in=list(REACHED)).values_list("arm", "n"))
    replied = dict(runs_with.filter(state=TouchState.REPLIED).values_list("arm", "n"))
    return [
        ArmCounts(
            row["arm"],
            row["entered"],
            row["people"],
            reached.get(row["arm"], 0),
            replied.get(row["arm"], 0),
            row["converted"],
        )
        for row in rows
    ]


def runs(
    actor: Actor, *, journey: Journey | None = None, cid: int | None = None, step: str = "", state: str = ""
) -> QuerySet[Run]:
    """Passages of customers the actor may see, newest first.

    state  ahead: will enter when their lead is over; inside, over, converted are of those who entered
    """
    rows = Run.objects.filter(subject_kind="customer")
    if journey is not None:
        rows = rows.filter(journey=journey)
    if cid is not None:
        rows = rows.filter(subject_id=cid)
    if step:
        rows = rows.filter(step=step)
    if state == "ahead":
        rows = rows.filter(arm="", due_us__isnull=False)
    elif state == "inside":
        rows = rows.filter(due_us__isnull=False).exclude(arm="")
    elif state == "over":
        rows = rows.filter(due_us__isnull=True).exclude(arm="")
    elif state == "converted":
        rows = rows.filter(converted_us__isnull=False)
    if not actor.sees_all:
        rows = rows.filter(subject_id__in=visible_to(actor).values("id"))
    return rows.select_related("journey", "version").order_by("-entered_us", "-id")


def run_of(actor: Actor, run_id: int) -> Run:
    """One passage the actor may see, or NotFound."""
    found = runs(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound("旅程记录", "journey passage", run_id)
    return found


def passages(run: Run) -> QuerySet[RunStep]:
    return RunStep.objects.filter(run=run).order_by("visit")


def touches(run: Run) -> QuerySet[Touch]:
    return Touch.objects.filter(run_id=run.pk).order_by("visit", "part").prefetch_related("marks")


def unsent(journey: Journey) -> dict[str, int]:
    """Messages of people inside that are decided and not handed over yet, by step."""
    inside = Run.objects.filter(journey=journey, due_us__isnull=False)
    waiting = Touch.objects.filter(
        journey=journey.key, shadow=False, state__in=[*PENDING, TouchState.QUEUED], run_id__in=inside.values("id")
    )
    return dict(waiting.values_list("step").annotate(n=Count("id")).order_by("step"))


def late(journey: Journey, loaded_seq: int) -> int:
    """People whose next step waits until the warehouse knows what caused it."""
    due = Run.objects.filter(journey=journey, due_us__lte=to_us(clock.now()), asks=True)
    return due.filter(cause_seq__gt=loaded_seq).count()


def intakes(journey: Journey) -> list[Intake]:
    """Many people on their way in, the newest first: those under way, and those of the last day that are over."""
    rows = Intake.objects.filter(journey=journey).defer("members").order_by("-id")
    since = to_us(clock.now() - timedelta(days=1))
    return list(rows.filter(Q(state__in=[Intake.State.CHOOSING, Intake.State.RUNNING]) | Q(at_us__gte=since))[:10])


def refused(journey: Journey) -> list[tuple[str, int]]:
    """Entries of the last 30 days that limits and groups refused, as (reason, how many), the most frequent first."""
    rows = Run.objects.filter(journey=journey, arm="", end_reason__startswith="limit:")
    recent = rows.filter(entered_us__gte=to_us(clock.now() - RECENT)).values_list("end_reason")
    return list(recent.annotate(n=Count("id")).order_by("-n", "end_reason"))
