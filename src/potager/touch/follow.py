"""Touches and tasks follow the person: to the customer an identity moves to, and to what the person now refuses."""

from collections.abc import Sequence

from potager.core.journal import Entry
from potager.touch import rhythm
from potager.touch.life import State
from potager.touch.models import PersonAct, StaffTask, Touch


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber: merges and splits rewrite `cid` by `iid`, exactly as they do in the warehouse; messages
    that wait for their channel are judged again once the person opted out, by whichever door."""
    moved = {
        entry.fact.iid: entry.fact.cid
        for entry in entries
        if entry.fact.kind == "identity" and entry.fact.iid is not None and entry.fact.cid is not None
    }
    for iid, cid in moved.items():
        for rows in (Touch.objects, StaffTask.objects, PersonAct.objects):
            rows.filter(iid=iid).update(cid=cid)
    rhythm.keep(entries)
    refused = {entry.fact.cid for entry in entries if entry.fact.type == "opted_out" and entry.fact.cid is not None}
    if refused:
        # What has no verdict of late is not taken into hand before it is judged again.
        Touch.objects.filter(cid__in=refused, state=State.QUEUED).update(judged_us=0)
