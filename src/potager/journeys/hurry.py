"""Having the tick look at once, where it would only look when its rest is over."""

from potager.core import jobs

TICK = "journeys.tick"


def tick() -> None:
    """Somebody may be due. Must be called in the transaction that made it so."""
    jobs.hurry(TICK)
