"""平台群发上限: the platform gives each customer only so many mass messages in a calendar period.

By WeCom's rules a customer gets as many a month as the month has days, or 7 a week, or 1 a day, as the company chose in
the platform's console, whoever of the staff sends them. One more would be refused there; here it waits for the next
period.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.touch.channels import installed
from potager.touch.periods import Per, Period, period_of
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words

_MOMENT = timedelta(microseconds=1)
_PERIODS = {"day": ("今天", "today"), "week": ("本周", "this week"), "month": ("本月", "this month")}


class PlatformSetting(BaseModel):
    """The rule the company chose on the platform; "none" keeps no ledger.

    limit  messages per customer and period, where the platform's own number is another: None is the days of the month,
           7 a week, 1 a day
    """

    model_config = ConfigDict(extra="forbid")

    per: Literal["day", "week", "month", "none"] = "month"
    limit: int | None = Field(None, ge=1, le=1_000)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The period that runs, how many messages it allows, and the channels whose messages count."""

    per: Per
    period: Period
    limit: int
    channels: Collection[str]


class PlatformLimit(Rule[Ledger | None]):
    """Its ground: the ledger's period; None when none is kept."""

    NAME = "platform"
    RANK = 50
    SETTING = Setting("platform", PlatformSetting, Field(default_factory=PlatformSetting))

    def since(self, scene: Scene) -> datetime | None:
        ledger = self._ledger(scene)
        return ledger.period.start - _MOMENT if ledger else None

    def ground(self, cases: Sequence[Case], scene: Scene) -> Ledger | None:  # noqa: ARG002 -- one protocol
        return self._ledger(scene)

    def judge(self, case: Case, ground: Ledger | None, book: Book) -> Verdict | None:
        if ground is None or case.channel not in ground.channels:
            return None
        places = book.taken(case, ground.period.start - _MOMENT)
        sent = sum(place.channel in ground.channels for place in places)
        if sent < ground.limit:
            return None
        return Verdict("defer", self.NAME, {"per": ground.per, "limit": ground.limit, "sent": sent}, ground.period.end)

    def why(self, detail: Detail) -> Words:
        limit, sent = detail.get("limit"), detail.get("sent")
        zh, en = _PERIODS.get(str(detail.get("per")), ("本期", "this period"))
        return Words(
            f"平台群发上限：每位客户{zh}最多 {limit} 条，已有 {sent} 条",
            f"Platform limit: {limit} mass messages per customer {en}, {sent} already sent",
        )

    def _ledger(self, scene: Scene) -> Ledger | None:
        setting: PlatformSetting = scene.setting(self)
        channels = {channel.key for channel in installed().values() if channel.capabilities.mass}
        if setting.per == "none" or not channels:
            return None
        period = period_of(scene.now, setting.per)
        # One a day, seven a week, a month's days a month.
        return Ledger(setting.per, period, setting.limit or period.days, channels)
