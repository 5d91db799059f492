"""How many journeys a person may be in, how many they may enter in a span of time, and which exclude each other.

The order of facts is held wherever somebody enters, so whoever is counted here stays counted: the limits are exact.
People who are left alone for comparison count like all others, or the two arms would not be alike.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from potager.core import choices
from potager.core.errors import Problem
from potager.core.journal import to_us
from potager.journeys import live
from potager.journeys.ending import Ending
from potager.journeys.graph import KINDS, Definition
from potager.journeys.models import Run, RunStep
from potager.journeys.nodes.node import Acting
from potager.journeys.parts import EntryLimits
from potager.journeys.times import span
from potager.org import audit
from potager.org.access import Actor

SETTING = "journeys.limits"
AT_ONCE, ENTRIES, GROUP = "limit:at_once", "limit:entries", "limit:group"
REASONS = (AT_ONCE, ENTRIES, GROUP)
_ACTING = frozenset(kind for kind, node in KINDS.items() if issubclass(node, Acting))


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody about to enter. `key` is the caller's own name for them."""

    key: int
    cid: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Screened:
    """What becomes of applicants.

    refused     key → reason
    giving_way  passages through less urgent journeys of the group that had done nothing yet
    """

    refused: Mapping[int, str]
    giving_way: Sequence[Ending]


@dataclass(slots=True)
class _Standing:
    """Where a person is and what they entered: open runs, and the instants of entries in microseconds."""

    inside: list[Run] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)


def of_house() -> EntryLimits:
    return EntryLimits.model_validate(choices.get(SETTING, {}))


def set_of_house(actor: Actor, limits: EntryLimits) -> None:
    """What holds for journeys that say nothing of their own. Must be called inside store.write."""
    choices.put(SETTING, limits.model_dump(mode="json", exclude_defaults=True))
    audit.record(actor, "journey.limits", "journeys", limits.model_dump(mode="json", exclude_none=True))


def of_journey(definition: Definition) -> EntryLimits:
    """The journey's own limits, and the house's where it says nothing."""
    house, own = of_house(), definition.limits or EntryLimits()
    by_own = own if own.entries is not None else house
    return EntryLimits(
        at_once=own.at_once if own.at_once is not None else house.at_once,
        entries=by_own.entries,
        within=by_own.within,
    )


def screen(entering: live.Live, applicants: Sequence[Applicant]) -> Screened:
    """Who may not enter, and who gives way. The journal must be held; whoever is not refused must enter in this
    transaction, and those who give way be ended after that.
    """
    definition = entering.definition
    limits = of_journey(definition)
    if not applicants or not (limits.at_once or limits.entries or definition.group):
        return Screened({}, [])
    standing = _standing({each.cid for each in applicants}, _since(limits, applicants))
    inside = [run for person in standing.values() for run in person.inside]
    others = live.definitions_of({run.version_id for run in inside})
    acted = _acted(inside) if definition.group else set()
    refused: dict[int, str] = {}
    endings: list[Ending] = []
    for each in sorted(applicants, key=lambda each: (each.at, each.key)):
        person = standing[each.cid]
        rivals = _rivals(entering, person, others)
        if any(others[run.version_id].priority >= definition.priority or run.pk in acted for run in rivals):
            refused[each.key] = GROUP
            continue
        staying = [run for run in person.inside if run not in rivals]
        if reason := _over(entering, limits, staying, person.entries, to_us(each.at)):
            refused[each.key] = reason
            continue
        endings += [Ending(run, each.at, f"displaced:{definition.key}") for run in rivals]
        person.inside = [*staying, Run(journey_id=entering.journey_id, version_id=entering.version_id)]
        person.entries.append(to_us(each.at))
        others = {**others, entering.version_id: definition}
    return Screened(refused, endings)


def why(reason: str, place: str) -> Problem:
    """What is said to whoever wanted somebody in."""
    zh, en = {
        AT_ONCE: ("这位客户同时所在的旅程已达上限", "The customer is in as many journeys as one may be in at once"),
        ENTRIES: ("这位客户最近进入的旅程已达上限", "The customer has entered as many journeys lately as one may"),
        GROUP: ("这位客户正在同组的另一个旅程里", "The customer is in another journey of the same group"),
    }[reason]
    return Problem(f"journey.{reason.replace(':', '_')}", zh=zh, en=en, place=place)


def _since(limits: EntryLimits, applicants: Sequence[Applicant]) -> int:
    return to_us(min(each.at for each in applicants) - span(limits.within))


def _standing(cids: Collection[int], since: int) -> Mapping[int, _Standing]:
    found: dict[int, _Standing] = defaultdict(_Standing)
    rows = Run.objects.filter(subject_kind="customer", subject_id__among=cids).exclude(arm="")
    for run in rows.filter(ended_us=None).select_related("journey").order_by("id"):
        found[run.subject_id].inside.append(run)
    for cid, at in rows.filter(entered_us__gt=since).values_list("subject_id", "entered_us"):
        found[cid].entries.append(at)
    return found


def _acted(runs: Sequence[Run]) -> set[int]:
    """Those that have done something for their person."""
    rows = RunStep.objects.filter(run_id__among=[run.pk for run in runs], kind__in=_ACTING)
    return set(rows.values_list("run_id", flat=True))


def _rivals(entering: live.Live, person: _Standing, others: Mapping[int, Definition]) -> list[Run]:
    """Open passages of the person through other journeys of the group."""
    group = entering.definition.group
    if group is None:
        return []
    return [
        run for run in person.inside if run.journey_id != entering.journey_id and others[run.version_id].group == group
    ]


def _over(entering: live.Live, limits: EntryLimits, inside: Sequence[Run], entries: Sequence[int], at: int) -> str:
    """Which limit would be exceeded, "" where none."""
    elsewhere = {run.journey_id for run in inside} - {entering.journey_id}
    if limits.at_once and len(elsewhere) >= limits.at_once:
        return AT_ONCE
    since = at - span(limits.within) // timedelta(microseconds=1)
    return ENTRIES if limits.entries and sum(each > since for each in entries) >= limits.entries else ""
