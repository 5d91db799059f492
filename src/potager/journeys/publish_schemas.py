"""What crosses HTTP about publishing, pausing and resuming."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from potager.journeys.impact import Impact
from potager.journeys.schemas import ProblemOut


class StepImpactOut(BaseModel):
    """People at a step that will be different, and where they would go. Of a changed wait, of those looked at: who
    would go on at once, sooner and later than before."""

    step: str
    people: int
    change: Literal["changed", "removed"]
    to: str
    looked_at: int
    at_once: int
    sooner: int
    later: int


class QueuedOut(BaseModel):
    step: str
    messages: int


class EmptyVariableOut(BaseModel):
    step: str
    variable: str
    people: int


class ImpactOut(BaseModel):
    """What publishing will do: people at changed and removed steps, where they would go, variables that are empty."""

    first: bool
    unchanged: bool
    inside: int
    control: float
    control_before: float | None
    steps: list[StepImpactOut]
    queued: list[QueuedOut]
    added: list[str]
    empty: list[EmptyVariableOut]
    problems: list[ProblemOut]

    @classmethod
    def of(cls, impact: Impact, problems: list[ProblemOut]) -> "ImpactOut":
        return cls(
            first=impact.first,
            unchanged=impact.unchanged,
            inside=impact.inside,
            control=impact.control,
            control_before=impact.control_before,
            steps=[
                StepImpactOut(step=s.step, people=s.people, change=s.change, to=s.to, **asdict(s.timing))
                for s in impact.steps
            ],
            queued=[QueuedOut(step=each.step, messages=each.messages) for each in impact.queued],
            added=impact.added,
            empty=[EmptyVariableOut(step=e.step, variable=e.variable, people=e.people) for e in impact.empty],
            problems=problems,
        )


class PublishIn(BaseModel):
    """What becomes of people inside: finish on their version, move to the same step of the new one, or exit."""

    people: Literal["finish", "move", "exit"] = "finish"


class ResumeIn(BaseModel):
    """What becomes of people whose time came in the pause: late, as of its own time (what is not valid any more is not
    sent), or shift, as if the pause had not been."""

    overdue: Literal["late", "shift"] = "late"


class OverdueStepOut(BaseModel):
    step: str
    title: str
    people: int
    oldest: datetime


class OverdueOut(BaseModel):
    """People whose time has come, by step, the longest first."""

    paused_at: datetime | None
    people: int
    steps: list[OverdueStepOut]
