"""发送箱: what the outbox page shows. Reads only; who may see it is the endpoint's to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Min, Q, QuerySet

from potager.core import clock
from potager.core.journal import from_us, to_us
from potager.touch import breaker, pauses, retries
from potager.touch.channels import installed
from potager.touch.life import State
from potager.touch.models import Breaker, Pause, Touch, TouchMark
from potager.touch.policy import Decision

# Waiting for the channel's turn, its own time, or policy.
WAITING = (State.INTENDED, State.DEFERRED, State.QUEUED)
_VERDICTS: dict[State, Decision] = {
    State.DEFERRED: "defer",
    State.SKIPPED: "skip",
    State.DROPPED: "drop",
    State.QUEUED: "send",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """So many messages of a channel stand in a state."""

    channel: str
    state: State
    n: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """So many messages met this verdict by this rule ("" with send: no rule objected) at least once."""

    verdict: Decision
    rule: str
    n: int


def since(days: int) -> datetime:
    """The start of the window of the last `days` business dates, today included."""
    return clock.day_start(clock.today() - timedelta(days=days - 1))


def tallies(start: datetime) -> list[Tally]:
    """Real messages asked for between `start` and now, by channel and where they stand now."""
    rows = _asked(start).values("channel", "state").annotate(n=Count("id")).order_by("channel", "state")
    return [Tally(row["channel"], State(row["state"]), row["n"]) for row in rows]


def ruled(start: datetime) -> list[Ruled]:
    """The verdicts the same messages met, the most frequent first; of a verdict met again the first rule."""
    marks = TouchMark.objects.filter(touch__in=_asked(start).values("id"), state__in=_VERDICTS)
    rows = marks.values("state", "reason").annotate(n=Count("id")).order_by("-n", "state", "reason")
    return [Ruled(_VERDICTS[State(row["state"])], row["reason"], row["n"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait, whenever they were asked for; `oldest` is when the first of the queued was due."""

    n: int
    queued: int
    oldest: datetime | None


def waiting(**which: str) -> Waiting:
    """What waits now, of a channel or a journey."""
    rows = Touch.objects.filter(**which, state__in=WAITING, shadow=False).aggregate(
        n=Count("id"),
        queued=Count("id", filter=Q(state=State.QUEUED)),
        oldest=Min("due_us", filter=Q(state=State.QUEUED)),
    )
    oldest = None if rows["oldest"] is None else from_us(rows["oldest"])
    return Waiting(rows["n"], rows["queued"], oldest)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel: what waits for it, whether it is paused, and its endpoints that ever failed."""

    key: str
    waiting: Waiting
    pause: Pause | None
    breakers: Sequence[Breaker]


def ways() -> list[Way]:
    """Every channel of the house."""
    paused = pauses.in_force()
    rows: dict[str, list[Breaker]] = {}
    for row in Breaker.objects.order_by("channel", "endpoint"):
        rows.setdefault(row.channel, []).append(row)
    return [Way(key, waiting(channel=key), paused.get(("channel", key)), rows.get(key, [])) for key in installed()]


@dataclass(frozen=True, slots=True)
class Speaking:
    """A journey with messages in the window or waiting, or paused."""

    key: str
    n: int
    waiting: int
    pause: Pause | None


def journeys(start: datetime) -> list[Speaking]:
    """Journeys that asked for messages since `start`, have some waiting, or are paused; the busiest first."""
    paused = {key: pause for (kind, key), pause in pauses.in_force().items() if kind == Pause.Kind.JOURNEY}
    asked = _by_journey(_asked(start))
    waits = _by_journey(Touch.objects.filter(state__in=WAITING, shadow=False))
    keys = {*asked, *waits, *paused}
    rows = [Speaking(key, asked.get(key, 0), waits.get(key, 0), paused.get(key)) for key in keys]
    return sorted(rows, key=lambda row: (-row.n, row.key))


def lost(
    state: Literal["failed", "unknown"], *, channel: str | None = None, journey: str | None = None
) -> QuerySet[Touch]:
    """Dead letters not sent again, or messages nobody knows of, the latest first."""
    rows = retries.letters() if state == "failed" else Touch.objects.filter(state=State.UNKNOWN, shadow=False)
    if channel is not None:
        rows = rows.filter(channel=channel)
    if journey is not None:
        rows = rows.filter(journey=journey)
    return rows.order_by("-due_us", "-id").prefetch_related("marks")


def endpoint_phase(row: Breaker) -> breaker.Phase:
    """Where an endpoint stands now."""
    return breaker.phase(row, clock.wall())


def _asked(start: datetime) -> QuerySet[Touch]:
    return Touch.objects.filter(asked_us__gte=to_us(start), asked_us__lte=to_us(clock.now()), shadow=False)


def _by_journey(rows: QuerySet[Touch]) -> dict[str, int]:
    return dict(rows.exclude(journey="").values_list("journey").annotate(n=Count("id")).order_by("journey"))
