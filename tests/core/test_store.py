"""core.store and core.bulk: one writer at a time by priority, joined transactions, exact bulk rows."""

import threading
import time

import pytest
from django.db import connection

from potager.core import store
from potager.core.bulk import insert_rows
from potager.core.models import JournalKey, Setting, Watermark
from potager.core.store import Lane


@pytest.mark.django_db(transaction=True)
def test_waiting_writers_go_by_priority():
    if store.is_postgres():
        assert connection.vendor == "postgresql"  # PostgreSQL has many writers; there is no queue to order
        return
    order: list[str] = []
    entered = threading.Event()
    release = threading.Event()

    def holder() -> None:
        with store.write(Lane.IMPORT):
            entered.set()
            release.wait(10)
        connection.close()

    def writer(lane: Lane) -> None:
        with store.write(lane):
            order.append(lane.name)
        connection.close()

    threads = [threading.Thread(target=holder)]
    threads[0].start()
    entered.wait(10)
    for lane in (Lane.IMPORT, Lane.TICK, Lane.WEB, Lane.INGEST):
        threads.append(threading.Thread(target=writer, args=(lane,)))
        threads[-1].start()
        while len(store._gate._waiting) < len(threads) - 1:
            time.sleep(0.001)
    release.set()
    for thread in threads:
        thread.join(10)
    assert order == ["INGEST", "WEB", "TICK", "IMPORT"]


def test_nested_writes_are_one_transaction(db):
    with pytest.raises(RuntimeError, match="outer"), store.write():
        with store.write():
            Setting.objects.create(key="a", value=1)
        assert store.is_writing()
        raise RuntimeError("outer")
    assert not store.is_writing()
    assert Setting.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_threads_never_write_at_once():
    Watermark.objects.create(name="n", seq=0)

    def add() -> None:
        for _ in range(25):
            with store.write():
                store.serialise("n")
                row = Watermark.objects.get(name="n")
                row.seq += 1
                row.save()
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Watermark.objects.get(name="n").seq == 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("not store.is_postgres()", reason="SQLite's own gate knows priorities")
def test_who_comes_from_outside_waits_for_one_in_the_background_at_most():
    order: list[str] = []
    inside, release = threading.Event(), threading.Event()

    def take(name: str, lane: Lane) -> None:
        with store.write(lane):
            store.serialise("n")
            order.append(name)
            if name == "first":
                inside.set()
                release.wait(10)
        connection.close()

    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            return int(cursor.fetchone()[0])

    threads = [threading.Thread(target=take, args=("first", Lane.WEB))]
    threads[0].start()
    inside.wait(10)
    for name, lane in (("tick", Lane.TICK), ("import", Lane.IMPORT), ("click", Lane.WEB), ("event", Lane.INGEST)):
        threads.append(threading.Thread(target=take, args=(name, lane)))
        threads[-1].start()
        while waiting() < len(threads) - 1:
            time.sleep(0.001)
    release.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "tick", "click", "event", "import"]


def test_bulk_rows_arrive_exactly_with_conflicts_left_out(db):
    columns = {"k1": "bigint", "k2": "bigint", "day": "integer"}
    rows = [(2**62 + i, -(2**62) - i, i) for i in range(3)]
    assert sorted(insert_rows("core_journalkey", columns, rows, returning=("k1", "day"))) == [
        (2**62, 0),
        (2**62 + 1, 1),
        (2**62 + 2, 2),
    ]
    again = insert_rows(
        "core_journalkey",
        columns,
        [(2**62, -(2**62), 9), (5, 5, 5)],
        on_conflict="ON CONFLICT DO NOTHING",
        returning=("day",),
    )
    assert again == [(5,)]
    assert JournalKey.objects.get(k1=2**62).day == 0


def test_bulk_rows_carry_json_null_text_and_nothing(db):
    values = [("a", {"名": ["值", 1, None]}), ("b", 'quote " and \\')]
    insert_rows("core_setting", {"key": "text", "value": "jsonb"}, [("a", values[0][1])])
    assert Setting.objects.get(key="a").value == {"名": ["值", 1, None]}
    assert insert_rows("core_setting", {"key": "text", "value": "jsonb"}, []) == []


@pytest.mark.django_db(transaction=True)
def test_commits_wait_for_the_disk_again_after_unsynced():
    def synchronous() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0])

    with store.unsynced():
        with store.write():
            Setting.objects.create(key="a", value=1)
        inside = None if store.is_postgres() else synchronous()
    assert Setting.objects.get(key="a").value == 1
    if not store.is_postgres():
        # 1 is NORMAL, 2 is FULL.
        assert (inside, synchronous()) == (1, 2)
