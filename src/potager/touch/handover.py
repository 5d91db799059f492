"""Handing over: the channel's call, and what came of it.

A channel may fail as it likes: what it raises is told apart here, costs only its own messages their attempt, and
never keeps the channels after it from their turn.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from potager.core import clock, store
from potager.core.journal import from_us, to_us
from potager.core.store import Lane as WriteLane
from potager.touch import breaker, changes, claims, pauses, settings
from potager.touch.breaker import Admission, Endpoint
from potager.touch.changes import Change
from potager.touch.channels import Batch, Channel, Recipient, Result, Unavailable, Uncertain
from potager.touch.claims import Claimed, Trouble
from potager.touch.life import State
from potager.touch.models import Touch

logger = logging.getLogger("potager.touch")
Answer = TypeVar("Answer")


def turn(channel: Channel, act: Callable[[], int]) -> int:
    """One channel's turn; returns what moved. What fails in a way nobody foresaw costs no other channel its own turn.

    Messages it had in hand are looked up when their lease ends.
    """
    try:
        return act()
    except Exception:
        logger.exception("channel %s failed in its turn", channel.key)
        return 0


def ask(channel: Channel, endpoint: Endpoint, question: Callable[[], Answer]) -> Answer:
    """A question that can be asked again (lookup, cancel, news). Raises Unavailable whatever went wrong, and while the
    endpoint rests."""
    admission = breaker.admit(channel.key, endpoint)
    if admission is None:
        raise Unavailable(f"{endpoint} of {channel.key} rests")
    try:
        answer = question()
    except Unavailable as error:
        _failed(admission, error)
        raise
    except Exception as error:
        logger.exception("channel %s failed in a way nobody foresaw", channel.key)
        _failed(admission, error)
        raise Unavailable(str(error)) from error
    breaker.tell(admission, settings.policy().breaker)
    return answer


def _failed(admission: Admission, error: Exception) -> None:
    breaker.tell(admission, settings.policy().breaker, error=str(error) or type(error).__name__)


def send(channel: Channel, claimed: Sequence[Claimed]) -> int:
    """Hand these over and write down what came of it; returns how many touches moved."""
    return sum(_send(channel, part) for part in _calls(claimed))


def reconcile(channel: Channel, limit: int) -> int:
    """Touches somebody took and never wrote down: the channel knows, or nobody does."""
    if channel.capabilities.looks_up and not breaker.room(channel.key, "lookup", limit):
        return 0
    held = claims.reclaim(channel, limit)
    if not held:
        return 0
    now = to_us(clock.now())
    if not channel.capabilities.looks_up:
        return _close(held, State.UNKNOWN, "lost_in_a_crash")
    try:
        has = ask(channel, "lookup", lambda: set(channel.lookup([each.token for each in held])))
    except Unavailable:
        # Whoever was asked so often, and past the window, will not tell any more.
        silent = [each for each in held if each.expires_us <= now and each.tries > claims.TRIES]
        for trouble, some in _by_trouble([each for each in held if each not in silent]).items():
            claims.rest(some, trouble)
        return _close(silent, State.UNKNOWN, "channel_silent")
    moved = _record(channel, [each for each in held if each.token in has], [])
    absent = [each for each in held if each.token not in has]
    unwanted = [each for each in absent if each.cancel_wanted or each.expires_us <= now]
    if unwanted:
        with store.write(WriteLane.TICK):
            changes.hold()
            moved += claims.take_back([each.id for each in unwanted])
    wanted = [each for each in absent if each not in unwanted]
    moved += _close([each for each in wanted if each.is_spent], State.FAILED, "channel_error")
    wanted = [each for each in wanted if not each.is_spent]
    held_up = _held_up(channel, wanted)
    # The channel has none of them: as if never taken, they are judged anew and wait for their turn.
    claims.lay_down(held_up)
    return moved + send(channel, claims.again(channel, [each for each in wanted if each not in held_up]))


def _held_up(channel: Channel, wanted: Sequence[Claimed]) -> Sequence[Claimed]:
    """Those that may not be sent a second time as they are: paused, resting, or judged too long ago."""
    if pauses.holds(channel.key) or breaker.room(channel.key, "send", len(wanted)) < len(wanted):
        return wanted
    paused = pauses.journeys()
    return [each for each in wanted if each.journey in paused or claims.is_stale(each.judged_us)]


def _calls(claimed: Sequence[Claimed]) -> Iterator[Sequence[Claimed]]:
    """All in one call, but each that was in a call which broke the channel in one of its own: it may be the cause."""
    sound = [each for each in claimed if each.trouble != Trouble.BROKEN]
    if sound:
        yield sound
    for each in claimed:
        if each.trouble == Trouble.BROKEN:
            yield [each]


def _send(channel: Channel, claimed: Sequence[Claimed]) -> int:
    admission = breaker.admit(channel.key, "send")
    if admission is None:
        return claims.lay_down(claimed)
    try:
        results = {result.token: result for result in channel.send(_batches(claimed), clock.now())}
    except Unavailable as error:
        _failed(admission, error)
        return claims.rest(claimed, Trouble.UNAVAILABLE)
    except Uncertain as error:
        _failed(admission, error)
        return claims.rest(claimed, Trouble.UNCERTAIN)
    except Exception as error:
        logger.exception("channel %s failed in a way nobody foresaw", channel.key)
        # One that is a suspect already may be the cause, and not the channel; a probe must tell how it went.
        if admission.is_probe or any(each.trouble != Trouble.BROKEN for each in claimed):
            _failed(admission, error)
        return claims.rest(claimed, Trouble.BROKEN)
    breaker.tell(admission, settings.policy().breaker)
    by_outcome: dict[str, list[Claimed]] = {}
    for each in claimed:
        by_outcome.setdefault(results[each.token].outcome if each.token in results else "", []).append(each)
    # One the channel does not answer for may have gone out.
    claims.rest(by_outcome.get("", []), Trouble.BROKEN)
    moved = claims.rest(by_outcome.get("retry", []), Trouble.UNAVAILABLE)
    refused = [(each, results[each.token]) for each in by_outcome.get("refused", [])]
    return moved + _record(channel, by_outcome.get("accepted", []), refused)


def _by_trouble(held: Sequence[Claimed]) -> Mapping[Trouble, list[Claimed]]:
    """A worker that died left no trouble: whether its call was heard is uncertain."""
    found: dict[Trouble, list[Claimed]] = {}
    for each in held:
        broken = each.trouble == Trouble.BROKEN
        found.setdefault(Trouble.BROKEN if broken else Trouble.UNCERTAIN, []).append(each)
    return found


def _batches(claimed: Sequence[Claimed]) -> list[Batch]:
    """The same text from the same sender in the same journey is one batch."""
    groups: dict[tuple[str, str, str], list[Recipient]] = {}
    for each in claimed:
        recipient = Recipient(each.token, each.id, each.cid, each.person_key, from_us(each.expires_us))
        groups.setdefault((each.sender, each.text, each.journey), []).append(recipient)
    return [Batch(sender, text, journey, tuple(to)) for (sender, text, journey), to in groups.items()]


def _close(held: Sequence[Claimed], state: State, reason: str) -> int:
    if not held:
        return 0
    now = to_us(clock.now())
    with store.write(WriteLane.TICK):
        return changes.apply([Change(each.id, state, now, reason) for each in held])


def _record(channel: Channel, accepted: Sequence[Claimed], refused: Sequence[tuple[Claimed, Result]]) -> int:
    if not accepted and not refused:
        return 0
    now = to_us(clock.now())
    with store.write(WriteLane.TICK):
        changes.hold()
        # Before the change, whose fact carries the cost.
        if cost := settings.policy().costs.get(channel.key, 0):
            Touch.objects.filter(id__among=[each.id for each in accepted]).update(cost_minor=cost)
        return changes.apply(
            [
                *(Change(each.id, State.HANDED_OVER, now) for each in accepted),
                *(Change(each.id, State.FAILED, now, result.reason) for each, result in refused),
            ]
        )
