"""Everything that moves touches, until nothing moves any more: what jobs do bit by bit, for worlds and tests."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from potager.core import clock, store
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.touch import handover, outbox, receipts, tasks
from potager.touch.channels import installed
from potager.touch.models import StaffTask


@dataclass(frozen=True, slots=True)
class Counts:
    """What a pump did: touches judged, handed over or given up; items told by channels; taken back; expired."""

    sent: int = 0
    told: int = 0
    withdrawn: int = 0
    expired: int = 0


def pump(now: datetime | None = None) -> Counts:
    """Run outbox and receipts to quiescence at business time `now` (None: the house's own)."""
    with clock.frozen(now) if now is not None else nullcontext():
        sent = told = withdrawn = 0
        gone = expire()
        while True:
            moved = outbox.send_due()
            news = tell()
            back = outbox.withdraw()
            sent, told, withdrawn = sent + moved, told + news, withdrawn + back
            if not moved + news + back:
                return Counts(sent, told, withdrawn, gone)


def tell() -> int:
    """Fetch what all channels have to tell, one page each; returns how many items."""
    return sum(handover.turn(each, partial(receipts.pull, each)) for each in installed().values())


def expire() -> int:
    """Close touches and tasks whose windows have passed; returns how many."""
    gone = outbox.expire()
    late = StaffTask.objects.filter(state=StaffTask.State.OPEN, expires_us__lte=to_us(clock.now()))
    while late.exists():
        with store.write(Lane.TICK):
            gone += tasks.expire()
    return gone
