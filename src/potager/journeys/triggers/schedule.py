from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from potager.core import clock
from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys.parts import Json, Part
from potager.journeys.times import TimeOfDay, at_local, time_of_day
from potager.journeys.triggers.audience import no_audience
from potager.journeys.triggers.trigger import Timed


class Schedule(Part):
    """At a local time every day, on weekdays (1 = Monday), or on a day of the month."""

    at: TimeOfDay
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = []
    monthday: Annotated[int, Field(ge=1, le=28)] | None = None

    def latest_slot(self, now: datetime) -> datetime | None:
        """The newest instant ≤ now the schedule names, looking back a month and a bit."""
        zone = clock.zone()
        at = time_of_day(self.at)
        for back in range(40):
            slot = at_local(now - timedelta(days=back), at, zone)
            local = slot.astimezone(zone)
            right_day = not self.weekdays or local.isoweekday() in self.weekdays
            right_date = self.monthday is None or local.day == self.monthday
            if slot <= now and right_day and right_date:
                return slot
        return None


class OnSchedule(Part, Timed):
    """The people of an audience, whenever the schedule says."""

    KIND: ClassVar[str] = "schedule"

    schedule: Schedule
    audience: str

    def name(self) -> str:
        days = "".join(map(str, sorted(self.schedule.weekdays)))
        return f"{self.audience}@{self.schedule.at}/{days}/{self.schedule.monthday or ''}"

    def latest_slot(self, now: datetime) -> datetime | None:
        return self.schedule.latest_slot(now)

    def condition(self) -> Json:
        return {"audience": self.audience}

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        yield from no_audience(self.audience, place, fields)
