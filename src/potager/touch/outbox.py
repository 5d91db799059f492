"""The outbox: what is due and may be sent goes to its channel, once.

Three steps, never one transaction: claim under a lease, giving each touch an idempotency token (`claims`, write) →
the channel's call (`handover`, no transaction) → what came of it (write). A crash after the claim leaves a touch
`queued` with a token and a lease that ends: the next worker asks the channel whether it has the token, and sends
again only if it certainly has not. A channel that cannot tell leaves the touch `unknown`; nothing is ever silently
sent twice.
"""

from functools import partial

from django.db.models import Q, QuerySet

from potager.core import clock, store
from potager.core.bulk import update_rows
from potager.core.journal import to_us
from potager.core.store import Lane as WriteLane
from potager.touch import breaker, changes, claims, handover, judging, places, settings
from potager.touch import people as known_people
from potager.touch.changes import Change
from potager.touch.channels import Channel, Unavailable, installed
from potager.touch.intents import state_of
from potager.touch.life import PENDING, State
from potager.touch.models import Touch


def send_due(limit: int = 2_000) -> int:
    """Judge what came due and hand over what may go; returns how many touches moved.

    Must be called outside write transactions. Does nothing while sending is stopped.
    """
    if store.is_writing():
        raise RuntimeError("a channel call inside store.write would hold everybody up")
    if settings.is_stopped():
        return 0
    judged = _judge(limit)
    return judged + sum(handover.turn(each, partial(_serve, each, limit)) for each in installed().values())


def withdraw(limit: int = 2_000) -> int:
    """Ask channels to take back what ended journeys and closed windows no longer want; returns how many they did."""
    able = [each for each in installed().values() if each.capabilities.cancels]
    return sum(handover.turn(each, partial(_withdraw, each, limit)) for each in able)


def _serve(channel: Channel, limit: int) -> int:
    known = handover.reconcile(channel, limit)
    room = breaker.room(channel.key, "send", limit)
    return known + (handover.send(channel, claims.claim(channel, room)) if room else 0)


def _withdraw(channel: Channel, limit: int) -> int:
    """One that the channel would not take back is not asked for again, except once when its window closes."""
    now, wall = clock.now(), clock.wall()
    late = Q(expires_us__lte=to_us(now), asked_back=False)
    rows = Touch.objects.filter(Q(cancel_wanted=True) | late, channel=channel.key, state=State.HANDED_OVER)
    waiting = rows.filter(lease_until_us__lt=to_us(wall)).order_by("id")
    asked = dict(waiting.values_list("token", "id")[:limit])
    if not asked:
        return 0
    mine = Touch.objects.filter(id__among=asked.values())
    try:
        taken = handover.ask(channel, "cancel", lambda: set(channel.cancel(asked.keys(), now)))
    except Unavailable:
        with store.write(WriteLane.TICK):
            mine.filter(state=State.HANDED_OVER).update(lease_until_us=to_us(wall + claims.REST))
        return 0
    with store.write(WriteLane.TICK):
        changes.hold()
        moved = claims.take_back([asked[token] for token in asked if token in taken])
        mine.filter(cancel_wanted=True).update(cancel_wanted=False)
        mine.filter(expires_us__lte=to_us(now)).update(asked_back=True)
    return moved


def expire(limit: int = 2_000) -> int:
    """Close touches of ours whose send window has passed; returns how many."""
    now = to_us(clock.now())
    rows = Touch.objects.filter(state__in=[*PENDING, State.QUEUED], token="", expires_us__lte=now)
    if not rows.exists():
        return 0
    with store.write(WriteLane.TICK):
        changes.hold()
        late = rows.order_by("expires_us", "id").values_list("id", "expires_us")[:limit]
        return changes.apply([Change(id_, State.EXPIRED, at, "window_closed") for id_, at in late])


def _to_judge(now_us: int) -> tuple[QuerySet[Touch], QuerySet[Touch]]:
    """Touches whose time has come, and queued ones whose verdict is old."""
    due = Touch.objects.filter(due_us__lte=now_us, expires_us__gt=now_us)
    return (
        due.filter(state__in=PENDING),
        due.filter(claims.stale(), state=State.QUEUED, token=""),
    )


def _judge(limit: int) -> int:
    now = clock.now()
    if not any(rows.exists() for rows in _to_judge(to_us(now))):
        return 0
    with store.write(WriteLane.TICK):
        changes.hold()
        rules = settings.policy()
        cases = [row for rows in _to_judge(to_us(now)) for row in rows.order_by("due_us", "id")[:limit]]
        # One judged again gives its place back first, so that it does not count against itself.
        places.release(case.id for case in cases if case.state == State.QUEUED)
        known = known_people.customers({case.cid for case in cases}, rules.zone_attr)
        verdicts, yielded = judging.verdicts(cases, known, rules, now)
        places.give_way(yielded)
        places.reserve(
            [(c.id, c) for c, v in zip(cases, verdicts, strict=True) if v.decision == "send"], now, rules.costs
        )
        update_rows(
            Touch._meta.db_table,
            {"rule": "text", "detail": "jsonb", "due_us": "bigint", "judged_us": "bigint"},
            [
                (case.id, verdict.rule, dict(verdict.detail), to_us(verdict.until or now), to_us(now))
                for case, verdict in zip(cases, verdicts, strict=True)
            ],
        )
        changes.apply(
            [
                Change(case.id, state_of(verdict, shadow=case.shadow), to_us(now), verdict.rule)
                for case, verdict in zip(cases, verdicts, strict=True)
            ]
        )
        return len(cases)
