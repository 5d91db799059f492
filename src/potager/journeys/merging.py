"""When two customers turn out to be one person, their runs become that person's; when they part again, so do the runs.

A run belongs to the customer who bears its person_key, or to whom that customer was merged into.
"""

from collections.abc import Sequence

from potager.core import clock
from potager.core.bulk import update_rows
from potager.core.journal import Entry
from potager.evidence import arms
from potager.journeys.ending import Ending, end_runs
from potager.journeys.models import Run
from potager.people.models import Customer


def follow(entries: Sequence[Entry]) -> None:
    """Called with entries of customers that were merged, or are whole again: each takes its runs along."""
    changed = {entry.fact.cid for entry in entries if entry.fact.cid is not None}
    merged = {entry.fact.cid for entry in entries if entry.fact.body.get("state") == "merged"}
    if not changed:
        return
    if merged:
        _unify_arms({cid for cid in merged if cid is not None})
    homes = {
        customer.person_key: customer.merged_into_id or customer.pk
        for customer in Customer.objects.filter(id__in=changed).exclude(state="deleted")
    }
    away = [
        run
        for run in Run.objects.filter(person_key__in=list(homes)).select_related("journey").order_by("entered_us", "id")
        if run.subject_id != homes[run.person_key]
    ]
    if away:
        _move(away, homes)


def _unify_arms(cids: set[int]) -> None:
    pairs = Customer.objects.filter(id__in=cids, merged_into__isnull=False).select_related("merged_into").order_by("id")
    for customer in pairs:
        into = customer.merged_into
        assert into is not None
        arms.unify(into.person_key, customer.person_key, into.pk)


def _move(away: Sequence[Run], homes: dict[str, int]) -> None:
    """Give runs their new subject. Two under one key: the younger leaves the key, and the journey if still in it."""
    to = {homes[run.person_key] for run in away}
    resident = {
        (run.journey_id, run.subject_id, run.entry_key): run
        for run in Run.objects.filter(subject_id__in=to).select_related("journey")
    }
    leaving: list[Run] = []
    moves: list[tuple[Run, int]] = []
    for run in away:
        home = homes[run.person_key]
        place = (run.journey_id, home, run.entry_key)
        other = resident.get(place)
        if other is None:
            resident[place] = run
            moves.append((run, home))
            continue
        older, younger = (run, other) if (run.entered_us, run.pk) < (other.entered_us, other.pk) else (other, run)
        leaving.append(younger)
        resident[place] = older
        moves += [(each, home) for each in (older, younger) if each is run]
    now = clock.now()
    table = Run._meta.db_table
    # The keys are freed before anybody takes one.
    update_rows(table, {"entry_key": "text"}, [(run.pk, f"{run.entry_key[:90]}~{run.pk}") for run in leaving])
    update_rows(table, {"subject_id": "bigint", "lease_until_us": "bigint"}, [(run.pk, cid, 0) for run, cid in moves])
    end_runs([Ending(run, now, "merged") for run in leaving if run.ended_us is None])
