"""Whether people may be reached: opt-outs and consents, per channel and purpose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from potager.core import clock, journal
from potager.core.bulk import insert_rows
from potager.core.journal import Fact
from potager.org import audit
from potager.org.access import SYSTEM, Actor
from potager.people import queries
from potager.people.models import Consent
from potager.people.sql import among, fetch, listed, written


@dataclass(frozen=True, slots=True)
class Stated:
    """A person (an identity of a customer) allowed or refused a channel for a purpose; "*" means all."""

    iid: int
    cid: int
    channel: str
    purpose: str
    allowed: bool
    at: datetime
    source: str = ""


def record(actor: Actor, stated: Sequence[Stated]) -> int:
    """Store statements not stored before; a refusal is the event `opted_out`. Returns how many were new."""
    rows = insert_rows(
        Consent._meta.db_table,
        {
            "identity_id": "bigint",
            "customer_id": "integer",
            "channel": "text",
            "purpose": "text",
            "allowed": "boolean",
            "at": "timestamptz",
            "source": "text",
        },
        [(s.iid, s.cid, s.channel, s.purpose, s.allowed, written(s.at), s.source) for s in stated],
        on_conflict="ON CONFLICT DO NOTHING",
        returning=("id",),
    )
    new = Consent.objects.filter(id__in=[int(str(row[0])) for row in rows]).order_by("id")
    journal.append(
        [
            Fact(
                "event",
                "opted_out",
                "people",
                f"consent:{row.id}",
                row.at,
                {"channel": row.channel, "purpose": row.purpose, "source": row.source},
                iid=row.identity_id,
                cid=row.customer_id,
            )
            for row in new
            if not row.allowed
        ]
    )
    if actor != SYSTEM:
        for row in new:
            detail = {"channel": row.channel, "purpose": row.purpose, "allowed": row.allowed}
            audit.record(actor, "consent.record", f"customer:{row.customer_id}", detail)
    return len(rows)


def state(actor: Actor, cid: int, channel: str, purpose: str, *, allowed: bool) -> None:
    """A person records what a customer said. Raises NotFound when the actor may not see the customer."""
    customer = queries.customer(actor, cid)
    now = clock.now()
    record(actor, [Stated(queries.speaker(customer.id), customer.id, channel, purpose, allowed, now, "console")])


def opted_out(cids: Collection[int], channel: str, purpose: str) -> set[int]:
    """Those of these customers whose newest statement covering this channel and purpose is a refusal.

    Of two statements of the same instant the refusal counts.
    """
    if not cids:
        return set()
    rows = fetch(
        f"""SELECT customer_id, allowed FROM people_consent
            WHERE {among("customer_id")} AND channel IN (%s, '*') AND purpose IN (%s, '*')
            ORDER BY customer_id, at, allowed DESC""",
        listed(cids),
        channel,
        purpose,
    )
    newest = {int(str(cid)): bool(allowed) for cid, allowed in rows}
    return {cid for cid, allowed in newest.items() if not allowed}
