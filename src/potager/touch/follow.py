"""Touches and tasks follow the person: when an identity moves to another customer, so does what came by it."""

from collections.abc import Sequence

from potager.core.journal import Entry
from potager.touch.models import StaffTask, Touch


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber: merges and splits rewrite `cid` by `iid`, exactly as they do in the warehouse."""
    moved = {
        entry.fact.iid: entry.fact.cid
        for entry in entries
        if entry.fact.kind == "identity" and entry.fact.iid is not None and entry.fact.cid is not None
    }
    for iid, cid in moved.items():
        for rows in (Touch.objects, StaffTask.objects):
            rows.filter(iid=iid).update(cid=cid)
