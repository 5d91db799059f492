"""Touches in a worker's hand: taken under a lease and the channel's rate, and laid down again after trouble.

Taking holds the order of touches (`changes.hold`): a journey that ends, a verdict that is asked again and a rate that
is counted all see what was taken, and what was taken is what they left.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from potager.core import clock, store
from potager.core.bulk import update_rows
from potager.core.journal import to_us
from potager.core.store import Lane as WriteLane
from potager.touch import changes, pauses
from potager.touch.changes import Change
from potager.touch.channels import Channel
from potager.touch.life import State
from potager.touch.models import Touch

LEASE = timedelta(minutes=5)
# How long a call that broke off rests before it is looked up, the first time.
REST = timedelta(seconds=30)
# What breaks a channel's own code is given up after so many attempts, over about half an hour.
TRIES = 8
# A verdict older than this is asked for again before sending: quiet hours may have begun.
STALE = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)


class Trouble(StrEnum):
    """Why an attempt failed, which says how long it rests and how it ends.

    UNAVAILABLE  the channel got nothing, or says later: as if never tried, until the send window closes
    UNCERTAIN    the call broke off: looked up first, until the send window closes
    BROKEN       the channel failed in a way nobody foresaw: looked up first, sent alone, given up after `TRIES`
    """

    UNAVAILABLE = "unavailable"
    UNCERTAIN = "uncertain"
    BROKEN = "broken"

    def rests(self, tries: int) -> timedelta:
        """How long a touch rests after its n-th attempt: twice as long each time, up to five or ten minutes."""
        first, longest = (timedelta(seconds=2), 5 * _MINUTE) if self == Trouble.UNAVAILABLE else (REST, 10 * _MINUTE)
        doubled: int = 2 ** min(max(tries - 1, 0), 16)
        return min(first * doubled, longest)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A touch in this worker's hand."""

    id: int
    token: str
    cid: int
    person_key: str
    sender: str
    text: str
    journey: str
    expires_us: int
    judged_us: int
    tries: int
    cancel_wanted: bool
    trouble: str

    @property
    def is_spent(self) -> bool:
        """Whether nothing but the end is left for one that broke its channel each time."""
        return self.trouble == Trouble.BROKEN and self.tries > TRIES


_FIELDS = tuple(Claimed.__slots__)


def is_stale(judged_us: int) -> bool:
    """Whether a verdict of this business time is too old to send by."""
    return judged_us <= _stale_us()


def stale() -> Q:
    """Touches whose verdict is too old to send by."""
    return Q(judged_us__lte=_stale_us())


def claim(channel: Channel, limit: int) -> list[Claimed]:
    """Take what is due, judged lately and not paused, and fits under the channel's rate; each gets a new token."""
    now = to_us(clock.now())
    due = _free(channel).filter(~stale(), token="", due_us__lte=now, expires_us__gt=now)
    return _take(channel, due, limit, fresh=True)


def reclaim(channel: Channel, limit: int) -> list[Claimed]:
    """Take what somebody had in hand and never wrote down, with the token it has."""
    return _take(channel, _free(channel).exclude(token=""), limit, fresh=False)


def again(channel: Channel, held: Sequence[Claimed]) -> list[Claimed]:
    """Those of the reclaimed that may be sent a second time under the channel's rate; the others rest."""
    if not held or channel.capabilities.per_minute is None:
        return list(held)
    with store.write(WriteLane.TICK):
        changes.hold()
        wall = clock.wall()
        room = _room(channel, len(held))
        Touch.objects.filter(id__among=[each.id for each in held[:room]]).update(claimed_us=to_us(wall))
        Touch.objects.filter(id__among=[each.id for each in held[room:]]).update(lease_until_us=to_us(wall + REST))
    return list(held[:room])


