"""What crosses HTTP."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.core import clock
from potager.core.journal import from_us
from potager.touch.channels import Channel
from potager.touch.life import State
from potager.touch.models import StaffTask, Touch
from potager.touch.reasons import why
from potager.touch.tasks import Outcome


class MarkOut(BaseModel):
    state: State
    at: datetime


class TouchOut(BaseModel):
    """A touch, its life so far and why it stands where it does."""

    id: int
    cid: int
    customer_name: str
    channel: str
    purpose: str
    sender: str
    sender_name: str
    journey: str
    run_id: int
    step: str
    visit: int
    arm: str
    shadow: bool
    text: str
    state: State
    rule: str
    why_zh: str
    why_en: str
    asked_at: datetime
    due_at: datetime
    expires_at: datetime
    cost_minor: int
    life: list[MarkOut]

    @classmethod
    def of(cls, touch: Touch, names: dict[str, str], customers: dict[int, str]) -> "TouchOut":
        marks = sorted(touch.marks.all(), key=lambda mark: (mark.at_us, mark.id))
        state = State(touch.state)
        reason = next((mark.reason for mark in marks if mark.state == state), "")
        due = from_us(touch.due_us)
        words = why(state, rule=touch.rule, detail=touch.detail, reason=reason, due=due, zone=clock.zone())
        return cls(
            **{
                name: getattr(touch, name)
                for name in (
                    *("id", "cid", "channel", "purpose", "sender", "journey", "run_id", "step", "visit", "arm"),
                    *("shadow", "text", "rule", "cost_minor"),
                )
            },
            customer_name=customers.get(touch.cid, ""),
            sender_name=names.get(touch.sender, touch.sender),
            state=state,
            why_zh=words.zh,
            why_en=words.en,
            asked_at=from_us(touch.asked_us),
            due_at=due,
            expires_at=from_us(touch.expires_us),
            life=[MarkOut(state=State(mark.state), at=from_us(mark.at_us)) for mark in marks],
        )


class TouchPage(BaseModel):
    items: list[TouchOut]
    total: int


class TaskOut(BaseModel):
    """What is to be done, for whom, until when. `text` is the message to copy, "" for a plain task."""

    id: int
    staff: str
    staff_name: str
    cid: int | None
    customer_name: str
    title: str
    instructions: str
    text: str
    journey: str
    step: str
    state: str
    due_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str

    @classmethod
    def of(cls, task: StaffTask, names: dict[str, str], customers: dict[int, str]) -> "TaskOut":
        return cls(
            **{
                name: getattr(task, name)
                for name in (
                    *("id", "staff", "cid", "title", "instructions", "text", "journey", "step", "state"),
                    *("closed_by", "note"),
                )
            },
            staff_name=names.get(task.staff, task.staff),
            customer_name=customers.get(task.cid or 0, ""),
            due_at=from_us(task.due_us),
            expires_at=from_us(task.expires_us),
            closed_at=None if task.closed_us is None else from_us(task.closed_us),
        )


class TaskPage(BaseModel):
    items: list[TaskOut]
    total: int


class TaskDone(BaseModel):
    outcome: Outcome
    note: str = Field("", max_length=500)


class ExecutionOut(BaseModel):
    """执行率 as numerator and denominator."""

    staff: str
    staff_name: str
    done: int
    due: int


class ExecutionPage(BaseModel):
    items: list[ExecutionOut]
    total: int


class Stopped(BaseModel):
    stopped: bool


class ChannelOut(BaseModel):
    """A way out and what it can know; receipts not listed are unknown, never zero."""

    key: str
    name_zh: str
    name_en: str
    receipts: list[State]
    cancels: bool
    needs_sender: bool
    text_limit: int

    @classmethod
    def of(cls, channel: Channel) -> "ChannelOut":
        can = channel.capabilities
        return cls(
            key=channel.key,
            name_zh=can.name_zh,
            name_en=can.name_en,
            receipts=sorted(can.receipts, key=list(State).index),
            cancels=can.cancels,
            needs_sender=can.needs_sender,
            text_limit=can.text_limit,
        )


class ChannelPage(BaseModel):
    items: list[ChannelOut]
    total: int


class PhoneItem(BaseModel):
    """A bubble on a simulated phone; `in` is what the person received, `out` what they did."""

    at: datetime
    direction: Literal["in", "out"]
    kind: str
    sender: str
    sender_name: str
    text: str
    token: str


class PhoneOut(BaseModel):
    cid: int
    name: str
    items: list[PhoneItem]


class PhoneAct(BaseModel):
    """What the person does: answer (a message by its token), delete the staff member, add them again."""

    kind: Literal["reply", "delete", "add"]
    channel: Literal["message", "sms"] = "message"
    sender: str = Field("", max_length=64)
    text: str = Field("", max_length=500)
    token: str = Field("", max_length=40)
