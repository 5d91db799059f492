"""When a scheduled audience is computed: business-local times of some days. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

_ONE = timedelta(days=1)
At = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Schedule(BaseModel):
    """Every day, on some weekdays (1 is Monday), or on a day of the month (its last where it is shorter)."""

    model_config = ConfigDict(extra="forbid")

    every: Literal["day", "week", "month"]
    at: list[At] = Field(min_length=1, max_length=6)
    weekdays: list[Weekday] = Field(default_factory=list, max_length=7)
    day: int | None = Field(None, ge=1, le=31)

    @model_validator(mode="after")
    def _says_which_days(self) -> "Schedule":
        if (self.every == "week") != bool(self.weekdays):
            raise ValueError("weekdays belong to every week, and every week needs some")
        if (self.every == "month") != (self.day is not None):
            raise ValueError("day belongs to every month, and every month needs one")
        return self

    def next_after(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first due instant later than `after`. A time the clock skips comes as much later as the clock jumps; one
        it shows twice comes the first time."""
        return next(each for each in self._from(after.astimezone(zone).date(), zone) if each > after)

    def newest(self, due: datetime, until: datetime, zone: ZoneInfo) -> datetime:
        """The last due instant not later than `until`, of `due` and those after it."""
        while (following := self.next_after(due, zone)) <= until:
            due = following
        return due

    def _from(self, first: date, zone: ZoneInfo) -> Iterator[datetime]:
        """The due instants from a business date on, in order."""
        times = sorted(time.fromisoformat(each) for each in self.at)
        day = first
        while True:
            if self._falls_on(day):
                yield from (datetime.combine(day, each, zone).astimezone(UTC) for each in times)
            day += _ONE

    def _falls_on(self, day: date) -> bool:
        match self.every:
            case "day":
                return True
            case "week":
                return day.isoweekday() in self.weekdays
            case _:
                is_last = (day + _ONE).month != day.month
                return day.day == self.day or (is_last and day.day < (self.day or 0))
