"""Publishing a draft as the live version; pausing, resuming, stopping."""

from typing import Literal

from django.db.models import Max

from potager.core import choices, clock, journal
from potager.core.errors import Conflict, Problem
from potager.evidence import arms
from potager.journeys import checks, hurry, intakes, live, moving
from potager.journeys.graph import Definition
from potager.journeys.impact import draft_of
from potager.journeys.models import Journey, JourneyVersion, Run, State
from potager.org import audit
from potager.org.access import Actor

Choice = Literal["finish", "move", "exit"]
Overdue = Literal["late", "shift"]


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
    journey.live, journey.draft, journey.state, journey.paused_at = version, None, State.LIVE, None
    journey.name, journey.name_en, journey.updated_at = definition.name, definition.name_en, clock.now()
    journey.save()
    others = Run.objects.filter(journey=journey, due_us__isnull=False).exclude(version=version)
    if choice == "exit":
        moving.end(others, "published")
    elif choice == "move":
        moving.move(journey, version, definition)
    hurry.tick()
    live.touch_stamp()
    detail = {"version": version.n, "before": before, "people": choice}
    audit.record(actor, "journey.publish", f"journey:{journey.key}", detail)
    return version


def pause(actor: Actor, journey: Journey) -> None:
    """Nobody enters and nobody moves; exits and conversions still count."""
    journey.paused_at = clock.now()
    _turn(actor, journey, State.LIVE, State.PAUSED, "journey.pause")


def resume(actor: Actor, journey: Journey, overdue: Overdue = "late") -> None:
    """Go on after a pause.

    late   what became due is done now as of its own time: messages whose validity has passed are not sent
    shift  the pause did not count: everybody goes on as if it had not been
    """
    paused_at, journey.paused_at = journey.paused_at, None
    _turn(actor, journey, State.PAUSED, State.LIVE, "journey.resume", overdue=overdue)
    if overdue == "shift" and paused_at is not None:
        moving.shift(journey, clock.now() - paused_at)
    hurry.tick()
    intakes.proceed(journey)


def stop(actor: Actor, journey: Journey) -> int:
    """End the journey for everybody inside; returns how many that were."""
    journal.hold()
    if journey.state not in {State.LIVE, State.PAUSED}:
        raise _wrong_state(journey)
    intakes.call_off(journey)
    ended = moving.end(Run.objects.filter(journey=journey, due_us__isnull=False), "stopped")
    journey.state, journey.updated_at = State.STOPPED, clock.now()
    journey.save(update_fields=["state", "updated_at"])
    live.touch_stamp()
    audit.record(actor, "journey.stop", f"journey:{journey.key}", {"people": ended})
    return ended


def stop_all(actor: Actor, *, stopped: bool) -> None:
    """The big switch: while it is on no run of any journey moves. People still enter, and wait."""
    choices.put(live.STOPPED, stopped)
    if not stopped:
        hurry.tick()
    audit.record(actor, "journey.stop_all" if stopped else "journey.resume_all", "journeys")


def _turn(actor: Actor, journey: Journey, frm: State, to: State, action: str, **detail: object) -> None:
    journal.hold()
    if journey.state != frm:
        raise _wrong_state(journey)
    journey.state, journey.updated_at = to, clock.now()
    journey.save(update_fields=["state", "updated_at", "paused_at"])
    live.touch_stamp()
    audit.record(actor, action, f"journey:{journey.key}", detail)


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
