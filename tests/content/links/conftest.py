"""Links, people who got them, and the browsers they open them with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from potager import assembly
from potager.content.links import writing
from potager.content.links.guessing import guesses
from potager.content.links.models import Link, PersonalLink
from potager.content.links.specs import LinkSpec
from potager.core import clock, journal, store
from potager.core.models import JournalEntry
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.people.models import Customer, Identity

OWNER = Actor("owner", Role.OWNER)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.42(0x18002a2c) NetType/WIFI Language/zh_CN"
)
SPRING = "https://shop.example.com/spring?from=potager"


@pytest.fixture(autouse=True)
def _no_guesses() -> Iterator[None]:
    guesses.forget()
    yield
    guesses.forget()


@pytest.fixture
def wall(monkeypatch) -> "Wall":
    """The wall clock in the test's hand."""
    hand = Wall()
    monkeypatch.setattr(clock, "wall", hand)
    return hand


class Wall:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def heard() -> Iterator[None]:
    """Everybody hears the journal, as in a house that is served."""
    before = list(journal._subscribers)
    journal.set_subscribers(assembly.SUBSCRIBERS)
    yield
    journal.set_subscribers(before)


def made(key: str = "spring", **more: object) -> Link:
    with store.write():
        return writing.create(OWNER, spec(key, **more))


def spec(key: str = "spring", **more: object) -> LinkSpec:
    return LinkSpec(**{"key": key, "kind": "url", "title": "春季手册", "target": SPRING, **more})


def page(key: str = "care", **more: object) -> Link:
    return made(
        key, kind="page", title="敏感肌怎么护理", target="", body="第一步：少洗。\n\n第二步：<b>保湿</b>。", **more
    )


def person(n: int = 1, owner: Staff | None = None) -> Customer:
    row = Customer.objects.create(
        name=f"客户{n}", created_at=clock.now(), first_seen_at=clock.now(), person_key=f"p{n}", owner=owner
    )
    Identity.objects.create(type="user_id", realm="app", value=f"u{n}", customer=row, home_cid=row.id, first_us=0)
    return row


def sent(link: Link, customer: Customer, n: int = 1, **more: object) -> PersonalLink:
    """A personal link that went out, with a token one can read."""
    row = {"journey": "welcome", "channel": "paper", "touch": n, "sent_us": journal.to_us(clock.now()), **more}
    return PersonalLink.objects.create(
        token=f"{link.key}{n}".ljust(12, "0")[:12],
        link=link,
        iid=customer.identities.get().id,
        cid=customer.id,
        created_us=journal.to_us(clock.now()),
        **row,
    )


def phone(**headers: str) -> Client:
    """A customer's phone."""
    return Client(headers={"User-Agent": PHONE, **headers})


def facts(type_: str) -> list[dict]:
    return list(JournalEntry.objects.filter(type=type_).order_by("seq").values_list("body", flat=True))
