"""What crosses HTTP of the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from potager.core.journal import from_us
from potager.touch import board
from potager.touch.breaker import Phase
from potager.touch.channels import Channel
from potager.touch.life import State
from potager.touch.models import Breaker, Pause
from potager.touch.policy import Decision
from potager.touch.retries import MOST
from potager.touch.schemas import TouchOut

Days = Annotated[int, Field(ge=1, le=90)]


class TallyOut(BaseModel):
    channel: str
    state: State
    n: int


class RuledOut(BaseModel):
    verdict: Decision
    rule: str
    n: int


class Counts(BaseModel):
    """Messages asked for since `since` (business time): where they stand by channel, the verdicts they met."""

    since: datetime
    states: list[TallyOut]
    verdicts: list[RuledOut]

    @classmethod
    def of(cls, since: datetime, tallies: Sequence[board.Tally], ruled: Sequence[board.Ruled]) -> "Counts":
        return cls(
            since=since,
            states=[TallyOut(channel=row.channel, state=row.state, n=row.n) for row in tallies],
            verdicts=[RuledOut(verdict=row.verdict, rule=row.rule, n=row.n) for row in ruled],
        )


class PauseOut(BaseModel):
    """Since when (wall time) and by whom."""

    since: datetime
    by: str

    @classmethod
    def of(cls, pause: Pause | None) -> "PauseOut | None":
        return None if pause is None else cls(since=from_us(pause.since_us), by=pause.by)


class EndpointOut(BaseModel):
    """One endpoint of a channel: its last calls ("." well, "x" not), until when (wall time) it rests, and why."""

    endpoint: str
    phase: Phase
    recent: str
    until: datetime | None
    error: str

    @classmethod
    def of(cls, row: Breaker) -> "EndpointOut":
        until = from_us(row.open_until_us) if row.trips else None
        phase = board.endpoint_phase(row)
        return cls(endpoint=row.endpoint, phase=phase, recent=row.recent, until=until, error=row.error)


class WayOut(BaseModel):
    key: str
    name_zh: str
    name_en: str
    waiting: int
    queued: int
    oldest: datetime | None
    pause: PauseOut | None
    endpoints: list[EndpointOut]

    @classmethod
    def of(cls, way: board.Way, channel: Channel) -> "WayOut":
        return cls(
            key=way.key,
            name_zh=channel.capabilities.name_zh,
            name_en=channel.capabilities.name_en,
            waiting=way.waiting.n,
            queued=way.waiting.queued,
            oldest=way.waiting.oldest,
            pause=PauseOut.of(way.pause),
            endpoints=[EndpointOut.of(row) for row in way.breakers],
        )


class SpeakingOut(BaseModel):
    """A journey: messages asked for in the window, messages that wait."""

    key: str
    n: int
    waiting: int
    pause: PauseOut | None

    @classmethod
    def of(cls, row: board.Speaking) -> "SpeakingOut":
        return cls(key=row.key, n=row.n, waiting=row.waiting, pause=PauseOut.of(row.pause))


class Ways(BaseModel):
    channels: list[WayOut]
    journeys: list[SpeakingOut]


class LostOut(TouchOut):
    """A message that failed for good, or of which nobody knows, and what may be done about it."""

    tries: int
    may_retry: bool
    may_look_up: bool


class LostPage(BaseModel):
    items: list[LostOut]
    total: int


class Ids(BaseModel):
    ids: list[int] = Field(min_length=1, max_length=MOST)


class Retried(BaseModel):
    """The new touches."""

    touches: list[int]


class LookedUpOut(BaseModel):
    found: int
    absent: int
    silent: int


class Paused(BaseModel):
    paused: bool
