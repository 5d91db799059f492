"""Where a goal stands at an instant: tree, attainment, and what it still takes."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from potager.core import clock, house
from potager.goals import queries, schemas
from potager.goals.models import Goal
from potager.goals.requirement import Month, Position, Requirement, require
from potager.goals.tree import KEYS, NODES, Key, Measures, levels, split
from potager.goals.wording import sentence
from potager.insight.metrics import Period, Ratio

# The present pace is read from as many past days as are left, within these bounds: fewer are noise, more are history.
PACE_DAYS = (28, 92)


def standings(goals: Sequence[Goal], as_of: datetime) -> list[schemas.GoalOut]:
    """The standing of each goal, in order. Two warehouse statements however many goals."""
    if not goals:
        return []
    wanted = {f"{name}:{goal.key}": period for goal in goals for name, period in _periods(goal, as_of).items()}
    months = queries.months(as_of)
    found = queries.measures({**wanted, **months}, as_of)
    history = [Month(label, period.days, found[label]) for label, period in months.items()]
    return [
        _standing(goal, as_of, {n: found[f"{n}:{goal.key}"] for n in ("actual", "previous", "recent")}, history)
        for goal in goals
    ]


def propose(start: Period, target_minor: int, as_of: datetime) -> dict[Key, float]:
    """Levels for a target in the proportions of the equally long period before; empty when that one sold nothing."""
    before = Period(start.start - timedelta(days=start.days), start.start - timedelta(days=1))
    return split(target_minor, queries.measures({"before": before}, as_of)["before"])


def _periods(goal: Goal, as_of: datetime) -> dict[str, Period]:
    today = clock.business_date(as_of)
    end = min(goal.end, max(today, goal.start))
    elapsed = (end - goal.start).days
    whole = Period(goal.start, goal.end).days
    start_before = goal.start - timedelta(days=whole)
    last = queries.last_whole_day(as_of)
    return {
        "actual": Period(goal.start, end),
        "previous": Period(start_before, start_before + timedelta(days=elapsed)),
        "recent": Period(last - timedelta(days=_pace_days(goal, as_of) - 1), last),
    }


def _pace_days(goal: Goal, as_of: datetime) -> int:
    return max(PACE_DAYS[0], min(PACE_DAYS[1], math.ceil(_days_left(goal, as_of))))


def _days_left(goal: Goal, as_of: datetime) -> float:
    begin = max(as_of, clock.day_start(goal.start))
    return max(0.0, (clock.day_start(goal.end + timedelta(days=1)) - begin) / timedelta(days=1))


def _standing(goal: Goal, as_of: datetime, found: dict[str, Measures], months: Sequence[Month]) -> schemas.GoalOut:
    days_left = _days_left(goal, as_of)
    elapsed = 1 - days_left / Period(goal.start, goal.end).days
    actual = found["actual"].gmv
    at = Position(goal.target_minor, actual, days_left, found["recent"], _pace_days(goal, as_of), months)
    needed = require(at)
    should_be = round(goal.target_minor * elapsed)
    state: Literal["ahead", "running", "over"] = "running" if days_left else "over"
    if as_of < clock.day_start(goal.start):
        state = "ahead"
    today = clock.business_date(as_of)
    return schemas.GoalOut(
        key=goal.key,
        name=goal.name,
        start=goal.start,
        end=goal.end,
        target_minor=goal.target_minor,
        owner=goal.owner,
        levels=goal.levels,
        archived=goal.archived,
        as_of=as_of,
        state=state,
        elapsed=elapsed,
        actual_minor=actual,
        should_be_minor=should_be,
        attainment=actual / goal.target_minor,
        pace=actual / should_be if should_be else None,
        tree=_tree(goal, found["actual"], found["previous"], elapsed),
        requirement=_requirement(at, needed),
        tasks=[schemas.GoalTaskOut.of(task, today) for task in sorted(goal.tasks.all(), key=lambda t: (t.due, t.pk))],
    )


def _tree(goal: Goal, actual: Measures, previous: Measures, elapsed: float) -> list[schemas.NodeOut]:
    now, before = levels(actual), levels(previous)
    targets: dict[Key, float] = {**goal.levels, "gmv": goal.target_minor}
    rows = []
    for node in NODES:
        target = targets.get(node.key)
        rows.append(
            schemas.NodeOut(
                key=node.key,
                parent=node.parent,
                unit=node.unit,
                zh=node.zh,
                en=node.en,
                actual=level(now[node.key]),
                previous=level(before[node.key]),
                target=target,
                should_be=None if target is None else target * (elapsed if node.grows else 1),
            )
        )
    return rows


def level(ratio: Ratio) -> schemas.Level:
    return schemas.Level(value=ratio.value, numerator=ratio.numerator, denominator=ratio.denominator)


def _requirement(at: Position, needed: Requirement) -> schemas.RequirementOut:
    zh, en = sentence(at, needed, house.facts().currency)
    return schemas.RequirementOut(
        state=needed.state,
        zh=zh,
        en=en,
        forecast_minor=needed.forecast,
        missing_minor=needed.missing,
        days_left=needed.days_left,
        levers=[
            schemas.LeverOut(
                key=lever.key,
                zh=KEYS[lever.key].zh,
                en=KEYS[lever.key].en,
                unit=KEYS[lever.key].unit,
                present=lever.present,
                needed=lever.needed,
                best=lever.best,
                best_month=lever.best_month,
                reachable=lever.reachable,
            )
            for lever in needed.levers
        ],
        together_minor=needed.together,
    )
