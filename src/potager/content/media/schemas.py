"""What crosses HTTP about materials."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from potager.content.media.models import Material
from potager.core.paging import PageQuery

KindKey = Literal["image", "video", "file"]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class MaterialSpec(BaseModel):
    """What a material is called and where it lies."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=120)
    folder: str = Field("", max_length=100)
    tags: list[Tag] = Field(default_factory=list, max_length=20)


class MaterialFilter(PageQuery):
    """folder: by name; "" for what lies in none."""

    search: str = ""
    kind: KindKey | None = None
    folder: str | None = None


class MaterialOut(BaseModel):
    id: int
    kind: KindKey
    mime: str
    size: int
    name: str
    folder: str
    tags: list[str]
    added_at: datetime
    added_by: str

    @classmethod
    def of(cls, row: Material) -> "MaterialOut":
        return cls.model_validate(row, from_attributes=True)


class MaterialPage(BaseModel):
    """folders: all there are, whatever was asked for."""

    items: list[MaterialOut]
    total: int
    folders: list[str]
