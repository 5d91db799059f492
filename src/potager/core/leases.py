"""Leases of jobs: how long a dead worker's work lies still, and who keeps a living one's (core.jobs)."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import close_old_connections, connection

from potager.core import clock, store
from potager.core.journal import to_us
from potager.core.models import Job
from potager.core.store import Lane

logger = logging.getLogger("potager.jobs")

# Renewed three times within it while the process lives.
LEASE = timedelta(seconds=30)


class Keeper:
    """Renews the leases of the jobs this process has in hand, in a thread of its own while any worker runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, str] = {}
        self._users = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, job: int, owner: str) -> Iterator[None]:
        with self._lock:
            self._held[job] = owner
        try:
            yield
        finally:
            with self._lock:
                del self._held[job]

    def start(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._stop = threading.Event()
                self._thread = threading.Thread(target=self._loop, args=(self._stop,), name="jobs-lease", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._users -= 1
            last = self._thread if self._users == 0 else None
            if last is not None:
                self._stop.set()
        if last is not None:
            last.join()

    def renew(self) -> None:
        with self._lock:
            held = dict(self._held)
        if not held:
            return
        with store.write(Lane.TICK):
            until = to_us(clock.wall() + LEASE)
            for job, owner in held.items():
                Job.objects.filter(id=job, owner=owner).update(lease_until_us=until)

    def _loop(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(LEASE.total_seconds() / 3):
                try:
                    self.renew()
                except Exception:
                    logger.exception("renewing leases failed")
                    close_old_connections()
        finally:
            connection.close()


keeper = Keeper()
