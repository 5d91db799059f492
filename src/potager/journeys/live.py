"""What is live, held in memory: which events start, end or convert which journeys. Rebuilt when its stamp changes."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from potager.core import choices, clock
from potager.core.errors import Problem
from potager.evidence.models import Experiment
from potager.insight import catalogue
from potager.insight.match import Matcher, compile_matcher
from potager.journeys.graph import Definition
from potager.journeys.models import Journey, JourneyVersion, State
from potager.journeys.parts import EventSpec
from potager.journeys.times import span
from potager.journeys.triggers.trigger import Heard, Timed

STAMP = "journeys.stamp"
STOPPED = "journeys.all_stopped"


@dataclass(frozen=True, slots=True)
class Live:
    """A journey people can enter now, in its live version. One about staff has no experiment."""

    journey_id: int
    version_id: int
    definition: Definition
    experiment: Experiment | None
    splits: Mapping[str, Experiment]


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a live journey; `matches` tests the event where the trigger asks something of it.

    fresh  the age at which an event starts nothing any more
    """

    live: Live
    trigger: Heard
    fresh: timedelta
    matches: Matcher | None


@dataclass(frozen=True, slots=True)
class Board:
    """triggers: event type → ways in; closing: event types that may end, convert or wake a run; by_key: all live.

    slots     type of fact → ways in of the calendar into whose open slots it may put somebody
    window    the longest time after an entry in which an event may still convert
    matchers  compiled tests; None for one that asks about what is no more, which matches nothing
    """

    stamp: str
    triggers: Mapping[str, list[Way]]
    slots: Mapping[str, list[tuple[Live, Timed]]]
    closing: frozenset[str]
    by_key: Mapping[str, Live]
    window: timedelta
    matchers: dict[str, Matcher | None]


# What could not be compiled is tried again after this time: nobody says when it is cured.
_RETRY = timedelta(minutes=1)
_board: Board | None = None
_broken_at: datetime | None = None


def board() -> Board:
    """The board as of now; one small query when nothing changed."""
    global _board, _broken_at
    stamp = str(choices.get(STAMP, ""))
    retry = _broken_at is not None and clock.wall() - _broken_at >= _RETRY
    if _board is None or _board.stamp != stamp or retry:
        _broken_at = None
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


def matcher(spec: EventSpec) -> Matcher | None:
    """The compiled test of an exit, a goal or a wait; kept while the board stands. None when it cannot be asked."""
    current = board()
    key = spec.model_dump_json()
    if key not in current.matchers:
        current.matchers[key] = _compiled(spec)
    return current.matchers[key]


def _compiled(spec: EventSpec) -> Matcher | None:
    """None when what it asks about is gone or of another kind: facts are accepted whatever journeys say. The page of
    the journey shows what is wrong."""
    global _broken_at
    try:
        return compile_matcher(spec.event, spec.where, catalogue.load())
    except Problem:
        _broken_at = clock.wall()
        return None


def live_of(journey: Journey) -> Live:
    """A journey with its live version and experiments."""
    assert journey.live is not None
    return _in_version(journey, journey.live.pk)


def pinned(version_id: int) -> Live:
    """The journey of a version as that version says, live or not."""
    return _in_version(Journey.objects.get(versions=version_id), version_id)


def _in_version(journey: Journey, version_id: int) -> Live:
    definition = definitions_of([version_id])[version_id]
    experiments = {each.key: each for each in Experiment.objects.filter(key__startswith=experiment_key(journey.key))}
    return Live(
        journey.pk,
        version_id,
        definition,
        experiments.get(experiment_key(journey.key)),
        {step.id: experiments[split_key(journey.key, step.id)] for step in definition.steps if step.node.variants()},
    )


def experiment_key(journey: str) -> str:
    return f"journey:{journey}"


def split_key(journey: str, step: str) -> str:
    return f"journey:{journey}/{step}"


def _build(stamp: str) -> Board:
    triggers: dict[str, list[Way]] = defaultdict(list)
    slots: dict[str, list[tuple[Live, Timed]]] = defaultdict(list)
    by_key: dict[str, Live] = {}
    for journey in Journey.objects.filter(state=State.LIVE).select_related("live").order_by("key"):
        live = live_of(journey)
        by_key[journey.key] = live
        for event, way in ways_into(live):
            triggers[event].append(way)
        for trigger in live.definition.triggers:
            if isinstance(trigger, Timed):
                for heard in trigger.HEARS:
                    slots[heard].append((live, trigger))
    every = definitions_of(list(JourneyVersion.objects.values_list("id", flat=True))).values()
    window = timedelta(days=max((each.window for each in every), default=0))
    return Board(stamp, dict(triggers), dict(slots), _closing(every), by_key, window, {})


def ways_into(live: Live) -> Iterator[tuple[str, Way]]:
    """The ways in that events open, each with the type of its event; those that ask about what is no more left out."""
    for trigger in live.definition.triggers:
        if isinstance(trigger, Heard):
            spec = trigger.spec()
            matches = _compiled(spec) if spec.where else None
            if matches is not None or not spec.where:
                yield spec.event, Way(live, trigger, span(trigger.fresh), matches)


def _closing(definitions: Collection[Definition]) -> frozenset[str]:
    types: set[str] = {"touch_dropped"}
    for definition in definitions:
        types.add(definition.goal.event)
        types.update(each.event for each in definition.exits)
        for step in definition.steps:
            types.update(step.node.rest_ends())
    return frozenset(types)
