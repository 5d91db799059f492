"""What is live, held in memory: which events start, end or convert which journeys. Rebuilt when its stamp changes."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from potager.core import choices
from potager.evidence.models import Experiment
from potager.insight import catalogue
from potager.insight.match import Matcher, compile_matcher
from potager.journeys.graph import Definition, EventSpec, Trigger
from potager.journeys.models import Journey, JourneyVersion, State

STAMP = "journeys.stamp"
STOPPED = "journeys.all_stopped"
# How a staff task ended → what it means for the run that waits for it.
TASK_EVENTS = {"task_done": "done", "task_not_done": "not_done", "task_expired": "timeout"}


@dataclass(frozen=True, slots=True)
class Live:
    """A journey people can enter now, in its live version."""

    journey_id: int
    version_id: int
    definition: Definition
    experiment: Experiment
    splits: Mapping[str, Experiment]


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a live journey; `matches` tests the event where the trigger asks something of it."""

    live: Live
    trigger: Trigger
    matches: Matcher | None


@dataclass(frozen=True, slots=True)
class Board:
    """triggers: event type → ways in; closing: event types that may end, convert or wake a run; by_key: all live."""

    stamp: str
    triggers: Mapping[str, list[Way]]
    closing: frozenset[str]
    by_key: Mapping[str, Live]
    matchers: dict[str, Matcher]


_board: Board | None = None


def board() -> Board:
    """The board as of now; one small query when nothing changed."""
    global _board
    stamp = str(choices.get(STAMP, ""))
    if _board is None or _board.stamp != stamp:
        _board = _build(stamp)
    return _board


def touch_stamp() -> None:
    """Say that what is live has changed. A random mark, so that a rolled-back change is never taken for another."""
    choices.put(STAMP, secrets.token_hex(8))


def all_stopped() -> bool:
    return bool(choices.get(STOPPED, default=False))


def definitions_of(version_ids: Collection[int]) -> dict[int, Definition]:
    """The definitions of these versions. Content never changes, so it is read once per process."""
    hashes = dict(JourneyVersion.objects.filter(id__in=version_ids).values_list("id", "hash"))
    missing = [id_ for id_, digest in hashes.items() if digest not in _parsed]
    for version in JourneyVersion.objects.filter(id__in=missing):
        _parsed[version.hash] = Definition.model_validate(version.definition)
    return {id_: _parsed[digest] for id_, digest in hashes.items()}


_parsed: dict[str, Definition] = {}


def matcher(spec: EventSpec) -> Matcher:
    """The compiled test of an exit, a goal or a wait; kept while the board stands."""
    current = board()
    key = spec.model_dump_json()
    if key not in current.matchers:
        current.matchers[key] = compile_matcher(spec.event, spec.where, catalogue.load())
    return current.matchers[key]


def live_of(journey: Journey) -> Live:
    """A journey with its live version and experiments."""
    assert journey.live is not None
    definition = definitions_of([journey.live.pk])[journey.live.pk]
    experiments = {each.key: each for each in Experiment.objects.filter(key__startswith=experiment_key(journey.key))}
    return Live(
        journey.pk,
        journey.live.pk,
        definition,
        experiments[experiment_key(journey.key)],
        {step.id: experiments[split_key(journey.key, step.id)] for step in definition.steps if step.split},
    )


def experiment_key(journey: str) -> str:
    return f"journey:{journey}"


def split_key(journey: str, step: str) -> str:
    return f"journey:{journey}/{step}"


def _build(stamp: str) -> Board:
    triggers: dict[str, list[Way]] = defaultdict(list)
    by_key: dict[str, Live] = {}
    for journey in Journey.objects.filter(state=State.LIVE).select_related("live").order_by("key"):
        live = live_of(journey)
        by_key[journey.key] = live
        for trigger in live.definition.triggers:
            if (event := trigger.event_type) is not None:
                matches = compile_matcher(event, trigger.where, catalogue.load()) if trigger.where else None
                triggers[event].append(Way(live, trigger, matches))
    return Board(stamp, dict(triggers), _closing(), by_key, {})


def _closing() -> frozenset[str]:
    versions = JourneyVersion.objects.values_list("id", flat=True)
    types: set[str] = {"touch_dropped"}
    for definition in definitions_of(list(versions)).values():
        types.add(definition.goal.event)
        types.update(each.event for each in definition.exits)
        for step in definition.steps:
            if step.wait is not None and step.wait.or_event is not None:
                types.add(step.wait.or_event.event)
            if step.task is not None and step.task.wait:
                types.update(TASK_EVENTS)
    return frozenset(types)
