"""Events that end, convert or wake runs, acting on the event itself and not at the next wake-up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db.models import Q

from potager.core.bulk import update_rows
from potager.core.journal import Entry, to_us
from potager.journeys.ending import Ending, end_runs
from potager.journeys.graph import Definition
from potager.journeys.live import Board, definitions_of, matcher
from potager.journeys.models import Run
from potager.journeys.parts import EventSpec, Json
from potager.journeys.waits import early_key, outcome_key

# How many events are kept for one wait of a late run.
_EARLY = 50


@dataclass(slots=True)
class _Change:
    """What a batch of events does to one run."""

    run: Run
    converted: Entry | None = None
    ended: Entry | None = None
    reason: str = ""
    woken: Entry | None = None
    outcome: Json | None = None
    early: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def due_us(self) -> int:
        """When something happens next, as far as this batch goes."""
        due = self.run.due_us or 0
        return due if self.woken is None else min(due, to_us(self.woken.fact.at))


def act(current: Board, entries: Sequence[Entry], only: Collection[int] | None = None) -> None:
    """Apply events to the runs of their customers (or to `only` these runs), in the order of the events.

    Every event has a customer.
    """
    if not entries:
        return
    cids = {entry.fact.cid for entry in entries if entry.fact.cid is not None}
    # What ended longer ago than any window cannot convert any more.
    since = min(to_us(entry.fact.at) for entry in entries) - _us(current.window)
    rows = Run.objects.filter(subject_id__among=cids, subject_kind="customer").filter(
        Q(ended_us__isnull=True) | Q(converted_us__isnull=True, entered_us__gt=since)
    )
    if only is not None:
        rows = rows.filter(id__among=only)
    runs = list(rows.select_related("journey").order_by("id"))
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


def act_on_staff(entries: Sequence[Entry]) -> None:
    """Apply events that are about no customer to the runs of staff members they name, in the order of the events."""
    named = [(run, entry) for entry in entries if isinstance(run := entry.fact.body.get("run"), int) and run]
    rows = Run.objects.filter(id__in={run for run, _ in named}, subject_kind="staff", ended_us__isnull=True)
    changes = {run.pk: _Change(run) for run in rows.select_related("journey").order_by("id")} if named else {}
    definitions = definitions_of({change.run.version_id for change in changes.values()})
    for run, entry in named:
        if (change := changes.get(run)) is not None:
            _apply(change, definitions[change.run.version_id], entry)
    _write(list(changes.values()))


def _apply(change: _Change, definition: Definition, entry: Entry) -> None:
    run = change.run
    at = to_us(entry.fact.at)
    # The event that starts a run neither converts nor ends it, and what happened before does not either.
    if entry.seq <= run.cause_seq or at < run.entered_us:
        return
    if (
        run.arm
        and run.converted_us is None
        and change.converted is None
        and at < run.entered_us + _us(timedelta(days=definition.window))
        and matches(entry, definition.goal)
    ):
        change.converted = entry
    if run.ended_us is not None or change.ended is not None:
        return
    if any(matches(entry, each) for each in definition.exits):
        change.ended, change.reason = entry, f"exit:{entry.fact.type}"
    elif entry.fact.type == "touch_dropped" and entry.fact.body.get("run") == run.pk:
        change.ended, change.reason = entry, f"policy:{entry.fact.body.get('reason', '')}"
    elif run.waiting and change.woken is None and (outcome := _outcome(run, definition, entry)) is not None:
        change.woken, change.outcome = entry, outcome
    elif at >= change.due_us:
        _note_early(change, definition, entry)


def _note_early(change: _Change, definition: Definition, entry: Entry) -> None:
    """The run is late: by its own time it may be in a later wait already, one that this event ends."""
    for step in definition.steps:
        if step.node.early(partial(matches, entry)):
            change.early.setdefault(step.id, []).append(entry)


def _outcome(run: Run, definition: Definition, entry: Entry) -> Json | None:
    """What a waiting run is told by this event; None when it is not what it waits for. In a lead it waits for none."""
    if not run.arm:
        return None
    step = definition.by_id.get(run.step)
    return None if step is None else step.node.told(run, entry, partial(matches, entry))


def matches(entry: Entry, spec: EventSpec) -> bool:
    """Whether an entry is the event an exit, a goal or a wait means."""
    if spec.event != entry.fact.type:
        return False
    test = matcher(spec) if spec.where else None
    return not spec.where or (test is not None and test(entry.fact.type, entry.fact.body, entry.fact.at))


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


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
            (c.run.pk, c.due_us, _context(c), c.woken.seq if c.woken is not None else c.run.cause_seq, 0)
            for c in changes
            if (c.woken is not None or c.early) and c.ended is None
        ],
    )
    end_runs([Ending(c.run, c.ended.fact.at, c.reason) for c in changes if c.ended is not None])


def _context(change: _Change) -> Json:
    context: Json = dict(change.run.context)
    if change.woken is not None:
        context[outcome_key(change.run.step)] = change.outcome
    for step, entries in change.early.items():
        known = context.get(early_key(step), {}).get("seen", [])
        seen = [*known, *([to_us(each.fact.at), each.seq, each.fact.type] for each in entries)]
        # While a journey is paused many may come; the first and the newest tell enough.
        context[early_key(step)] = {"seen": seen if len(seen) <= _EARLY else [*seen[: _EARLY - 1], seen[-1]]}
    return context
