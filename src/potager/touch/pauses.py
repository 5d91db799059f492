"""The pause switch of a channel and of a journey: what is paused queues and is not sent; windows still close."""

from collections.abc import Mapping

from potager.core import clock
from potager.core.journal import to_us
from potager.org import audit
from potager.org.access import Actor
from potager.touch import changes, hurry
from potager.touch.models import Pause


def put(actor: Actor, kind: Pause.Kind, key: str, *, paused: bool) -> bool:
    """Pause, or let go on; returns whether that was news. Once it is committed no worker takes another message of it
    into hand; what one has in hand goes out.

    Must be called inside store.write.
    """
    # Taking messages into hand holds the same order.
    changes.hold()
    mine = Pause.objects.filter(kind=kind, key=key)
    if mine.exists() == paused:
        return False
    if paused:
        Pause.objects.create(kind=kind, key=key, since_us=to_us(clock.wall()), by=actor.login)
    else:
        mine.delete()
        hurry.outbox()
    audit.record(actor, "touch.pause" if paused else "touch.go_on", f"{kind}:{key}")
    return True


def in_force() -> Mapping[tuple[str, str], Pause]:
    """(kind, key) → its pause."""
    return {(row.kind, row.key): row for row in Pause.objects.all()}


def holds(channel: str) -> bool:
    """Whether the channel is paused."""
    return Pause.objects.filter(kind=Pause.Kind.CHANNEL, key=channel).exists()


def journeys() -> list[str]:
    """The keys of the paused journeys."""
    return list(Pause.objects.filter(kind=Pause.Kind.JOURNEY).values_list("key", flat=True))
