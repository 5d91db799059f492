"""熔断: an endpoint of a channel that fails too often is left alone, and tried again by one call at a time.

closed → open when so large a share of the last calls failed; open → half-open when its rest is over: one worker's call
is the probe; a probe that goes well closes it, one that fails opens it again for twice as long. Kept in the operations
store: it survives a restart and all workers share it. Rests are wall time.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.core import clock, store
from potager.core.journal import from_us, to_us
from potager.core.store import Lane
from potager.touch.models import Breaker

logger = logging.getLogger("potager.touch")
Endpoint = Literal["send", "lookup", "cancel", "news"]
Phase = Literal["closed", "open", "half_open"]
LONGEST = timedelta(minutes=30)
# A worker that dies while it probes leaves the probe to another after this long.
PROBE = timedelta(minutes=5)


class BreakerSetting(BaseModel):
    """An endpoint opens when at least `share` of its last `calls` calls failed, and rests `seconds` the first time."""

    model_config = ConfigDict(extra="forbid")

    calls: int = Field(20, ge=2, le=200)
    share: float = Field(0.5, gt=0, le=1)
    seconds: int = Field(60, ge=1, le=1_800)

    def trips(self, recent: str) -> bool:
        """Whether these calls, of which the last `calls` count, are too many failures."""
        return recent[-self.calls :].count("x") >= self.share * self.calls

    def rest(self, trips: int) -> timedelta:
        """How long the n-th opening in a row lasts: twice as long each time, up to half an hour."""
        doubled: int = 2 ** min(max(trips - 1, 0), 16)
        return min(timedelta(seconds=self.seconds) * doubled, LONGEST)


@dataclass(frozen=True, slots=True)
class Admission:
    """Leave for one call; `opened` tells which closed spell, or which probe, it belongs to."""

    channel: str
    endpoint: Endpoint
    opened: int
    is_probe: bool = False


def phase(row: Breaker, wall: datetime) -> Phase:
    """Where a breaker stands at this wall time."""
    if not row.trips:
        return "closed"
    return "half_open" if row.open_until_us <= to_us(wall) else "open"


def room(channel: str, endpoint: Endpoint, wanted: int) -> int:
    """How many messages a call may carry now: all, one for a probe, none. Only a look: `admit` decides."""
    row = _row(channel, endpoint)
    if row is None or not row.trips:
        return wanted
    return min(wanted, 1) if _may_probe(row, to_us(clock.wall())) else 0


def admit(channel: str, endpoint: Endpoint) -> Admission | None:
    """Leave for one call, or None while the endpoint rests. Of all workers one at a time gets the probe."""
    row = _row(channel, endpoint)
    if row is None or not row.trips:
        return Admission(channel, endpoint, row.opened if row else 0)
    if not _may_probe(row, to_us(clock.wall())):
        return None
    with store.write(Lane.TICK):
        _hold(channel, endpoint)
        row = _row(channel, endpoint)
        wall = clock.wall()
        if row is None or not row.trips:
            return Admission(channel, endpoint, row.opened if row else 0)
        if not _may_probe(row, to_us(wall)):
            return None
        row.probing_until_us = to_us(wall + PROBE)
        row.save(update_fields=["probing_until_us"])
        return Admission(channel, endpoint, row.opened, is_probe=True)


def tell(admission: Admission, setting: BreakerSetting, *, error: str = "") -> None:
    """How the call went: "" is well. Of calls that change nothing nothing is written."""
    row = _row(admission.channel, admission.endpoint)
    if not error and row is not None and not row.trips and _added(row.recent, ".", setting) == row.recent:
        return
    with store.write(Lane.TICK):
        _hold(admission.channel, admission.endpoint)
        row = _row(admission.channel, admission.endpoint) or Breaker(
            channel=admission.channel, endpoint=admission.endpoint
        )
        if row.opened != admission.opened or bool(row.trips) != admission.is_probe:
            return
        _learn(row, setting, error)
        row.save()


def _learn(row: Breaker, setting: BreakerSetting, error: str) -> None:
    was_open = bool(row.trips)
    row.recent = _added(row.recent, "x" if error else ".", setting)
    row.probing_until_us = 0
    if error:
        row.error = error[:200]
    if was_open and not error:
        row.trips, row.open_until_us, row.recent = 0, 0, ""
        logger.warning("%s of channel %s works again", row.endpoint, row.channel)
    elif error and (was_open or setting.trips(row.recent)):
        row.trips += 1
        row.opened += 1
        row.open_until_us = to_us(clock.wall() + setting.rest(row.trips))
        logger.warning("%s of channel %s rests until %s: %s", *_named(row), from_us(row.open_until_us), error)


def _named(row: Breaker) -> tuple[str, str]:
    return row.endpoint, row.channel


def _added(recent: str, call: str, setting: BreakerSetting) -> str:
    return (recent + call)[-setting.calls :]


def _may_probe(row: Breaker, wall_us: int) -> bool:
    return row.open_until_us <= wall_us and row.probing_until_us <= wall_us


def _hold(channel: str, endpoint: Endpoint) -> None:
    store.serialise(f"breaker:{channel}:{endpoint}")


def _row(channel: str, endpoint: Endpoint) -> Breaker | None:
    return Breaker.objects.filter(channel=channel, endpoint=endpoint).first()
