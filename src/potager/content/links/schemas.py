"""What crosses HTTP about links."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.content.links.models import Link
from potager.content.links.opening import is_open
from potager.content.links.queries import Opened
from potager.content.links.specs import KindName, TagGiven
from potager.core import clock
from potager.core.paging import PageQuery

StateName = Literal["open", "upcoming", "over", "retired"]


class LinkFilter(PageQuery):
    """search: part of a title, a key or an address."""

    search: str = ""
    state: StateName | None = None


class LinkPeople(PageQuery):
    """opened: who opened it; else who got it and did not."""

    opened: bool = True


class LinkNumbers(BaseModel):
    """sent: people it went out to; opened: of those, who opened it. rate, low, high: their share with its 95 %
    interval, null before it went out.

    opens, bots: openings by people, and by machines, which count nowhere else.
    readers, seconds: people whose reading was measured, and the median of how long they read; null for links elsewhere.
    """

    sent: int
    opened: int
    rate: float | None
    low: float | None
    high: float | None
    opens: int
    bots: int
    readers: int
    seconds: float | None

    @classmethod
    def of(cls, found: Opened) -> "LinkNumbers":
        low, high = found.interval or (None, None)
        return cls(
            sent=found.sent,
            opened=found.opened,
            rate=found.rate,
            low=low,
            high=high,
            opens=found.opens,
            bots=found.bots,
            readers=found.readers,
            seconds=found.seconds,
        )


class LinkPart(LinkNumbers):
    """The numbers of one journey or one sender; key "" is none."""

    key: str
    name: str


class LinkOut(BaseModel):
    """A link as it stands today, with its numbers among the customers the reader may know of."""

    key: str
    kind: KindName
    title: str
    target: str
    tags: list[TagGiven]
    task: str
    from_day: date | None
    until_day: date | None
    state: StateName
    changed_at: datetime
    changed_by: str
    numbers: LinkNumbers

    @classmethod
    def of(cls, row: Link, found: Opened, names: Mapping[str, str]) -> "LinkOut":
        return cls(**_told(row, found, names))


class LinkDetail(LinkOut):
    """A link with its text, and its numbers by journey and by sender."""

    body: str
    journeys: list[LinkPart]
    senders: list[LinkPart]

    @classmethod
    def whole(
        cls, row: Link, found: Opened, names: Mapping[str, str], journeys: list[LinkPart], senders: list[LinkPart]
    ) -> "LinkDetail":
        return cls(**_told(row, found, names), body=row.body, journeys=journeys, senders=senders)


class LinkPage(BaseModel):
    items: list[LinkOut]
    total: int


class LinkPerson(BaseModel):
    """A customer who got a link. seconds: how long they read, all openings together; null when it is not measured."""

    cid: int
    name: str
    sent_at: datetime
    opens: int
    first_at: datetime | None
    last_at: datetime | None
    seconds: int | None


class LinkPersonPage(BaseModel):
    items: list[LinkPerson]
    total: int


class LinkHandOut(BaseModel):
    cid: int


class LinkAddress(BaseModel):
    """The address of one customer's own."""

    url: str


class LinkBase(BaseModel):
    """What short links begin with. default: the address of the house, which "" stands for."""

    base: str
    default: str


class LinkBaseIn(BaseModel):
    base: str = Field("", max_length=200)


def state_of(row: Link) -> StateName:
    """Where a link stands today."""
    if row.retired_at is not None:
        return "retired"
    if is_open(row):
        return "open"
    return "upcoming" if row.from_day is not None and row.from_day > clock.today() else "over"


def _told(row: Link, found: Opened, names: Mapping[str, str]) -> dict[str, object]:
    same = ("key", "kind", "title", "target", "task", "from_day", "until_day", "changed_at")
    return {
        **{name: getattr(row, name) for name in same},
        "tags": [TagGiven(**each) for each in row.tags],
        "state": state_of(row),
        "changed_by": names.get(row.changed_by, row.changed_by),
        "numbers": LinkNumbers.of(found),
    }
