from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, RootModel

from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys import faults
from potager.journeys.nodes.node import Here, Node
from potager.journeys.parts import Json, Part
from potager.journeys.walker import Knowing, Walker, by_time


class Path(Part):
    """One way out of a branch, taken when its condition is the first that holds."""

    if_: Json = Field(alias="if")
    go: str
    name: str = ""


class Branch(RootModel[Annotated[list[Path], Field(min_length=1)]], Node):
    """People part by conditions, asked in order; who meets none of them goes on to the next step."""

    KIND: ClassVar[str] = "branch"
    asks: ClassVar[bool] = True

    def ways(self, following: str) -> Iterator[tuple[str, str]]:
        yield from ((path.go, path.name or f"#{n}") for n, path in enumerate(self.root, 1))
        yield following, "else"

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        for n, path in enumerate(self.root):
            yield from faults.of_condition(path.if_, f"{place}.branch[{n}].if", fields)

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        able: list[Walker] = []
        for walker in group:
            if walker.cause_seq <= known.loaded_seq:
                able.append(walker)
            else:
                walker.stand(asks=True)
        for together, as_of in by_time(able, key=lambda each: each.at):
            self._part(here, together, known, as_of)

    def _part(self, here: Here, together: Sequence[Walker], known: Knowing, as_of: datetime) -> None:
        chosen, problem = self._choose({walker.cid for walker in together}, known, as_of)
        for walker in together:
            taken = chosen.get(walker.cid)
            if taken is None and problem is not None:
                walker.stuck = problem
                walker.stand(asks=True)
            elif taken is None:
                walker.go(here.next, self.KIND, "else", {"as_of": as_of.isoformat()})
            else:
                path = self.root[taken]
                detail = {"path": taken + 1, "name": path.name, "if": path.if_, "as_of": as_of.isoformat()}
                walker.go(path.go, self.KIND, path.name or f"#{taken + 1}", detail)

    def _choose(self, cids: Collection[int], known: Knowing, as_of: datetime) -> tuple[dict[int, int], Problem | None]:
        """Customer → the first path that holds. A path that cannot be asked leaves open where those after it would
        go."""
        left = set(cids)
        chosen: dict[int, int] = {}
        for n, path in enumerate(self.root):
            if left:
                try:
                    holding = known.holds(path.if_, left, as_of) & left
                except Problem as problem:
                    return chosen, problem
                chosen |= dict.fromkeys(holding, n)
                left -= holding
        return chosen, None
