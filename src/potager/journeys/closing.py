"""Events that end, convert or wake runs, acting on the event itself and not at the next wake-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from potager.core.bulk import update_rows
from potager.core.journal import Entry, to_us
from potager.journeys.ending import Ending, end_runs
from potager.journeys.graph import Definition, EventSpec, Json
from potager.journeys.live import TASK_EVENTS, definitions_of, matcher
from potager.journeys.models import Run
from potager.journeys.walk import outcome_key


@dataclass(slots=True)
class _Change:
    """What a batch of events does to one run."""

    run: Run
    converted: Entry | None = None
    ended: Entry | None = None
    reason: str = ""
    woken: Entry | None = None
    outcome: Json | None = None


def act(entries: Sequence[Entry]) -> None:
    """Apply events to the runs of their customers, in the order of the events."""
    if not entries:
        return
    cids = {entry.fact.cid for entry in entries if entry.fact.cid is not None}
    runs = list(
        Run.objects.filter(subject_id__in=cids, subject_kind="customer")
        .filter(Q(ended_us__isnull=True) | Q(converted_us__isnull=True))
        .select_related("journey")
        .order_by("id")
    )
    if not runs:
        return
    definitions = definitions_of({run.version_id for run in runs})
    by_cid: dict[int, list[_Change]] = {}
    for run in runs:
        by_cid.setdefault(run.subject_id, []).append(_Change(run))
    for entry in entries:
        assert entry.fact.cid is not None
        for change in by_cid.get(entry.fact.cid, ()):
            _apply(change, definitions[change.run.version_id], entry)
    _write([change for changes in by_cid.values() for change in changes])


def _apply(change: _Change, definition: Definition, entry: Entry) -> None:
    run = change.run
    at = to_us(entry.fact.at)
    # The event that starts a run neither converts nor ends it, and what happened before does not either.
    if entry.seq <= run.cause_seq or at < run.entered_us:
        return
    window = definition.window * timedelta(days=1) // timedelta(microseconds=1)
    if (
        run.arm
        and run.converted_us is None
        and change.converted is None
        and at < run.entered_us + window
        and _matches(definition.goal, entry)
    ):
        change.converted = entry
    if run.ended_us is not None or change.ended is not None:
        return
    if any(_matches(each, entry) for each in definition.exits):
        change.ended, change.reason = entry, f"exit:{entry.fact.type}"
    elif entry.fact.type == "touch_dropped" and entry.fact.body.get("run") == run.pk:
        change.ended, change.reason = entry, f"policy:{entry.fact.body.get('reason', '')}"
    elif run.waiting and change.woken is None and (outcome := _outcome(run, definition, entry)) is not None:
        change.woken, change.outcome = entry, outcome


def _outcome(run: Run, definition: Definition, entry: Entry) -> Json | None:
    """What a waiting run is told by this event; None when it is not what it waits for."""
    step = definition.by_id.get(run.step)
    fact = entry.fact
    if step is None:
        return None
    if step.task is not None:
        if fact.type in TASK_EVENTS and (fact.body.get("run"), fact.body.get("step")) == (run.pk, run.step):
            return {"outcome": TASK_EVENTS[fact.type], "event": fact.type, "task": fact.body.get("task")}
        return None
    if step.wait is not None and step.wait.or_event is not None and _matches(step.wait.or_event, entry):
        return {"event": fact.type}
    return None


def _matches(spec: EventSpec, entry: Entry) -> bool:
    return spec.event == entry.fact.type and (
        not spec.where or matcher(spec)(entry.fact.type, entry.fact.body, entry.fact.at)
    )


def _write(changes: Sequence[_Change]) -> None:
    table = Run._meta.db_table
    update_rows(
        table,
        {"converted_us": "bigint"},
        [(c.run.pk, to_us(c.converted.fact.at)) for c in changes if c.converted is not None],
    )
    # A lease taken back makes a tick that has already read the run leave it alone.
    update_rows(
        table,
        {"due_us": "bigint", "context": "jsonb", "cause_seq": "bigint", "lease_until_us": "bigint"},
        [
            (
                c.run.pk,
                min(c.run.due_us or 0, to_us(c.woken.fact.at)),
                c.run.context | {outcome_key(c.run.step): c.outcome},
                c.woken.seq,
                0,
            )
            for c in changes
            if c.woken is not None and c.ended is None
        ],
    )
    end_runs([Ending(c.run, c.ended.fact.at, c.reason) for c in changes if c.ended is not None])
