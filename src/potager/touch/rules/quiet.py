"""免打扰时段 on the person's own clock; a message waits until they are over."""

from collections.abc import Sequence
from datetime import time

from pydantic import BaseModel, ConfigDict, Field

from potager.touch.people import zone_of
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words
from potager.touch.purposes import Purpose
from potager.touch.quiet import QuietHours


class QuietSetting(BaseModel):
    """免打扰时段 on the customer's clock. Equal times mean none."""

    model_config = ConfigDict(extra="forbid")

    start: time = time(21, 30)
    end: time = time(8, 30)
    purposes: list[Purpose] = ["marketing"]

    def hours_for(self, purpose: str) -> QuietHours | None:
        if purpose not in self.purposes or self.start == self.end:
            return None
        return QuietHours(self.start, self.end)


class QuietTime(Rule[QuietSetting]):
    NAME = "quiet"
    RANK = 70
    SETTING = Setting("quiet", QuietSetting, Field(default_factory=QuietSetting))

    def ground(self, cases: Sequence[Case], scene: Scene) -> QuietSetting:  # noqa: ARG002 -- one protocol
        setting: QuietSetting = scene.setting(self)
        return setting

    def judge(self, case: Case, ground: QuietSetting, book: Book) -> Verdict | None:
        hours, zone = ground.hours_for(case.purpose), zone_of(case.zone)
        if hours is None or not hours.holds(book.now, zone):
            return None
        numbers = {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "zone": zone.key}
        return Verdict("defer", self.NAME, numbers, hours.over(book.now, zone))

    def why(self, detail: Detail) -> Words:
        hours = f"{detail.get('start')}–{detail.get('end')}"
        return Words(f"客户当地 {hours} 免打扰", f"Quiet hours {hours} on the customer's clock")
