"""Scripts, personas, questions and words as they are written."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

KEY = r"^[a-z][a-z0-9_-]{0,63}$"
AxisKey = Literal["stage", "psychology", "product"]
KindKey = Literal["stage", "psychology", "profile"]
Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
StaffKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    key: str = Field(pattern=KEY)


class FolderSpec(_Spec):
    """A folder on one axis; its axis stays as it was made."""

    axis: AxisKey
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)


class PersonaSpec(_Spec):
    """人设. staff: who speaks as it, by key."""

    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    voice: str = Field("", max_length=1000)
    dos: list[Term] = Field(default_factory=list, max_length=100)
    donts: list[Term] = Field(default_factory=list, max_length=100)
    staff: list[StaffKey] = Field(default_factory=list, max_length=500)


class ScriptSpec(_Spec):
    """What a script is called and where it lies; folders and the persona by key, "" for none."""

    title: str = Field(min_length=1, max_length=100)
    stage: str = ""
    psychology: str = ""
    product: str = ""
    persona: str = ""
    note: str = Field("", max_length=300)


class Texts(BaseModel):
    """The texts of a version: `text`, or `new` and `old` for one that speaks by psychology."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field("", max_length=2000)
    new: str = Field("", max_length=2000)
    old: str = Field("", max_length=2000)

    def of(self, kind: str) -> dict[str, str]:
        """Those this kind speaks with."""
        return {"new": self.new, "old": self.old} if kind == "psychology" else {"text": self.text}


class DraftSpec(Texts):
    """A wording to work on. expires_on: the last business day on which it may be used."""

    expires_on: date | None = None


class FaqSpec(_Spec):
    question: str = Field(min_length=1, max_length=300)
    answers: list[Answer] = Field(min_length=1, max_length=20)
    keywords: list[Term] = Field(default_factory=list, max_length=50)


class WordSpec(BaseModel):
    """A word of the house, or its verdict on a shipped one (`allowed` lifts it). cure: what to write instead."""

    model_config = ConfigDict(extra="forbid")

    word: Term
    level: Literal["blocking", "warning", "allowed"]
    cure: str = Field("", max_length=200)
