"""What the parts of a definition are made of: its nodes, its ways in and the whole share these."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

END = "end"
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$")]
StepId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
Json = dict[str, Any]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class EventSpec(Part):
    """An event, and what must be true of it."""

    event: str
    where: list[Json] = []
