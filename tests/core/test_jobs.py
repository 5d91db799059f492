"""core.jobs: written with their cause, claimed once, tried again, armed again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from potager.core import clock, jobs, store
from potager.core.journal import from_us
from potager.core.models import Job, Setting


@pytest.fixture
def ran():
    calls: list[object] = []
    handlers, periodic = dict(jobs._handlers), list(jobs._periodic.values())

    def fail(payload):
        calls.append("fail")
        raise ValueError("broken pipe")

    jobs.set_handlers({"note": lambda payload: calls.append(payload["n"]), "fail": fail})
    yield calls
    jobs.set_handlers(handlers, periodic)


def enqueue(*args, **kwargs) -> None:
    with store.write():
        jobs.enqueue(*args, **kwargs)


def test_due_jobs_run_in_order_and_are_gone(db, ran):
    for n in range(3):
        enqueue("note", {"n": n})
    while jobs.run_due(["default"]):
        pass
    assert ran == [0, 1, 2]
    assert Job.objects.count() == 0


def test_a_job_is_written_with_its_cause_or_not_at_all(db, ran):
    with pytest.raises(ValueError, match="no"), store.write():
        Setting.objects.create(key="cause", value=1)
        jobs.enqueue("note", {"n": 1})
        raise ValueError("no")
    assert Job.objects.count() == 0
    with pytest.raises(RuntimeError, match=r"store\.write"):
        jobs.enqueue("note", {"n": 1})


def test_jobs_wait_for_their_due_and_their_lane(db, ran, monkeypatch):
    enqueue("note", {"n": 1}, due=clock.wall() + timedelta(hours=1))
    enqueue("note", {"n": 2}, lane="heavy")
    assert jobs.run_due(["default"]) == 0
    assert jobs.run_due(["heavy"]) == 1
    later = clock.wall() + timedelta(hours=2)
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert jobs.run_due(["default"]) == 1
    assert ran == [2, 1]


def test_a_dedupe_key_lets_one_live_job_stand_for_many(db, ran):
    for _ in range(3):
        enqueue("note", {"n": 7}, dedupe_key="refresh")
    assert Job.objects.count() == 1
    jobs.run_due(["default"])
    enqueue("note", {"n": 8}, dedupe_key="refresh")
    jobs.run_due(["default"])
    assert ran == [7, 8]


def test_a_failing_job_backs_off_and_is_kept_after_the_last_try(db, ran, monkeypatch):
    enqueue("fail")
    now = clock.wall()
    for _ in range(jobs.MAX_TRIES + 3):
        now += timedelta(minutes=10)
        monkeypatch.setattr(clock, "wall", lambda now=now: now)
        jobs.run_due(["default"])
    assert ran == ["fail"] * jobs.MAX_TRIES
    job = Job.objects.get()
    assert (job.failed, job.last_error.strip()) == (True, "ValueError: broken pipe")


def test_a_lease_that_ended_gives_the_job_to_another_worker(db, ran, monkeypatch):
    enqueue("note", {"n": 1})
    assert len(jobs.claim(["default"], "dead")) == 1
    assert jobs.claim(["default"], "other") == []
    later = clock.wall() + jobs.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert [job.tries for job in jobs.claim(["default"], "other")] == [2]


def test_a_periodic_job_is_one_row_armed_again_after_each_run(db, ran):
    beat = jobs.Periodic("beat", "default", timedelta(minutes=1))
    jobs.set_handlers({"beat": lambda payload: ran.append("beat")}, [beat])
    for _ in range(2):
        jobs.arm()
    assert jobs.run_due(["default"]) == 1
    assert jobs.run_due(["default"]) == 0
    job = Job.objects.get()
    assert (job.tries, job.owner) == (0, "")
    assert job.due_us > jobs.to_us(clock.wall() + timedelta(seconds=50))


@pytest.mark.django_db(transaction=True)
def test_many_workers_run_each_job_once(ran):
    for n in range(60):
        enqueue("note", {"n": n})
    workers = [jobs.Worker(["default"], threads=2, look=0.01) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in range(1000):
        if len(ran) >= 60:
            break
        threading.Event().wait(0.01)
    for worker in workers:
        worker.stop()
    assert sorted(ran) == list(range(60))
    assert Job.objects.count() == 0
    connection.close()


BEAT = jobs.Periodic("beat", "default", timedelta(seconds=1), idle=timedelta(seconds=8))


@pytest.fixture
def pulse(ran):
    """A periodic job that did as much as `did` says; rests a second, and up to eight when idle."""
    did = {"much": 1}
    jobs.set_handlers({"beat": lambda payload: did["much"]}, [BEAT])
    jobs._pauses.clear()
    yield did
    jobs._pauses.clear()


def rests(monkeypatch) -> float:
    """Run the beat when it is due next; how many seconds it rests then."""
    at = jobs.next_due(["default"])
    now = from_us(at) if at else clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now)
    assert jobs.run_due(["default"]) == 1
    return (Job.objects.get().due_us - jobs.to_us(now)) / 1_000_000


def test_an_idle_periodic_job_rests_longer_and_longer(db, pulse, monkeypatch):
    jobs.arm()
    assert rests(monkeypatch) == 1
    pulse["much"] = 0
    assert [rests(monkeypatch) for _ in range(4)] == [2, 4, 8, 8]
    pulse["much"] = 5
    assert rests(monkeypatch) == 1


def test_a_resting_job_is_hurried_by_what_gives_it_work(db, pulse, monkeypatch):
    jobs.arm()
    pulse["much"] = 0
    for _ in range(3):
        rests(monkeypatch)
    assert jobs.run_due(["default"]) == 0
    with store.write():
        jobs.hurry("beat")
    assert jobs.run_due(["default"]) == 1
    assert Job.objects.get().due_us - jobs.to_us(clock.wall()) == 2_000_000


def test_looking_for_work_writes_nothing(db, ran, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert jobs.run_due(["default"]) == 0
