"""A million people through a six-step SOP, beside the same SOP with one task per customer and step.

    potager bench journeys [--runs 1000000] [--seconds 60] [--idle 300] [--compared 2000] [--processes 2]

On PostgreSQL (POTAGER_TEST_POSTGRES, else the one on 127.0.0.1), in databases that are made and dropped: a message, a
wait, a question to the warehouse, a message for half of them, a wait, a message; every step judged by the contact
policy, written down, sent and loaded. Then `seconds` of 1,000 events a second, each timed until its message is intended
and can be seen; `idle` seconds with everybody waiting; and `compared` runs on procrastinate (journeys_tasks.py), with
as many processes. Waits are not waited for on either side. Prints one JSON object.

Comparing needs `pip install --no-deps --require-hashes -r requirements-bench.lock`.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import psycopg

HERE = Path(__file__).resolve().parent
SERVER = os.environ.get("POTAGER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
# Batches of events come in over so many connections at once.
PER_SECOND, BEATS, CLIENTS = 1_000, 10, 8
LOOK = 0.03
INGEST_AT_ONCE = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--idle", type=int, default=300)
    parser.add_argument("--compared", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    if asked.compared and importlib.util.find_spec("procrastinate") is None:
        sys.exit("procrastinate is absent: pip install --no-deps --require-hashes -r requirements-bench.lock")
    found: dict[str, Any] = {}
    with database() as url:
        found["house"] = measure_house(url, asked)
    say(found["house"])
    if asked.compared:
        with database() as url:
            found["task_queue"] = measure_tasks(url, asked.compared, asked.processes)
        found["ratio"] = round(found["house"]["runs_per_second"] / found["task_queue"]["runs_per_second"], 1)
    print(json.dumps(found, indent=1, ensure_ascii=False))


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A database of its own, dropped at the end."""
    name = f"potager_bench_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure_house(url: str, asked: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="potager-bench-") as home:
        os.environ |= {"POTAGER_HOME": home, "POTAGER_DATABASE": url, "POTAGER_WAREHOUSE": "remote:"}
        os.environ |= {"POTAGER_KEY": "11" * 32, "POTAGER_MEMORY": os.environ.get("POTAGER_MEMORY", "1GB")}
        with Crew() as crew:
            crew.hire("own")
            begun = time.perf_counter()
            sys.path.insert(0, str(HERE.parent))
            from benchmarks import journeys_house as house

            late = asked.seconds * PER_SECOND
            house.found(asked.runs + late)
            say({"prepared_seconds": round(time.perf_counter() - begun)})
            cids = list(house.Customer.objects.order_by("id").values_list("id", flat=True))
            for _ in range(asked.processes):
                crew.hire("work")
            measured = passages(house, crew, cids[: asked.runs], asked.idle)
            if late:
                measured["latency"] = latency(house, cids[asked.runs :])
            return measured | {"peak_rss_mb": crew.peaks()}


def passages(house: Any, crew: "Crew", cids: Sequence[int], idle: int) -> dict[str, Any]:
    """Everybody enters and walks to the end, phase by phase: seconds of each, and runs a second over all of them."""
    phases: dict[str, float] = {}
    begun = time.perf_counter()
    for at in range(0, len(cids), INGEST_AT_ONCE):
        house.befriend(cids[at : at + INGEST_AT_ONCE])
    phases["entering"] = time.perf_counter() - begun
    until_quiet(house)
    phases["entered_first_message_sent"] = time.perf_counter() - begun
    say(phases)
    resting = crew.idle(idle) if idle else {}
    for n, at in enumerate(house.LATER, 2):
        begun = time.perf_counter()
        house.clock.set_world(at)
        until_quiet(house)
        phases[f"day_{n}"] = time.perf_counter() - begun
        say(phases)
    total = sum(seconds for name, seconds in phases.items() if name != "entering")
    return {
        "runs": len(cids),
        "seconds": {name: round(seconds, 1) for name, seconds in phases.items()},
        "runs_per_second": round(len(cids) / total, 1),
        "idle_with_everybody_waiting": resting,
        **house.state(),
    }


