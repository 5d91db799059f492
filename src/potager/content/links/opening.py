"""A link is opened, and its page is read: what becomes of it, in one transaction."""

import logging
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F

from potager.content.links.models import Kind, Link, PersonalLink, Visit
from potager.core import clock, journal, store
from potager.core.errors import Problem
from potager.core.journal import Fact, to_us
from potager.core.store import Lane
from potager.insight import tags
from potager.insight.fields import TagOrigin
from potager.org.access import SYSTEM

logger = logging.getLogger("potager.content")

OPENED: Final = "link_opened"
READ: Final = "link_read"
SOURCE: Final = "link"
# Openings of one personal link this close together are one: a reload, a double tap, or WeChat's server fetching what
# its reader just fetched. Wall time, in microseconds.
SAME: Final = 10_000_000
# Nobody reads one text longer; a page left open overnight was not read.
LONGEST_SECONDS: Final = 7_200
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening: its visit, and whether it was the first by this customer of this link."""

    visit: int
    first: bool


def is_open(link: Link) -> bool:
    """Whether a link opens on this business day."""
    today = clock.today()
    begun = link.from_day is None or link.from_day <= today
    return link.retired_at is None and begun and (link.until_day is None or today <= link.until_day)


def opened(token: str) -> Opening | None:
    """Note that the person opened their link: a fact, its tags, its numbers. Openings close together are one.

    None when the link was erased since.
    """
    with store.write(Lane.INGEST):
        journal.hold()
        row = _held(token)
        if row is None:
            return None
        now, wall = to_us(clock.now()), to_us(clock.wall())
        last = row.visits.order_by("-wall_us", "-id").first()
        if last is not None and wall - last.wall_us < SAME:
            return Opening(last.pk, first=False)
        first = not PersonalLink.objects.filter(link=row.link, cid=row.cid, opens__gt=0).exists()
        visit = Visit.objects.create(personal=row, opened_us=now, wall_us=wall)
        PersonalLink.objects.filter(id=row.pk).update(
            opens=F("opens") + 1,
            first_us=row.first_us or now,
            last_us=max(row.last_us, now),
            # What was opened went out, whatever its channel has told so far.
            sent_us=row.sent_us or now,
        )
        _tag(row)
        journal.append([_fact(row, OPENED, f"open:{visit.pk}", first=first)])
        return Opening(visit.pk, first)


def bot(token: str) -> None:
    """Count a machine's opening, beside and never among those of the person."""
    with store.write(Lane.INGEST):
        PersonalLink.objects.filter(token=token).update(bots=F("bots") + 1)


def read(token: str, visit: int, seconds: int) -> int:
    """Note for how many seconds a page has been read in this visit so far; returns how many of them are news.

    Told again, late or out of order nothing is counted twice; no more is believed than has passed since it was opened.
    """
    with store.write(Lane.INGEST):
        journal.hold()
        row = _held(token)
        found = row and row.visits.filter(id=visit).first()
        if row is None or not found or row.link.kind != Kind.PAGE:
            return 0
        # A second of grace: the page counts from when it was drawn, and rounds.
        passed = (to_us(clock.wall()) - found.wall_us) // _SECOND + 1
        whole = min(seconds, passed, LONGEST_SECONDS)
        news = whole - found.seconds
        if news <= 0:
            return 0
        Visit.objects.filter(id=found.pk).update(seconds=whole)
        PersonalLink.objects.filter(id=row.pk).update(seconds=F("seconds") + news)
        journal.append([_fact(row, READ, f"read:{found.pk}:{whole}", seconds=news)])
        return news


def _held(token: str) -> PersonalLink | None:
    rows = PersonalLink.objects.select_for_update(of=("self",)).select_related("link")
    return rows.filter(token=token).first()


def _tag(row: PersonalLink) -> None:
    for each in row.link.tags:
        try:
            tags.add(SYSTEM, [row.cid], each["tag"], each["value"], origin=TagOrigin.LINK)
        except Problem as problem:
            # A tag that was deleted or got a rule since: the opening counts all the same.
            logger.warning("link %s gives no tag %s: %s", row.link.key, each["tag"], problem)


def _fact(row: PersonalLink, type_: str, message_id: str, **more: Any) -> Fact:
    body: dict[str, Any] = {
        "link": row.link.key,
        "title": row.link.title,
        **({"touch": row.touch} if row.touch else {}),
        **{name: value for name in ("channel", "journey", "sender") if (value := getattr(row, name))},
        **more,
    }
    return Fact("event", type_, SOURCE, message_id, clock.now(), body, iid=row.iid, cid=row.cid)
