"""The only door for facts, exactly once.

`append` writes to the operations store inside the caller's transaction and hands the accepted entries to the
subscribers, an explicit ordered list given by assembly. So an event and what it starts are never separated by a
crash. The loader in `facts` moves entries to the warehouse in sequence.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Min

from potager.core import clock, store
from potager.core.bulk import insert_rows
from potager.core.ids import Key, key_of
from potager.core.models import JournalEntry, JournalKey

LEDGER_DAYS = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, or something known about somebody, as it is offered to the journal.

    kind        what the loader does with it: event, order, refund, product, cost, customer, identity, relation, tag
    type        the event's stable key ("order_paid"); for other kinds what happened to the entity
    source      who says so ("wk:shop", "import:12", "touch"); with message_id it makes the fact's key
    at          when it happened, aware
    iid, cid    the identity it came by and the customer it belongs to, where there is one
    body        JSON values only; money in minor units; never personal data in clear
    """

    kind: str
    type: str
    source: str
    message_id: str
    at: datetime
    body: Mapping[str, object]
    iid: int | None = None
    cid: int | None = None

    @property
    def key(self) -> Key:
        return key_of(self.source, self.message_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted fact and its place in the sequence."""

    seq: int
    key: Key
    fact: Fact


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch: entries accepted in order, and how many offered facts were known already."""

    entries: list[Entry]
    duplicates: int


# (seq, k1, k2, kind, type, source, iid, cid, at in microseconds since 1970 UTC, body as JSON text)
Stored = tuple[int, int, int, str, str, str, int | None, int | None, int, str]
Subscriber = Callable[[Sequence[Entry]], None]
_subscribers: list[Subscriber] = []


def set_subscribers(subscribers: Sequence[Subscriber]) -> None:
    """Called once by assembly: who hears of accepted entries, in this order, inside the append transaction."""
    _subscribers[:] = subscribers


def hold() -> None:
    """Hold the order of facts until the transaction ends. Must be called inside `store.write`.

    Subscribers change rows while it is held, so whoever will append holds it before locking any of those rows.
    """
    if not store.is_writing():
        raise RuntimeError("the journal is held inside a store.write transaction only")
    store.serialise("journal")


def append(facts: Sequence[Fact]) -> Appended:
    """Accept facts not seen before, once each, in order. Must be called inside `store.write`."""
    # Sequence numbers must become visible in order, or a reader past its watermark would skip a late committer.
    hold()
    keys = [fact.key for fact in facts]
    day = (clock.wall() - _EPOCH).days
    fresh = insert_rows(
        JournalKey._meta.db_table,
        {"k1": "bigint", "k2": "bigint", "day": "integer"},
        [(key.k1, key.k2, day) for key in dict.fromkeys(keys)],
        on_conflict="ON CONFLICT DO NOTHING",
        returning=("k1", "k2"),
    )
    accepted = set(fresh)
    ordered: list[tuple[Key, Fact]] = []
    for key, fact in zip(keys, facts, strict=True):
        if key in accepted:
            accepted.remove(key)
            ordered.append((key, fact))
    entries = _insert(ordered)
    for subscriber in _subscribers if entries else ():
        subscriber(entries)
    return Appended(entries, duplicates=len(facts) - len(entries))


def stored(after: int, limit: int) -> list[Stored]:
    """Entries with seq > after, in sequence, at most `limit`, as they are stored: the body stays text, since whoever
    takes thousands of them does not look into most."""
    body = "body::text" if store.is_postgres() else "body"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, k1, k2, kind, type, source, iid, cid, at_us, {body} FROM {JournalEntry._meta.db_table}"
            " WHERE seq > %s ORDER BY seq LIMIT %s",
            [after, limit],
        )
        rows: list[Stored] = cursor.fetchall()
        return rows


def since(after: int, cids: Collection[int] | None, types: Collection[str]) -> list[Entry]:
    """Entries with seq > after of these customers (None: of all) and types, in sequence. For a few entries: the
    numbers are read through from `after` on."""
    rows = JournalEntry.objects.filter(seq__gt=after, type__in=types).order_by("seq")
    if cids is not None:
        rows = rows.filter(cid__in=cids)
    return [_entry(row) for row in rows]


def between(start: datetime, end: datetime, types: Collection[str]) -> Iterator[Entry]:
    """What customers did from `start` until before `end`, of these types, in sequence, as far back as the journal is
    kept. Reads through the whole journal."""
    rows = JournalEntry.objects.filter(
        at_us__gte=to_us(start), at_us__lt=to_us(end), type__in=types, cid__isnull=False
    ).order_by("seq")
    return map(_entry, rows.iterator(chunk_size=2_000))


def _entry(row: JournalEntry) -> Entry:
    return Entry(
        row.seq,
        Key(row.k1, row.k2),
        Fact(row.kind, row.type, row.source, "", from_us(row.at_us), row.body, iid=row.iid, cid=row.cid),
    )


def last_seq() -> int:
    """The newest sequence number, 0 when nothing was ever accepted or all was pruned away."""
    return JournalEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def prune(loaded_seq: int, *, keep_days: int = LEDGER_DAYS) -> None:
    """Forget keys older than `keep_days` and entries that are in the warehouse and as old."""
    horizon = clock.wall() - timedelta(days=keep_days)
    JournalKey.objects.filter(day__lt=(horizon - _EPOCH).days).delete()
    JournalEntry.objects.filter(seq__lte=loaded_seq, at_us__lt=to_us(horizon)).delete()


def reaches_back_to() -> datetime | None:
    """When the oldest fact that is kept happened; None when none is. Reads through the whole journal."""
    oldest = JournalEntry.objects.aggregate(at=Min("at_us"))["at"]
    return None if oldest is None else from_us(oldest)


def to_us(at: datetime) -> int:
    """An aware instant as integer microseconds since 1970 UTC."""
    since = at - _EPOCH
    # Spelled out: this runs for every fact, and dividing by a timedelta costs three times as much.
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_us(us: int) -> datetime:
    """Integer microseconds since 1970 as an aware UTC instant."""
    return _EPOCH + timedelta(microseconds=us)


def _insert(ordered: Sequence[tuple[Key, Fact]]) -> list[Entry]:
    rows = [(f.kind, f.type, key.k1, key.k2, f.iid, f.cid, to_us(f.at), f.source, dict(f.body)) for key, f in ordered]
    returned = insert_rows(
        JournalEntry._meta.db_table,
        {
            "kind": "text",
            "type": "text",
            "k1": "bigint",
            "k2": "bigint",
            "iid": "bigint",
            "cid": "bigint",
            "at_us": "bigint",
            "source": "text",
            "body": "jsonb",
        },
        rows,
        returning=("seq",),
    )
    # Neither store promises the order of RETURNING; the numbers themselves were given in array order.
    sequence = sorted(int(str(row[0])) for row in returned)
    return [Entry(seq, key, fact) for seq, (key, fact) in zip(sequence, ordered, strict=True)]
