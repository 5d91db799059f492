from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from potager.core.errors import Problem
from potager.core.journal import Entry, from_us, to_us
from potager.insight.fields import Fields
from potager.journeys import faults
from potager.journeys.models import Run
from potager.journeys.nodes.node import Here, Matches, Node
from potager.journeys.parts import EventSpec, Json, Part
from potager.journeys.times import Span, TimeOfDay, at_local, into_window, next_at, span, time_of_day
from potager.journeys.waits import early_end, outcome_key, product_of
from potager.journeys.walker import Knowing, Walker


class Wait(Part, Node):
    """Exactly one of for · until (with day counted from the entry date) · between · life; or_event ends it early.

    life     this share of the life of the product in the order that started the run; `default` when unknown
    between  local times; a window whose end is before its start spans midnight
    """

    KIND: ClassVar[str] = "wait"
    alone: ClassVar[bool] = False

    for_: Span | None = Field(None, alias="for")
    until: TimeOfDay | None = None
    day: Annotated[int, Field(ge=0, le=730)] | None = None
    between: tuple[TimeOfDay, TimeOfDay] | None = None
    life: Annotated[float, Field(gt=0, le=3)] | None = None
    default: Span | None = None
    or_event: EventSpec | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Wait":
        if sum(each is not None for each in (self.for_, self.until, self.between, self.life)) != 1:
            raise ValueError("a wait is exactly one of for, until, between, life")
        if self.day is not None and self.until is None:
            raise ValueError("day goes with until")
        if (self.life is None) != (self.default is None):
            raise ValueError("life and default go together")
        if self.between is not None and self.between[0] == self.between[1]:
            raise ValueError("a window needs two different times")
        return self

    def ends(
        self, at: datetime, zone: ZoneInfo, *, entered: datetime, context: Json, lives: Mapping[str, int]
    ) -> datetime:
        """When somebody arriving `at` may go on; not after `at` means at once.

        entered  when they entered the journey; `lives`: product key → days one unit lasts
        """
        if self.for_ is not None:
            return at + span(self.for_)
        if self.between is not None:
            start, end = (time_of_day(text) for text in self.between)
            return into_window(at, start, end, zone)
        if self.until is not None:
            clock_time = time_of_day(self.until)
            if self.day is None:
                return next_at(at, clock_time, zone)
            return at_local(entered, clock_time, zone, plus_days=self.day)
        assert self.life is not None
        assert self.default is not None
        days = lives.get(product_of(context))
        if not days:
            return at + span(self.default)
        quantity = max(float(context.get("qty", 1) or 1), 1.0)
        return at + timedelta(days=days * quantity * self.life)

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

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:
        arriving = [walker for walker in group if not walker.waiting]
        lives = known.life_days({product for w in arriving if (product := product_of(w.context))}) if self.life else {}
        for walker in group:
            if not walker.waiting:
                until = self.ends(walker.at, zone, entered=walker.entered, context=walker.context, lives=lives)
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
            walker.go(here.next, self.KIND, "event" if told else "waited", told)
