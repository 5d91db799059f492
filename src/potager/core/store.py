"""The operations store: one door for write transactions, on SQLite and PostgreSQL alike.

SQLite takes one writer at a time and is unfair about who. `write` queues this process's writers by priority,
so an import never makes a click wait for more than its own short batch.
"""

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection, transaction


class Lane(IntEnum):
    """Who goes first when several want to write."""

    INGEST = 0
    WEB = 1
    TICK = 2
    IMPORT = 3


class _Gate:
    """A lock handed over by priority, first come first served within one."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._held = False
        self._waiting: list[tuple[int, int]] = []
        self._tickets = itertools.count()

    def acquire(self, lane: Lane) -> None:
        with self._condition:
            ticket = (int(lane), next(self._tickets))
            heapq.heappush(self._waiting, ticket)
            while self._held or self._waiting[0] != ticket:
                self._condition.wait()
            heapq.heappop(self._waiting)
            self._held = True

    def release(self) -> None:
        with self._condition:
            self._held = False
            self._condition.notify_all()


# The door is taken before the thing is asked for.
_THROUGH_THE_DOOR = (
    "WITH door AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext(%s))) "
    "SELECT pg_advisory_xact_lock(hashtext(%s)) FROM door"
)
_gate = _Gate()
_here = threading.local()


def is_postgres() -> bool:
    """Whether the operations store is PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


def is_writing() -> bool:
    """Whether this thread is inside `write`. Warehouse queries and channel calls refuse to run there."""
    return getattr(_here, "depth", 0) > 0


@contextmanager
def write(lane: Lane = Lane.WEB) -> Iterator[None]:
    """A write transaction: commits at the end, rolls back on any error. Nested use joins the outer one.

    Keep it under 50 ms or 2,000 rows outside the web lane; never query the warehouse or call a channel inside.
    """
    depth = getattr(_here, "depth", 0)
    gated = depth == 0 and not is_postgres()
    if gated:
        _gate.acquire(lane)
    _here.depth = depth + 1
    if depth == 0:
        _here.lane = lane
    try:
        with transaction.atomic():
            yield
    finally:
        _here.depth = depth
        if gated:
            _gate.release()


@contextmanager
def unsynced() -> Iterator[None]:
    """This thread's commits do not wait for the disk; all of them are on it when the block ends.

    For building what can be built again: a killed process loses nothing, a power cut the last commits. SQLite only;
    PostgreSQL goes on as it is set up, and inside a transaction there is no commit to hurry.
    """
    if is_postgres() or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def serialise(name: str) -> None:
    """Hold other transactions that name the same thing until this one ends.

    On SQLite a write transaction is alone already; on PostgreSQL it is a transaction-level advisory lock, given in the
    order it was asked for. Background work first takes a door that it alone goes through: however many of it want the
    thing, a click or an event waits for one at most.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            if _here.lane >= Lane.TICK:
                cursor.execute(_THROUGH_THE_DOOR, [f"{name} door", name])
            else:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
