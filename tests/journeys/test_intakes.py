"""journeys.intakes: many people enter by jobs, part by part; killed, paused, stopped or called off nobody is lost or
entered twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from pyroaring import BitMap

from potager import assembly
from potager.core import jobs, store
from potager.core.errors import Conflict, NotFound
from potager.core.models import Job
from potager.facts.warehouse import refusals
from potager.journeys import intakes, privacy, publish, queries, starting
from potager.journeys.models import Intake, Run
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO

BY_HAND = {"triggers": [{"manual": True}], "steps": [HELLO]}


@pytest.fixture
def seven(garden, monkeypatch):
    """Seven people, and two enter at a time."""
    garden.publish(**BY_HAND)
    people = [garden.person() for _ in range(7)]
    garden.later(seconds=1)
    monkeypatch.setattr(intakes, "AT_ONCE", 2)
    return people


@pytest.fixture(autouse=True)
def _handlers():
    """Tests of other rooms find the house assembled as it was."""
    yield
    assembly.assemble()


def begin(condition=None) -> Intake:
    with store.write():
        return intakes.begin(SYSTEM, queries.journey_of("welcome"), condition or {"all": []})


def entered() -> list[int]:
    return list(Run.objects.order_by("id").values_list("subject_id", flat=True))


def again(row: Intake) -> Intake:
    return Intake.objects.get(id=row.pk)


def test_the_start_returns_at_once_and_jobs_do_the_rest(garden, seven):
    row = begin()
    assert (row.state, row.total, entered()) == ("choosing", 0, [])
    assert intakes.work(row.pk, parts=1)
    assert (again(row).state, again(row).total, again(row).looked, entered()) == ("running", 7, 2, seven[:2])
    assert intakes.work_off(row.pk) == 7
    row = again(row)
    assert (row.state, row.looked, row.entered, bytes(row.members)) == ("done", 7, 7, b"")
    assert entered() == seven
    assert not intakes.work(row.pk)


def test_a_job_takes_some_parts_and_leaves_the_rest_to_the_next(garden, seven, monkeypatch):
    monkeypatch.setattr(intakes, "PARTS", 2)
    monkeypatch.setattr(intakes.work, "__kwdefaults__", {"parts": 2})
    jobs.set_handlers({intakes.JOB: intakes.run})
    row = begin()
    seen = []
    while jobs.run_due(["tick"]):
        seen.append(len(entered()))
    assert seen == [4, 7]
    assert (again(row).state, Job.objects.count()) == ("done", 0)


def test_who_is_chosen_is_chosen_as_of_the_start(garden, seven):
    early, late = seven[0], seven[1]
    garden.order(early)
    row = begin({"event": "order_paid"})
    garden.later(days=1)
    garden.order(late)
    garden.later(seconds=1)
    intakes.work_off(row.pk)
    assert entered() == [early]
    assert Run.objects.get().entered_us == row.at_us


@pytest.mark.parametrize("after", range(4))
def test_killed_between_parts_it_goes_on_behind_the_last_person(garden, seven, monkeypatch, after):
    row = begin()
    enter, calls = intakes.enter, []

    def dies(*given):
        calls.append(1)
        started = enter(*given)
        if len(calls) == after + 1:
            raise SystemExit
        return started

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(intakes, "enter", dies)
        intakes.work_off(row.pk)
    assert entered() == seven[: 2 * after]
    assert intakes.work_off(row.pk) == 7
    assert entered() == seven


def test_called_off_nobody_more_enters_and_who_entered_stays(garden, seven):
    row = begin()
    intakes.work(row.pk, parts=2)
    journey = queries.journey_of("welcome")
    with store.write():
        intakes.cancel(SYSTEM, journey, row.pk)
    assert not intakes.work(row.pk)
    assert (again(row).state, again(row).entered, entered()) == ("cancelled", 4, seven[:4])
    with store.write(), pytest.raises(Conflict):
        intakes.cancel(SYSTEM, journey, row.pk)
    with store.write(), pytest.raises(NotFound):
        intakes.cancel(SYSTEM, journey, row.pk + 1)


def test_called_off_before_anybody_is_chosen(garden, seven):
    row = begin()
    with store.write():
        intakes.cancel(SYSTEM, queries.journey_of("welcome"), row.pk)
    assert not intakes.work(row.pk)
    assert (again(row).state, entered()) == ("cancelled", [])


def test_paused_it_waits_and_goes_on_when_resumed(garden, seven):
    jobs.set_handlers({intakes.JOB: intakes.run})
    row = begin()
    intakes.work(row.pk, parts=1)
    journey = queries.journey_of("welcome")
    with store.write():
        publish.pause(SYSTEM, journey)
    while jobs.run_due(["tick"]):
        pass
    assert (again(row).state, entered(), Job.objects.count()) == ("running", seven[:2], 0)
    with store.write():
        publish.resume(SYSTEM, journey)
    while jobs.run_due(["tick"]):
        pass
    assert (again(row).state, entered()) == ("done", seven)


def test_stopped_it_is_over(garden, seven):
    row = begin()
    intakes.work(row.pk, parts=1)
    with store.write():
        publish.stop(SYSTEM, queries.journey_of("welcome"))
    assert (again(row).state, entered()) == ("cancelled", seven[:2])


def test_what_cannot_be_asked_fails_with_its_reason(garden, seven):
    row = begin({"tag": "gone"})
    assert not intakes.work(row.pk)
    row = again(row)
    assert (row.state, row.zh, entered()) == ("failed", "没有标签「gone」", [])
    assert row.en == "There is no tag “gone”"


@pytest.mark.parametrize("error", [RuntimeError("no warehouse"), refusals.down()])
def test_while_the_warehouse_is_away_it_is_asked_again(garden, seven, monkeypatch, caplog, error):
    jobs.set_handlers({intakes.JOB: intakes.run})
    row = begin()

    def away(*_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(intakes, "members", away)
        for _ in range(jobs.MAX_TRIES + 1):
            assert jobs.run_due(["tick"]) == 1
            Job.objects.update(due_us=0)
    assert again(row).state == "choosing"
    while jobs.run_due(["tick"]):
        pass
    assert (again(row).state, entered()) == ("done", seven)
    caplog.clear()


def test_who_is_erased_is_on_no_list(garden, seven):
    row = begin()
    intakes.work(row.pk, parts=1)
    with store.write():
        privacy.erase([seven[5]], {})
    assert list(BitMap.deserialize(bytes(again(row).members))) == [*seven[:5], seven[6]]
    assert intakes.work_off(row.pk) == 6


def test_those_under_way_and_of_the_last_day_are_told(garden, seven):
    def told() -> list[tuple[int, str, int]]:
        return [(row.pk, row.state, row.entered) for row in queries.intakes(queries.journey_of("welcome"))]

    over, under_way = begin(), begin()
    intakes.work_off(over.pk)
    assert told() == [(under_way.pk, "choosing", 0), (over.pk, "done", 7)]
    garden.later(days=1)
    assert told() == [(under_way.pk, "choosing", 0), (over.pk, "done", 7)]
    garden.later(seconds=1)
    assert told() == [(under_way.pk, "choosing", 0)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("not store.is_postgres()", reason="SQLite takes one writer at a time")
def test_two_workers_share_one_intake(garden, seven):
    row = begin()

    def take() -> None:
        try:
            intakes.work_off(row.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (again(row).looked, again(row).entered, again(row).state) == (7, 7, "done")
    assert sorted(entered()) == seven


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("not store.is_postgres()", reason="SQLite takes one writer at a time")
def test_two_workers_open_a_slot_once(garden, monkeypatch):
    garden.audience("a")
    garden.publish(entry="each", triggers=[{"schedule": {"at": "13:00"}, "audience": "a"}])
    cid = garden.person()
    garden.later(hours=1)
    both = threading.Barrier(2)

    def members(*_):
        both.wait(10)
        return [cid]

    monkeypatch.setattr(intakes, "members", members)
    opened: list[int] = []

    def open_() -> None:
        try:
            opened.extend(starting.open_slots())
        finally:
            connection.close()

    threads = [threading.Thread(target=open_) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), Intake.objects.count()) == (1, 1)
    assert intakes.work_off(opened[0]) == 1
    garden.at(garden.now + timedelta(seconds=1))
