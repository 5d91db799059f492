"""Places: who has had which messages lately. What every rule that counts messages counts.

A message takes one place, in the transaction of its verdict, and gives it back when it will not arrive after all; the
order of touches (`changes.hold`) makes reading and taking exact.
"""

from bisect import bisect_right, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Sum

from potager.core import clock, store
from potager.core.bulk import insert_rows
from potager.core.journal import from_us, to_us
from potager.core.store import Lane
from potager.touch.models import CapReservation

# No rule may count farther back. A calendar month may be longer than that by the hour a clock is set back.
LONGEST = timedelta(days=31)
_KEPT = LONGEST + timedelta(days=1)


class Taker(Protocol):
    """What takes a place: a case that is judged."""

    @property
    def person_key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def shadow(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A place taken: one message to one person at one instant of business time."""

    at: datetime
    channel: str
    purpose: str
    shadow: bool = False


class Book:
    """The places of some people, and those the batch takes. A shadow takes no place from a real one, but sees both.

    now    business time of the verdicts
    spent  what the batch's messages cost so far, minor units
    """

    def __init__(
        self, now: datetime, places: Mapping[str, Sequence[Place]], costs: Mapping[str, int] | None = None
    ) -> None:
        self.now = now
        self.spent = 0
        self._costs = costs or {}
        self._places = {person: sorted(taken, key=_when) for person, taken in places.items()}

    def taken(self, who: Taker, after: datetime) -> list[Place]:
        """The places the person took after this instant, oldest first, as far as they count for this message."""
        places = self._places.get(who.person_key, [])
        recent = places[bisect_right(places, after, key=_when) :]
        return [place for place in recent if who.shadow or not place.shadow]

    def take(self, who: Taker) -> None:
        place = Place(self.now, who.channel, who.purpose, who.shadow)
        insort(self._places.setdefault(who.person_key, []), place, key=_when)
        if not who.shadow:
            self.spent += self._costs.get(who.channel, 0)


def _when(place: Place) -> datetime:
    return place.at


def book(persons: Collection[str], after: datetime | None, now: datetime, costs: Mapping[str, int]) -> Book:
    """The places these people took after an instant; None reads nothing. `costs`: of one message, by channel.

    Must be called holding the order of touches, or what others take meanwhile is not seen.
    """
    places: dict[str, list[Place]] = {}
    if after is not None:
        rows = CapReservation.objects.filter(person_key__among=persons, at_us__gt=to_us(after), given_back=False)
        for person, at_us, channel, purpose, shadow in rows.values_list(
            "person_key", "at_us", "channel", "purpose", "shadow"
        ):
            places.setdefault(person, []).append(Place(from_us(at_us), channel, purpose, shadow))
    return Book(now, places, costs)


def spent(since: datetime) -> int:
    """What the messages that took their place from this instant on cost, minor units; those given back too if paid."""
    rows = CapReservation.objects.filter(at_us__gte=to_us(since), cost_minor__gt=0, shadow=False)
    return int(rows.aggregate(sum=Sum("cost_minor"))["sum"] or 0)


def reserve(takers: Iterable[tuple[int, Taker]], now: datetime, costs: Mapping[str, int]) -> None:
    """Take the places of the touches that may be sent: (touch id, case). `costs`: of one message, by channel."""
    at = to_us(now)
    insert_rows(
        CapReservation._meta.db_table,
        {
            "touch_id": "bigint",
            "person_key": "text",
            "channel": "text",
            "purpose": "text",
            "at_us": "bigint",
            "shadow": "boolean",
            "cost_minor": "bigint",
            "given_back": "boolean",
        },
        [
            (touch, who.person_key, who.channel, who.purpose, at, who.shadow, costs.get(who.channel, 0), False)
            for touch, who in takers
        ],
    )


def release(touches: Iterable[int]) -> None:
    """Give the places of these touches back. What was handed over was paid for: its cost stays."""
    if ids := list(touches):
        mine = CapReservation.objects.filter(touch_id__in=ids)
        mine.filter(touch__cost_minor__gt=0).update(given_back=True)
        mine.filter(given_back=False).delete()


def forget() -> None:
    """Drop places no rule can count any more."""
    horizon = to_us(clock.now() - _KEPT)
    if CapReservation.objects.filter(at_us__lt=horizon).exists():
        with store.write(Lane.TICK):
            CapReservation.objects.filter(at_us__lt=horizon).delete()
