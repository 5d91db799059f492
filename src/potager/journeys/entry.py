"""Entering a journey: one run per key, arms drawn once, set-wise and inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from potager.core.bulk import insert_rows
from potager.core.journal import to_us
from potager.evidence import arms
from potager.evidence.arms import Person
from potager.journeys import hurry, limits
from potager.journeys.ending import Ending, end_runs
from potager.journeys.gaps import give_back
from potager.journeys.graph import Definition
from potager.journeys.live import Live
from potager.journeys.models import JourneySubject, Run
from potager.journeys.parts import Json
from potager.journeys.times import span
from potager.people.models import Customer


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody about to enter: under which key, when, because of which journal entry, and what it said."""

    cid: int
    entry_key: str
    at: datetime
    seq: int
    context: Json


@dataclass(frozen=True, slots=True)
class Drawn:
    arm: str
    variants: Mapping[str, str]


def enter(live: Live, candidates: Sequence[Candidate]) -> list[int]:
    """Start the runs that may start; returns their ids. A key used before starts nothing.

    The journal must be held: what is read here stays as it is.
    """
    people = dict(
        Customer.objects.filter(id__among={each.cid for each in candidates}, state="live").values_list(
            "id", "person_key"
        )
    )
    able: Sequence[Candidate] = [each for each in candidates if each.cid in people]
    if live.definition.gap is not None:
        able = _keeping_gap(live, _with_new_key(live, able))
    # With a lead or a filter the person enters later, if at all: the tick asks for limits and draws the arm then.
    giving_way: Sequence[Ending] = ()
    if not enters_later(live.definition):
        able, giving_way = _within_limits(live, able, people)
    drawn = {} if enters_later(live.definition) else draw(live, [Person(people[c.cid], c.cid, c.at) for c in able])
    rows = insert_rows(
        Run._meta.db_table,
        _COLUMNS,
        [_row(live, each, people[each.cid], drawn.get(people[each.cid])) for each in able],
        on_conflict="ON CONFLICT DO NOTHING",
        returning=("id",),
    )
    # Only now: what hears of their leaving finds the new ones inside.
    end_runs(giving_way)
    if rows:
        hurry.tick()
    return [int(str(row[0])) for row in rows]


def _within_limits(
    live: Live, able: Sequence[Candidate], people: Mapping[int, str]
) -> tuple[Sequence[Candidate], Sequence[Ending]]:
    """Those whom limits and groups let in, and who gives way to them; who was refused, and why, is kept as a passage
    that never began."""
    fresh = _with_new_key(live, able)
    screened = limits.screen(live, [limits.Applicant(n, each.cid, each.at) for n, each in enumerate(fresh)])
    if screened.refused:
        rows = [_refused_row(live, fresh[n], people[fresh[n].cid], reason) for n, reason in screened.refused.items()]
        ids = insert_rows(Run._meta.db_table, _COLUMNS, rows, on_conflict="ON CONFLICT DO NOTHING", returning=("id",))
        give_back(list(Run.objects.filter(id__in=[int(str(row[0])) for row in ids])))
    return [each for n, each in enumerate(fresh) if n not in screened.refused], screened.giving_way


def refused_key(entry_key: str, mark: int) -> str:
    """The name of an entry that was refused: the name itself stays free for another try."""
    return f"{entry_key[:90]}~{mark}"


def enters_later(definition: Definition) -> bool:
    """Whether something stands between the event and the entry."""
    return definition.filter is not None or definition.lead is not None


def draw(live: Live, persons: Sequence[Person]) -> dict[str, Drawn]:
    """person_key → arm and variants. Untreated people follow the variant they would have had, unassigned."""
    if not persons:
        return {}
    drawn = arms.draw(live.experiment, persons)
    treated = [person for person in persons if drawn[person.person_key] not in arms.UNTREATED]
    variants: dict[str, dict[str, str]] = {person.person_key: {} for person in persons}
    for step, experiment in live.splits.items():
        assigned = arms.draw(experiment, treated)
        allocation = experiment.allocations.order_by("-n")[0]
        for key, chosen in variants.items():
            chosen[step] = assigned.get(key) or arms.variant_of(allocation, key)
    return {key: Drawn(arm, variants[key]) for key, arm in drawn.items()}


_COLUMNS = {
    "journey_id": "bigint",
    "version_id": "bigint",
    "subject_kind": "text",
    "subject_id": "bigint",
    "entry_key": "text",
    "person_key": "text",
    "arm": "text",
    "shadow": "boolean",
    "variants": "jsonb",
    "context": "jsonb",
    "step": "text",
    "waiting": "boolean",
    "rest_us": "bigint",
    "visit": "integer",
    "due_us": "bigint",
    "asks": "boolean",
    "cause_seq": "bigint",
    "entered_us": "bigint",
    "ended_us": "bigint",
    "end_reason": "text",
    "lease_until_us": "bigint",
}


def _row(live: Live, each: Candidate, person_key: str, drawn: Drawn | None) -> tuple[object, ...]:
    at = to_us(each.at)
    return (
        live.journey_id,
        live.version_id,
        "customer",
        each.cid,
        each.entry_key,
        person_key,
        drawn.arm if drawn else "",
        drawn is not None and drawn.arm in arms.UNTREATED,
        dict(drawn.variants) if drawn else {},
        each.context,
        live.definition.first,
        False,
        0,
        0,
        at,
        live.definition.filter is not None and live.definition.lead is None,
        each.seq,
        at,
        None,
        "",
        0,
    )


def _refused_row(live: Live, each: Candidate, person_key: str, reason: str) -> tuple[object, ...]:
    row = dict(zip(_COLUMNS, _row(live, each, person_key, None), strict=True))
    row |= {
        "entry_key": refused_key(each.entry_key, each.seq),
        "due_us": None,
        "asks": False,
        "ended_us": to_us(each.at),
        "end_reason": reason,
    }
    return tuple(row.values())


def _with_new_key(live: Live, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose key was not used before: only who starts uses up the gap."""
    used = set(
        Run.objects.filter(
            journey_id=live.journey_id, subject_kind="customer", subject_id__among={each.cid for each in candidates}
        ).values_list("subject_id", "entry_key")
    )
    return [each for each in candidates if (each.cid, each.entry_key) not in used]


def _keeping_gap(live: Live, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose last entry is at least the gap ago. The row of (journey, subject) is locked by being written."""
    gap = span(live.definition.gap or "0m") // timedelta(microseconds=1)
    table = JourneySubject._meta.db_table
    kept: list[Candidate] = []
    queue = sorted(candidates, key=lambda each: (each.at, each.seq))
    while queue:
        # One statement can touch a row once: each round asks for the earliest candidate of each person.
        first: dict[int, Candidate] = {}
        later: list[Candidate] = []
        for each in queue:
            if each.cid in first:
                later.append(each)
            else:
                first[each.cid] = each
        granted = insert_rows(
            table,
            {"journey_id": "bigint", "subject_kind": "text", "subject_id": "bigint", "last_entry_us": "bigint"},
            [(live.journey_id, "customer", cid, to_us(each.at)) for cid, each in first.items()],
            on_conflict=(
                "ON CONFLICT (journey_id, subject_kind, subject_id) "
                "DO UPDATE SET last_entry_us = excluded.last_entry_us "
                f'WHERE excluded.last_entry_us >= "{table}".last_entry_us + {gap}'
            ),
            returning=("subject_id",),
        )
        kept += [first[int(str(row[0]))] for row in granted]
        queue = later
    return kept