def rest(claimed: Sequence[Claimed], trouble: Trouble) -> int:
    """The attempt failed: later again, with its token when the channel may have it, else as if never tried.

    What nobody wants any more and the channel certainly has not is taken back; returns how many.
    """
    if not claimed:
        return 0
    with store.write(WriteLane.TICK):
        changes.hold()
        wall, tokens = clock.wall(), [each.token for each in claimed]
        rows = Touch.objects.filter(state=State.QUEUED, token__among=tokens)
        mine = list(rows.values_list("id", "token", "tries", "trouble", "cancel_wanted"))
        got_nothing = trouble == Trouble.UNAVAILABLE
        rested = []
        for id_, token, tries, before, _ in mine:
            # Tries of another kind neither lengthen this rest nor bring the end of this trouble nearer.
            same = tries if before == trouble else 1
            rested.append((id_, "" if got_nothing else token, same, to_us(wall + trouble.rests(same)), trouble.value))
        update_rows(
            Touch._meta.db_table,
            {"token": "text", "tries": "integer", "lease_until_us": "bigint", "trouble": "text"},
            rested,
        )
        return take_back([id_ for id_, *_, unwanted in mine if unwanted]) if got_nothing else 0


def lay_down(claimed: Sequence[Claimed]) -> int:
    """No attempt was made and the channel has none of them: as if not taken. What nobody wants any more is taken back;
    returns how many."""
    if not claimed:
        return 0
    with store.write(WriteLane.TICK):
        changes.hold()
        rows = Touch.objects.filter(state=State.QUEUED, token__among=[each.token for each in claimed])
        mine = list(rows.values_list("id", "tries", "cancel_wanted"))
        update_rows(
            Touch._meta.db_table,
            {"token": "text", "tries": "integer", "lease_until_us": "bigint"},
            [(id_, "", max(tries - 1, 0), 0) for id_, tries, _ in mine],
        )
        return take_back([id_ for id_, _, unwanted in mine if unwanted])


def take_back(ids: Collection[int]) -> int:
    """Close what has certainly not gone out and is not wanted any more: its journey or its window ended.

    Must be called inside store.write, holding the order of touches.
    """
    now = to_us(clock.now())
    rows = Touch.objects.filter(id__among=ids).values_list("id", "expires_us")
    return changes.apply(
        [
            Change(id_, State.EXPIRED, expires, "window_closed")
            if expires <= now
            else Change(id_, State.CANCELLED, now, "journey_ended")
            for id_, expires in rows
        ]
    )


def _stale_us() -> int:
    return to_us(clock.now() - STALE)


def _free(channel: Channel) -> QuerySet[Touch]:
    """Queued touches of a channel that nobody has in hand, the most urgent first."""
    wall = to_us(clock.wall())
    rows = Touch.objects.filter(channel=channel.key, state=State.QUEUED, lease_until_us__lt=wall)
    return rows.order_by("lane", "due_us", "id")


def _take(channel: Channel, rows: QuerySet[Touch], limit: int, *, fresh: bool) -> list[Claimed]:
    """Lease the first of these rows; `fresh` gives each a new token under the channel's rate."""
    if not rows.exists():
        return []
    with store.write(WriteLane.TICK):
        changes.hold()
        wall = to_us(clock.wall())
        if fresh:
            # Read while the order is held: what is paused by now is not taken.
            if pauses.holds(channel.key):
                return []
            rows = rows.exclude(journey__in=pauses.journeys())
            limit = _room(channel, limit)
        taken = [Claimed(*row) for row in rows.values_list(*_FIELDS)[:limit]]
        taken = [replace(e, token=uuid.uuid4().hex if fresh else e.token, tries=e.tries + 1) for e in taken]
        columns = {"token": "text", "tries": "integer", "lease_until_us": "bigint"}
        if fresh:
            columns["claimed_us"] = "bigint"
        update_rows(
            Touch._meta.db_table,
            columns,
            [(e.id, e.token, e.tries, to_us(clock.wall() + LEASE), *([wall] if fresh else [])) for e in taken],
        )
        return taken


def _room(channel: Channel, wanted: int) -> int:
    """How many of so many the channel's rate leaves room for; exact while the order of touches is held."""
    per_minute = channel.capabilities.per_minute
    if per_minute is None:
        return wanted
    since = to_us(clock.wall() - _MINUTE)
    return max(0, min(wanted, per_minute - Touch.objects.filter(channel=channel.key, claimed_us__gt=since).count()))
