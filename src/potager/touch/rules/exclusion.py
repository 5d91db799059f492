"""旅程互斥: journeys that exclude each other do not both speak to one person within a span; the higher priority does.

What went out, or is in a worker's hand, counts whatever its priority: the person has had it. A message that still waits
for its time counts when its journey has the higher priority; one that waits for its channel with the lower yields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from potager.core.journal import from_us, to_us
from potager.touch.life import PENDING
from potager.touch.models import Touch
from potager.touch.places import LONGEST, Book
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words
from potager.touch.purposes import Purpose

_HOUR = timedelta(hours=1)
_MOST = LONGEST // _HOUR
# A rival that is due has not been judged yet: ask again then.
_SOON = timedelta(minutes=10)


class ExclusionGroup(BaseModel):
    """互斥组: of these journeys one speaks to a person within any `hours` on end."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    journeys: list[str] = Field(min_length=2)
    hours: int = Field(ge=1, le=_MOST)


class ExclusionSetting(BaseModel):
    """hours     the span between messages of any two journeys; 0 is none
    groups    journeys that exclude each other for a span of their own
    purposes  which messages wait; those of other purposes neither wait nor count
    """

    model_config = ConfigDict(extra="forbid")

    hours: int = Field(0, ge=0, le=_MOST)
    groups: list[ExclusionGroup] = []
    purposes: list[Purpose] = ["marketing"]

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=max([self.hours, *(group.hours for group in self.groups)]))

    def span(self, one: str, other: str) -> tuple[timedelta, str]:
        """How far apart messages of these two journeys must be, and the group that says so ("": any two)."""
        if not one or not other or one == other:
            return timedelta(), ""
        of_groups = [(group.hours, group.name) for group in self.groups if {one, other} <= set(group.journeys)]
        hours, name = max([(self.hours, ""), *of_groups])
        return timedelta(hours=hours), name


@dataclass(frozen=True, slots=True)
class Rival:
    """A message of a journey that waits for its time."""

    journey: str
    priority: int
    due: datetime
    shadow: bool


@dataclass(frozen=True, slots=True)
class Rivals:
    """The setting, and by customer what waits for its time and may come within the longest span."""

    setting: ExclusionSetting
    waiting: Mapping[int, Sequence[Rival]] = field(default_factory=dict)


class Exclusion(Rule[Rivals]):
    NAME = "exclusion"
    RANK = 75
    SETTING = Setting("exclusion", ExclusionSetting, Field(default_factory=ExclusionSetting))

    def since(self, scene: Scene) -> datetime | None:
        longest: timedelta = scene.setting(self).longest
        return scene.now - longest if longest else None

    def ground(self, cases: Sequence[Case], scene: Scene) -> Rivals:
        setting: ExclusionSetting = scene.setting(self)
        cids = {case.cid for case in cases if case.journey and case.purpose in setting.purposes}
        if not setting.longest or not cids:
            return Rivals(setting)
        now, until = to_us(scene.now), to_us(scene.now + setting.longest)
        rows = Touch.objects.filter(
            cid__among=cids, state__in=PENDING, purpose__in=setting.purposes, due_us__lt=until, expires_us__gt=now
        ).exclude(journey="")
        waiting: dict[int, list[Rival]] = {}
        for cid, journey, priority, due_us, shadow in rows.values_list(
            "cid", "journey", "priority", "due_us", "shadow"
        ):
            waiting.setdefault(cid, []).append(Rival(journey, priority, from_us(due_us), shadow))
        return Rivals(setting, waiting)

    def judge(self, case: Case, ground: Rivals, book: Book) -> Verdict | None:
        """Of several that stand in the way the one that is out of it last decides."""
        setting = ground.setting
        if not setting.longest or not case.journey or case.purpose not in setting.purposes:
            return None
        found = [*self._spoken(case, setting, book), *self._to_come(case, ground, book.now)]
        return max(found, key=lambda verdict: verdict.until or book.now, default=None)

    def why(self, detail: Detail) -> Words:
        journey, hours, group = detail.get("journey"), detail.get("hours"), detail.get("group")
        within_zh, within_en = f"{hours} 小时内", f"within {hours} hours"
        if group:
            within_zh, within_en = f"互斥组「{group}」{within_zh}", f"{within_en} ({group})"
        if "priority" in detail:
            return Words(
                f"{within_zh}旅程「{journey}」优先级更高（{detail.get('priority')}），由它先说",
                f"The journey {journey} has a higher priority ({detail.get('priority')}) and speaks first {within_en}",
            )
        return Words(
            f"{within_zh}旅程「{journey}」已联系过这位客户",
            f"The journey {journey} has written to this person {within_en}",
        )

    def _spoken(self, case: Case, setting: ExclusionSetting, book: Book) -> list[Verdict]:
        found = []
        for place in book.taken(case, book.now - setting.longest):
            span, group = setting.span(case.journey, place.journey)
            if place.purpose in setting.purposes and book.now < place.at + span:
                found.append(Verdict("defer", self.NAME, _numbers(place.journey, span, group), place.at + span))
        return found

    def _to_come(self, case: Case, ground: Rivals, now: datetime) -> list[Verdict]:
        found = []
        for rival in ground.waiting.get(case.cid, ()):
            span, group = ground.setting.span(case.journey, rival.journey)
            seen = case.shadow or not rival.shadow
            if seen and rival.priority > case.priority and rival.due < now + span:
                numbers = {**_numbers(rival.journey, span, group), "priority": rival.priority}
                found.append(Verdict("defer", self.NAME, numbers, max(rival.due, now + _SOON)))
        return found


def _numbers(journey: str, span: timedelta, group: str) -> dict[str, object]:
    return {"journey": journey, "hours": span // _HOUR, "group": group}
