from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from potager.core.journal import Entry
from potager.journeys.models import Run
from potager.journeys.nodes.node import Act, Acting, Here, Matches, Writing
from potager.journeys.parts import Json, Part
from potager.journeys.subjects import owners
from potager.journeys.times import Span, span
from potager.journeys.waits import outcome_key
from potager.journeys.walker import Effect, Knowing, Passed, Walker
from potager.people.queries import first_identities
from potager.touch import tasks
from potager.touch.tasks import NewTask

# How a staff task ended → what it means for the run that waits for it.
EVENTS = {"task_done": "done", "task_not_done": "not_done", "task_expired": "timeout"}


class Task(Part, Acting):
    """Something a staff member should do within a span. With `wait` the run stays until it is done, refused or late.

    done, not_done   where these outcomes lead; the next step when not said, and when it is late
    """

    KIND: ClassVar[str] = "task"

    title: str = Field(min_length=1, max_length=120)
    text: str = ""
    within: Span = "1d"
    wait: bool = False
    done: str | None = None
    not_done: str | None = None

    def ways(self, following: str) -> Iterator[tuple[str, str]]:
        yield from ((to, name) for name in ("done", "not_done") if (to := getattr(self, name)))
        yield following, ""

    def line(self) -> str:
        return self.title

    def rest_ends(self) -> Iterator[str]:
        if self.wait:
            yield from EVENTS

    def told(self, run: Run, entry: Entry, matches: Matches) -> Json | None:  # noqa: ARG002  (its own task's events only)
        fact = entry.fact
        if fact.type in EVENTS and (fact.body.get("run"), fact.body.get("step")) == (run.pk, run.step):
            return {"outcome": EVENTS[fact.type], "event": fact.type, "task": fact.body.get("task")}
        return None

    def leave(self, run_ids: Collection[int], step: str) -> None:
        tasks.cancel_runs(run_ids, step)

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        for walker in group:
            if walker.waiting:
                self._take_outcome(walker, here)
            elif not self.wait:
                self.intend(walker, here)
            else:
                # The task belongs to the passage that its outcome will complete: same step, same visit.
                passed = Passed(here.step, walker.visit + 1, walker.at, self.KIND, "intended", {})
                walker.effect = Effect(passed, self)
                walker.rest(walker.at + span(self.within))

    def _take_outcome(self, walker: Walker, here: Here) -> None:
        result = walker.context.pop(outcome_key(here.step), None)
        outcome = result["outcome"] if result else "timeout"
        to = {"done": self.done, "not_done": self.not_done}.get(outcome) or here.next
        walker.go(to, self.KIND, outcome, result)

    @classmethod
    def write(cls, acts: "Sequence[Act[Task]]", writing: Writing) -> None:
        if batch := cls.orders(acts, writing):
            tasks.create(batch)

    @staticmethod
    def orders(acts: "Sequence[Act[Task]]", writing: Writing) -> list[NewTask]:
        """What the customers' owners are asked to do; a customer nobody owns has nobody to ask. Writes nothing."""
        cids = {act.walker.cid for act in acts}
        staff, known = owners(cids), first_identities(cids)
        batch: list[NewTask] = []
        for act in acts:
            walker, passed, task = act.walker, act.passed, act.node
            if walker.cid not in staff:
                passed.outcome = "nobody"
                if task.wait:
                    # Nobody will ever tell the outcome: it is told here, and taken at once.
                    walker.context[outcome_key(passed.step)] = {"outcome": "nobody"}
                    walker.at = passed.at
                continue
            if walker.shadow:
                passed.outcome = "would_ask"
                continue
            passed.outcome = "asked"
            batch.append(
                NewTask(
                    token=tasks.token_of(walker.run_id, passed.step, passed.visit),
                    staff=staff[walker.cid],
                    title=task.title,
                    instructions=task.text,
                    due=passed.at,
                    expires=passed.at + span(task.within),
                    iid=known.get(walker.cid),
                    cid=walker.cid,
                    journey=writing.journey,
                    run_id=walker.run_id,
                    step=passed.step,
                    visit=passed.visit,
                )
            )
        return batch
