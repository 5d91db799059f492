"""Quiet hours on a wall clock, over midnight and over changes of summer time. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to but not including `end` on the person's clock; over midnight when end ≤ start."""

    start: time
    end: time

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the person's clock stands in the quiet hours at this instant."""
        clock = at.astimezone(zone).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, at: datetime, zone: ZoneInfo) -> datetime:
        """`at` itself outside the quiet hours, else the first instant at which they are over (aware UTC)."""
        if not self.holds(at, zone):
            return at
        day = at.astimezone(zone).date()
        walls = (datetime.combine(day + timedelta(days=ahead), self.end) for ahead in (0, 1, 2))
        # A repeated hour shows the end twice.
        ends = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]
        end = min(instant for instant in ends if instant > at and not self.holds(instant, zone))
        # The clock may also jump out of the quiet hours, past their end or back before their start.
        jump = _jump(at, end, zone)
        return jump if jump is not None and not self.holds(jump, zone) else end


def _jump(after: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant between the two at which the zone's offset changes; transitions are on whole minutes."""
    offset = after.astimezone(zone).utcoffset()
    if until.astimezone(zone).utcoffset() == offset:
        return None
    start = after.replace(second=0, microsecond=0)
    low, high = 0, (until - start) // _MINUTE
    while low < high:
        middle = (low + high) // 2
        if (start + middle * _MINUTE).astimezone(zone).utcoffset() == offset:
            low = middle + 1
        else:
            high = middle
    return start + low * _MINUTE
