"""Having the outbox look at once, where it would only look when its rest is over."""

from potager.core import jobs

SEND = "touch.send"


def outbox() -> None:
    """There is something to send. Must be called in the transaction that made it so."""
    jobs.hurry(SEND)
