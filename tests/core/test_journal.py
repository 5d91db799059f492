"""core.journal: the only door for facts, exactly once, subscribers in the same transaction."""

from datetime import UTC, datetime

import pytest

from potager.core import journal, store
from potager.core.journal import Entry, Fact
from potager.core.models import JournalEntry
from tests import journalled

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def fact(message_id: str, **body: object) -> Fact:
    return Fact("event", "page_viewed", "test", message_id, AT, body)


@pytest.fixture
def heard() -> list[Entry]:
    entries: list[Entry] = []
    before = list(journal._subscribers)
    journal.set_subscribers([entries.extend])
    yield entries
    journal.set_subscribers(before)


def test_facts_are_accepted_in_the_order_offered(db, heard):
    with store.write():
        done = journal.append([fact(f"m{i}", page=i) for i in range(5)])
    assert [entry.fact.body["page"] for entry in done.entries] == [0, 1, 2, 3, 4]
    assert [entry.seq for entry in journalled.entries(0, 100)] == [entry.seq for entry in done.entries]
    assert heard == done.entries


def test_the_same_fact_is_accepted_once_within_and_across_batches(db, heard):
    with store.write():
        first = journal.append([fact("a", n=1), fact("a", n=2), fact("b")])
    with store.write():
        second = journal.append([fact("b"), fact("c")])
    assert (len(first.entries), first.duplicates) == (2, 1)
    assert first.entries[0].fact.body == {"n": 1}
    assert (len(second.entries), second.duplicates) == (1, 1)
    assert len(heard) == 3


def test_a_failing_subscriber_takes_the_facts_back_with_it(db):
    before = list(journal._subscribers)

    def refuse(entries):
        raise ValueError("no")

    journal.set_subscribers([refuse])
    try:
        with pytest.raises(ValueError, match="no"), store.write():
            journal.append([fact("a")])
    finally:
        journal.set_subscribers(before)
    assert JournalEntry.objects.count() == 0
    with store.write():
        assert len(journal.append([fact("a")]).entries) == 1


def test_append_outside_a_write_transaction_is_a_programming_error(db):
    with pytest.raises(RuntimeError, match=r"store\.write"):
        journal.append([fact("a")])


def test_read_gives_back_what_was_appended(db):
    with store.write():
        offered = Fact("event", "order_paid", "wk:shop", "m1", AT, {"amount": 2**60, "名": "值"}, iid=7, cid=9)
        journal.append([offered])
    (entry,) = journalled.entries(0, 10)
    assert entry.key == offered.key
    assert (entry.fact.type, entry.fact.at, entry.fact.body) == ("order_paid", AT, offered.body)
    assert (entry.fact.iid, entry.fact.cid) == (7, 9)
