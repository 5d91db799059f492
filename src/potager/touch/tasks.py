"""Staff tasks: what people do by hand, once each, inside a send window."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet

from potager.core import clock, journal
from potager.core.bulk import insert_rows
from potager.core.errors import Conflict
from potager.core.journal import Fact, from_us, to_us
from potager.org import audit
from potager.org.access import Actor
from potager.touch import changes, queries
from potager.touch.changes import Change
from potager.touch.life import State
from potager.touch.models import StaffTask

Outcome = Literal["done", "not_done"]


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done, by whom, between when.

    token    created once per token: a message's idempotency token, or `token_of` a journey's step
    staff    staff key
    iid, cid the customer it is about; iid is an identity of theirs, so that the task follows merges
    text     the message to copy, for touch `touch`
    """

    token: str
    staff: str
    title: str
    due: datetime
    expires: datetime
    iid: int | None = None
    cid: int | None = None
    instructions: str = ""
    text: str = ""
    touch: int | None = None
    journey: str = ""
    run_id: int = 0
    step: str = ""
    visit: int = 1


def token_of(run_id: int, step: str, visit: int) -> str:
    """The token of the task a journey's step asks for."""
    return f"run:{run_id}:{step}:{visit}"


def create(batch: Sequence[NewTask]) -> int:
    """Write tasks whose token is new; returns how many. Must be called inside store.write."""
    changes.hold()
    now = to_us(clock.now())
    columns = {
        "token": "text",
        "staff": "text",
        "title": "text",
        "iid": "bigint",
        "cid": "integer",
        "instructions": "text",
        "text": "text",
        "touch_id": "bigint",
        "journey": "text",
        "run_id": "bigint",
        "step": "text",
        "visit": "integer",
        "state": "text",
        "created_us": "bigint",
        "due_us": "bigint",
        "expires_us": "bigint",
        "closed_by": "text",
        "note": "text",
    }
    rows = [
        (
            *(task.token, task.staff, task.title, task.iid, task.cid, task.instructions, task.text, task.touch),
            *(task.journey, task.run_id, task.step, task.visit, StaffTask.State.OPEN, now, to_us(task.due)),
            *(to_us(task.expires), "", ""),
        )
        for task in batch
    ]
    return len(
        insert_rows(
            StaffTask._meta.db_table,
            columns,
            rows,
            on_conflict="ON CONFLICT (token) DO NOTHING",
            returning=("id",),
        )
    )


def complete(actor: Actor, task_id: int, outcome: Outcome, note: str = "") -> StaffTask:
    """The staff member says it is done, or that it was not done and why. Once.

    Raises NotFound when the actor may not see the task, Forbidden for readers, Conflict when it is closed.
    """
    changes.hold()
    task = queries.task_of(actor, task_id)
    queries.require_hand(actor)
    if task.state != StaffTask.State.OPEN:
        raise Conflict(
            "task.closed",
            zh=f"这条待办已经是「{StaffTask.State(task.state).label}」，不能再改",
            en=f"This task is closed already ({task.state.replace('_', ' ')})",
        )
    now = clock.now()
    task.state, task.closed_us, task.closed_by, task.note = outcome, to_us(now), actor.login, note.strip()
    task.save(update_fields=["state", "closed_us", "closed_by", "note"])
    audit.record(actor, "touch.task", f"task:{task.id}", {"outcome": outcome})
    _tell([task], now)
    if task.touch_id is not None:
        state = State.STAFF_CONFIRMED if outcome == "done" else State.FAILED
        reason = "" if outcome == "done" else "staff_not_done"
        changes.apply([Change(task.touch_id, state, to_us(now), reason)])
    return task


def cancel_runs(run_ids: Collection[int], step: str = "") -> int:
    """The runs ended, or left this step: plain tasks asked for there close. Tasks with messages are taken back by
    their channel."""
    mine = _open().filter(run_id__among=run_ids, touch=None)
    return (mine.filter(step=step) if step else mine).update(
        state=StaffTask.State.CANCELLED, closed_us=to_us(clock.now()), closed_by="system"
    )


def cancel_messages(tokens: Collection[str]) -> set[str]:
    """Close the open message tasks with these tokens; returns the tokens taken back."""
    changes.hold()
    mine = _open().filter(token__in=tokens)
    taken = set(mine.values_list("token", flat=True))
    mine.update(state=StaffTask.State.CANCELLED, closed_us=to_us(clock.now()), closed_by="system")
    return taken


def expire(limit: int = 2_000) -> int:
    """Close open tasks whose window has passed, and their touches with them; returns how many."""
    changes.hold()
    now = clock.now()
    late = list(_open().filter(expires_us__lte=to_us(now)).order_by("expires_us", "id")[:limit])
    for task in late:
        task.state, task.closed_us, task.closed_by = StaffTask.State.EXPIRED, task.expires_us, "system"
    StaffTask.objects.bulk_update(late, ["state", "closed_us", "closed_by"])
    _tell(late, now)
    changes.apply(
        [
            Change(task.touch_id, State.EXPIRED, task.expires_us, "staff_too_late")
            for task in late
            if task.touch_id is not None
        ]
    )
    return len(late)


def _open() -> QuerySet[StaffTask]:
    return StaffTask.objects.filter(state=StaffTask.State.OPEN)


def _tell(closed: Sequence[StaffTask], now: datetime) -> None:
    """Task outcomes re-enter the journal: journeys wait for them."""
    if not closed:
        return
    journal.append(
        [
            Fact(
                kind="event",
                type=f"task_{task.state}",
                source=changes.SOURCE,
                message_id=f"task:{task.id}:{task.state}",
                at=min(now, from_us(task.closed_us or 0)),
                body={
                    "task": task.id,
                    "staff": task.staff,
                    "journey": task.journey,
                    "run": task.run_id,
                    "step": task.step,
                    "visit": task.visit,
                },
                iid=task.iid,
                cid=task.cid,
            )
            for task in closed
        ]
    )
