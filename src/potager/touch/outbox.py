"""The outbox: what is due and may be sent goes to its channel, once.

Three steps, never one transaction: claim under a lease, giving each touch an idempotency token (write) → the
channel's call (no transaction) → what came of it (write). A crash after the claim leaves a touch `queued` with a
token and a lease that ends: the next worker asks the channel whether it has the token, and sends again only if it
certainly has not. A channel that cannot tell leaves the touch `unknown`; nothing is ever silently sent twice.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from potager.core import clock, store
from potager.core.bulk import update_rows
from potager.core.journal import from_us, to_us
from potager.core.store import Lane as WriteLane
from potager.touch import changes, judging, settings
from potager.touch import people as known_people
from potager.touch.changes import Change
from potager.touch.channels import Batch, Channel, Recipient, Result, Unavailable, Uncertain, installed
from potager.touch.intents import state_of
from potager.touch.life import PENDING, State
from potager.touch.models import CapReservation, Touch

LEASE = timedelta(minutes=5)
# How long a call that broke off rests before it is looked up.
REST = timedelta(seconds=30)
# A verdict older than this is asked for again before sending: quiet hours may have begun, the person may have refused.
STALE = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)


def send_due(limit: int = 2_000) -> int:
    """Judge what came due and hand over what may go; returns how many touches moved.

    Must be called outside write transactions. Does nothing while sending is stopped.
    """
    if store.is_writing():
        raise RuntimeError("a channel call inside store.write would hold everybody up")
    if settings.is_stopped():
        return 0
    moved = _judge(limit)
    for channel in installed().values():
        moved += _reconcile(channel, limit)
        moved += _send(channel, _claim(channel, limit))
    return moved


def withdraw(limit: int = 2_000) -> int:
    """Ask channels to take back what ended journeys and closed windows no longer want; returns how many they did."""
    moved = 0
    for channel in installed().values():
        if not channel.capabilities.cancels:
            continue
        now = clock.now()
        unwanted = Q(cancel_wanted=True) | Q(expires_us__lte=to_us(now))
        rows = Touch.objects.filter(unwanted, channel=channel.key, state=State.HANDED_OVER).order_by("id")
        asked = dict(rows.values_list("token", "id")[:limit])
        if not asked:
            continue
        try:
            taken = channel.cancel(asked.keys(), now)
        except Unavailable:
            continue
        with store.write(WriteLane.TICK):
            changes.hold()
            moved += _withdrawn([asked[token] for token in asked if token in taken], to_us(now))
            Touch.objects.filter(id__among=asked.values(), cancel_wanted=True).update(cancel_wanted=False)
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


def forget_places() -> None:
    """Drop reservations older than the longest window a cap can have."""
    horizon = to_us(clock.now() - settings.LONGEST_WINDOW)
    if CapReservation.objects.filter(at_us__lt=horizon).exists():
        with store.write(WriteLane.TICK):
            CapReservation.objects.filter(at_us__lt=horizon).delete()


def _withdrawn(ids: Sequence[int], now_us: int) -> int:
    rows = Touch.objects.filter(id__among=ids).values_list("id", "expires_us")
    return changes.apply(
        [
            Change(id_, State.EXPIRED, expires, "window_closed")
            if expires <= now_us
            else Change(id_, State.CANCELLED, now_us, "journey_ended")
            for id_, expires in rows
        ]
    )


def _to_judge(now_us: int) -> tuple[QuerySet[Touch], QuerySet[Touch]]:
    """Touches whose time has come, and queued ones whose verdict is old."""
    due = Touch.objects.filter(due_us__lte=now_us, expires_us__gt=now_us)
    return (
        due.filter(state__in=PENDING),
        due.filter(state=State.QUEUED, token="", judged_us__lte=now_us - STALE // timedelta(microseconds=1)),
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
        changes.release(case.id for case in cases if case.state == State.QUEUED)
        verdicts = judging.verdicts(
            cases, known_people.customers({case.cid for case in cases}, rules.zone_attr), rules, now
        )
        judging.reserve([(c.id, c) for c, v in zip(cases, verdicts, strict=True) if v.decision == "send"], now)
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


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A touch in this worker's hand."""

    id: int
    token: str
    cid: int
    person_key: str
    sender: str
    text: str
    journey: str
    expires_us: int
    tries: int
    cancel_wanted: bool


_FIELDS = ("id", "token", "cid", "person_key", "sender", "text", "journey", "expires_us", "tries", "cancel_wanted")


def _free(channel: Channel) -> QuerySet[Touch]:
    """Queued touches of a channel that nobody has in hand; on PostgreSQL locked, passing over others' locks."""
    wall = to_us(clock.wall())
    rows = Touch.objects.filter(channel=channel.key, state=State.QUEUED, lease_until_us__lt=wall)
    return rows.order_by("lane", "due_us", "id")


