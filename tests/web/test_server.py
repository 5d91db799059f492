"""The one process: it serves, works in the background, and stops cleanly."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from potager.assembly import PERIODIC
from potager.core import jobs, store
from potager.core.errors import Problem
from potager.core.models import Job
from potager.web.server import Server
from tests.e2e.served import ROOT, environment_of, potager


@contextmanager
def running() -> Iterator[tuple[Server, list[str]]]:
    stopped: list[str] = []
    server = Server(0, threads=2, on_stop=[lambda: stopped.append("warehouse")])
    server.prepare()
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server, stopped
    server.stop()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def served(transactional_db, house) -> Iterator[tuple[Server, list[str]]]:
    with running() as it:
        yield it


def kinds() -> set[str]:
    return set(Job.objects.values_list("kind", flat=True))


def test_it_answers_over_http_and_runs_jobs(served, monkeypatch):
    server, _ = served
    ran = threading.Event()
    monkeypatch.setitem(jobs._handlers, "probe", lambda payload: ran.set())
    answer = httpx.get(f"http://127.0.0.1:{server.port}/api/house")
    assert (answer.status_code, answer.json()["name"]) == (200, "测试花园")
    with store.write():
        jobs.enqueue("probe")
    assert ran.wait(10)
    assert {each.kind for each in PERIODIC} <= kinds()


def test_a_slow_lane_holds_up_no_other(served, monkeypatch):
    let_go, ran = threading.Event(), {lane: threading.Event() for lane in jobs.LANES}
    monkeypatch.setitem(jobs._handlers, "slow", lambda payload: let_go.wait(100))
    monkeypatch.setitem(jobs._handlers, "probe", lambda payload: ran[payload["lane"]].set())
    for slow in jobs.LANES:
        let_go.clear()
        with store.write():
            jobs.enqueue("slow", lane=slow)
        others = [lane for lane in jobs.LANES if lane != slow]
        for lane in others:
            ran[lane].clear()
            with store.write():
                jobs.enqueue("probe", {"lane": lane}, lane=lane)
        # The heavy lane has the first refresh of the house before it.
        assert [lane for lane in others if not ran[lane].wait(30)] == []
        let_go.set()


def test_background_work_waits_for_first_run(transactional_db):
    with running() as (server, _):
        assert httpx.get(f"http://127.0.0.1:{server.port}/api/house").json()["founded"] is False
        assert kinds() == set()


def test_stopping_closes_what_it_was_given(served):
    server, stopped = served
    server.stop()
    for _ in range(100):
        if stopped:
            break
        threading.Event().wait(0.1)
    assert stopped == ["warehouse"]


def test_a_taken_port_is_said_plainly(served):
    server, _ = served
    with pytest.raises(Problem) as refused:
        Server(server.port).prepare()
    assert refused.value.code == "server.port"
    assert "--port" in refused.value.zh


@pytest.mark.once
def test_ctrl_c_ends_it_without_a_word(tmp_path):
    """The warehouse is open when it is stopped; nothing is said after the address, and the end is a good one."""
    potager(tmp_path, "up", "--once", "--empty")
    command = [sys.executable, "-m", "potager.cli.main", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment_of(tmp_path), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        url = ""
        while "Ctrl-C" not in (line := process.stderr.readline()):
            assert process.poll() is None
            url = line[line.index("http://") :].strip() if "http://" in line else url
        assert httpx.get(f"{url}/api/house").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
        assert process.wait(30) == 0
