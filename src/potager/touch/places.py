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
from potager.touch.life import State
from potager.touch.models import CapReservation, Touch

# No rule may count farther back. A calendar month may be longer than that by the hour a clock is set back.
LONGEST = timedelta(days=31)
_KEPT = LONGEST + timedelta(days=1)
_COLUMNS = {
    "touch_id": "bigint",
    "person_key": "text",
    "channel": "text",
    "purpose": "text",
    "at_us": "bigint",
    "shadow": "boolean",
    "cost_minor": "bigint",
    "given_back": "boolean",
}


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
    @property
    def journey(self) -> str: ...
    @property
    def priority(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A place taken: one message to one person at one instant of business time.

    waiting  the id of its touch while no worker took it: it yields to a message of higher priority; 0 when taken
    """

    at: datetime
    channel: str
    purpose: str
    shadow: bool = False
    journey: str = ""
    priority: int = 50
    waiting: int = 0

    def yields_to(self, who: Taker) -> bool:
        return self.waiting != 0 and self.priority < who.priority


class Book:
    """The places of some people, and those the batch takes. A shadow takes no place from a real one, but sees both.

    now      business time of the verdicts
    spent    what the batch's messages cost so far, minor units
    yielded  ids of the touches whose places went to messages of higher priority
    """

    def __init__(
        self, now: datetime, places: Mapping[str, Sequence[Place]], costs: Mapping[str, int] | None = None
    ) -> None:
        self.now = now
        self.spent = 0
        self.yielded: list[int] = []
        self._asked = now
        self._costs = costs or {}
        self._places = {person: sorted(taken, key=_when) for person, taken in places.items()}

    def taken(self, who: Taker, after: datetime) -> list[Place]:
        """The places the person took after this instant, oldest first, as far as they count for this message: those
        that would yield to it do not."""
        self._asked = min(self._asked, after)
        places = self._places.get(who.person_key, [])
        recent = places[bisect_right(places, after, key=_when) :]
        return [place for place in recent if (who.shadow or not place.shadow) and not place.yields_to(who)]

    def take(self, who: Taker) -> None:
        """The message goes: it takes its place, and the places that were not counted for its sake are given up; of
        real ones a shadow only would have taken them."""
        places = self._places.setdefault(who.person_key, [])
        counted = [place for place in places if place.at > self._asked and place.shadow == who.shadow]
        gone = [place for place in counted if place.yields_to(who)]
        self.yielded += [place.waiting for place in gone]
        kept = [place for place in places if place not in gone]
        insort(kept, Place(self.now, who.channel, who.purpose, who.shadow, who.journey, who.priority), key=_when)
        self._places[who.person_key] = kept
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
        for person, touch, state, token, at_us, channel, purpose, shadow, journey, priority in rows.values_list(
            *("person_key", "touch_id", "touch__state", "touch__token", "at_us", "channel", "purpose", "shadow"),
            *("touch__journey", "touch__priority"),
        ):
            waiting = touch if state == State.QUEUED and not token else 0
            taken = Place(from_us(at_us), channel, purpose, shadow, journey, priority, waiting)
            places.setdefault(person, []).append(taken)
    return Book(now, places, costs)


def taken_between(persons: Collection[str], after: datetime, until: datetime) -> dict[str, list[Place]]:
    """The real and shadow places these people took between two instants, as far as they are kept."""
    found: dict[str, list[Place]] = {person: [] for person in persons}
    rows = CapReservation.objects.filter(
        person_key__among=persons, at_us__gt=to_us(after), at_us__lt=to_us(until), given_back=False
    )
    columns = ("person_key", "at_us", "channel", "purpose", "shadow", "touch__journey", "touch__priority")
    for person, at_us, *said in rows.values_list(*columns):
        found[person].append(Place(from_us(at_us), *said))
    return found


def spent(since: datetime) -> int:
    """What the messages that took their place from this instant on cost, minor units; those given back too if paid."""
    rows = CapReservation.objects.filter(at_us__gte=to_us(since), cost_minor__gt=0, shadow=False)
    return int(rows.aggregate(sum=Sum("cost_minor"))["sum"] or 0)


def costs(touches: Collection[int]) -> dict[int, int]:
    """What those of these touches that cost something cost, as their verdicts said."""
    rows = CapReservation.objects.filter(touch_id__among=touches, cost_minor__gt=0, shadow=False)
    return dict(rows.values_list("touch_id", "cost_minor"))


def reserve(takers: Iterable[tuple[int, Taker]], now: datetime, costs: Mapping[str, int]) -> None:
    """Take the places of the touches that may be sent: (touch id, case). `costs`: of one message, by channel."""
    at = to_us(now)
    insert_rows(
        CapReservation._meta.db_table,
        _COLUMNS,
        [
            (touch, who.person_key, who.channel, who.purpose, at, who.shadow, costs.get(who.channel, 0), False)
            for touch, who in takers
        ],
    )


def release(touches: Iterable[int]) -> None:
    """Give the places of these touches back. What was handed over was paid for: its cost stays."""
    if ids := list(touches):
        mine = CapReservation.objects.filter(touch_id__among=ids)
        mine.filter(touch__cost_minor__gt=0).update(given_back=True)
        mine.filter(given_back=False).delete()


def take_again(touches: Iterable[int]) -> None:
    """Messages that were thought lost arrived after all: they take their places again, as of their verdicts."""
    rows = Touch.objects.filter(id__among=list(touches))
    insert_rows(
        CapReservation._meta.db_table,
        _COLUMNS,
        [
            (*row, False)
            for row in rows.values_list("id", "person_key", "channel", "purpose", "judged_us", "shadow", "cost_minor")
        ],
        on_conflict="ON CONFLICT (touch_id) DO UPDATE SET given_back = excluded.given_back",
    )


def give_way(touches: Sequence[int]) -> None:
    """These give their places up to messages of higher priority, and are judged again before anybody takes them.

    Must be called in the transaction that takes the places, holding the order of touches.
    """
    if touches:
        release(touches)
        Touch.objects.filter(id__among=touches, state=State.QUEUED, token="").update(judged_us=0)


def forget() -> None:
    """Drop places no rule can count any more."""
    horizon = to_us(clock.now() - _KEPT)
    if CapReservation.objects.filter(at_us__lt=horizon).exists():
        with store.write(Lane.TICK):
            CapReservation.objects.filter(at_us__lt=horizon).delete()