def _take(rows: QuerySet[Touch], limit: int, *, fresh: bool) -> list[_Claimed]:
    """Lease the first of these rows; `fresh` gives each a new token and starts an attempt."""
    if not rows.exists():
        return []
    with store.write(WriteLane.TICK):
        wall = clock.wall()
        if store.is_postgres():
            rows = rows.select_for_update(skip_locked=True)
        taken = [_Claimed(*row) for row in rows.values_list(*_FIELDS)[:limit]]
        lease = to_us(wall + LEASE)
        if not fresh:
            Touch.objects.filter(id__among=[each.id for each in taken]).update(lease_until_us=lease)
            return taken
        given = [_Claimed(each.id, uuid.uuid4().hex, *_rest(each)) for each in taken]
        update_rows(
            Touch._meta.db_table,
            {"token": "text", "tries": "integer", "lease_until_us": "bigint", "claimed_us": "bigint"},
            [(each.id, each.token, each.tries + 1, lease, to_us(wall)) for each in given],
        )
        return given


def _rest(each: _Claimed) -> tuple[int, str, str, str, str, int, int, bool]:
    return (
        *(each.cid, each.person_key, each.sender, each.text),
        *(each.journey, each.expires_us, each.tries, each.cancel_wanted),
    )


def _claim(channel: Channel, limit: int) -> list[_Claimed]:
    per_minute = channel.capabilities.per_minute
    if per_minute is not None:
        since = to_us(clock.wall() - _MINUTE)
        limit = min(limit, per_minute - Touch.objects.filter(channel=channel.key, claimed_us__gt=since).count())
    if limit <= 0:
        return []
    now = to_us(clock.now())
    return _take(_free(channel).filter(token="", due_us__lte=now, expires_us__gt=now), limit, fresh=True)


def _reconcile(channel: Channel, limit: int) -> int:
    """Touches somebody took and never wrote down: the channel knows, or nobody does."""
    held = _take(_free(channel).exclude(token=""), limit, fresh=False)
    if not held:
        return 0
    now = to_us(clock.now())
    if not channel.capabilities.looks_up:
        with store.write(WriteLane.TICK):
            return changes.apply([Change(each.id, State.UNKNOWN, now, "lost_in_a_crash") for each in held])
    try:
        has = channel.lookup([each.token for each in held])
    except Unavailable:
        _rest_until(held, tokens=True)
        return 0
    moved = _record(channel, [each for each in held if each.token in has], [])
    absent = [each for each in held if each.token not in has]
    unwanted = [each for each in absent if each.cancel_wanted or each.expires_us <= now]
    if unwanted:
        with store.write(WriteLane.TICK):
            changes.hold()
            moved += _withdrawn([each.id for each in unwanted], now)
    return moved + _send(channel, [each for each in absent if each not in unwanted])


def _send(channel: Channel, claimed: Sequence[_Claimed]) -> int:
    if not claimed:
        return 0
    try:
        results = {result.token: result for result in channel.send(_batches(claimed), clock.now())}
    except Unavailable:
        _rest_until(claimed, tokens=False)
        return 0
    except Uncertain:
        _rest_until(claimed, tokens=True)
        return 0
    accepted = [each for each in claimed if results[each.token].outcome == "accepted"]
    refused = [(each, results[each.token]) for each in claimed if results[each.token].outcome == "refused"]
    _rest_until([each for each in claimed if results[each.token].outcome == "retry"], tokens=False)
    return _record(channel, accepted, refused)


def _batches(claimed: Sequence[_Claimed]) -> list[Batch]:
    """The same text from the same sender in the same journey is one batch."""
    groups: dict[tuple[str, str, str], list[Recipient]] = {}
    for each in claimed:
        recipient = Recipient(each.token, each.id, each.cid, each.person_key, from_us(each.expires_us))
        groups.setdefault((each.sender, each.text, each.journey), []).append(recipient)
    return [Batch(sender, text, journey, tuple(to)) for (sender, text, journey), to in groups.items()]


def _record(channel: Channel, accepted: Sequence[_Claimed], refused: Sequence[tuple[_Claimed, Result]]) -> int:
    if not accepted and not refused:
        return 0
    now = to_us(clock.now())
    with store.write(WriteLane.TICK):
        # Before the change, whose fact carries the cost.
        if cost := settings.policy().costs.get(channel.key, 0):
            Touch.objects.filter(id__among=[each.id for each in accepted]).update(cost_minor=cost)
        return changes.apply(
            [
                *(Change(each.id, State.HANDED_OVER, now) for each in accepted),
                *(Change(each.id, State.FAILED, now, result.reason) for each, result in refused),
            ]
        )


def _rest_until(claimed: Sequence[_Claimed], *, tokens: bool) -> None:
    """The attempt failed: later again, with its token when the channel may have it, else as if never tried."""
    if not claimed:
        return
    pause = REST if tokens else timedelta(seconds=min(2 ** min(max(each.tries for each in claimed), 8), 300))
    mine = Touch.objects.filter(state=State.QUEUED, token__among=[each.token for each in claimed])
    with store.write(WriteLane.TICK):
        until = to_us(clock.wall() + pause)
        if tokens:
            mine.update(lease_until_us=until)
        else:
            mine.update(lease_until_us=until, token="")
