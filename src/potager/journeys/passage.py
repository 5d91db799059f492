"""The write phase: what walks decided becomes rows, touches, tags, tasks and facts, in one short transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from potager.core import clock, journal, store
from potager.core.bulk import insert_rows, update_rows
from potager.core.journal import Fact, to_us
from potager.core.store import Lane as WriteLane
from potager.journeys import stuck
from potager.journeys.ending import Telling
from potager.journeys.graph import Definition
from potager.journeys.live import definitions_of
from potager.journeys.models import Run, RunStep
from potager.journeys.nodes.node import Act, Acting, Writing
from potager.journeys.walker import Walker
from potager.people.queries import first_identities


def write(version_id: int, walkers: Sequence[Walker], product_names: Mapping[str, str], lease: int) -> int:
    """Write what these walkers did, leaving out those whose run was changed since it was read; returns how many."""
    definition = definitions_of([version_id])[version_id]
    # While the journal is held everybody else waits: what only reads is done before.
    writing = _prepare(definition, walkers, product_names)
    known = first_identities({walker.cid for walker in walkers})
    with store.write(WriteLane.TICK):
        journal.hold()
        held = set(
            Run.objects.select_for_update()
            .filter(id__among=[walker.run_id for walker in walkers], lease_until_us=lease, due_us__isnull=False)
            .values_list("id", flat=True)
        )
        able = [walker for walker in walkers if walker.run_id in held]
        _act(able, writing)
        _tell(definition, able, known)
        _note(able)
        _place(able, _settle(version_id, able))
    return len(able)


def _settle(version_id: int, walkers: Sequence[Walker]) -> Mapping[str, int]:
    """Note who cannot go on and why; returns until when each place holds its people back."""
    problems = {f"steps.{walker.step}": walker.stuck for walker in walkers if walker.stuck is not None}
    passed = {f"steps.{each.step}" for walker in walkers for each in walker.passed}
    return stuck.settle(version_id, problems, {*passed, stuck.VERSION})


def _tell(definition: Definition, walkers: Sequence[Walker], known: Mapping[int, int]) -> None:
    """A run's first step makes its entry known; its end is known when it comes. `known`: an identity of each."""
    facts: list[Fact] = []
    for walker in walkers:
        told = Telling(walker.run_id, definition.key, walker.cid, known.get(walker.cid), walker.arm)
        if walker.first:
            facts.append(told.entered(walker.entered))
        if walker.ended:
            facts.append(told.exited(walker.at, walker.ended))
    if facts:
        journal.append(facts)


def _prepare(definition: Definition, walkers: Sequence[Walker], product_names: Mapping[str, str]) -> Writing:
    writing = Writing(definition.key, definition.priority, product_names, clock.now())
    return replace(writing, ready={kind: kind.prepare(acts, writing) for kind, acts in _acts(walkers).items()})


def _act(walkers: Sequence[Walker], writing: Writing) -> None:
    """Carry out what the walks left to be done, all acts of a kind together."""
    for kind, acts in _acts(walkers).items():
        kind.write(acts, writing)


def _acts(walkers: Sequence[Walker]) -> dict[type[Acting], list[Act[Acting]]]:
    acts: dict[type[Acting], list[Act[Acting]]] = defaultdict(list)
    for walker in walkers:
        if (effect := walker.effect) is not None:
            acts[type(effect.node)].append(Act(walker, effect.passed, effect.node))
    return {kind: acts[kind] for kind in sorted(acts, key=lambda each: each.KIND)}


def _note(walkers: Sequence[Walker]) -> None:
    insert_rows(
        RunStep._meta.db_table,
        {
            "run_id": "bigint",
            "step": "text",
            "visit": "integer",
            "at_us": "bigint",
            "kind": "text",
            "outcome": "text",
            "detail": "jsonb",
        },
        [(w.run_id, p.step, p.visit, to_us(p.at), p.kind, p.outcome[:40], p.detail) for w in walkers for p in w.passed],
    )


def _place(walkers: Sequence[Walker], held_back: Mapping[str, int]) -> None:
    """Each run stands where its walk ended, free for the next tick unless it is stuck there."""
    update_rows(
        Run._meta.db_table,
        {
            "step": "text",
            "waiting": "boolean",
            "rest_us": "bigint",
            "visit": "integer",
            "due_us": "bigint",
            "asks": "boolean",
            "cause_seq": "bigint",
            "context": "jsonb",
            "ended_us": "bigint",
            "end_reason": "text",
            "lease_until_us": "bigint",
        },
        [
            (
                w.run_id,
                w.step,
                w.waiting,
                to_us(w.came) if w.came is not None else 0,
                w.visit,
                None if w.ended else to_us(w.at),
                w.asks,
                w.cause_seq,
                w.context,
                to_us(w.at) if w.ended else None,
                w.ended[:80],
                held_back[f"steps.{w.step}"] if w.stuck is not None else 0,
            )
            for w in walkers
        ],
    )
