"""Must show 1: import → trigger → tick → send → receipt, killed at random moments: with four workers and the owner of
the warehouse on PostgreSQL, with the one process on SQLite. No step is lost, nobody hears the same twice, no cap is
exceeded.

The short forms run with every bin/test. The whole of it, 1,000 kills and 200, prints its numbers:

    export PYTHONPATH=src
    .venv/bin/pytest -q -s -m slow tests/crash/test_chain.py
    POTAGER_DATABASE=postgresql://postgres@127.0.0.1:5432/postgres \\
      .venv/bin/pytest -q -s -m slow tests/crash/test_chain.py
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from potager.touch.simulator import launcher
from tests.crash.chain_worker import BATCH, HOURS, STEPS

ROOT = Path(__file__).resolve().parents[2]
WORKER = "tests.crash.chain_worker"
SERVER = os.environ.get("POTAGER_DATABASE", "")
on_postgres = pytest.mark.skipif(not SERVER, reason="several processes need PostgreSQL")
on_sqlite = pytest.mark.skipif(bool(SERVER), reason="one process is what SQLite takes")
# Messages that a person gets of a journey.
MESSAGES = {"hello", "yes"}


class House:
    """A data directory, the nursery its processes come from, and those that live."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "POTAGER_HOME": str(home),
            "POTAGER_DATABASE": database,
            "POTAGER_WAREHOUSE": "remote:" if database else "",
            "DJANGO_SETTINGS_MODULE": "potager.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        self.roles = ["own", *["work"] * 4] if database else ["work"]
        self.living: list[int] = []

    def run(self, command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", WORKER, command],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def open(self) -> None:
        with (self.home / "stderr.txt").open("a") as said:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", WORKER, "nursery"],
                env=self.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
            )  # fmt: skip
        assert self._nursery.stdout is not None
        assert self._nursery.stdout.readline() == "ready\n"
        self.living = [self._born(role) for role in self.roles]

    def kill(self, number: int) -> None:
        """Kill one of them, and let another be born in its place."""
        os.kill(self.living[number], signal.SIGKILL)
        self.living[number] = self._born(self.roles[number])

    def close(self) -> None:
        for pid in self.living:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._nursery.communicate(timeout=30)

    def retire(self) -> None:
        """No more workers: the owner of the warehouse, where it is one of its own, stays."""
        for pid in self.living[self.roles.count("own") :]:
            os.kill(pid, signal.SIGKILL)
            while Path(f"/proc/{pid}").exists():
                time.sleep(0.01)

    def _born(self, role: str) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{role}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())


def killed(home: Path, *, database: str, kills: int, seed: int) -> dict[str, Any]:
    """The end state of a house whose processes were killed so often, and then left to finish."""
    house, draw, begun = House(home, database), random.Random(seed), time.monotonic()
    house.run("found")
    (home / "more").touch()
    with launcher.running(home / "simulator"):
        house.open()
        try:
            for _ in range(kills):
                time.sleep(draw.uniform(0.02, 1.0 if len(house.roles) == 1 else 0.5))
                house.kill(draw.randrange(len(house.roles)))
            killing = time.monotonic() - begun
            (home / "more").unlink()
            finish(house)
            house.retire()
            state: dict[str, Any] = json.loads(house.run("tell"))
        finally:
            house.close()
        said = (home / "stderr.txt").read_text()
    print(
        f"\n{kills} kills of {len(house.roles)} processes in {killing:.0f} s, {time.monotonic() - begun:.0f} s in all: "
        f"{state['customers']} people, {len(state['runs'])} runs, {len(state['steps'])} steps, "
        f"{len(state['log'])} messages at the platform, {said.count('Traceback')} errors in the log"
    )
    return state


def finish(house: House) -> None:
    ends = time.monotonic() + 240
    while house.run("finished") != "1\n":
        assert time.monotonic() < ends, (house.home / "stderr.txt").read_text()[-6_000:]
        time.sleep(1)


def holds(state: dict[str, Any]) -> None:
    """Nothing lost, nothing twice, no cap exceeded."""
    people = state["customers"]
    assert people >= BATCH
    assert people % BATCH == 0
    assert state["identities"] == people
    # Steps.
    assert Counter(key for _, key, _, _ in state["runs"]) == {"first": people, "second": people}
    assert len({(key, who) for _, key, who, _ in state["runs"]}) == 2 * people
    assert {reason for *_, reason in state["runs"]} == {"done"}
    taken = defaultdict(list)
    for run, visit, step in state["steps"]:
        taken[run].append((visit, step))
    assert set(map(tuple, taken.values())) == {tuple(enumerate(STEPS, 1))}
    assert taken.keys() == {run for run, *_ in state["runs"]}
    # Messages, as the house has them and as the platform has them.
    wanted = {(run, step) for run, *_ in state["runs"] for step in MESSAGES}
    assert Counter((run, step) for run, step, _, _ in state["touches"]) == dict.fromkeys(wanted, 1)
    assert [(told, cost) for told, _, cost in state["verdicts"]] == [("delivered", 3)], state["verdicts"]
    arrived = Counter((person, text) for person, text, _ in state["log"])
    persons = {person for _, _, person, _ in state["touches"]}
    texts = {f"{key} {step}" for key in ("first", "second") for step in MESSAGES}
    assert len(persons) == people
    assert arrived == dict.fromkeys(((person, text) for person in persons for text in texts), 1)
    # Receipts and facts: each once, in the journal and in the warehouse.
    facts = Counter(map(tuple, state["facts"]))
    told = {"friend_added": 1, "journey_entered": 2, "journey_exited": 2, "touch_sent": 4, "touch_delivered": 4}
    for kind, times in told.items():
        assert Counter(count for (each, _), count in facts.items() if each == kind) == {times: people}, kind
    assert state["loaded"] == [len(state["facts"])] * 2
    # One a day, by the places taken and by what the platform saw (an hour of the world may end between the two).
    assert len(state["places"]) == 4 * people
    assert closest(state["places"], lambda at: at / 3_600_000_000) >= 24
    stamps = [(person, at) for person, _, at in state["log"]]
    step = HOURS / timedelta(hours=1)
    assert closest(stamps, lambda at: datetime.fromisoformat(at).timestamp() / 3_600) >= 24 - step


def closest(stamps: Any, hours: Any) -> float:
    """How many hours lie between the two messages of one person that are closest together."""
    each = defaultdict(list)
    for who, at in stamps:
        each[who].append(hours(at))
    return min(after - before for times in each.values() for before, after in pairwise(sorted(times)))


@pytest.fixture
def database():
    name = f"potager_chain_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@on_postgres
def test_four_workers_and_the_warehouse_killed_forty_times(tmp_path, database):
    holds(killed(tmp_path, database=database, kills=40, seed=1))


@on_sqlite
def test_the_one_process_killed_twenty_times(tmp_path):
    holds(killed(tmp_path, database="", kills=20, seed=2))


@on_postgres
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_four_workers_and_the_warehouse_killed_a_thousand_times(tmp_path, database):
    holds(killed(tmp_path, database=database, kills=1_000, seed=3))


@on_sqlite
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_the_one_process_killed_two_hundred_times(tmp_path):
    holds(killed(tmp_path, database="", kills=200, seed=4))
