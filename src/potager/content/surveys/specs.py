"""Surveys as they are written, and what is wrong with one by itself. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from potager.content.links.specs import TagGiven
from potager.content.specs import KEY as SCRIPT_KEY
from potager.core.errors import Problem

KIND: Final = "survey"
# Without an underscore in a question's key, survey and question make a property key that no other two make.
KEY: Final = r"^[a-z][a-z0-9_]{0,30}$"
PART: Final = r"^[a-z][a-z0-9]{0,19}$"
QuestionKind = Literal["single", "multiple", "scale", "stars", "text", "number", "date", "phone"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
CHOSEN: Final = frozenset({"single", "multiple"})
# What the points of a scale and of stars are.
POINTS: Final[Mapping[str, range]] = {"scale": range(11), "stars": range(1, 6)}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SurveyOption(_Part):
    """One choice; `tag` is given to who takes it."""

    key: str = Field(pattern=PART)
    label: Label
    tag: TagGiven | None = None


class SurveyShowIf(_Part):
    """Ask only who gave one of these answers to an earlier question: keys of options, or points."""

    question: str = Field(pattern=PART)
    any: list[str | int] = Field(min_length=1, max_length=20)


class SurveyQuestion(_Part):
    """One question. low, high: what the ends of a scale mean. attribute: what of the customer the answer states.

    personal  the answer is sealed and leaves the operations store in no fact; a phone always is
    """

    key: str = Field(pattern=PART)
    kind: QuestionKind
    label: Label
    help: str = Field("", max_length=200)
    optional: bool = False
    options: list[SurveyOption] = Field(default_factory=list, max_length=30)
    low: str = Field("", max_length=40)
    high: str = Field("", max_length=40)
    attribute: str = Field("", max_length=64)
    personal: bool = False
    show_if: SurveyShowIf | None = None

    @property
    def is_sealed(self) -> bool:
        return self.personal or self.kind == "phone"

    @property
    def values(self) -> tuple[str | int, ...]:
        """What can be answered to a question of choices or points."""
        return tuple(option.key for option in self.options) if self.kind in CHOSEN else tuple(POINTS.get(self.kind, ()))


class SurveyIncentive(_Part):
    """What who answered gets: told on the last page. script: what the staff say to it; coupon: which they give."""

    text: str = Field(min_length=1, max_length=200)
    script: str = Field("", pattern=rf"{SCRIPT_KEY}|^$")
    coupon: str = Field("", max_length=64)

    @property
    def key(self) -> str:
        """What the fact of the answer carries."""
        return self.coupon or self.script or "thanks"


class SurveySpec(_Part):
    """A survey. anonymous: also anybody may answer, unnamed, at one common address. again: a customer may answer once
    for each message that asks, and not once in all. from_day, until_day: business days, both included."""

    kind: Literal["survey"] = KIND
    key: str = Field(pattern=KEY)
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    intro: str = Field("", max_length=1000)
    questions: list[SurveyQuestion] = Field(default_factory=list, max_length=30)
    thanks: str = Field("", max_length=500)
    incentive: SurveyIncentive | None = None
    anonymous: bool = False
    again: bool = False
    from_day: date | None = None
    until_day: date | None = None

    def canonical(self) -> dict[str, Any]:
        """The definition as JSON with everything left out that is as it would be anyway."""
        return {"kind": KIND} | self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def hash(self) -> str:
        """What a version is known by: equal definitions have equal hashes."""
        text = json.dumps(self.canonical(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read(written: object) -> SurveySpec:
    """The written definition. Raises Problem("survey.definition") with the place of its first mistake in form."""
    try:
        return SurveySpec.model_validate(written)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Problem(
            "survey.definition",
            zh=f"「{place}」写得不对：请对照问卷的格式修改",
            en=f"“{place}” is not valid: {first['msg']}",
            place=place,
        ) from error


def property_of(survey: str, question: str) -> str:
    """The event property that carries the answers to a question."""
    return f"{survey}_{question}"


def problems(spec: SurveySpec) -> Iterator[Problem]:
    """What is wrong with a survey by itself, in the order of its questions."""
    if not spec.questions:
        yield Problem("survey.empty", zh="还没有题目", en="It asks nothing yet", place="questions")
    if spec.from_day and spec.until_day and spec.until_day < spec.from_day:
        yield Problem(
            "survey.days", zh="结束日期在开始日期之前", en="Its last day is before its first", place="until_day"
        )
    earlier: dict[str, SurveyQuestion] = {}
    for n, question in enumerate(spec.questions):
        place = f"questions.{n}"
        if question.key in earlier:
            yield Problem(
                "survey.twice",
                zh=f"有两道题的标识都是「{question.key}」：请改一个",
                en=f"Two questions are called “{question.key}”: rename one",
                place=f"{place}.key",
            )
        yield from _options(question, place)
        yield from _shown(question, earlier, place)
        earlier.setdefault(question.key, question)


def _options(question: SurveyQuestion, place: str) -> Iterator[Problem]:
    keys = [option.key for option in question.options]
    if question.kind in CHOSEN and len(keys) < 2:
        yield Problem(
            "survey.options",
            zh="选择题至少要有两个选项",
            en="A choice has two options at least",
            place=f"{place}.options",
        )
    elif question.kind not in CHOSEN and keys:
        yield Problem("survey.options", zh="只有选择题有选项", en="Only choices have options", place=f"{place}.options")
    elif len(set(keys)) < len(keys):
        yield Problem(
            "survey.options",
            zh="有两个选项的标识相同：请改一个",
            en="Two options have one key: rename one",
            place=f"{place}.options",
        )


def _shown(question: SurveyQuestion, earlier: Mapping[str, SurveyQuestion], place: str) -> Iterator[Problem]:
    asked = question.show_if
    if asked is None:
        return
    before = earlier.get(asked.question)
    if before is None or not before.values:
        yield Problem(
            "survey.show_if",
            zh="显示条件只能看前面的选择题、打分题或星级题",
            en="It may depend only on an earlier question of choices, points or stars",
            place=f"{place}.show_if.question",
        )
    elif not set(asked.any) <= set(before.values):
        yield Problem(
            "survey.show_if",
            zh=f"「{before.label}」没有这个答案：请重选显示条件",
            en=f"“{before.label}” has no such answer: choose again",
            place=f"{place}.show_if.any",
        )
