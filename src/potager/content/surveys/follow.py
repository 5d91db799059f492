"""Invitations and answers follow what the journal tells: merges and splits of customers, and messages that went out."""

from collections.abc import Sequence

from potager.content.links.follow import moved_in, sent_in
from potager.content.surveys.models import Invitation, Response
from potager.core.journal import Entry


def on_entries(entries: Sequence[Entry]) -> None:
    """A journal subscriber."""
    for iid, cid in moved_in(entries).items():
        Invitation.objects.filter(iid=iid).update(cid=cid)
        Response.objects.filter(iid=iid).update(cid=cid)
    for at, touches in sent_in(entries).items():
        # Above nought is what the index of those sent by messages covers.
        Invitation.objects.filter(sent_us=0, touch__gt=0, touch__among=touches).update(sent_us=at)
