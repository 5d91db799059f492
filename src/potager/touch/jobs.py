"""Background entries: what moves touches when no world pumps them."""

from collections.abc import Mapping
from datetime import timedelta

from potager.core.jobs import Handler, Periodic
from potager.touch import hurry, outbox, places, pump, rhythm

_AT_A_TIME = 20_000


def send(payload: Mapping[str, object]) -> int:  # noqa: ARG001 -- a job handler
    """touch.send: judge what came due, hand over, take back, until nothing moves or about `_AT_A_TIME` did."""
    moved = 0
    while moved < _AT_A_TIME and (now := outbox.send_due() + outbox.withdraw()):
        moved += now
    return moved


def receipts(payload: Mapping[str, object]) -> int:  # noqa: ARG001 -- a job handler
    """touch.receipts: fetch what the channels have to tell."""
    told = 0
    while news := pump.tell():
        told += news
    return told


def expire_tasks(payload: Mapping[str, object]) -> None:  # noqa: ARG001 -- a job handler
    """touch.expire_tasks: close touches and tasks whose windows have passed, forget what nobody counts any more."""
    pump.expire()
    places.forget()
    rhythm.forget()


KINDS: Mapping[str, Handler] = {hurry.SEND: send, "touch.receipts": receipts, "touch.expire_tasks": expire_tasks}
PERIODIC = (
    Periodic(hurry.SEND, "touch", timedelta(seconds=0.2), idle=timedelta(seconds=15), shared=True),
    Periodic("touch.receipts", "touch", timedelta(seconds=2), idle=timedelta(seconds=8)),
    Periodic("touch.expire_tasks", "touch", timedelta(minutes=1)),
)
