"""Hand-out 派发: each message becomes a task of the staff member who speaks. Works with no platform at all."""

from collections.abc import Collection, Sequence
from datetime import datetime

from potager.core import store
from potager.core.store import Lane
from potager.touch import tasks
from potager.touch.channels import Batch, Capabilities, News, Result
from potager.touch.life import State
from potager.touch.models import StaffTask, Touch
from potager.touch.tasks import NewTask


class Handout:
    """Its own store is the task list: the token is unique there, so handing over twice makes one task.

    Whether the customer got the message nobody can know; done means the staff member says it was sent.
    """

    key = "handout"
    capabilities = Capabilities(
        name_zh="员工派发",
        name_en="Hand-out",
        receipts=frozenset({State.HANDED_OVER, State.STAFF_CONFIRMED, State.FAILED, State.EXPIRED}),
        looks_up=True,
        cancels=True,
        needs_sender=True,
    )

    def send(self, batches: Sequence[Batch], at: datetime) -> list[Result]:
        touches = Touch.objects.in_bulk([to.touch for batch in batches for to in batch.to])
        new = [
            NewTask(
                token=to.token,
                staff=batch.sender,
                title="发送消息",
                due=at,
                expires=to.expires,
                iid=touches[to.touch].iid,
                cid=to.cid,
                text=batch.text,
                touch=to.touch,
                journey=batch.journey,
                run_id=touches[to.touch].run_id,
                step=touches[to.touch].step,
                visit=touches[to.touch].visit,
            )
            for batch in batches
            for to in batch.to
        ]
        with store.write(Lane.TICK):
            tasks.create(new)
        return [Result(task.token, "accepted") for task in new]

    def lookup(self, tokens: Collection[str]) -> set[str]:
        return set(StaffTask.objects.filter(token__in=tokens).values_list("token", flat=True))

    def cancel(self, tokens: Collection[str], at: datetime) -> set[str]:  # noqa: ARG002 -- the protocol's; tasks ask the same clock
        with store.write(Lane.TICK):
            return tasks.cancel_messages(tokens)

    def news(self, after: int, limit: int) -> News:  # noqa: ARG002 -- completing a task moves its touch at once
        return News(after)
