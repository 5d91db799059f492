"""Links sent to a person, and when they opened them."""

from collections.abc import Collection
from typing import Any

from potager.content.links.models import PersonalLink
from potager.core.journal import from_us


def told(cids: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Every personal link with its openings, oldest first."""
    rows = PersonalLink.objects.filter(cid__in=cids).select_related("link").prefetch_related("visits")
    return {
        "links": [
            {
                "title": row.link.title,
                "target": row.link.target,
                "channel": row.channel,
                "sent": from_us(row.sent_us) if row.sent_us else None,
                "opened": [
                    {"at": from_us(visit.opened_us), "seconds": visit.seconds}
                    for visit in sorted(row.visits.all(), key=lambda visit: visit.pk)
                ],
            }
            for row in rows.order_by("created_us", "id")
        ]
    }


def erase(cids: Collection[int]) -> None:
    """Forget every link sent to the person and every opening: their addresses open nothing from now on."""
    PersonalLink.objects.filter(cid__in=cids).delete()
