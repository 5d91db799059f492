"""What crosses HTTP about audiences made of audiences, and about their exports."""

from pydantic import BaseModel, Field, model_validator

from potager.insight.algebra import SetOp
from potager.insight.schemas import FreezeIn, Named
from potager.insight.specs import KEY


class CombineIn(FreezeIn):
    """A new audience out of others: `op` over `of`, without the members of `outside`.

    live  follow the others from now on, instead of keeping today's members as a list
    """

    key: str = Field(pattern=KEY)
    op: SetOp
    of: list[str] = Field(min_length=1, max_length=6)
    outside: list[str] = Field(default_factory=list, max_length=6)
    live: bool = False


_SEED = Field("potager", min_length=1, max_length=64)


class SampleIn(FreezeIn):
    """Some of an audience: n people, or a share of them in percent. The same seed draws the same people."""

    key: str = Field(pattern=KEY)
    n: int | None = Field(None, ge=1)
    percent: float | None = Field(None, gt=0, le=100)
    seed: str = _SEED

    @model_validator(mode="after")
    def one_of_both(self) -> "SampleIn":
        if (self.n is None) == (self.percent is None):
            raise ValueError("give n or percent, one of them")
        return self


class PartIn(FreezeIn):
    """One part of a split: its share relative to the shares of the others."""

    key: str = Field(pattern=KEY)
    share: int = Field(1, ge=1, le=10_000)


class SplitAudienceIn(BaseModel):
    """Disjoint parts of an audience, which together are everybody. The same seed gives the same parts."""

    parts: list[PartIn] = Field(min_length=2, max_length=20)
    seed: str = _SEED


class OverlapSet(Named):
    n: int


class OverlapRegion(BaseModel):
    """The people who are in exactly these audiences and in no other of those asked."""

    inside: list[str]
    n: int


class OverlapOut(BaseModel):
    """Every region with somebody in it, the largest first; n: people in any."""

    audiences: list[OverlapSet]
    regions: list[OverlapRegion]
    n: int


class ExportQuery(BaseModel):
    """Columns of an export beside number, name, source and staff: tags and layer models by key."""

    tag: list[str] = Field(default_factory=list, max_length=50)
    layer: list[str] = Field(default_factory=list, max_length=10)
