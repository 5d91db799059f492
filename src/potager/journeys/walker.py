"""A run in memory while it walks, and what a walk leaves behind for the write phase."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar
from zoneinfo import ZoneInfo

from potager.core.errors import Problem
from potager.core.journal import from_us
from potager.journeys.models import Run
from potager.journeys.parts import END, Json

if TYPE_CHECKING:
    from potager.journeys.nodes.node import Acting

MAX_PASSES = 500
# Runs whose times differ by less than this are asked about together, as of the latest of them.
TOGETHER = timedelta(minutes=10)
T = TypeVar("T")


class Knowing(Protocol):
    """What a walk asks of the warehouse and of the house's people."""

    loaded_seq: int

    def holds(self, condition: Json, cids: Collection[int], as_of: datetime) -> set[int]:
        """Of these customers, those the condition holds for as of an instant."""
        ...

    def life_days(self, products: Collection[str]) -> Mapping[str, int]:
        """How many days one unit of a product lasts, where known."""
        ...

    def zones(self, cids: Collection[int]) -> Mapping[int, ZoneInfo]:
        """The time zone each customer lives in; the house's when they said none."""
        ...

    def best_hours(self, zones: Mapping[int, ZoneInfo]) -> Mapping[int, int]:
        """The hour (0 to 23) at which each customer, in their zone, is likely to answer."""
        ...

    def dates(self, attribute: str, cids: Collection[int]) -> Mapping[int, date]:
        """A date attribute of these customers, where they have it."""
        ...


@dataclass(slots=True)
class Passed:
    """A step taken. `detail` says why it went as it did."""

    step: str
    visit: int
    at: datetime
    kind: str
    outcome: str
    detail: Json


@dataclass(slots=True)
class Effect:
    """Something the write phase must do for a walker; its `passed` is told what came of it."""

    passed: Passed
    node: "Acting"


@dataclass(slots=True)
class Walker:
    """A run in memory. `at` is its own time: the due it is processed for, however late that happens.

    cid     its subject: a customer, or in a staff SOP a staff member
    first   nothing of the run was written yet but its start
    effect  the one act of this walk, if any
    asks    the step the walker stands before asks the warehouse
    came    when it came to the step it is waiting in
    stuck   why it cannot take the step it stands before
    """

    run_id: int
    cid: int
    person_key: str
    arm: str
    shadow: bool
    variants: Mapping[str, str]
    context: Json
    entered: datetime
    step: str
    waiting: bool
    visit: int
    at: datetime
    cause_seq: int
    first: bool = False
    passed: list[Passed] = field(default_factory=list)
    effect: Effect | None = None
    asks: bool = False
    came: datetime | None = None
    stuck: Problem | None = None
    ended: str = ""
    resting: bool = False

    def go(self, to: str, kind: str, outcome: str, detail: Json | None = None) -> Passed:
        """Take the step the walker stands at, and stand before the next."""
        self.visit += 1
        passed = Passed(self.step, self.visit, self.at, kind, outcome, detail or {})
        self.passed.append(passed)
        self.waiting = False
        if to == END:
            self.end("done")
        else:
            self.step = to
            if self.visit >= MAX_PASSES:
                self.end("too_long")
        return passed

    def rest(self, until: datetime) -> None:
        """Stay in this step until then."""
        self.came = self.at
        self.at = until
        self.waiting = True
        self.resting = True

    def stand(self, *, asks: bool = False) -> None:
        """Stand before this step; it is due at once, but in another walk."""
        self.asks = asks
        self.resting = True

    def sees(self, seq: int, now: datetime) -> None:
        """What follows must see what this journal entry wrote. That begins now, however late: asked as of the step's
        own time it would not be there."""
        self.cause_seq = seq
        if not self.waiting:
            self.at = max(self.at, now)

    def end(self, reason: str) -> None:
        self.ended = reason
        self.resting = True

    def end_at(self, passed: Passed, reason: str) -> None:
        """End in a step it has gone on from since: what came after did not happen."""
        self.passed = self.passed[: self.passed.index(passed) + 1]
        self.step, self.visit, self.at = passed.step, passed.visit, passed.at
        self.waiting, self.asks, self.stuck = False, False, None
        self.ended = reason


def walker_of(run: Run) -> Walker:
    """A stored run as a walker."""
    return Walker(
        run_id=run.pk,
        cid=run.subject_id,
        person_key=run.person_key,
        arm=run.arm,
        shadow=run.shadow,
        variants=run.variants,
        context=dict(run.context),
        entered=from_us(run.entered_us),
        step=run.step,
        waiting=run.waiting,
        visit=run.visit,
        at=from_us(run.due_us or run.entered_us),
        cause_seq=run.cause_seq,
        first=run.visit == 0 and not run.waiting,
    )


def by_time(items: Collection[T], key: Callable[[T], datetime]) -> Iterator[tuple[list[T], datetime]]:
    """Items whose times lie together, each group with its latest time."""
    group: list[T] = []
    for item in sorted(items, key=key):
        if group and key(item) - key(group[0]) >= TOGETHER:
            yield group, key(group[-1])
            group = []
        group.append(item)
    if group:
        yield group, key(group[-1])
