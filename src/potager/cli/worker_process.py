"""One process of `potager worker`. Nothing of the house is imported before Django is set up in it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence


def work(lanes: Sequence[str]) -> None:
    """A thread for each lane, until SIGTERM, SIGINT or the end of the parent; the jobs in hand finish first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _set_up()

    from potager.core import jobs
    from potager.facts import warehouse

    workers = [jobs.Worker([lane]) for lane in lanes]
    for each in workers:
        each.start()
    parent = multiprocessing.parent_process()
    while not stop.wait(0.2):
        if parent is not None and not parent.is_alive():
            break
    for each in workers:
        each.halt()
    for each in workers:
        each.stop()
    warehouse.close()


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    django.setup()
