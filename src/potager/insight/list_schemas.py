"""What crosses HTTP about uploaded lists."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.insight.list_files import Read
from potager.insight.schemas import Named, UsedBy

_SHOWN = 100

ListKind = Literal[
    "", "cid", "phone", "unionid", "external_userid", "member_no", "customer_id", "user_id", "openid", "email"
]


class ListAsk(BaseModel):
    """How to read a file; what is left empty is found out."""

    column: str = ""
    kind: ListKind = ""


class ListMiss(BaseModel):
    """A line that names nobody; code: empty, missing or several. value is masked."""

    line: int
    code: str
    value: str


class ListDouble(BaseModel):
    """A line that names somebody whom the line `first` named already."""

    line: int
    first: int


class ListPreview(BaseModel):
    """Whom a file names before it is kept. misses and doubles: the first 100."""

    columns: list[str]
    column: str
    kind: str
    rows: int
    found: int
    missing: int
    doubled: int
    misses: list[ListMiss]
    doubles: list[ListDouble]

    @classmethod
    def of(cls, read: Read) -> "ListPreview":
        return cls(
            columns=list(read.columns),
            column=read.column,
            kind=read.kind,
            rows=read.rows,
            found=len(read.members),
            missing=read.missing,
            doubled=read.doubled,
            misses=[ListMiss(line=each.line, code=each.code, value=each.value) for each in read.misses[:_SHOWN]],
            doubles=[ListDouble(line=each.line, first=each.first) for each in read.doubles[:_SHOWN]],
        )


class ListOut(Named):
    """An uploaded list as its newest file says. n: customers; uploads: how many files it had; by: who uploaded."""

    note: str
    n: int
    missing: int
    doubled: int
    kind: str
    file_name: str
    uploaded_at: datetime
    by: str
    uploads: int
    used_by: list[UsedBy]


class ListList(BaseModel):
    items: list[ListOut]
    total: int


class ListNames(BaseModel):
    """What a list is called."""

    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    note: str = Field("", max_length=300)
