"""Definitions as they are written: over HTTP and in files alike."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from potager.insight.schedules import Schedule

KEY = r"^[a-z][a-z0-9_-]{0,63}$"
# What tags and their groups are painted in; the console has a colour for each.
Colour = Literal["", "green", "cyan", "blue", "purple", "amber", "red", "grey"]


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=KEY)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)


class Label(BaseModel):
    """What a value is called."""

    model_config = ConfigDict(extra="forbid")

    zh: str = Field(min_length=1, max_length=100)
    en: str = Field("", max_length=100)


class TagSpec(_Spec):
    """A tag. `value_kind` is for tags given by hand; the others take theirs from their rule.

    labels  what the values of a choice are called; a value without one is its own name
    expires_after_days  given by hand it stays so many business days after the day it was given

    rule  rule: a condition · metric: a measure · cases: {"cases": [{"value", "when"}], "else"} · manual: none
    """

    group: str = Field("", max_length=64)
    colour: Colour = ""
    source: Literal["manual", "rule", "metric", "cases"] = "manual"
    value_kind: Literal["", "text", "choice", "number", "money", "bool", "date"] = ""
    options: list[str] = Field(default_factory=list, max_length=200)
    labels: dict[str, Label] = Field(default_factory=dict)
    rule: dict[str, JsonValue] | None = None
    expires_after_days: int | None = Field(None, ge=1, le=3650)
    note: str = Field("", max_length=300)


class TagGroupSpec(BaseModel):
    """A group of tags. The key is any short text: groups began as words written on tags.

    exclusive  a customer has one tag of the group at most; all of them are given by hand
    """

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=64)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    colour: Colour = ""
    exclusive: bool = False
    note: str = Field("", max_length=300)


class Card(BaseModel):
    """策略卡: how the people of a layer are treated.

    goal    what is to be reached with them, in words
    sops    the journeys at work, by key
    owner   who answers for it, by staff key; review: when it is looked at again
    """

    model_config = ConfigDict(extra="forbid")

    goal: str = Field("", max_length=300)
    sops: list[str] = Field(default_factory=list, max_length=20)
    owner: str = Field("", max_length=64)
    review: date | None = None
    note: str = Field("", max_length=1000)


class LayerSpec(_Spec):
    """A layer model.

    cards     by layer key
    settings  rfm: {"days": 365, "thresholds": {"rule": "mean"}} · ordered: {"layers": [{"key", "zh", "en", "when"}],
              "else": {"key", "zh", "en"}}
    """

    kind: Literal["rfm", "ordered"]
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    cards: dict[str, Card] = Field(default_factory=dict)


class AudienceSpec(_Spec):
    """An audience: live, its members follow the condition at every refresh; with a schedule, at its times."""

    condition: dict[str, JsonValue]
    note: str = Field("", max_length=300)
    schedule: Schedule | None = None


class ListSpec(_Spec):
    """An uploaded list: what it is called. Who is on it comes from a file."""

    note: str = Field("", max_length=300)


Spec = TagGroupSpec | TagSpec | LayerSpec | AudienceSpec


def written(spec: Spec) -> dict[str, Any]:
    """What was said, without what was left at its default: the form files and comparisons use."""
    said: dict[str, Any] = spec.model_dump(mode="json")
    defaults = {name: field.get_default(call_default_factory=True) for name, field in type(spec).model_fields.items()}
    return {name: value for name, value in said.items() if value != defaults[name]}
