from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from potager.core.journal import Entry
from potager.journeys.models import Run
from potager.journeys.nodes.node import Act, Acting, Here, Matches, Writing
from potager.journeys.parts import EVERYBODY, Json, Part, Subject
from potager.journeys.subjects import members, owners
from potager.journeys.times import Span, span
from potager.journeys.waits import outcome_key
from potager.journeys.walker import Effect, Knowing, Passed, Walker
from potager.people.queries import first_identities
from potager.touch import tasks
from potager.touch.tasks import NewTask

# How a staff task ended → what it means for the run that waits for it.
EVENTS = {
    "task_done": "done",
    "task_not_done": "not_done",
    "task_rejected": "rejected",
    "task_expired": "timeout",
}


class Task(Part, Acting):
    """Something a staff member should do within a span. With `wait` the run stays until it is told or late.

    done, not_done   where these outcomes lead; the next step when not said, and when it is late
    rejected         where it leads when the customer rejects it; when not said, where not done leads
    """

    KIND: ClassVar[str] = "task"
    SUBJECTS: ClassVar[frozenset[Subject]] = EVERYBODY

    title: str = Field(min_length=1, max_length=120)
    text: str = ""
    within: Span = "1d"
    wait: bool = False
    done: str | None = None
    not_done: str | None = None
    rejected: str | None = None

    def ways(self, following: str) -> Iterator[tuple[str, str]]:
        yield from ((to, name) for name in ("done", "not_done", "rejected") if (to := getattr(self, name)))
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
        to = {"done": self.done, "not_done": self.not_done, "rejected": self.rejected or self.not_done}.get(outcome)
        walker.go(to or here.next, self.KIND, outcome, result)

    @classmethod
    def write(cls, acts: "Sequence[Act[Task]]", writing: Writing) -> None:
        """Ask those who should do it."""
        if batch := cls.orders(acts, writing):
            tasks.create(batch)

    @staticmethod
    def orders(acts: "Sequence[Act[Task]]", writing: Writing) -> list[NewTask]:
        """What the customers' owners, or the staff members themselves, are asked to do; who has nobody to be asked goes
        on. Writes nothing."""
        subjects = {act.walker.cid for act in acts}
        about_customers = writing.subject == "customer"
        staff = owners(subjects) if about_customers else members(subjects)
        known = first_identities(subjects) if about_customers else {}
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
                    cid=walker.cid if about_customers else None,
                    journey=writing.journey,
                    run_id=walker.run_id,
                    step=passed.step,
                    visit=passed.visit,
                )
            )
        return batch
