"""A link or survey that a person opened: its message was followed, and a staff member may be asked to act on a link."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from potager.content.links.opening import OPENED
from potager.content.links.queries import asking
from potager.content.surveys.answering import OPENED as SURVEY_OPENED
from potager.core import clock
from potager.core.journal import Entry
from potager.touch import people, receipts, tasks
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import Touch
from potager.touch.tasks import NewTask

# Who opened a link is warm for a day.
WITHIN: Final = timedelta(hours=24)


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber: an opening is a receipt of its touch and, the first time, a task where its link asks so."""
    opened = [entry for entry in entries if entry.fact.type in {OPENED, SURVEY_OPENED} and entry.fact.cid is not None]
    if not opened:
        return
    touches = {entry.seq: touch for entry in opened if isinstance(touch := entry.fact.body.get("touch"), int)}
    tokens = dict(Touch.objects.filter(id__in=set(touches.values())).exclude(token="").values_list("id", "token"))
    receipts.record(
        [
            Receipt(tokens[touch], State.CLICKED, entry.fact.at)
            for entry in opened
            if (touch := touches.get(entry.seq)) in tokens
        ]
    )
    _ask([entry for entry in opened if entry.fact.type == OPENED and entry.fact.body.get("first") is True])


def _ask(entries: Sequence[Entry]) -> None:
    """One task for each customer and link, for who sent it, else for the customer's owner."""
    wanted = asking({str(entry.fact.body.get("link", "")) for entry in entries})
    about = [entry for entry in entries if entry.fact.body.get("link") in wanted and entry.fact.cid is not None]
    if not about:
        return
    owners = {cid: who.owner for cid, who in people.customers({e.fact.cid for e in about if e.fact.cid}, "").items()}
    now = clock.now()
    batch = []
    for entry in about:
        fact = entry.fact
        staff = str(fact.body.get("sender") or owners.get(fact.cid or 0, ""))
        if staff:
            key = str(fact.body["link"])
            token = f"link:{key}:{fact.cid}"
            batch.append(NewTask(token, staff, wanted[key], now, now + WITHIN, iid=fact.iid, cid=fact.cid))
    tasks.create(batch)
