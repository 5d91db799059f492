from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from potager.core.errors import Problem
from potager.core.journal import Entry, from_us, to_us
from potager.insight.fields import Fields
from potager.journeys import faults, subjects
from potager.journeys.models import Run
from potager.journeys.nodes.node import Here, Matches, Node
from potager.journeys.parts import EVERYBODY, EventSpec, Json, Part, Subject
from potager.journeys.times import (
    Span,
    TimeOfDay,
    at_local,
    into_window,
    next_anniversary,
    next_at,
    on_weekdays,
    span,
    time_of_day,
    window_on_weekdays,
)
from potager.journeys.waits import MOVED, SHIFTED, early_end, outcome_key, product_of
from potager.journeys.walker import Knowing, Walker
from potager.touch import best_hour

Weekday = Annotated[int, Field(ge=1, le=7)]


class OwnDate(Part):
    """A date among the person's attributes, some days before (−) or after it, at a time of day. yearly: its next
    anniversary; 29 February is the 28th in other years."""

    attr: str
    days: Annotated[int, Field(ge=-366, le=366)] = 0
    at: TimeOfDay = "09:00"
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody coming to a wait.

    at       when they come; `entered` when they entered the journey
    zone     of the clock the wait goes by
    context  what the run keeps; lives: product key → days one unit lasts
    day      their date that the wait asks for, where it is known
    hour     the hour of the day at which they are likely to answer
    """

    at: datetime
    entered: datetime
    zone: ZoneInfo
    context: Json = field(default_factory=dict)
    lives: Mapping[str, int] = field(default_factory=dict)
    day: date | None = None
    hour: int = best_hour.FALLBACK


class Wait(Part, Node):
    """Exactly one of for · until (with day counted from the entry date) · between · life · date · best; or_event
    ends it early.

    life      this share of the life of the product in the order that started the run; `default` when unknown
    between   local times; a window whose end is before its start spans midnight, and belongs to the day it begins
    date      a date of the person; who has none waits `default`, and goes on at once without it
    best      the hour at which they are likely to answer, on their own clock; at once where none comes within this span
    weekdays  with until or between: on these days only (1 = Monday)
    zone      whose clock until, between and date go by
    early     where or_event leads; the next step when not said
    """

    KIND: ClassVar[str] = "wait"
    SUBJECTS: ClassVar[frozenset[Subject]] = EVERYBODY
    alone: ClassVar[bool] = False
    retimed: ClassVar[bool] = True

    for_: Span | None = Field(None, alias="for")
    until: TimeOfDay | None = None
    day: Annotated[int, Field(ge=0, le=730)] | None = None
    between: tuple[TimeOfDay, TimeOfDay] | None = None
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []
    life: Annotated[float, Field(gt=0, le=3)] | None = None
    own_date: OwnDate | None = Field(None, alias="date")
    best: Span | None = None
    default: Span | None = None
    zone: Literal["house", "customer"] = "house"
    or_event: EventSpec | None = None
    early_: str | None = Field(None, alias="early")

    @model_validator(mode="after")
    def _one_kind(self) -> "Wait":
        kinds = (self.for_, self.until, self.between, self.life, self.own_date, self.best)
        if sum(each is not None for each in kinds) != 1:
            raise ValueError("a wait is exactly one of for, until, between, life, date, best")
        if self.day is not None and (self.until is None or self.weekdays):
            raise ValueError("day goes with until, and without weekdays")
        if self.weekdays and self.until is None and self.between is None:
            raise ValueError("weekdays go with until or between")
        if self.life is not None and self.default is None:
            raise ValueError("life needs a default, for products whose life nobody knows")
        if self.default is not None and self.life is None and self.own_date is None:
            raise ValueError("default goes with life or date")
        if self.between is not None and self.between[0] == self.between[1]:
            raise ValueError("a window needs two different times")
        if self.zone == "customer" and self.until is None and self.between is None and self.own_date is None:
            raise ValueError("zone goes with until, between and date")
        if self.early_ is not None and self.or_event is None:
            raise ValueError("early says where or_event leads")
        return self

    def ends(self, arrival: Arrival) -> datetime:
        """When somebody may go on; not after their arrival means at once."""
        at, zone = arrival.at, arrival.zone
        if self.for_ is not None:
            return at + span(self.for_)
        if self.between is not None:
            start, end = (time_of_day(text) for text in self.between)
            if self.weekdays:
                return window_on_weekdays(at, start, end, self.weekdays, zone)
            return into_window(at, start, end, zone)
        if self.until is not None:
            return self._until(arrival, time_of_day(self.until))
        if self.best is not None:
            return best_hour.next_at(arrival.hour, at, at + span(self.best), zone)
        if self.own_date is not None:
            return self._on_date(arrival, self.own_date)
        return self._on_life(arrival)

    def _until(self, arrival: Arrival, clock_time: time) -> datetime:
        if self.day is not None:
            return at_local(arrival.entered, clock_time, arrival.zone, plus_days=self.day)
        if self.weekdays:
            return on_weekdays(arrival.at, clock_time, self.weekdays, arrival.zone)
        return next_at(arrival.at, clock_time, arrival.zone)

    def _on_life(self, arrival: Arrival) -> datetime:
        assert self.life is not None
        assert self.default is not None
        days = arrival.lives.get(product_of(arrival.context))
        if not days:
            return arrival.at + span(self.default)
        quantity = max(float(arrival.context.get("qty", 1) or 1), 1.0)
        return arrival.at + timedelta(days=days * quantity * self.life)

    def _on_date(self, arrival: Arrival, own: OwnDate) -> datetime:
        if arrival.day is None:
            return arrival.at + span(self.default) if self.default is not None else arrival.at
        at = time_of_day(own.at)
        if own.yearly:
            return next_anniversary(arrival.at, arrival.day, own.days, at, arrival.zone)
        return datetime.combine(arrival.day + timedelta(days=own.days), at, tzinfo=arrival.zone).astimezone(UTC)

    def ways(self, following: str) -> Iterator[tuple[str, str]]:
        if self.early_ is not None:
            yield self.early_, "event"
        yield following, ""

    def rest_ends(self) -> Iterator[str]:
        if self.or_event is not None:
            yield self.or_event.event

    def told(self, run: Run, entry: Entry, matches: Matches) -> Json | None:
        if self.or_event is None or not run.rest_us <= to_us(entry.fact.at) < (run.due_us or 0):
            return None
        return {"event": entry.fact.type} if matches(self.or_event) else None

    def early(self, matches: Matches) -> bool:
        return self.or_event is not None and matches(self.or_event)

    def holds_back(self) -> bool:
        return self.for_ is not None and span(self.for_) >= timedelta(hours=1)

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        if self.or_event is not None:
            yield from faults.of_event(self.or_event, f"{place}.wait.or_event", fields)
        if self.own_date is not None and self.own_date.attr not in subjects.date_attributes():
            yield faults.fault(
                "date_attribute",
                f"{place}.wait.date.attr",
                f"「{self.own_date.attr}」不是日期属性；请先在「客户属性」里建一个日期类型的属性",
                f"“{self.own_date.attr}” is not a date attribute; declare one of kind date first",
            )

    def misfits(self, subject: Subject, place: str) -> Iterator[Problem]:
        of_person = {
            "or_event": self.or_event,
            "date": self.own_date,
            "best": self.best,
            "life": self.life,
            "zone": self.zone == "customer",
        }
        for part in (name for name, said in of_person.items() if subject != "customer" and said):
            yield faults.fault(
                "wait_subject",
                f"{place}.wait.{part}",
                "员工 SOP 的等待只能按时长、时刻和星期；请改写这个等待",
                "A wait of a staff SOP goes by spans, times of day and weekdays only; write it anew",
            )

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:
        arriving = [walker for walker in group if not walker.waiting]
        arrivals = self._arrivals(arriving, known, zone)
        for walker in group:
            if not walker.waiting:
                until = self.ends(arrivals[walker.run_id])
                if (moved := walker.context.pop(MOVED, None)) is not None:
                    until = max(until, from_us(moved))
                if until <= walker.at:
                    walker.go(here.next, self.KIND, "no_wait")
                    continue
                ended_by = early_end(walker.context, here.step, walker.at, until)
                if ended_by is None:
                    walker.rest(until)
                    continue
                at_us, seq, event = ended_by
                walker.at, walker.cause_seq = from_us(at_us), max(walker.cause_seq, seq)
                walker.context[outcome_key(here.step)] = {"event": event}
            told = walker.context.pop(outcome_key(here.step), None)
            to = self.early_ if told and self.early_ is not None else here.next
            walker.go(to, self.KIND, "event" if told else "waited", told)

    def _arrivals(self, arriving: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> dict[int, Arrival]:
        """By run; what is asked of the house and the warehouse is asked once for all."""
        cids = {walker.cid for walker in arriving}
        lives = known.life_days({product for w in arriving if (product := product_of(w.context))}) if self.life else {}
        own_clock = self.zone == "customer" or self.best is not None
        zones = known.zones(cids) if own_clock and cids else {}
        hours = known.best_hours(zones) if self.best is not None else {}
        dates = known.dates(self.own_date.attr, cids) if self.own_date is not None and cids else {}
        return {
            w.run_id: Arrival(
                at=w.at,
                entered=_entered(w),
                zone=zones.get(w.cid, zone),
                context=w.context,
                lives=lives,
                day=dates.get(w.cid),
                hour=hours.get(w.cid, best_hour.FALLBACK),
            )
            for w in arriving
        }


def _entered(walker: Walker) -> datetime:
    """When they entered, pauses that do not count left out."""
    return walker.entered + timedelta(microseconds=walker.context.get(SHIFTED, 0))
