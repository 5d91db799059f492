"""Background work as rows in one small table.

A job is written in the transaction that causes it and claimed with a lease by a worker thread (one process on
SQLite) or worker process (PostgreSQL). A worker renews the leases of what it has in hand, however long that takes; a
handler that dies with its process is tried again when its lease ends, so handlers are idempotent. Times here are wall
time: a job's due is about machines; business dues live in their own tables.
"""

import logging
import os
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import close_old_connections, connection, transaction
from django.db.models import Min
from django.db.models.functions import Greatest

from potager.core import clock, leases, store
from potager.core.errors import Down
from potager.core.journal import to_us
from potager.core.models import Job
from potager.core.store import Lane

logger = logging.getLogger("potager.jobs")

# Every lane there is. Each gets a thread of its own in a process that works them: none waits for another.
LANES: Final = ("load", "tick", "touch", "default", "import", "heavy")
MAX_TRIES = 5
# How long to wait for what does not answer now.
_DOWN = timedelta(seconds=2)
# A job due within this is left alone by `hurry`: under load nothing is written for it.
_SOON_US = 250_000
# A handler returns how much it did where it can tell; nothing lets a periodic job rest longer.
Handler = Callable[[Mapping[str, object]], int | None]
_handlers: dict[str, Handler] = {}
_listening: set[threading.Event] = set()


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    kind: str
    payload: Mapping[str, object]
    tries: int


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that is armed again `every` after each run. One row, keyed by its kind.

    idle    after runs with nothing to do the pause doubles up to this, so that a quiet house costs next to nothing
    shared  several workers may run it at once, each takes its part of what is due: it has a row for each of them
    """

    kind: str
    lane: str
    every: timedelta
    idle: timedelta | None = None
    shared: bool = False


_periodic: dict[str, Periodic] = {}


def set_handlers(handlers: Mapping[str, Handler], periodic: Sequence[Periodic] = ()) -> None:
    """Called once by assembly: what runs each kind of job, and which kinds run again and again."""
    _handlers.clear()
    _handlers.update(handlers)
    _periodic.clear()
    _periodic.update({each.kind: each for each in periodic})


def enqueue(
    kind: str,
    payload: Mapping[str, object] | None = None,
    *,
    lane: str = "default",
    due: datetime | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Write a job in the caller's transaction. A live job with the same dedupe_key makes this one unnecessary."""
    if not store.is_writing():
        raise RuntimeError("jobs.enqueue needs a store.write transaction")
    fields = {
        "kind": kind,
        "lane": lane,
        "payload": dict(payload or {}),
        "due_us": to_us(due or clock.wall()),
    }
    if dedupe_key is None:
        Job.objects.create(**fields)
    else:
        Job.objects.get_or_create(dedupe_key=dedupe_key, defaults=fields)
    transaction.on_commit(_wake)


def hurry(*kinds: str) -> None:
    """Have these periodic jobs run at once after the caller's transaction: there is something for them to do.

    Of a shared one the first row is hurried; the others look by themselves within its `idle`.
    """
    for kind in kinds:
        _pauses.pop(kind, None)
    now = to_us(clock.wall())
    resting = Job.objects.filter(dedupe_key__in=[f"every:{kind}" for kind in kinds], due_us__gt=now + _SOON_US)
    if resting.update(due_us=now):
        transaction.on_commit(_wake)


def _wake() -> None:
    for event in list(_listening):
        event.set()


def next_due(lanes: Sequence[str]) -> int | None:
    """When the earliest job of these lanes can be claimed, in wall µs; None without any. A read, no lock."""
    rows = Job.objects.filter(lane__in=lanes, failed=False)
    at: int | None = rows.aggregate(at=Min(Greatest("due_us", "lease_until_us")))["at"]
    return at


