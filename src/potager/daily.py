"""The main job: what a house does with everything that has happened so far, until nothing moves any more.

A real house does the same bit by bit in the background (assembly.PERIODIC); the demo world, the command line and
whoever wants it done now call it whole.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from potager.core import store
from potager.facts import loader
from potager.insight import forwarder, scheduled, tags
from potager.insight import refresh as insight_refresh
from potager.journeys import starting
from potager.journeys import tick as journeys_tick
from potager.touch import pump


def main_job(*, refresh: bool) -> dict[str, float]:
    """Load, refresh tags, layers and audiences (if asked), forward their changes, tick, send; seconds of each."""
    seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        seconds[name] += time.perf_counter() - begun

    with phase("load"), store.write():
        tags.expire()
    with phase("load"):
        loader.load_all()
    if refresh:
        with phase("refresh"):
            # First: what a refresh computes may look at them.
            scheduled.run_due()
            insight_refresh.run()
        with phase("forward"):
            forwarder.forward_all()
        with phase("load"):
            loader.load_all()
    with phase("tick"):
        starting.fill_slots()
        while journeys_tick.tick():
            pass
    with phase("send"):
        pump.pump()
    return dict(seconds)
