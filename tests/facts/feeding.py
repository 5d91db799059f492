"""Small ways to put facts in, for the tests of this room."""

from datetime import datetime

from potager.core import journal, store
from potager.core.journal import Fact


def offer(*facts: Fact) -> list[int]:
    """Append to the journal; the sequence numbers given."""
    with store.write():
        return [entry.seq for entry in journal.append(facts).entries]


def event(message_id: str, key: str, at: datetime, *, cid: int | None = 1, iid: int | None = None, **body) -> Fact:
    return Fact("event", key, "test", message_id, at, body, iid=iid, cid=cid)


def order(
    order_no: str, at: datetime, *, version: int = 1, cid: int | None = 1, iid: int | None = None, **body
) -> Fact:
    body = {"shop": "s", "order_no": order_no, "version": version, "status": "paid", "amount": 1000, **body}
    return Fact("order", "order_paid", "test", f"{order_no}:{version}:{sorted(body)}", at, body, iid=iid, cid=cid)


def rows(warehouse, sql: str) -> list[tuple]:
    return [tuple(row.values()) for row in warehouse.query(sql).to_pylist()]
