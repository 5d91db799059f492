"""What crosses HTTP about surveys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from potager.content.links.addresses import SURVEY, base, url_of
from potager.content.surveys.models import Survey
from potager.content.surveys.queries import Numbers, Tally, current, is_on, spec_of
from potager.content.surveys.score import nps
from potager.content.surveys.specs import QuestionKind, SurveyQuestion, SurveySpec
from potager.core import clock
from potager.core.paging import PageQuery

StateName = Literal["draft", "open", "upcoming", "over", "closed"]


class SurveyFilter(PageQuery):
    """search: part of a title or a key."""

    search: str = ""


class SurveyNumbers(BaseModel):
    """sent, opened, answered: people, by their own addresses; rate: answered of opened, null before anybody opened.

    opens, unnamed: openings of the common address and unnamed answers; bots: openings by machines.
    """

    sent: int
    opened: int
    answered: int
    rate: float | None
    opens: int
    unnamed: int
    bots: int

    @classmethod
    def of(cls, found: Numbers) -> "SurveyNumbers":
        return cls(
            sent=found.sent,
            opened=found.opened,
            answered=found.answered,
            rate=found.answered / found.opened if found.opened else None,
            opens=found.opens,
            unnamed=found.unnamed,
            bots=found.bots,
        )


class SurveyOut(BaseModel):
    """A survey as it stands today. version: 0 before it was published; changed: it has a draft to publish."""

    key: str
    title: str
    state: StateName
    version: int
    is_changed: bool
    questions: int
    changed_at: datetime
    changed_by: str
    numbers: SurveyNumbers

    @classmethod
    def of(cls, row: Survey, found: Numbers, names: Mapping[str, str]) -> "SurveyOut":
        return cls(**_told(row, found, names))


class SurveyDetail(SurveyOut):
    """A survey with what is being edited. url: the address anybody may answer at; "" where none may."""

    definition: SurveySpec
    url: str

    @classmethod
    def whole(cls, row: Survey, found: Numbers, names: Mapping[str, str]) -> "SurveyDetail":
        open_to_all = row.version is not None and spec_of(row.version).anonymous
        url = url_of(base(), SURVEY, row.token) if open_to_all else ""
        return cls(**_told(row, found, names), definition=current(row), url=url)


class SurveyPage(BaseModel):
    items: list[SurveyOut]
    total: int


class SurveyBar(BaseModel):
    """How often one value was answered; share of those who answered the question, of whom several may be one's."""

    value: str
    label: str
    n: int
    share: float


class SurveyScore(BaseModel):
    """NPS with its 95 % interval."""

    nps: float
    low: float
    high: float
    promoters: int
    detractors: int


class SurveyResult(BaseModel):
    """The answers to one question. n: how many answered it; texts: the latest of them, never personal ones."""

    key: str
    kind: QuestionKind
    label: str
    is_personal: bool
    n: int
    bars: list[SurveyBar]
    score: SurveyScore | None
    mean: float | None
    texts: list[str]

    @classmethod
    def of(cls, question: SurveyQuestion, found: Tally) -> "SurveyResult":
        labels = {option.key: option.label for option in question.options}
        points = {int(value): n for value, n in found.counts.items()} if question.kind in {"scale", "stars"} else {}
        score = nps(points) if question.kind == "scale" else None
        return cls(
            key=question.key,
            kind=question.kind,
            label=question.label,
            is_personal=question.is_sealed,
            n=found.n,
            bars=[]
            if question.is_sealed
            else [
                SurveyBar(
                    value=str(value),
                    label=labels.get(str(value), str(value)),
                    n=found.counts[value],
                    share=found.counts[value] / found.n if found.n else 0.0,
                )
                for value in question.values
            ],
            score=SurveyScore(
                nps=score.nps, low=score.low, high=score.high, promoters=score.promoters, detractors=score.detractors
            )
            if score
            else None,
            mean=sum(value * n for value, n in points.items()) / found.n if points and found.n else None,
            texts=found.texts,
        )


class SurveyResults(BaseModel):
    """Per question of the newest version, over all answers that fit it."""

    answers: int
    items: list[SurveyResult]


class SurveyHandOut(BaseModel):
    cid: int


class SurveyAddress(BaseModel):
    """The address of one customer's own."""

    url: str


class SurveyPreview(BaseModel):
    """The page as customers see it, as HTML to be shown in a frame of its own."""

    html: str


def state_of(row: Survey) -> StateName:
    """Where a survey stands today."""
    if row.version is None:
        return "draft"
    if row.closed_at is not None:
        return "closed"
    spec, today = spec_of(row.version), clock.today()
    if is_on(spec, today):
        return "open"
    return "upcoming" if spec.from_day is not None and today < spec.from_day else "over"


def _told(row: Survey, found: Numbers, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "key": row.key,
        "title": row.title,
        "state": state_of(row),
        "version": row.version.n if row.version else 0,
        "is_changed": row.draft is not None,
        "questions": len(current(row).questions),
        "changed_at": row.changed_at,
        "changed_by": names.get(row.changed_by, row.changed_by),
        "numbers": SurveyNumbers.of(found),
    }
