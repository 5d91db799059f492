"""Dead letters: messages that failed for good, sent again by hand, once each, where that cannot reach a person twice.

What a channel accepted may have arrived whatever it said later, so only two kinds go again: what it never accepted, and
what the staff member says was not sent. An unknown one is looked up first; what the channel certainly has not is then
failed, and may go again.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.org import audit
from potager.org.access import Actor
from potager.touch import changes, handover
from potager.touch.changes import Change
from potager.touch.channels import Channel, Unavailable, installed
from potager.touch.life import REACHED, State
from potager.touch.models import Touch, TouchMark

# The most that one act sends again.
MOST = 500
ABSENT = "not_at_channel"
_ACCEPTED = {State.HANDED_OVER, *REACHED}
# Run ids → those of them that ended before their way was over: nobody waits for their messages any more.
Ended = Callable[[Collection[int]], Collection[int]]


@dataclass
class _Keeper:
    ended: Ended = frozenset


_keeper = _Keeper()


def set_ended(ended: Ended) -> None:
    """Called once by assembly: who knows which runs were left early."""
    _keeper.ended = ended


def letters() -> QuerySet[Touch]:
    """Failed messages that were not sent again."""
    again = Touch.objects.filter(retry_of=OuterRef("id"))
    return Touch.objects.filter(~Exists(again), state=State.FAILED, shadow=False)


def may_retry(rows: Collection[Touch]) -> set[int]:
    """The ids of those of these dead letters that may go again."""
    safe = letters().filter(_never_out(), id__among=[row.id for row in rows]).values_list("id", "run_id")
    ended = set(_keeper.ended({run for _, run in safe if run}))
    return {id_ for id_, run in safe if run not in ended}


def _never_out() -> Q:
    """Whether one more cannot be one too many."""
    marks = TouchMark.objects.filter(touch=OuterRef("id"))
    accepted = Exists(marks.filter(state__in=_ACCEPTED))
    reached = Exists(marks.filter(state__in=REACHED))
    not_done = Exists(marks.filter(state=State.FAILED, reason="staff_not_done"))
    return Q(~accepted) | Q(not_done & ~reached)


def retry(actor: Actor, ids: Sequence[int]) -> list[int]:
    """Send these dead letters again: each becomes a new touch with the same text, judged anew, whose window is as long
    as the first one's. Returns the ids of the new touches; one sent again already is left out, however many ask.

    Must be called inside store.write. Raises Problem "touch.no_retry" when one of them may not go again.
    """
    if len(ids) > MOST:
        raise Problem("touch.too_many", zh=f"一次最多重发 {MOST} 条", en=f"At most {MOST} at a time", place="ids")
    changes.hold()
    rows = list(letters().filter(id__among=ids).order_by("id"))
    may = may_retry(rows)
    if refused := [row.id for row in rows if row.id not in may]:
        said = "、".join(map(str, refused[:10]))
        raise Problem(
            "touch.no_retry",
            zh=f"这些消息不能重发，可能会让客户收到两遍，或者旅程已经提前结束：{said}",
            en=f"These may not be sent again: the person could get them twice, or left the journey early: {said}",
            place="ids",
            status=409,
        )
    new = Touch.objects.bulk_create([_again(row) for row in rows])
    audit.record(actor, "touch.retry", "touches", {"touches": [row.id for row in rows]})
    return [row.id for row in new]


def _again(row: Touch) -> Touch:
    now = to_us(clock.now())
    copied = (
        *("run_id", "step", "visit", "journey", "iid", "cid", "person_key", "channel", "purpose", "lane", "sender"),
        *("arm", "text", "missing", "zone", "priority"),
    )
    return Touch(
        **{name: getattr(row, name) for name in copied},
        part=f"retry:{row.id}",
        retry_of=row.id,
        state=State.INTENDED,
        created_us=now,
        asked_us=now,
        due_us=now,
        expires_us=now + (row.expires_us - row.asked_us),
    )


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What channels said of unknown messages: they have so many, certainly not so many, could not tell so many."""

    found: int = 0
    absent: int = 0
    silent: int = 0


def look_up(actor: Actor, ids: Sequence[int]) -> LookedUp:
    """Ask the channels once more about unknown messages, and write down what they say. Outside store.write."""
    by_channel: dict[str, list[Touch]] = {}
    for row in Touch.objects.filter(id__among=list(ids)[:MOST], state=State.UNKNOWN).exclude(token=""):
        by_channel.setdefault(row.channel, []).append(row)
    found = absent = silent = 0
    for key, rows in by_channel.items():
        has = _has(installed().get(key), rows)
        if has is None:
            silent += len(rows)
            continue
        found += sum(row.token in has for row in rows)
        absent += sum(row.token not in has for row in rows)
        with store.write(Lane.WEB):
            now = to_us(clock.now())
            changes.apply(
                [
                    Change(row.id, State.HANDED_OVER, now)
                    if row.token in has
                    else Change(row.id, State.FAILED, now, ABSENT)
                    for row in rows
                ]
            )
            audit.record(actor, "touch.look_up", f"channel:{key}", {"touches": [row.id for row in rows]})
    return LookedUp(found, absent, silent)


def _has(channel: Channel | None, rows: Sequence[Touch]) -> set[str] | None:
    """The tokens of these the channel has; None when it cannot or does not tell."""
    if channel is None or not channel.capabilities.looks_up:
        return None
    try:
        return handover.ask(channel, "lookup", lambda: set(channel.lookup([row.token for row in rows])))
    except Unavailable:
        return None
