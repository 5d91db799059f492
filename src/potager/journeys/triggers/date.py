import datetime as dt
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from borax.calendars.lunardate import LunarDate
from pydantic import Field

from potager.core import clock
from potager.core.errors import Problem
from potager.core.journal import Fact
from potager.insight.fields import BUILT_IN_ATTRS, Fields, Kind
from potager.insight.lunar import lunar_day, lunar_days
from potager.insight.slots import month_days
from potager.journeys.faults import fault
from potager.journeys.parts import Json, Part
from potager.journeys.times import TimeOfDay, at_local, time_of_day
from potager.journeys.triggers.trigger import Timed

# Days for which a house that stood still makes up: as long as an event may be late.
_BACK = 3


class OnDate(Part, Timed):
    """So many days before or after a date of the person, at a local time.

    date     an attribute that is a date
    days     -3 is three days before it, 30 thirty days after
    repeats  never: the date itself (a membership runs out). yearly, lunar: each time it comes round after the date
             itself; 29 February is kept on the 28th in a common year, a lunar date as in `lunar_anniversary_within`
    """

    KIND: ClassVar[str] = "date"
    HEARS: ClassVar[frozenset[str]] = frozenset(
        {"customer_added", "customer_changed", "customer_merged", "customer_restored"}
    )

    date: str
    days: Annotated[int, Field(ge=-350, le=350)] = 0
    at: TimeOfDay = "09:00"
    repeats: Literal["never", "yearly", "lunar"] = "never"

    def name(self) -> str:
        return f"date:{self.date}{self.days:+d}@{self.at}/{self.repeats}"

    def slots(self, now: datetime) -> Sequence[datetime]:
        zone, at = clock.zone(), time_of_day(self.at)
        found = [at_local(now, at, zone, plus_days=-back) for back in range(_BACK, -1, -1)]
        return [slot for slot in found if now - timedelta(days=_BACK) <= slot <= now]

    def condition(self, slot: datetime, now: datetime) -> Json:
        day = self._occasion(slot)
        if self.repeats == "never":
            return {"attr": self.date, "op": "eq", "value": day.isoformat()}
        op = "anniversary_within" if self.repeats == "yearly" else "lunar_anniversary_within"
        ahead = (day - clock.business_date(now)).days
        earlier = {"attr": self.date, "op": "lt", "value": day.isoformat()}
        return {"all": [{"attr": self.date, "op": op, "value": [ahead, ahead]}, earlier]}

    def slot_key(self, slot: datetime) -> str:
        """The occasion: its date, or its year, so that a corrected date does not come round twice in one."""
        day = self._occasion(slot)
        if self.repeats == "never":
            return f"date:{self.date}:{day.isoformat()}"[:120]
        year = day.year if self.repeats == "yearly" else LunarDate.from_solar(day).year
        return f"date:{self.date}:{year}"[:120]

    def belongs(self, fact: Fact, slot: datetime) -> bool:
        attrs = fact.body.get("attrs")
        known = _day_of(attrs.get(self.date)) if isinstance(attrs, dict) else None
        day = self._occasion(slot)
        if known is None or self.repeats == "never":
            return known == day
        if known >= day:
            return False
        if self.repeats == "yearly":
            return known.month * 100 + known.day in month_days(day, (0, 0))
        return lunar_day(known) in lunar_days(day, (0, 0))

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        known = fields.attrs.get(self.date) or BUILT_IN_ATTRS.get(self.date)
        if known is None or known.kind not in {Kind.DATE, Kind.TIME}:
            yield fault(
                "date",
                place,
                f"没有日期属性「{self.date}」",
                f"There is no attribute “{self.date}” that is a date",
            )
        elif known.kind == Kind.TIME and self.repeats != "never":
            yield fault(
                "date_time",
                place,
                f"「{known.label('zh')}」是时刻，不能每年重复；请用「首次出现日期」等日期",
                f"“{known.label('en')}” is an instant and has no anniversaries; use a date such as first_seen",
            )
        elif self.date in BUILT_IN_ATTRS and self.repeats == "never" and self.days < 1:
            yield fault(
                "date_known",
                place,
                f"「{known.label('zh')}」到来之前没人知道：请写之后的天数，或改用事件触发",
                f"Nobody knows “{known.label('en')}” before it comes: give days after it, or start by an event",
            )

    def _occasion(self, slot: datetime) -> dt.date:
        return clock.business_date(slot) - timedelta(days=self.days)


def _day_of(value: object) -> dt.date | None:
    """The business date of an attribute's value as facts tell it."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-11-01"):
            return dt.date.fromisoformat(value)
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return clock.business_date(at) if at.tzinfo is not None else None