def until_quiet(house: Any) -> None:
    while not house.is_quiet():
        time.sleep(0.25)


def latency(house: Any, cids: Sequence[int]) -> dict[str, float]:
    """Milliseconds from offering an event until its message can be seen, at a steady rate, looked for all the time."""
    offered: dict[int, float] = {}
    seen: dict[int, float] = {}
    last = house.Touch.objects.order_by("-id").values_list("id", flat=True).first() or 0
    each, begun = PER_SECOND // BEATS, time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for beat in range(len(cids) // each):
            while time.perf_counter() < begun + beat / BEATS:
                last = _look(house, last, seen)
                time.sleep(LOOK)
            part = cids[beat * each : (beat + 1) * each]
            # What is taken in late because the house was busy has waited since it was due.
            offered |= dict.fromkeys(part, begun + beat / BEATS)
            clients.submit(house.befriend, part)
        while len(seen) < len(offered):
            last = _look(house, last, seen)
            time.sleep(LOOK)
    took = sorted((seen[cid] - offered[cid]) * 1_000 for cid in offered)
    return {
        "events_per_second": PER_SECOND,
        "events": len(took),
        "p50_ms": round(statistics.median(took)),
        "p99_ms": round(took[int(len(took) * 0.99)]),
        "max_ms": round(took[-1]),
    }


def _look(house: Any, last: int, seen: dict[int, float]) -> int:
    rows = house.Touch.objects.filter(id__gt=last).order_by("id").values_list("id", "cid")
    for id_, cid in rows:
        last = id_
        seen.setdefault(cid, time.perf_counter())
    return last


class Crew:
    """The processes of the house."""

    def __init__(self) -> None:
        self._members: list[tuple[str, subprocess.Popen[str]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _, process in self._members:
            process.kill()
            process.wait()

    def hire(self, role: str) -> None:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "journeys_house.py"), role], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", f"{role} did not start"
        self._members.append((role, process))

    def peaks(self) -> dict[str, int]:
        """Peak of resident memory of each process in MB, this one's too, which takes the events in."""
        found = {f"{role} {n}": _peak_mb(process.pid) for n, (role, process) in enumerate(self._members)}
        found["ingest"] = _peak_mb(os.getpid())
        return found | {"all": sum(found.values())}

    def idle(self, seconds: int) -> dict[str, float]:
        """Processor time while nothing is due, in percent of one core."""
        time.sleep(10)
        pids = [process.pid for _, process in self._members]
        before = sum(map(_cpu_seconds, pids))
        time.sleep(seconds)
        spent = sum(map(_cpu_seconds, pids)) - before
        return {"seconds": seconds, "cpu_percent_of_a_core": round(spent / seconds * 100, 2)}


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_tasks(url: str, people: int, processes: int) -> dict[str, Any]:
    tasks = [sys.executable, str(HERE / "journeys_tasks.py")]
    subprocess.run([*tasks, "prepare", url, str(people)], check=True)
    begun = time.perf_counter()
    subprocess.run([*tasks, "enter", url, str(people)], check=True)
    workers = [subprocess.Popen([*tasks, "work", url]) for _ in range(processes)]
    for worker in workers:
        assert worker.wait() == 0
    seconds = time.perf_counter() - begun
    with psycopg.connect(url) as db:
        row = db.execute("SELECT count(*) FROM hand.run WHERE ended = 'done'").fetchone()
    assert row == (people,), row
    return {
        "library": "procrastinate 3.10",
        "runs": people,
        "seconds": round(seconds, 1),
        "runs_per_second": round(people / seconds, 1),
    }


def say(known: object) -> None:
    print(json.dumps(known, ensure_ascii=False), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
