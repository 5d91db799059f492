"""Background entries of the room."""

from collections.abc import Mapping
from datetime import timedelta

from potager.core.jobs import Handler, Periodic
from potager.journeys import hurry, intakes, starting, tick


def move(_payload: Mapping[str, object]) -> int:
    return tick.tick()


def calendar(_payload: Mapping[str, object]) -> None:
    starting.open_slots()


KINDS: Mapping[str, Handler] = {hurry.TICK: move, "journeys.calendar": calendar, intakes.JOB: intakes.run}
PERIODIC = (
    Periodic(hurry.TICK, "tick", timedelta(seconds=0.2), idle=timedelta(seconds=15), shared=True),
    Periodic("journeys.calendar", "tick", timedelta(seconds=20)),
)
