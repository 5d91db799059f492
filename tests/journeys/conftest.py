"""A house with a warehouse, staff, people and one channel, and journeys that hear the journal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from potager.core import choices, clock, journal, store
from potager.core.journal import Fact
from potager.facts import loader
from potager.insight.models import Audience, TagDefinition
from potager.journeys import checks, files, publish, queries, subscriber, tick
from potager.journeys.models import Run, RunStep
from potager.org.access import SYSTEM
from potager.org.models import Staff, Store
from potager.people.models import Customer, Identity
from potager.touch import channels, pump
from potager.touch.models import Touch
from tests.touch.conftest import Paper

NOON = datetime.fromisoformat("2026-11-01T04:00:00+00:00")
HELLO = {"id": "hello", "message": {"text": "你好{客户昵称|朋友}", "purpose": "service"}}
BYE = {"id": "bye", "message": {"text": "再见", "purpose": "service"}}


@dataclass
class Garden:
    """What the tests do with journeys, in their words. Time is the test's: `at` moves it."""

    now: datetime
    paper: Paper
    count: int = 0

    def person(self, name: str = "小林", owner: str = "chen") -> int:
        """A customer followed by a staff member, known to the warehouse."""
        self.count += 1
        staff = Staff.objects.filter(key=owner).first()
        customer = Customer.objects.create(
            name=name,
            created_at=self.now,
            first_seen_at=self.now,
            person_key=f"person-{self.count}",
            owner=staff,
        )
        Identity.objects.create(
            type="external_userid",
            realm="corp",
            value=f"wm{self.count}",
            customer=customer,
            home_cid=customer.pk,
            first_us=journal.to_us(self.now),
        )
        body = {
            "created_at": self.now.isoformat(),
            "first_seen_at": self.now.isoformat(),
            "source": "",
            "owner": owner,
            "state": "live",
            "attrs": {},
        }
        self.tell("customer_changed", customer.pk, kind="customer", **body)
        return int(customer.pk)

    def tell(self, type_: str, cid: int, *, kind: str = "event", at: datetime | None = None, **body: object) -> None:
        """One fact through the only door."""
        self.tell_all([(type_, cid, kind, at or self.now, body)])

    def tell_all(self, told: Sequence[tuple[str, int, str, datetime, Mapping[str, object]]]) -> None:
        facts = []
        for type_, cid, kind, at, body in told:
            self.count += 1
            facts.append(Fact(kind, type_, "test", f"m{self.count}", at, body, iid=None, cid=cid))
        with store.write():
            journal.append(facts)

    def order(
        self, cid: int, *, no: str = "", amount: int = 26800, product: str = "", at: datetime | None = None
    ) -> None:
        self.count += 1
        number = no or f"O{self.count}"
        items = [{"line": "1", "product": product or "ML-S01", "qty": 1, "amount": amount, "cost": 5000}]
        body = {
            "shop": "s",
            "order_no": number,
            "version": 1,
            "status": "paid",
            "amount": amount,
            "discount": 0,
            "channel": "mini",
            "store": "",
            "items": items,
        }
        self.tell("order_paid", cid, kind="order", at=at, **body)

    def audience(self, key: str) -> None:
        Audience.objects.create(key=key, name_zh=key, condition={"all": []}, created_at=self.now)

    def tag(self, key: str) -> None:
        TagDefinition.objects.create(key=key, name_zh=key, source="manual")

    def publish(self, people: publish.Choice = "finish", **definition: Any) -> str:
        """Publish a definition; what is not said is as in `small`."""
        written = small(**definition)
        with store.write():
            files.apply(SYSTEM, written)
            publish.publish(SYSTEM, queries.journey_of(written["key"]), people)
        return str(written["key"])

    def at(self, now: datetime, *, load: bool = True) -> int:
        """Let time pass and everything due happen."""
        self.now = now
        clock.set_world(now)
        if load:
            loader.load_all()
        return tick.tick()

    def later(self, **span: float) -> int:
        return self.at(self.now + timedelta(**span))

    def send(self) -> None:
        pump.pump()

    def run(self, cid: int, journey: str = "welcome") -> Run:
        return Run.objects.get(journey__key=journey, subject_id=cid)

    def steps(self, cid: int, journey: str = "welcome") -> list[tuple[str, str]]:
        rows = RunStep.objects.filter(run__subject_id=cid, run__journey__key=journey).order_by("run", "visit")
        return list(rows.values_list("step", "outcome"))

    def texts(self, cid: int) -> list[str]:
        return list(Touch.objects.filter(cid=cid, shadow=False).order_by("id").values_list("text", flat=True))


def small(**changes: Any) -> dict[str, Any]:
    """A definition as small as it can be, with changes."""
    return {
        "key": "welcome",
        "name": "欢迎",
        "triggers": [{"event": "friend_added"}],
        "steps": [{"id": "hello", "message": {"text": "你好{客户昵称|朋友}", "purpose": "service"}}],
    } | changes


def problems(**changes: Any) -> list[tuple[str, str]]:
    """(code, place) of everything wrong with a definition."""
    return [(problem.code, problem.place) for problem in checks.problems(checks.read(small(**changes)))]


@pytest.fixture
def garden(warehouse: object) -> Iterator[Garden]:
    """The house of these tests, at noon in Shanghai."""
    shop = Store.objects.create(key="jingan", name="静安店")
    Staff.objects.create(key="chen", name="陈雨欣", store=shop)
    heard, ways = list(journal._subscribers), list(channels.installed().values())
    paper = Paper()
    channels.set_channels([paper])
    journal.set_subscribers([subscriber.on_entries])
    with store.write():
        choices.put("journeys.channel", "paper")
    yield Garden(NOON, paper)
    journal.set_subscribers(heard)
    channels.set_channels(ways)