def claim(lanes: Sequence[str], owner: str, *, limit: int = 1) -> list[Claimed]:
    """Take up to `limit` due jobs of these lanes under a lease. Two workers never get the same one."""
    now = to_us(clock.wall())
    marks = ", ".join(["%s"] * len(lanes))
    skip = "FOR UPDATE SKIP LOCKED" if store.is_postgres() else ""
    sql = f"""
        UPDATE core_job SET lease_until_us = %s, owner = %s, tries = tries + 1
        WHERE id IN (
            SELECT id FROM core_job
            WHERE lane IN ({marks}) AND NOT failed AND due_us <= %s AND lease_until_us < %s
            ORDER BY due_us, id LIMIT %s {skip})
        RETURNING id"""
    with store.write(Lane.TICK), connection.cursor() as cursor:
        cursor.execute(sql, [now + leases.LEASE // timedelta(microseconds=1), owner, *lanes, now, now, limit])
        ids = [row[0] for row in cursor.fetchall()]
        rows = Job.objects.filter(id__in=ids).order_by("due_us", "id")
        return [Claimed(job.id, job.kind, job.payload, job.tries) for job in rows]


def run_due(lanes: Sequence[str], owner: str = "", *, limit: int = 1) -> int:
    """Claim and run due jobs once; returns how many were claimed."""
    owner = owner or f"{os.getpid()}:{threading.get_ident()}"
    at = next_due(lanes)
    if at is None or at > to_us(clock.wall()):
        return 0
    jobs = claim(lanes, owner, limit=limit)
    for job in jobs:
        _run(job, owner)
    return len(jobs)


def arm(workers: int = 1) -> None:
    """Make sure each periodic job has its row: when a house is founded, and at every start of one that is.

    workers  how many are going to work at once: so many rows has a shared one at least
    """
    with store.write(Lane.TICK):
        for each in _periodic.values():
            for n in range(workers if each.shared else 1):
                enqueue(each.kind, {}, lane=each.lane, dedupe_key=f"every:{each.kind}{f':{n + 1}' if n else ''}")


_pauses: dict[str, timedelta] = {}


def _pause(each: Periodic, did: int | None) -> timedelta:
    """How long a periodic job rests after a run that did so much."""
    longest = each.idle or each.every
    pause = each.every if did else min(_pauses.get(each.kind, each.every) * 2, longest)
    _pauses[each.kind] = pause
    return pause


def _run(job: Claimed, owner: str) -> None:
    try:
        with leases.keeper.holding(job.id, owner):
            did = _handlers[job.kind](job.payload)
    except Down as error:
        logger.warning("job %s (%s) waits: %s", job.id, job.kind, error)
        _settle_down(job, owner, error)
        return
    except Exception as error:
        logger.exception("job %s (%s) failed, try %d", job.id, job.kind, job.tries)
        _settle_failure(job, owner, error)
        return
    with store.write(Lane.TICK):
        mine = Job.objects.filter(id=job.id, owner=owner)
        if (each := _periodic.get(job.kind)) is not None:
            due = to_us(clock.wall() + _pause(each, did))
            mine.update(lease_until_us=0, owner="", tries=0, due_us=due, last_error="")
        else:
            mine.delete()


def _settle_down(job: Claimed, owner: str, error: Down) -> None:
    """Look again soon; a try that met a closed door is none."""
    with store.write(Lane.TICK):
        Job.objects.filter(id=job.id, owner=owner).update(
            lease_until_us=0,
            owner="",
            tries=max(job.tries - 1, 0),
            due_us=to_us(clock.wall() + _DOWN),
            last_error=str(error)[:2000],
        )


def _settle_failure(job: Claimed, owner: str, error: Exception) -> None:
    """Back off and try again; a one-off job that failed MAX_TRIES times is kept, marked failed."""
    again = clock.wall() + timedelta(seconds=min(2**job.tries, 300))
    with store.write(Lane.TICK):
        Job.objects.filter(id=job.id, owner=owner).update(
            lease_until_us=0,
            owner="",
            due_us=to_us(again),
            failed=job.tries >= MAX_TRIES and job.kind not in _periodic,
            last_error="".join(traceback.format_exception_only(error))[:2000],
        )


class Worker:
    """Threads that run due jobs until stopped. One group of threads per set of lanes.

    look  how long at most to rest before looking for jobs another process wrote, in seconds
    """

    def __init__(self, lanes: Sequence[str], *, threads: int = 1, look: float = 2.0) -> None:
        self._lanes = tuple(lanes)
        self._look = look
        self._stop = threading.Event()
        self._events = [threading.Event() for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._loop, args=(event,), name=f"jobs-{'-'.join(lanes)}-{i}", daemon=True)
            for i, event in enumerate(self._events)
        ]

    def start(self) -> None:
        _listening.update(self._events)
        leases.keeper.start()
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Take no more jobs; the one in hand goes on."""
        self._stop.set()
        _wake()

    def stop(self, timeout: float = 20.0) -> None:
        """Ask the threads to end after the job in hand, and wait for them."""
        self.halt()
        for thread in self._threads:
            thread.join(timeout)
        leases.keeper.stop()
        _listening.difference_update(self._events)

    def _loop(self, event: threading.Event) -> None:
        try:
            while not self._stop.is_set():
                # Cleared before looking: a job written after the look sets it again.
                event.clear()
                try:
                    rest = self._rest()
                    if rest <= 0:
                        run_due(self._lanes)
                except Exception:
                    logger.exception("claiming jobs of %s failed", self._lanes)
                    rest = self._look
                    close_old_connections()
                if rest > 0:
                    event.wait(rest)
        finally:
            connection.close()

    def _rest(self) -> float:
        """Seconds until the next job of these lanes, as far as this process can tell; none when one is due."""
        at = next_due(self._lanes)
        if at is None:
            return self._look
        return min((at - to_us(clock.wall())) / 1_000_000, self._look)
