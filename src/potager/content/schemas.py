"""What crosses HTTP about scripts; personas, questions and words are in library_schemas, what is written in specs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.content.checking import place_of
from potager.content.models import Folder, Persona, ScriptVersion
from potager.content.queries import state_on
from potager.content.sensitive import Finding
from potager.content.specs import AxisKey, KindKey, Texts
from potager.content.winning import Record
from potager.core.paging import PageQuery
from potager.insight.schemas import Named

StateKey = Literal["draft", "in_review", "published", "expired"]


def named(row: Folder | Persona | None) -> Named | None:
    """What a folder or persona is called; nothing for none."""
    return None if row is None else Named(key=row.key, name_zh=row.name_zh, name_en=row.name_en or row.name_zh)


class FolderOut(Named):
    """n: scripts the reader knows in it."""

    axis: AxisKey
    n: int


class FolderList(BaseModel):
    items: list[FolderOut]


class WinRate(BaseModel):
    """uses: how often it was said. judged: uses whose 7 days are over; wins: of those, with a reply or an order after.

    rate, low, high: the share of wins with its 95 % interval; null before the first judged use.
    """

    uses: int
    judged: int
    wins: int
    rate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, record: Record) -> "WinRate":
        low, high = record.interval or (None, None)
        return cls(uses=record.uses, judged=record.judged, wins=record.wins, rate=record.rate, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Reader:
    """What versions are shown by: the day, who reads, win rates by version, and names by login."""

    day: date
    login: str
    records: Mapping[int, Record]
    names: Mapping[str, str]


class ScriptVersionOut(BaseModel):
    """A wording. texts: by place (text, or new and old). Who did what, by name; is_own: the reader submitted it."""

    id: int
    kind: KindKey
    n: int
    state: StateKey
    texts: dict[str, str]
    written_by: str
    written_at: datetime
    submitted_by: str
    is_own: bool
    reviewed_by: str
    published_at: datetime | None
    ended_at: datetime | None
    expires_on: date | None
    remark: str
    win_rate: WinRate

    @classmethod
    def of(cls, row: ScriptVersion, reader: Reader) -> "ScriptVersionOut":
        return cls(
            id=row.pk,
            kind=row.kind,
            n=row.n,
            state=state_on(row, reader.day).value,
            texts=row.texts,
            written_by=reader.names.get(row.written_by, row.written_by),
            written_at=row.written_at,
            submitted_by=reader.names.get(row.submitted_by, row.submitted_by),
            is_own=row.submitted_by == reader.login,
            reviewed_by=reader.names.get(row.reviewed_by, row.reviewed_by),
            published_at=row.published_at,
            ended_at=row.ended_at,
            expires_on=row.expires_on,
            remark=row.remark,
            win_rate=WinRate.of(reader.records.get(row.pk, Record())),
        )


class KindStand(BaseModel):
    """Of one kind: the version that may be used now, and the one being written or reviewed."""

    kind: KindKey
    current: ScriptVersionOut | None
    open: ScriptVersionOut | None


class ScriptOut(BaseModel):
    """A script with where it lies and the stand of its kinds. key stays; kinds without a version are left out."""

    key: str
    title: str
    note: str
    stage: Named | None
    psychology: Named | None
    product: Named | None
    persona: Named | None
    changed_at: datetime
    kinds: list[KindStand]


class ScriptPage(BaseModel):
    items: list[ScriptOut]
    total: int


class ScriptDetail(ScriptOut):
    """With every version there ever was, the newest of each kind first. needs_another: nobody reviews their own."""

    history: list[ScriptVersionOut]
    needs_another: bool


class ScriptFilter(PageQuery):
    """search: words in titles, folders and texts; the best first. The others by key; state: of a version, today."""

    search: str = ""
    stage: str = ""
    psychology: str = ""
    product: str = ""
    persona: str = ""
    state: Literal["", "draft", "in_review", "published", "expired"] = ""


class ReviewRemark(BaseModel):
    remark: str = Field("", max_length=300)


class ScriptFinding(BaseModel):
    """A sensitive word: in which text, from which character (from 0) to before which, why, and the cure."""

    place: str
    start: int
    end: int
    word: str
    blocking: bool
    reason: Literal["absolute", "medical", "promise", "house", "persona"]
    where: str
    cure: str

    @classmethod
    def of(cls, found: Finding, language: str) -> "ScriptFinding":
        return cls(
            place=found.place,
            start=found.start,
            end=found.end,
            word=found.word.word,
            blocking=found.word.blocking,
            reason=found.word.reason,
            where=place_of(found, language),
            cure=found.word.cure(language),
        )


class ScriptCheckIn(Texts):
    """persona: by key, for the words it never says."""

    persona: str = ""


class ScriptCheck(BaseModel):
    findings: list[ScriptFinding]


class ScriptPreviewIn(ScriptCheckIn):
    cid: int
    kind: KindKey


class VariableValue(BaseModel):
    """A variable and its value for the customer; null where nothing is known."""

    key: str
    name_zh: str
    name_en: str
    value: str | None


class ScriptPreview(BaseModel):
    """The text as the customer would read it. variant: the text taken; missing: variables without value or default."""

    customer: str
    is_old: bool
    variant: Literal["text", "new", "old"]
    text: str
    missing: list[str]
    values: list[VariableValue]
    findings: list[ScriptFinding]


class ScriptVariable(BaseModel):
    key: str
    name_zh: str
    name_en: str


class ScriptVariables(BaseModel):
    items: list[ScriptVariable]


class ScriptUse(BaseModel):
    cid: int


class ScriptUsed(BaseModel):
    text: str


def logins(rows: Sequence[ScriptVersion]) -> set[str]:
    """Whose names are wanted to show these versions."""
    return {login for row in rows for login in (row.written_by, row.submitted_by, row.reviewed_by) if login}
