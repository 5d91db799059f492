"""频控: so many messages to one person in a rolling window or a calendar period, exact; over it a message waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from potager.touch.periods import Per, period_of
from potager.touch.places import LONGEST, Book, Place
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words
from potager.touch.purposes import Purpose

_HOUR = timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)
_PERIODS = {"day": ("自然日", "day"), "week": ("自然周", "week"), "month": ("自然月", "month")}


class Cap(BaseModel):
    """频控: at most `limit` messages to one person in any `hours` on end, or in each calendar period `per` of the
    business zone; no channel or purpose means all of them."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(ge=1, le=1_000)
    hours: int | None = Field(None, ge=1, le=LONGEST // _HOUR)
    per: Per | None = None
    channel: str | None = None
    purpose: Purpose | None = "marketing"

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if (self.hours is None) == (self.per is None):
            raise ValueError("频控要么写 hours（滚动小时数），要么写 per（自然日、周、月） · say either hours or per")
        return self

    def after(self, now: datetime) -> datetime:
        """The messages after this instant count."""
        if self.per is not None:
            return period_of(now, self.per).start - _MOMENT
        return now - timedelta(hours=self.hours or 0)

    def counts(self, what: Case | Place) -> bool:
        return self.channel in {None, what.channel} and self.purpose in {None, what.purpose}


def _shipped() -> list[Cap]:
    return [Cap(limit=1, hours=24), Cap(limit=4, hours=7 * 24)]


class FrequencyCaps(Rule[Sequence[Cap]]):
    """Its ground: the caps of the house."""

    NAME = "cap"
    RANK = 60
    SETTING = Setting("caps", list[Cap], Field(default_factory=_shipped))

    def since(self, scene: Scene) -> datetime | None:
        caps: Sequence[Cap] = scene.setting(self)
        return min((cap.after(scene.now) for cap in caps), default=None)

    def ground(self, cases: Sequence[Case], scene: Scene) -> Sequence[Cap]:  # noqa: ARG002 -- one protocol
        caps: Sequence[Cap] = scene.setting(self)
        return caps

    def judge(self, case: Case, ground: Sequence[Cap], book: Book) -> Verdict | None:
        """Of several full caps the one that has room again last decides."""
        full = [verdict for cap in ground if cap.counts(case) and (verdict := self._full(cap, case, book))]
        return max(full, key=lambda verdict: verdict.until or book.now, default=None)

    def why(self, detail: Detail) -> Words:
        limit, sent = detail.get("limit"), detail.get("sent")
        if per := detail.get("per"):
            zh, en = _PERIODS[str(per)]
            return Words(
                f"频控：每个{zh}最多 {limit} 条，已有 {sent} 条",
                f"Frequency cap: {limit} in a calendar {en}, {sent} already sent",
            )
        hours = int(str(detail.get("hours")))
        days, rest = divmod(hours, 24)
        zh, en = f"{days} 天", f"{days} days" if days > 1 else "24 hours"
        if rest:
            zh, en = f"{hours} 小时", f"{hours} hours"
        return Words(
            f"频控：{zh}内最多 {limit} 条，已有 {sent} 条", f"Frequency cap: {limit} in {en}, {sent} already sent"
        )

    def _full(self, cap: Cap, case: Case, book: Book) -> Verdict | None:
        sent = [place.at for place in book.taken(case, cap.after(book.now)) if cap.counts(place)]
        if len(sent) < cap.limit:
            return None
        numbers = {"limit": cap.limit, "sent": len(sent)}
        if cap.per is not None:
            return Verdict("defer", self.NAME, {**numbers, "per": cap.per}, period_of(book.now, cap.per).end)
        # There is room again when so many have left the window that one fewer than the limit is inside.
        until = sent[len(sent) - cap.limit] + (book.now - cap.after(book.now))
        return Verdict("defer", self.NAME, {**numbers, "hours": cap.hours}, until)
