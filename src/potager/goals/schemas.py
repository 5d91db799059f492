"""What crosses HTTP about goals."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.goals.models import GoalTask
from potager.goals.requirement import State
from potager.goals.tree import Key, Unit


class GoalIn(BaseModel):
    """A goal as set. Without `levels` they are split from the target in the proportions of the period before."""

    key: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=100)
    start: date
    end: date
    target_minor: int
    owner: str
    levels: dict[Key, float] | None = None


class GoalTaskIn(BaseModel):
    node: Key
    title: str = Field(min_length=1, max_length=200)
    owner: str
    due: date


class GoalTaskChange(BaseModel):
    done: bool


class GoalTaskOut(BaseModel):
    """state: open, late (its day has passed), done"""

    id: int
    node: Key
    title: str
    owner: str
    due: date
    done_at: datetime | None
    state: Literal["open", "late", "done"]

    @classmethod
    def of(cls, task: GoalTask, today: date) -> "GoalTaskOut":
        state: Literal["open", "late", "done"] = "open"
        if task.done_at:
            state = "done"
        elif task.due < today:
            state = "late"
        return cls(
            id=task.pk,
            node=task.node,
            title=task.title,
            owner=task.owner,
            due=task.due,
            done_at=task.done_at,
            state=state,
        )


class Level(BaseModel):
    """A level; for a rate, what it is made of. value is None when nothing stands below the line."""

    value: float | None
    numerator: int
    denominator: int


class NodeOut(BaseModel):
    """A factor of the tree: now, the same days of the period before, the plan, and where the plan should be now."""

    key: Key
    parent: Key | None
    unit: Unit
    zh: str
    en: str
    actual: Level
    previous: Level
    target: float | None
    should_be: float | None


class LeverOut(BaseModel):
    """One factor raised alone; counts are for the days left. See requirement.Lever."""

    key: Key
    zh: str
    en: str
    unit: Unit
    present: float
    needed: float
    best: float | None
    best_month: str | None
    reachable: bool


class RequirementOut(BaseModel):
    state: State
    zh: str
    en: str
    forecast_minor: int
    missing_minor: int
    days_left: float
    levers: list[LeverOut]
    together_minor: int | None


class GoalOut(BaseModel):
    """A goal and where it stands. attainment = actual ÷ target; pace = actual ÷ should-be position (linear in time)."""

    key: str
    name: str
    start: date
    end: date
    target_minor: int
    owner: str
    levels: dict[Key, float]
    archived: bool
    as_of: datetime
    state: Literal["ahead", "running", "over"]
    elapsed: float
    actual_minor: int
    should_be_minor: int
    attainment: float
    pace: float | None
    tree: list[NodeOut]
    requirement: RequirementOut
    tasks: list[GoalTaskOut]


class GoalPage(BaseModel):
    items: list[GoalOut]
    total: int
