"""Moving the runs that are due. Two phases, set by set: read and decide without a write transaction, then write.

Reading takes a lease, so two workers do not decide the same; writing looks again whether the lease still stands and
the run is still open, because an exit may have come between. Killing the process anywhere loses and repeats nothing:
a lease ends by itself, and a passage of a step is unique.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from django.db.models import Q, QuerySet

from potager.core import clock, store
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.journeys import admission, live, passage, stuck
from potager.journeys.knowing import Warehouse
from potager.journeys.models import Run, State
from potager.journeys.waits import product_of
from potager.journeys.walk import walk
from potager.journeys.walker import walker_of

READ_AT_ONCE = 2_000
# SQLite has one writer, and everybody waits for it; PostgreSQL loses more by many small transactions.
WRITE_AT_ONCE, WRITE_AT_ONCE_ON_POSTGRES = 400, 1_000
LEASE = timedelta(minutes=2)
T = TypeVar("T")

logger = logging.getLogger("potager.journeys")


def tick(limit: int = 20_000) -> int:
    """Move due runs until none is left or about `limit` were moved; returns how many."""
    if live.all_stopped():
        return 0
    if not Run.objects.filter(due_us__lte=to_us(clock.now())).exists():
        return 0
    known = Warehouse()
    moved = 0
    # Whoever was looked at is not due any more, or held back for a while: nobody is found twice.
    while moved < limit and (groups := _due(known.loaded_seq, limit - moved)):
        moved += sum(_move(version, ids, known, admitted=admitted) for (version, admitted), ids in groups.items())
    return moved


def waiting_for_facts() -> int:
    """How many runs are due but wait for the warehouse to catch up with what caused them, or to come back."""
    due = Run.objects.filter(due_us__lte=to_us(clock.now()), asks=True, journey__state=State.LIVE)
    return due.filter(cause_seq__gt=Warehouse().loaded_seq).count()


def _able(loaded_seq: int) -> QuerySet[Run]:
    """Runs that are due, in nobody's hand, and ask the warehouse nothing it cannot know yet."""
    return Run.objects.filter(
        Q(asks=False) | Q(cause_seq__lte=loaded_seq),
        due_us__lte=to_us(clock.now()),
        lease_until_us__lt=to_us(clock.wall()),
    )


def _due(loaded_seq: int, limit: int) -> dict[tuple[int, bool], list[int]]:
    """Ids of due runs by (version, admitted), the longest due first."""
    able = _able(loaded_seq).filter(journey__state=State.LIVE).order_by("due_us")
    rows = able.values_list("id", "version_id", "arm")[:limit]
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for run_id, version_id, arm in rows:
        groups[version_id, arm != ""].append(run_id)
    return groups


def _move(version_id: int, ids: Sequence[int], known: Warehouse, *, admitted: bool) -> int:
    """Move runs of one version; what is wrong with a version keeps only its own people waiting."""
    done = 0
    for some in _slices(ids, READ_AT_ONCE):
        # Another worker may have moved some of them since they were found, even into another version or a new wait.
        able = _able(known.loaded_seq).filter(id__among=some, version_id=version_id)
        lease, runs = _lease(able.exclude(arm="") if admitted else able.filter(arm=""))
        if not runs:
            continue
        try:
            take = _walk if admitted else admission.admit
            done += take(version_id, runs, known, lease)
        except Exception as error:
            logger.exception("the people of journey version %s do not move", version_id)
            stuck.hold_back(version_id, lease, error)
    return done


def _walk(version_id: int, runs: Sequence[Run], known: Warehouse, lease: int) -> int:
    definition = live.definitions_of([version_id])[version_id]
    walkers = [walker_of(run) for run in runs]
    walk(definition, walkers, known, clock.zone())
    names = known.names({product for each in walkers if each.effect and (product := product_of(each.context))})
    at_once = WRITE_AT_ONCE_ON_POSTGRES if store.is_postgres() else WRITE_AT_ONCE
    return sum(passage.write(version_id, part, names, lease) for part in _slices(walkers, at_once))


def _lease(able: QuerySet[Run]) -> tuple[int, list[Run]]:
    """Hold these runs for a while, as far as nobody else does. The lease's own instant names its holder."""
    lease = to_us(clock.wall() + LEASE) + secrets.randbelow(1_000_000)
    with store.write(Lane.TICK):
        # Asked inside the transaction: what another worker has done by now counts.
        held = list(
            (able.select_for_update(skip_locked=True) if store.is_postgres() else able).values_list("id", flat=True)
        )
        Run.objects.filter(id__among=held).update(lease_until_us=lease)
    return lease, list(Run.objects.filter(id__among=held, lease_until_us=lease).order_by("due_us", "id"))


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))
