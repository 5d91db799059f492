"""频控: so many messages to one person in a rolling window, exact; over it a message waits until there is room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from potager.touch.places import LONGEST, Book, Place
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words
from potager.touch.purposes import Purpose

_HOUR = timedelta(hours=1)


class Cap(BaseModel):
    """频控: at most `limit` messages to one person in any `hours` on end; no channel or purpose means all of them."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(ge=1, le=1_000)
    hours: int = Field(ge=1, le=LONGEST // _HOUR)
    channel: str | None = None
    purpose: Purpose | None = "marketing"

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.hours)

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
        return scene.now - max(cap.window for cap in caps) if caps else None

    def ground(self, cases: Sequence[Case], scene: Scene) -> Sequence[Cap]:  # noqa: ARG002 -- one protocol
        caps: Sequence[Cap] = scene.setting(self)
        return caps

    def judge(self, case: Case, ground: Sequence[Cap], book: Book) -> Verdict | None:
        """Of several full caps the one that has room again last decides."""
        full = [verdict for cap in ground if cap.counts(case) and (verdict := self._full(cap, case, book))]
        return max(full, key=lambda verdict: verdict.until or book.now, default=None)

    def why(self, detail: Detail) -> Words:
        hours = int(str(detail.get("hours")))
        days, rest = divmod(hours, 24)
        zh, en = f"{days} 天", f"{days} days" if days > 1 else "24 hours"
        if rest:
            zh, en = f"{hours} 小时", f"{hours} hours"
        limit, sent = detail.get("limit"), detail.get("sent")
        return Words(
            f"频控：{zh}内最多 {limit} 条，已有 {sent} 条", f"Frequency cap: {limit} in {en}, {sent} already sent"
        )

    def _full(self, cap: Cap, case: Case, book: Book) -> Verdict | None:
        sent = [place.at for place in book.taken(case, book.now - cap.window) if cap.counts(place)]
        if len(sent) < cap.limit:
            return None
        # There is room again when so many have left the window that one fewer than the limit is inside.
        until = sent[len(sent) - cap.limit] + cap.window
        return Verdict("defer", self.NAME, {"limit": cap.limit, "hours": cap.hours, "sent": len(sent)}, until)
