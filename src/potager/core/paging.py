"""Server paging for lists: page number and size in, one page and the total out."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from pydantic import BaseModel, Field

MAX_SIZE = 200
M = TypeVar("M", bound=Model)


class PageQuery(BaseModel):
    """The address's page (from 1) and size."""

    page: int = Field(1, ge=1)
    size: int = Field(20, ge=1, le=MAX_SIZE)


def page_of(rows: QuerySet[M], query: PageQuery) -> tuple[list[M], int]:
    """The rows of one page and how many there are in all. The query set must be ordered."""
    start = (query.page - 1) * query.size
    return list(rows[start : start + query.size]), rows.count()
