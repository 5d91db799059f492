"""Walking runs through a version's steps, many at a time. Decides and writes nothing: what a walk wants done is left
in each walker, for the write phase to do.

A walk goes on through instant steps until each walker rests (a wait, a task), is over, or has acted once and stands
before a step that must see the act written.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from potager.core.errors import Problem
from potager.core.journal import from_us
from potager.journeys.graph import END, Definition, Json, Message, Path, Step, TagChange, Task
from potager.journeys.models import Run
from potager.journeys.times import span
from potager.journeys.waits import early_end, outcome_key, product_of, wait_until

MAX_PASSES = 500
T = TypeVar("T")
# Runs whose times differ by less than this are asked about together, as of the latest of them.
TOGETHER = timedelta(minutes=10)


class Knowing(Protocol):
    """What a walk asks of the warehouse."""

    loaded_seq: int

    def holds(self, condition: Json, cids: Collection[int], as_of: datetime) -> set[int]:
        """Of these customers, those the condition holds for as of an instant."""
        ...

    def life_days(self, products: Collection[str]) -> Mapping[str, int]:
        """How many days one unit of a product lasts, where known."""
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
    what: Message | TagChange | Task


@dataclass(slots=True)
class Walker:
    """A run in memory. `at` is its own time: the due it is processed for, however late that happens.

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

    def end(self, reason: str) -> None:
        self.ended = reason
        self.resting = True


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


def walk(definition: Definition, walkers: Iterable[Walker], known: Knowing, zone: ZoneInfo) -> None:
    """Move every walker as far as it goes now."""
    moving = list(walkers)
    while moving:
        groups: dict[str, list[Walker]] = defaultdict(list)
        for walker in moving:
            groups[walker.step].append(walker)
        for step_id, group in groups.items():
            step = definition.by_id.get(step_id)
            if step is None:
                for walker in group:
                    walker.end("step_gone")
            else:
                _TAKE[step.kind](definition, step, _able(step, group), known, zone)
        moving = [walker for walker in moving if not walker.resting]


def _able(step: Step, group: Sequence[Walker]) -> list[Walker]:
    """Those who may take this step in this walk: one act at a time, and what follows must see it written."""
    if step.kind in {"wait", "exit"}:
        return list(group)
    for walker in group:
        if walker.effect is not None:
            walker.stand(asks=step.kind == "branch")
    return [walker for walker in group if walker.effect is None]


def _message(definition: Definition, step: Step, group: Sequence[Walker], _known: Knowing, _zone: ZoneInfo) -> None:
    assert step.message is not None
    for walker in group:
        _do(walker, definition, step, step.message)


def _tag(definition: Definition, step: Step, group: Sequence[Walker], _known: Knowing, _zone: ZoneInfo) -> None:
    assert step.tag is not None
    for walker in group:
        _do(walker, definition, step, step.tag)


def _do(walker: Walker, definition: Definition, step: Step, what: Message | TagChange | Task) -> None:
    walker.effect = Effect(walker.go(definition.next_of(step), step.kind, "intended"), what)


def _task(definition: Definition, step: Step, group: Sequence[Walker], _known: Knowing, _zone: ZoneInfo) -> None:
    assert step.task is not None
    for walker in group:
        if walker.waiting:
            _take_outcome(walker, definition, step, step.task)
        elif not step.task.wait:
            _do(walker, definition, step, step.task)
        else:
            # The task belongs to the passage that its outcome will complete: same step, same visit.
            walker.effect = Effect(Passed(step.id, walker.visit + 1, walker.at, "task", "intended", {}), step.task)
            walker.rest(walker.at + span(step.task.within))


def _take_outcome(walker: Walker, definition: Definition, step: Step, task: Task) -> None:
    result = walker.context.pop(outcome_key(step.id), None)
    outcome = result["outcome"] if result else "timeout"
    to = {"done": task.done, "not_done": task.not_done}.get(outcome) or definition.next_of(step)
    walker.go(to, "task", outcome, result)


