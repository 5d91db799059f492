"""People, staff and ways out for the tests of touches."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection

from potager.core import clock, store
from potager.org.models import Staff, Store
from potager.people.models import Customer, Identity
from potager.touch import channels
from potager.touch.channels import Batch, Capabilities, News, Receipt, Result
from potager.touch.drafts import Intent
from potager.touch.intents import Intended, intend
from potager.touch.life import State
from potager.touch.models import Touch


@dataclass
class Paper:
    """A channel that keeps what it is given, tells nothing by itself, and can be told how to answer."""

    key: str = "paper"
    looks_up: bool = True
    cancels: bool = True
    per_minute: int | None = None
    needs_sender: bool = False
    mass: bool = False
    given: list[Batch] = field(default_factory=list)
    answers: dict[str, Result] = field(default_factory=dict)
    trouble: Exception | None = None
    told: list[Receipt] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            name_zh="纸条",
            name_en="Paper",
            receipts=frozenset(State),
            looks_up=self.looks_up,
            cancels=self.cancels,
            needs_sender=self.needs_sender,
            per_minute=self.per_minute,
            mass=self.mass,
        )

    @property
    def tokens(self) -> list[str]:
        return [to.token for batch in self.given for to in batch.to]

    @property
    def people(self) -> list[int]:
        return [to.cid for batch in self.given for to in batch.to]

    def send(self, batches: Sequence[Batch], at: datetime) -> list[Result]:
        if self.trouble is not None:
            raise self.trouble
        accepted = []
        for batch in batches:
            kept = tuple(to for to in batch.to if batch.text not in self.answers)
            accepted.append(Batch(batch.sender, batch.text, batch.journey, kept))
        self.given += [batch for batch in accepted if batch.to]
        return [
            Result(to.token, *self.answers.get(batch.text, ("accepted", ""))) for batch in batches for to in batch.to
        ]

    def lookup(self, tokens: Collection[str]) -> set[str]:
        return set(tokens) & set(self.tokens)

    def cancel(self, tokens: Collection[str], at: datetime) -> set[str]:
        self.taken_back |= set(tokens)
        return set(tokens)

    def news(self, after: int, limit: int) -> News:
        return News(len(self.told), self.told[after : after + limit])


@pytest.fixture
def paper() -> Iterator[Paper]:
    """One installed channel, `paper`."""
    before = list(channels.installed().values())
    channel = Paper()
    channels.set_channels([channel])
    yield channel
    channels.set_channels(before)


@pytest.fixture
def staff(house: datetime) -> Staff:
    shop = Store.objects.create(key="s1", name="静安店")
    return Staff.objects.create(key="lin", name="林晓", store=shop)


@pytest.fixture
def people(staff: Staff) -> list[Customer]:
    """Six customers of staff member lin: the first is 小雨, in Urumqi's zone nobody, the others nameless."""
    rows = []
    for n in range(6):
        customer = Customer.objects.create(
            name="小雨" if n == 0 else "",
            created_at=clock.now(),
            first_seen_at=clock.now(),
            person_key=f"person-{n}",
            owner=staff,
        )
        Identity.objects.create(
            type="user_id", realm="app", value=f"u{n}", customer=customer, home_cid=customer.id, first_us=0
        )
        rows.append(customer)
    return rows


def say(*intents: Intent, at: datetime | None = None) -> list[Intended]:
    """Intend in a transaction of its own, at `at` or now."""
    with clock.frozen(at or clock.now()), store.write():
        return intend(intents)


def state(touch: Intended | int) -> State:
    return State(Touch.objects.get(id=touch if isinstance(touch, int) else touch.id).state)


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def both(*acts: Callable[[], object]) -> None:
    """Run acts at once, each in a thread with a connection of its own; an error in one is an error here."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()
