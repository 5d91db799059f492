"""What a kind of step is: a part of the definition that knows how people pass it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from zoneinfo import ZoneInfo

from potager.core.errors import Problem
from potager.core.journal import Entry
from potager.evidence.arms import Share
from potager.insight.fields import Fields
from potager.journeys.models import Run
from potager.journeys.parts import EventSpec, Json
from potager.journeys.walker import Effect, Knowing, Passed, Walker

N = TypeVar("N", bound="Acting")
# Whether the event at hand is one that a spec means.
Matches = Callable[[EventSpec], bool]


@dataclass(frozen=True, slots=True)
class Here:
    """Where a node stands: the step's id, where it leads when nothing else decides, and the journey's key."""

    step: str
    next: str
    journey: str = ""


class Node(ABC):
    """A kind of step. Only `KIND` and `take` must be said; everything else has the answer of a plain step.

    alone   the acts before it must be written before it is taken; a rest or an end need not wait for them
    asks    it asks the warehouse, which must know first what brought the person here
    retimed a rest in it, written anew while people are in it, counts anew from when they came: nothing was done yet
    """

    KIND: ClassVar[str]
    alone: ClassVar[bool] = True
    asks: ClassVar[bool] = False
    retimed: ClassVar[bool] = False

    @abstractmethod
    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:
        """Let everybody in the group go on, rest or end. Writes nothing; asks once for all of them."""

    def ways(self, following: str) -> Iterator[tuple[str, str]]:
        """(to, label) of every way out; `following` is where the step leads when nothing else decides."""
        yield following, ""

    def rest_ends(self) -> Iterator[str]:
        """Event types that may end a rest in this step."""
        yield from ()

    def told(self, run: Run, entry: Entry, matches: Matches) -> Json | None:  # noqa: ARG002  (a plain step waits for nothing)
        """What a run resting here is told by an event; None when it is not what the rest waits for."""
        return None

    def early(self, matches: Matches) -> bool:  # noqa: ARG002
        """Whether an event may end a rest here that a late run only comes to after it."""
        return False

    def leave(self, run_ids: Collection[int], step: str) -> None:  # noqa: ARG002
        """Take back what a rest here asked for: these runs are moved away from it. Inside store.write."""
        return

    def holds_back(self) -> bool:
        """Whether nobody passes within the hour: a circle of steps needs one that does."""
        return False

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:  # noqa: ARG002
        """What keeps the node from being published; `place` is that of its step."""
        yield from ()

    def line(self) -> str:
        """What the canvas shows of it in one line."""
        return ""

    def templates(self) -> Iterator[str]:
        """Texts that are filled for the person."""
        yield from ()

    def variants(self) -> Sequence[Share]:
        """The arms people are drawn into, once, when they enter the journey."""
        return ()


@dataclass(frozen=True, slots=True)
class Act(Generic[N]):
    """One person's passage of an acting node, to be carried out; `passed` is told what came of it."""

    walker: Walker
    passed: Passed
    node: N


@dataclass(frozen=True, slots=True)
class Writing:
    """What the write phase of one version knows.

    names  product key → what it is called
    ready  what each kind prepared before the journal was held
    """

    journey: str
    priority: int
    names: Mapping[str, str]
    now: datetime
    ready: Mapping[type["Acting"], Any] = field(default_factory=dict)


class Acting(Node):
    """A step that does something for the person: taken in the walk, carried out in the write phase."""

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        for walker in group:
            self.intend(walker, here)

    def intend(self, walker: Walker, here: Here) -> None:
        """Go on, and leave the act to the write phase."""
        walker.effect = Effect(walker.go(here.next, self.KIND, "intended"), self)

    @classmethod
    def prepare(cls, acts: Sequence[Act[Self]], writing: Writing) -> object:  # noqa: ARG003  (most have nothing to)
        """What of everybody's act can be made ready before the journal is held; found by `write` in `writing.ready`.

        Reads only. Whose run is changed meanwhile is left out of `write`, so what is made ready stays true.
        """
        return None

    @classmethod
    @abstractmethod
    def write(cls, acts: Sequence[Act[Self]], writing: Writing) -> None:
        """Carry out everybody's act of this kind together, and say in each `passed` what came of it.

        A shadow run's act has no effect: it is told what would have been done. The journal is held; inside store.write.
        """
