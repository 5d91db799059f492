"""What the parts of a definition are made of: its nodes, its ways in and the whole share these."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.journeys.times import Span

END = "end"
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$")]
StepId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Json = dict[str, Any]
# Whom a journey is about: customers, or the people who work here.
Subject = Literal["customer", "staff"]
CUSTOMERS: frozenset[Subject] = frozenset({"customer"})
EVERYBODY: frozenset[Subject] = frozenset({"customer", "staff"})


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class EventSpec(Part):
    """An event, and what must be true of it."""

    event: str
    where: list[Json] = []


class EntryLimits(Part):
    """How often one person may enter. Nothing said is what the house says; 0 is no limit.

    at_once  journeys one person may be in at the same time
    entries  passages one person may begin, through all journeys, in any span of `within`
    """

    at_once: Annotated[int, Field(ge=0, le=100)] | None = None
    entries: Annotated[int, Field(ge=0, le=1_000)] | None = None
    within: Span = "30d"
