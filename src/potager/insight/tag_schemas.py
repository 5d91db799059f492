"""Groups of tags and batches over HTTP."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from potager.insight.models import TagBatch, TagGroup
from potager.insight.schemas import Written
from potager.insight.specs import Colour


class TagGroupOut(BaseModel):
    """exclusive: a customer has one tag of the group at most."""

    key: str
    name_zh: str
    name_en: str
    colour: Colour
    exclusive: bool
    note: str

    @classmethod
    def of(cls, row: TagGroup) -> "TagGroupOut":
        return cls(
            key=row.key,
            name_zh=row.name_zh,
            name_en=row.name_en,
            colour=row.colour,
            exclusive=row.exclusive,
            note=row.note,
        )


class TagGroupList(BaseModel):
    items: list[TagGroupOut]
    total: int


class TagGroupOrder(BaseModel):
    """Every group once."""

    model_config = ConfigDict(extra="forbid")

    keys: list[str] = Field(max_length=1000)


class TagBatchIn(BaseModel):
    """Whom: a condition, such as one audience. value only when giving a tag that takes one."""

    model_config = ConfigDict(extra="forbid")

    condition: Written
    value: str | None = None
    removing: bool = False


class TagBatchPreview(BaseModel):
    """people the condition selects; change: would get or lose the tag; same: are so already; replaced: of those who
    change, would lose another value or another tag of the exclusive group."""

    people: int
    change: int
    same: int
    replaced: int


class TagBatchOut(BaseModel):
    """changed customers, replaced of those. undone_at: when it was taken back."""

    id: int
    tag: str
    value: str | None
    removing: bool
    of: str
    by: str
    at: datetime
    changed: int
    replaced: int
    undone_at: datetime | None
    undone_by: str

    @classmethod
    def of_row(cls, row: TagBatch) -> "TagBatchOut":
        return cls(
            id=row.pk, tag=row.tag, value=row.value, removing=row.removing, of=row.of, by=row.by, at=row.at,
            changed=row.changed, replaced=row.replaced, undone_at=row.undone_at, undone_by=row.undone_by,
        )  # fmt: skip


class TagBatchList(BaseModel):
    """The newest first."""

    items: list[TagBatchOut]
    total: int


class TagBatchUndone(BaseModel):
    """back: as they were before; left: changed by somebody since."""

    back: int
    left: int
