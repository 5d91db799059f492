from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, RootModel, model_validator

from potager.evidence.arms import Share
from potager.journeys.nodes.node import Here, Node
from potager.journeys.parts import Part
from potager.journeys.walker import Knowing, Walker


class Variant(Part):
    """One arm of a split, with its share in percent."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,20}$")]
    share: Annotated[float, Field(gt=0, le=100)]
    go: str


class Variants(RootModel[Annotated[list[Variant], Field(min_length=2)]], Node):
    """Ways that share the people among them."""

    @model_validator(mode="after")
    def _whole(self) -> "Variants":
        if abs(sum(variant.share for variant in self.root) - 100) > 0.001:
            raise ValueError("the shares of a split must add up to 100")
        return self

    def ways(self, following: str) -> Iterator[tuple[str, str]]:  # noqa: ARG002  (every arm says where it leads)
        yield from ((variant.go, variant.key) for variant in self.root)

    def share(self) -> list[Share]:
        """The ways with their shares of 10,000."""
        return [Share(variant.key, round(variant.share * 100)) for variant in self.root]


class Split(Variants):
    """An experiment: everybody goes the way that was drawn for them when they entered, and always the same."""

    KIND: ClassVar[str] = "split"

    def variants(self) -> Sequence[Share]:
        return self.share()

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        ways = {variant.key: variant.go for variant in self.root}
        for walker in group:
            key = walker.variants.get(here.step, self.root[0].key)
            walker.go(ways.get(key, self.root[0].go), self.KIND, key)
