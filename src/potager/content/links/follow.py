"""Personal links follow what the journal tells: merges and splits of customers, and messages that went out."""

from collections.abc import Sequence

from potager.content.links.models import PersonalLink
from potager.core.journal import Entry, to_us
from potager.people.sql import among, listed


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber."""
    moved = {
        entry.fact.iid: entry.fact.cid
        for entry in entries
        if entry.fact.kind == "identity" and entry.fact.iid is not None and entry.fact.cid is not None
    }
    for iid, cid in moved.items():
        PersonalLink.objects.filter(iid=iid).update(cid=cid)
    sent: dict[int, set[int]] = {}
    for entry in entries:
        if entry.fact.type == "touch_sent" and isinstance(touch := entry.fact.body.get("touch"), int):
            sent.setdefault(to_us(entry.fact.at), set()).add(touch)
    for at, touches in sent.items():
        rows = PersonalLink.objects.filter(sent_us=0, touch__gt=0)
        rows.extra(where=[among("touch")], params=[listed(touches)]).update(sent_us=at)  # noqa: S610  bound values
