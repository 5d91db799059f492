"""Entering after a lead or through a filter: a person has entered only then, and only then is the arm drawn."""

from collections.abc import Sequence
from datetime import datetime

from potager.core import clock, journal, store
from potager.core.bulk import update_rows
from potager.core.errors import Problem
from potager.core.journal import from_us, to_us
from potager.core.store import Lane
from potager.evidence import arms
from potager.evidence.arms import Person
from potager.journeys import entry, limits, live, stuck
from potager.journeys.ending import end_runs
from potager.journeys.gaps import give_back
from potager.journeys.graph import Definition
from potager.journeys.limits import Applicant
from potager.journeys.models import Run
from potager.journeys.nodes.wait import Arrival
from potager.journeys.parts import Json
from potager.journeys.waits import product_of
from potager.journeys.walker import Knowing, by_time

REFUSED = "not_eligible"


def admit(version_id: int, runs: Sequence[Run], known: Knowing, lease: int) -> int:
    """Let those in whose lead is over and for whom the filter holds; returns how many runs were looked at.

    Those refused leave their key and their gap free, to try again with another event.
    """
    pinned = live.pinned(version_id)
    definition = pinned.definition
    early = [run for run in runs if definition.lead is not None and not run.waiting]
    ready = [run for run in runs if definition.lead is None or run.waiting]
    asked = definition.filter is not None
    due = _after_lead(definition, early, known) if early else {}
    unasked = [run for run in ready if asked and run.cause_seq > known.loaded_seq]
    ready = [run for run in ready if not asked or run.cause_seq <= known.loaded_seq]
    passing, problem = _passing(definition.filter, ready, known)
    with store.write(Lane.TICK):
        journal.hold()
        held = set(
            Run.objects.select_for_update()
            .filter(id__among=[run.pk for run in runs], lease_until_us=lease, due_us__isnull=False)
            .values_list("id", flat=True)
        )
        _rest(
            [(run, due[run.pk], asked) for run in early if run.pk in held]
            + [(run, run.due_us or run.entered_us, True) for run in unasked if run.pk in held]
        )
        if ready:
            _settle(version_id, [run for run in ready if run.pk in held], problem)
        if problem is None:
            _admit(pinned, [run for run in ready if run.pk in held and run.pk in passing])
            _refuse([(run, REFUSED) for run in ready if run.pk in held and run.pk not in passing])
    return len(held)


def _admit(pinned: live.Live, runs: Sequence[Run]) -> None:
    """Let in those whom limits and groups let in."""
    screened = limits.screen(pinned, [Applicant(run.pk, run.subject_id, _enters(run)) for run in runs])
    _let_in(pinned, [run for run in runs if run.pk not in screened.refused])
    _refuse([(run, screened.refused[run.pk]) for run in runs if run.pk in screened.refused])
    end_runs(screened.giving_way)


def _settle(version_id: int, ready: Sequence[Run], problem: Problem | None) -> None:
    """While the filter cannot be asked, those who stand before it wait."""
    if problem is None:
        stuck.settle(version_id, {}, {stuck.FILTER, stuck.VERSION})
        return
    until = stuck.settle(version_id, {stuck.FILTER: problem}, {stuck.VERSION})[stuck.FILTER]
    Run.objects.filter(id__among=[run.pk for run in ready]).update(lease_until_us=until)


def _after_lead(definition: Definition, runs: Sequence[Run], known: Knowing) -> dict[int, int]:
    assert definition.lead is not None
    lives = known.life_days({product for run in runs if (product := product_of(run.context))})
    zone = clock.zone()
    ends = {}
    for run in runs:
        at = from_us(run.entered_us)
        # A run that was moved to another version is due from the move on: nobody enters before it.
        over = definition.lead.ends(Arrival(at, at, zone, run.context, lives))
        ends[run.pk] = max(run.due_us or 0, to_us(over))
    return ends


def _passing(condition: Json | None, runs: Sequence[Run], known: Knowing) -> tuple[set[int], Problem | None]:
    """The runs the filter holds for; and what is wrong with it when it cannot be asked."""
    if condition is None:
        return {run.pk for run in runs}, None
    passing: set[int] = set()
    try:
        for together, as_of in by_time(runs, key=_enters):
            holding = known.holds(condition, {run.subject_id for run in together}, as_of)
            passing |= {run.pk for run in together if run.subject_id in holding}
    except Problem as problem:
        return set(), problem
    return passing, None


def _enters(run: Run) -> datetime:
    return from_us(run.due_us or run.entered_us)


def _rest(rows: Sequence[tuple[Run, int, bool]]) -> None:
    update_rows(
        Run._meta.db_table,
        {"waiting": "boolean", "due_us": "bigint", "asks": "boolean", "lease_until_us": "bigint"},
        [(run.pk, True, due, asks, 0) for run, due, asks in rows],
    )


def _let_in(pinned: live.Live, runs: Sequence[Run]) -> None:
    persons = [Person(run.person_key, run.subject_id, _enters(run)) for run in runs]
    drawn = entry.draw(pinned, persons)
    rows = []
    for run in runs:
        one = drawn[run.person_key]
        shadow = one.arm in arms.UNTREATED
        rows.append((run.pk, one.arm, shadow, dict(one.variants), run.due_us, False, False, 0))
    update_rows(
        Run._meta.db_table,
        {
            "arm": "text",
            "shadow": "boolean",
            "variants": "jsonb",
            "entered_us": "bigint",
            "waiting": "boolean",
            "asks": "boolean",
            "lease_until_us": "bigint",
        },
        rows,
    )


def _refuse(refused: Sequence[tuple[Run, str]]) -> None:
    update_rows(
        Run._meta.db_table,
        {
            "due_us": "bigint",
            "ended_us": "bigint",
            "end_reason": "text",
            "entry_key": "text",
            "lease_until_us": "bigint",
        },
        [
            (run.pk, None, run.entered_us, reason, entry.refused_key(run.entry_key, run.pk), 0)
            for run, reason in refused
        ],
    )
    give_back([run for run, _ in refused])
