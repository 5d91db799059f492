"""Every read of links."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from potager.content.links.models import Link, PersonalLink
from potager.core import clock
from potager.core.errors import NotFound
from potager.insight.affinity.bundle import wilson
from potager.org.access import Actor
from potager.people.queries import visible_to
from potager.people.sql import among, fetch, listed

# The middle of how long each person read, two middles averaged where their number is even.
_MEDIANS: Final = """
WITH person AS (SELECT link_id, cid, SUM(seconds) AS seconds FROM content_personallink
    WHERE {links} AND seconds > 0{seen} GROUP BY link_id, cid),
ranked AS (SELECT link_id, seconds, ROW_NUMBER() OVER (PARTITION BY link_id ORDER BY seconds) AS place,
    COUNT(*) OVER (PARTITION BY link_id) AS n FROM person)
SELECT link_id, AVG(seconds), MAX(n) FROM ranked WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY link_id
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """sent: people it went out to; opened: of those, people who opened it; opens, bots: openings by people, machines.

    readers, seconds  people whose reading was measured, and the median of how long they read in all
    """

    sent: int = 0
    opened: int = 0
    opens: int = 0
    bots: int = 0
    readers: int = 0
    seconds: float | None = None

    @property
    def rate(self) -> float | None:
        return self.opened / self.sent if self.sent else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the rate by Wilson."""
        return wilson(self.opened, self.sent) if self.sent else None


_NUMBERS: Final = {
    "sent": Count("cid", filter=Q(sent_us__gt=0), distinct=True),
    "opened": Count("cid", filter=Q(opens__gt=0), distinct=True),
    "opens": Sum("opens", default=0),
    "bots": Sum("bots", default=0),
}


def usable(day: date) -> QuerySet[Link]:
    """Links that open on a business day."""
    begun = Q(from_day=None) | Q(from_day__lte=day)
    return Link.objects.filter(begun, Q(until_day=None) | Q(until_day__gte=day), retired_at=None)


def links(actor: Actor, *, search: str = "", state: str = "") -> QuerySet[Link]:
    """Links, the last changed first; staff know those that open today.

    state  open, upcoming, over or retired; "" all
    """
    today = clock.today()
    rows = Link.objects.all() if actor.sees_all else usable(today)
    match state:
        case "open":
            rows = rows & usable(today)
        case "upcoming":
            rows = rows.filter(retired_at=None, from_day__gt=today)
        case "over":
            rows = rows.filter(retired_at=None, until_day__lt=today)
        case "retired":
            rows = rows.exclude(retired_at=None)
    if text := search.strip():
        rows = rows.filter(Q(title__icontains=text) | Q(key__icontains=text) | Q(target__icontains=text))
    return rows.order_by("-changed_at", "-id")


def link(key: str) -> Link:
    """Raises NotFound."""
    row = Link.objects.filter(key=key).first()
    if row is None:
        raise NotFound("链接", "link", key)
    return row


def asking(keys: Collection[str]) -> Mapping[str, str]:
    """Which of these links ask something of the staff when they are opened: key → what."""
    return dict(Link.objects.filter(key__in=keys).exclude(task="").values_list("key", "task"))


def personal(actor: Actor) -> QuerySet[PersonalLink]:
    """Links sent to customers the actor may know of."""
    rows = PersonalLink.objects.all()
    return rows if actor.sees_all else rows.filter(cid__in=visible_to(actor).values("id"))


def numbers(actor: Actor, ids: Collection[int]) -> Mapping[int, Opened]:
    """By link id, of the customers the actor may know of; two statements for any number of links."""
    rows = personal(actor).filter(link_id__in=ids)
    found = {int(id_): each for id_, each in _counted(rows, "link_id")}
    for id_, seconds, readers in _medians(actor, ids):
        found[id_] = replace(found[id_], readers=readers, seconds=seconds)
    return {id_: found.get(id_, Opened()) for id_ in ids}


def split(actor: Actor, link_id: int, by: str) -> list[tuple[str, Opened]]:
    """The numbers of a link by `journey` or `sender`, the most sent first; "" is none."""
    found = _counted(personal(actor).filter(link_id=link_id), by)
    return sorted(found, key=lambda each: (-each[1].sent, each[0]))


def people(actor: Actor, link_id: int, *, opened: bool = True) -> QuerySet[PersonalLink, Any]:
    """A row for each customer who opened it (or who got it and did not), the last to open first.

    Values: cid, times (openings), first (µs), last (µs), read (seconds), sent (µs).
    """
    rows = (
        personal(actor)
        .filter(link_id=link_id, sent_us__gt=0)
        .values("cid")
        .annotate(
            times=Sum("opens"),
            # Those not opened yet have 0, which is no first time.
            first=Min("first_us", filter=Q(opens__gt=0)),
            last=Max("last_us"),
            read=Sum("seconds"),
            sent=Min("sent_us"),
        )
    )
    return (
        rows.filter(times__gt=0).order_by("-last", "cid") if opened else rows.filter(times=0).order_by("-sent", "cid")
    )


def _counted(rows: QuerySet[PersonalLink], by: str) -> list[tuple[str, Opened]]:
    counts: QuerySet[PersonalLink, Any] = rows.order_by().values(by).annotate(**_NUMBERS)
    return [(str(row[by]), Opened(**{name: row[name] for name in _NUMBERS})) for row in counts]


def _medians(actor: Actor, ids: Collection[int]) -> list[tuple[int, float, int]]:
    seen, parameters = "", [listed(list(ids))]
    if not actor.sees_all:
        seen = f" AND {among('cid')}"
        parameters.append(listed(list(visible_to(actor).values_list("id", flat=True))))
    rows = fetch(_MEDIANS.format(links=among("link_id"), seen=seen), *parameters)
    return [(int(str(id_)), float(str(seconds)), int(str(n))) for id_, seconds, n in rows]
