"""One order of locks everywhere in journeys: the journal, then runs, then touches."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from potager.core import clock, store
from potager.facts import loader
from potager.journeys import closing, passage, privacy, publish, queries, starting, subscriber, tick
from potager.org.access import SYSTEM
from tests.journeys.conftest import BYE, HELLO

PAUSE = {"id": "pause", "wait": {"for": "5d"}}
TABLES = "journeys_(?:run|journeysubject)"
LOCKS_RUNS = re.compile(f'UPDATE "?{TABLES}"|INSERT INTO "?{TABLES}"|"{TABLES}".* FOR UPDATE(?! SKIP)', re.DOTALL)


class Order:
    """What one write transaction locked, in order: "runs" and "journal"."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.locked: list[str] = []
        self.wrong: list[str] = []
        self._serialise = store.serialise
        self._write = store.write
        monkeypatch.setattr(store, "serialise", self._held)
        monkeypatch.setattr(store, "write", self._transaction)

    def _held(self, name: str) -> None:
        self.locked.append(name)
        self._serialise(name)

    @contextmanager
    def _transaction(self, lane: store.Lane = store.Lane.WEB) -> Iterator[None]:
        if not store.is_writing():
            self.locked.clear()
        with self._write(lane):
            yield

    def watch(self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if store.is_writing() and LOCKS_RUNS.search(sql):
            self.locked.append("runs")
        answer = execute(sql, params, many, context)
        if self.locked[:1] == ["runs"] and "journal" in self.locked:
            self.wrong.append(sql)
        return answer


@pytest.mark.parametrize("people", ["move", "exit"])
def test_the_journal_is_held_before_any_run(garden, monkeypatch, people):
    order = Order(monkeypatch)
    event = {"event": "friend_added", "measure": "count", "op": "gte", "value": 1}
    with connection.execute_wrapper(order.watch):
        garden.publish(exits=[{"event": "order_paid"}], steps=[HELLO, PAUSE, BYE])
        garden.publish(key="asked", entry="each", gap="1d", filter=event, steps=[HELLO, PAUSE])
        garden.publish(key="hand", entry="each", triggers=[{"manual": True}], steps=[PAUSE])
        first, second, third = (garden.person() for _ in range(3))
        for cid in (first, second, third):
            garden.tell("friend_added", cid)
        garden.later(seconds=1)
        garden.later(seconds=1)
        garden.order(first)
        starting.start(SYSTEM, queries.journey_of("hand"), {"all": []})
        garden.publish(people, steps=[HELLO, BYE])
        with store.write():
            privacy.erase([second], {})
        with store.write():
            publish.stop(SYSTEM, queries.journey_of("asked"))
    assert order.wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("not store.is_postgres()", reason="SQLite takes one writer at a time")
def test_a_tick_and_an_exit_at_once_do_not_wait_for_each_other_for_ever(garden, monkeypatch):
    garden.publish(exits=[{"event": "order_paid"}], steps=[HELLO, PAUSE, BYE])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.now += timedelta(seconds=1)
    clock.set_world(garden.now)
    loader.load_all()
    writing, appended = threading.Event(), threading.Event()
    touch, act, errors = passage._act, closing.act, []

    def slow_touch(*given: object) -> None:
        writing.set()
        appended.wait(2)
        touch(*given)

    def told(*given: object) -> None:
        appended.set()
        act(*given)

    def alone(what: Callable[[], object]) -> None:
        try:
            what()
        except Exception as error:  # noqa: BLE001  (shown by the test's own thread)
            errors.append(error)
        finally:
            connection.close()

    def leave() -> None:
        writing.wait(5)
        garden.order(cid)

    monkeypatch.setattr(passage, "_act", slow_touch)
    monkeypatch.setattr(subscriber.closing, "act", told)
    threads = [threading.Thread(target=alone, args=(what,)) for what in (tick.tick, leave)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert garden.run(cid).end_reason == "exit:order_paid"
