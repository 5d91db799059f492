"""Writes: goals and their tasks. Each runs inside the caller's store.write and records its audit row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from potager.core import clock
from potager.core.errors import Conflict, NotFound, Problem
from potager.goals.models import Goal, GoalTask
from potager.goals.tree import KEYS, Key
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Staff

_KEY = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A goal as somebody sets it. `levels` may leave factors out."""

    key: str
    name: str
    start: date
    end: date
    target_minor: int
    owner: str
    levels: Mapping[Key, float]


def create(actor: Actor, plan: Plan) -> Goal:
    """Set a goal. Raises Problem for a malformed one, Conflict when the key is taken."""
    _check(plan)
    if Goal.objects.filter(key=plan.key).exists():
        raise Conflict(
            "goal.taken", zh=f"目标标识「{plan.key}」已被使用", en=f"The goal key “{plan.key}” is taken", place="key"
        )
    goal = Goal.objects.create(
        key=plan.key,
        name=plan.name,
        start=plan.start,
        end=plan.end,
        target_minor=plan.target_minor,
        owner=plan.owner,
        levels=dict(plan.levels),
        created_at=clock.now(),
    )
    audit.record(actor, "goal.create", f"goal:{goal.key}", _facts(goal))
    return goal


def change(actor: Actor, plan: Plan) -> Goal:
    """Give a goal other contents under the same key. Raises NotFound."""
    _check(plan)
    goal = _found(plan.key)
    before = _facts(goal)
    goal.name, goal.start, goal.end = plan.name, plan.start, plan.end
    goal.target_minor, goal.owner, goal.levels = plan.target_minor, plan.owner, dict(plan.levels)
    goal.save()
    audit.record(actor, "goal.change", f"goal:{goal.key}", {"before": before, "after": _facts(goal)})
    return goal


def archive(actor: Actor, key: str) -> None:
    """Take a goal off the lists; what it said stays readable. Raises NotFound."""
    goal = _found(key)
    goal.archived = True
    goal.save(update_fields=["archived"])
    audit.record(actor, "goal.archive", f"goal:{key}")


def add_task(actor: Actor, key: str, *, node: Key, title: str, owner: str, due: date) -> GoalTask:
    """Somebody does something for a factor by a day. Raises NotFound, or Problem for an unknown owner."""
    goal = _found(key)
    _check_owner(owner)
    task = GoalTask.objects.create(goal=goal, node=node, title=title, owner=owner, due=due)
    audit.record(actor, "goal.add_task", f"goal:{key}", {"task": task.pk, "node": node, "owner": owner, "title": title})
    return task


def settle_task(actor: Actor, key: str, task_id: int, *, is_done: bool) -> GoalTask:
    """Mark a task done, or open again. Raises NotFound."""
    task = _task(key, task_id)
    task.done_at = clock.now() if is_done else None
    task.save(update_fields=["done_at"])
    audit.record(actor, "goal.settle_task", f"goal:{key}", {"task": task_id, "done": is_done})
    return task


def remove_task(actor: Actor, key: str, task_id: int) -> None:
    """Drop a task. Raises NotFound."""
    task = _task(key, task_id)
    audit.record(actor, "goal.remove_task", f"goal:{key}", {"task": task_id, "title": task.title})
    task.delete()


def _task(key: str, task_id: int) -> GoalTask:
    task = GoalTask.objects.filter(goal__key=key, pk=task_id).first()
    if task is None:
        raise NotFound("任务", "task", task_id)
    return task


def _found(key: str) -> Goal:
    goal = Goal.objects.filter(key=key, archived=False).first()
    if goal is None:
        raise NotFound("目标", "goal", key)
    return goal


def _check(plan: Plan) -> None:
    if not _KEY.fullmatch(plan.key):
        raise Problem(
            "goal.key",
            zh=f"目标标识「{plan.key}」应以小写字母开头，只含小写字母、数字和连字符",
            en=f"The goal key “{plan.key}” must start with a small letter and hold only a-z, 0-9 and -",
            place="key",
        )
    if plan.end < plan.start:
        raise Problem("goal.period", zh="结束日期早于开始日期", en="The period ends before it starts", place="end")
    if plan.target_minor <= 0:
        raise Problem("goal.target", zh="目标金额应大于零", en="The target must be above zero", place="target_minor")
    for node, level in plan.levels.items():
        if node not in KEYS or level < 0:
            raise Problem(
                "goal.level",
                zh=f"「{node}」不是指标树里的因素，或数值为负",
                en=f"“{node}” is no factor of the tree, or its level is negative",
                place=f"levels.{node}",
            )
    _check_owner(plan.owner)


def _check_owner(owner: str) -> None:
    if not Staff.objects.filter(key=owner, active=True).exists():
        raise Problem(
            "goal.owner",
            zh=f"没有在职员工「{owner}」",
            en=f"There is no active staff member “{owner}”",
            place="owner",
        )


def _facts(goal: Goal) -> dict[str, object]:
    return {
        "name": goal.name,
        "start": goal.start.isoformat(),
        "end": goal.end.isoformat(),
        "target_minor": goal.target_minor,
        "owner": goal.owner,
        "levels": goal.levels,
    }
