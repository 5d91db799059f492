"""The journal as objects, for tests that look at what was told."""

import json

from potager.core import journal
from potager.core.ids import Key
from potager.core.journal import Entry, Fact


def entries(after: int = 0, limit: int = 1_000_000) -> list[Entry]:
    """Entries with seq > after, in sequence, at most `limit`; their message ids are not kept."""
    return [
        Entry(
            seq,
            Key(k1, k2),
            Fact(kind, type_, source, "", journal.from_us(at_us), json.loads(body), iid=iid, cid=cid),
        )
        for seq, k1, k2, kind, type_, source, iid, cid, at_us, body in journal.stored(after, limit)
    ]
