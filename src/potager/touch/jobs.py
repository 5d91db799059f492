"""Background entries: what moves touches when no world pumps them."""

from collections.abc import Mapping
from datetime import timedelta

from potager.core.jobs import Handler, Periodic
from potager.touch import outbox, places, pump, rhythm


def send(payload: Mapping[str, object]) -> int:  # noqa: ARG001 -- a job handler
    """touch.send: judge what came due, hand over, take back."""
    return outbox.send_due() + outbox.withdraw()


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


KINDS: Mapping[str, Handler] = {"touch.send": send, "touch.receipts": receipts, "touch.expire_tasks": expire_tasks}
PERIODIC = (
    Periodic("touch.send", "touch", timedelta(seconds=1), idle=timedelta(seconds=4), shared=True),
    Periodic("touch.receipts", "touch", timedelta(seconds=2), idle=timedelta(seconds=8)),
    Periodic("touch.expire_tasks", "touch", timedelta(minutes=1)),
)
