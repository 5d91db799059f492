"""core.jobs: written with their cause, claimed once, tried again, armed again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from potager import assembly
from potager.core import clock, jobs, leases, store
from potager.core.errors import Down
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
    later = clock.wall() + leases.LEASE + timedelta(seconds=1)
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


def test_what_does_not_answer_now_is_asked_again_soon_however_often(db, ran, monkeypatch):
    doors = {"open": False}

    def knock(payload):
        if not doors["open"]:
            raise Down("warehouse.down", zh="没有回答", en="no answer")
        ran.append("in")

    jobs.set_handlers({"knock": knock})
    enqueue("knock")
    now = clock.wall()
    for _ in range(jobs.MAX_TRIES * 3):
        monkeypatch.setattr(clock, "wall", lambda now=now: now)
        assert jobs.run_due(["default"]) == 1
        job = Job.objects.get()
        assert (job.failed, job.tries, job.due_us - jobs.to_us(now)) == (False, 0, 2_000_000)
        assert job.last_error == "warehouse.down: no answer"
        now += timedelta(seconds=3)
    doors["open"] = True
    monkeypatch.setattr(clock, "wall", lambda: now)
    jobs.run_due(["default"])
    assert (ran, Job.objects.count()) == (["in"], 0)


@pytest.mark.django_db(transaction=True)
def test_a_long_job_keeps_its_lease_while_its_worker_lives(ran, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.6))
    begun, end = threading.Event(), threading.Event()

    def take_long(payload):
        ran.append("long")
        begun.set()
        assert end.wait(20)

    jobs.set_handlers({"long": take_long})
    enqueue("long")
    workers = [jobs.Worker(["default"], look=0.01) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert begun.wait(10)
    # Three leases long the other worker finds nothing to take.
    threading.Event().wait(1.8)
    end.set()
    for worker in workers:
        worker.stop()
    assert ran == ["long"]
    assert Job.objects.count() == 0
    assert not [thread for thread in threading.enumerate() if thread.name == "jobs-lease"]
    connection.close()


def test_a_shared_periodic_job_has_a_row_for_every_worker(db, ran):
    share = jobs.Periodic("share", "default", timedelta(minutes=1), shared=True)
    alone = jobs.Periodic("alone", "default", timedelta(minutes=1))
    jobs.set_handlers({"share": lambda _: ran.append("share"), "alone": lambda _: ran.append("alone")}, [share, alone])
    for workers in (1, 3, 2):
        jobs.arm(workers)
    assert sorted(Job.objects.values_list("dedupe_key", flat=True)) == [
        "every:alone", "every:share", "every:share:2", "every:share:3",
    ]  # fmt: skip
    while jobs.run_due(["default"]):
        pass
    assert sorted(ran) == ["alone", "share", "share", "share"]
    assert Job.objects.count() == 4


def test_every_kind_of_the_house_is_in_a_lane_somebody_works(db):
    assert {each.lane for each in assembly.PERIODIC} <= set(jobs.LANES)