def _wait(definition: Definition, step: Step, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:
    assert step.wait is not None
    arriving = [walker for walker in group if not walker.waiting]
    lives = known.life_days({product for w in arriving if (product := product_of(w.context))}) if step.wait.life else {}
    for walker in group:
        if not walker.waiting:
            until = wait_until(step.wait, walker.at, zone, entered=walker.entered, context=walker.context, lives=lives)
            if until <= walker.at:
                walker.go(definition.next_of(step), "wait", "no_wait")
                continue
            ended_by = early_end(walker.context, step.id, walker.at, until)
            if ended_by is None:
                walker.rest(until)
                continue
            at_us, seq, event = ended_by
            walker.at, walker.cause_seq = from_us(at_us), max(walker.cause_seq, seq)
            walker.context[outcome_key(step.id)] = {"event": event}
        told = walker.context.pop(outcome_key(step.id), None)
        walker.go(definition.next_of(step), "wait", "event" if told else "waited", told)


def _branch(definition: Definition, step: Step, group: Sequence[Walker], known: Knowing, _zone: ZoneInfo) -> None:
    assert step.branch is not None
    able: list[Walker] = []
    for walker in group:
        if walker.cause_seq <= known.loaded_seq:
            able.append(walker)
        else:
            walker.stand(asks=True)
    for together, as_of in by_time(able, key=lambda each: each.at):
        chosen, problem = _choose(step.branch, {walker.cid for walker in together}, known, as_of)
        for walker in together:
            taken = chosen.get(walker.cid)
            if taken is None and problem is not None:
                walker.stuck = problem
                walker.stand(asks=True)
            elif taken is None:
                walker.go(definition.next_of(step), "branch", "else", {"as_of": as_of.isoformat()})
            else:
                path = step.branch[taken]
                detail = {"path": taken + 1, "name": path.name, "if": path.if_, "as_of": as_of.isoformat()}
                walker.go(path.go, "branch", path.name or f"#{taken + 1}", detail)


def _choose(
    paths: Sequence[Path], cids: Collection[int], known: Knowing, as_of: datetime
) -> tuple[dict[int, int], Problem | None]:
    """Customer → the first path that holds. A path that cannot be asked leaves open where those after it would go."""
    left = set(cids)
    chosen: dict[int, int] = {}
    for n, path in enumerate(paths):
        if left:
            try:
                holding = known.holds(path.if_, left, as_of) & left
            except Problem as problem:
                return chosen, problem
            chosen |= dict.fromkeys(holding, n)
            left -= holding
    return chosen, None


def by_time(items: Iterable[T], key: Callable[[T], datetime]) -> Iterator[tuple[list[T], datetime]]:
    """Items whose times lie together, each group with its latest time."""
    group: list[T] = []
    for item in sorted(items, key=key):
        if group and key(item) - key(group[0]) >= TOGETHER:
            yield group, key(group[-1])
            group = []
        group.append(item)
    if group:
        yield group, key(group[-1])


def _split(_definition: Definition, step: Step, group: Sequence[Walker], _known: Knowing, _zone: ZoneInfo) -> None:
    assert step.split is not None
    ways = {variant.key: variant.go for variant in step.split}
    for walker in group:
        key = walker.variants.get(step.id, step.split[0].key)
        walker.go(ways.get(key, step.split[0].go), "split", key)


def _exit(_definition: Definition, step: Step, group: Sequence[Walker], _known: Knowing, _zone: ZoneInfo) -> None:
    assert step.exit is not None
    for walker in group:
        walker.go(END, "exit", step.exit.reason)
        walker.ended = step.exit.reason


_Take = Callable[[Definition, Step, Sequence[Walker], Knowing, ZoneInfo], None]
_TAKE: Mapping[str, _Take] = {
    "message": _message,
    "wait": _wait,
    "branch": _branch,
    "split": _split,
    "tag": _tag,
    "task": _task,
    "exit": _exit,
}
