from collections.abc import Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from potager.journeys.nodes.node import Here, Node
from potager.journeys.parts import END, EVERYBODY, Part, Subject
from potager.journeys.walker import Knowing, Walker


class End(Part, Node):
    """The journey ends here."""

    KIND: ClassVar[str] = "exit"
    SUBJECTS: ClassVar[frozenset[Subject]] = EVERYBODY
    alone: ClassVar[bool] = False

    reason: str = "done"

    def ways(self, following: str) -> Iterator[tuple[str, str]]:  # noqa: ARG002  (nothing follows an end)
        yield END, ""

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        for walker in group:
            walker.go(END, self.KIND, self.reason)
            walker.ended = self.reason
