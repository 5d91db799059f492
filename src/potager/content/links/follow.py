"""Personal links follow what the journal tells: merges and splits of customers, and messages that went out."""

from collections.abc import Mapping, Sequence

from potager.content.links.models import PersonalLink
from potager.core.journal import Entry, to_us


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber."""
    for iid, cid in moved_in(entries).items():
        PersonalLink.objects.filter(iid=iid).update(cid=cid)
    for at, touches in sent_in(entries).items():
        # Above nought is what the index of those sent by messages covers.
        PersonalLink.objects.filter(sent_us=0, touch__gt=0, touch__among=touches).update(sent_us=at)


def moved_in(entries: Sequence[Entry]) -> Mapping[int, int]:
    """Identities that went to another customer: iid → cid."""
    return {
        entry.fact.iid: entry.fact.cid
        for entry in entries
        if entry.fact.kind == "identity" and entry.fact.iid is not None and entry.fact.cid is not None
    }


def sent_in(entries: Sequence[Entry]) -> Mapping[int, set[int]]:
    """Messages that went out: business time (µs) → touches."""
    sent: dict[int, set[int]] = {}
    for entry in entries:
        if entry.fact.type == "touch_sent" and isinstance(touch := entry.fact.body.get("touch"), int):
            sent.setdefault(to_us(entry.fact.at), set()).add(touch)
    return sent
