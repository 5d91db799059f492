"""What crosses HTTP about personas, questions, hits of a search and sensitive words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from potager.content.models import Faq
from potager.core.paging import PageQuery
from potager.insight.schemas import Named


class StaffName(BaseModel):
    key: str
    name: str


class PersonaOut(Named):
    voice: str
    dos: list[str]
    donts: list[str]
    staff: list[StaffName]
    scripts: int


class PersonaList(BaseModel):
    items: list[PersonaOut]


class FaqOut(BaseModel):
    key: str
    question: str
    answers: list[str]
    keywords: list[str]
    changed_at: datetime
    changed_by: str

    @classmethod
    def of(cls, row: Faq, names: Mapping[str, str]) -> "FaqOut":
        return cls(
            key=row.key,
            question=row.question,
            answers=row.answers,
            keywords=row.keywords,
            changed_at=row.changed_at,
            changed_by=names.get(row.changed_by, row.changed_by),
        )


class FaqPage(BaseModel):
    items: list[FaqOut]
    total: int


class FaqFilter(PageQuery):
    search: str = ""


class LibraryHit(BaseModel):
    """What a search found: a script with the text of its usable version, or a question with its best answer."""

    kind: Literal["script", "faq"]
    key: str
    title: str
    text: str


class LibraryHits(BaseModel):
    items: list[LibraryHit]
    ms: int


class SensitiveWord(BaseModel):
    """A word as it works here. shipped: on the starter list; changed: the house said something of its own about it."""

    word: str
    level: Literal["blocking", "warning", "allowed"]
    reason: Literal["absolute", "medical", "promise", "house"]
    cure: str
    shipped: bool
    changed: bool


class SensitiveWords(BaseModel):
    items: list[SensitiveWord]
