from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import Annotated, ClassVar, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from potager.core import clock
from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys import workdays
from potager.journeys.faults import fault
from potager.journeys.parts import Json, Part
from potager.journeys.times import TimeOfDay, at_local, time_of_day
from potager.journeys.triggers.audience import no_audience
from potager.journeys.triggers.trigger import Timed
from potager.journeys.workdays import HolidayName

# How far back a slot is looked for, and how far ahead the calendar must be known.
_BACK, _AHEAD = timedelta(days=40), timedelta(days=14)
# Slots closer together than this would ask the warehouse all the time.
_CLOSEST = timedelta(minutes=15)


def _cron(text: str) -> str:
    if len(text.split()) != 5:
        raise ValueError(f"“{text}” is not minute, hour, day, month and weekday; write 0 10 * * 1-5")
    try:
        CronSim(text, datetime(2026, 1, 1))  # noqa: DTZ001  (a local time, as a cron line has)
    except CronSimError as error:
        raise ValueError(f"“{text}” is not a cron line ({error}); write 0 10 * * 1-5") from error
    return text


class Schedule(Part):
    """At a local time on the days that fit everything said here, or at the times of a cron line.

    weekdays      1 is Monday
    monthday      1 to 28
    cron          minute, hour, day, month, weekday, in the business zone; in place of `at` and of days
    only          workdays of China's calendar, with the weekends worked for a holiday, or its days off
    holiday       so many `days` before (-3) or after the first day off of a public holiday
    last_workday  the last workday of the month
    """

    at: TimeOfDay | None = None
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = []
    monthday: Annotated[int, Field(ge=1, le=28)] | None = None
    cron: Annotated[str, Field(max_length=40), AfterValidator(_cron)] | None = None
    only: Literal["workdays", "days_off"] | None = None
    holiday: HolidayName | None = None
    days: Annotated[int, Field(ge=-30, le=30)] = 0
    last_workday: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Schedule":
        if (self.at is None) == (self.cron is None):
            raise ValueError("a schedule has a time of day in `at`, or a cron line, and not both")
        if self.cron is not None and (self.weekdays or self.monthday or self.holiday or self.last_workday):
            raise ValueError("a cron line says the days itself; only `only` may stand beside it")
        if self.days and self.holiday is None:
            raise ValueError("`days` are counted from a `holiday`")
        return self

    @property
    def asks_calendar(self) -> bool:
        """Whether China's calendar decides about days."""
        return self.only is not None or self.holiday is not None or self.last_workday

    def latest_slot(self, now: datetime) -> datetime | None:
        """The newest instant ≤ now the schedule names, looking back a month and a bit."""
        zone = clock.zone()
        for slot in self._back(now):
            if now - slot > _BACK:
                return None
            if slot <= now and self._fits(slot.astimezone(zone).date()):
                return slot
        return None

    def gaps(self, now: datetime) -> Iterator[timedelta]:
        """Between the next instants of a cron line."""
        if self.cron is not None:
            upcoming = CronSim(self.cron, now.astimezone(clock.zone()))
            yield from (later - earlier for earlier, later in pairwise(islice(upcoming, 100)))

    def said(self) -> str:
        """The same as long as the schedule means the same."""
        if self.cron is not None:
            said = self.cron
        else:
            days = "".join(map(str, sorted(self.weekdays)))
            said = f"{self.at}/{days}/{self.monthday or ''}"
        if self.asks_calendar:
            said += f"/{self.only or ''}/{self.holiday or ''}{self.days:+d}/{'last' if self.last_workday else ''}"
        return said

    def problems(self, place: str) -> Iterator[Problem]:
        """What keeps it from being published."""
        now = clock.now()
        if min(self.gaps(now), default=_CLOSEST) < _CLOSEST:
            yield fault(
                "cron_dense",
                place,
                "两次之间至少要隔 15 分钟，请改写 cron",
                "There must be 15 minutes between two times of a cron line",
            )
        ends = workdays.known_until()
        if self.asks_calendar and clock.business_date(now + _AHEAD) > ends:
            yield fault(
                "calendar_unknown",
                place,
                f"工作日历只到 {ends}：之后的放假安排还不知道，到时没有人会进入；请升级系统，或改用不看节假日的时间",
                f"The working calendar ends on {ends}: later holidays are unknown and nobody will enter then; update "
                "this system, or choose times that do not ask for holidays",
            )

    def _back(self, now: datetime) -> Iterator[datetime]:
        zone = clock.zone()
        if self.cron is not None:
            # Backwards it begins before the instant it is given.
            upwards = CronSim(self.cron, now.astimezone(zone) + timedelta(minutes=1), reverse=True)
            yield from (slot.astimezone(now.tzinfo) for slot in upwards)
        elif self.at is not None:
            at = time_of_day(self.at)
            for back in range(_BACK.days):
                yield at_local(now - timedelta(days=back), at, zone)

    def _fits(self, day: date) -> bool:
        return (
            (not self.weekdays or day.isoweekday() in self.weekdays)
            and (self.monthday is None or day.day == self.monthday)
            and (self.only is None or workdays.is_workday(day) is (self.only == "workdays"))
            and (self.holiday is None or workdays.begins(day - timedelta(days=self.days)) == self.holiday)
            and (not self.last_workday or workdays.is_last_workday(day))
        )


class OnSchedule(Part, Timed):
    """The people of an audience, whenever the schedule says."""

    KIND: ClassVar[str] = "schedule"

    schedule: Schedule
    audience: str

    def name(self) -> str:
        return f"{self.audience}@{self.schedule.said()}"[:120]

    def slots(self, now: datetime) -> Sequence[datetime]:
        newest = self.schedule.latest_slot(now)
        return [] if newest is None else [newest]

    def condition(self, slot: datetime, now: datetime) -> Json:  # noqa: ARG002
        return {"audience": self.audience}

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        yield from no_audience(self.audience, place, fields)
        yield from self.schedule.problems(place)
