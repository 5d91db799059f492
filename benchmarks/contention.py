"""Import, ticks, ingestion and clicks at once on one SQLite file: lock errors, and how long a click waits.

    PYTHONPATH=src python -m benchmarks.contention [seconds]

A house of its own in a temporary directory, served by the real command; a second process imports files, threads here
send event batches and edit customers over HTTP. Prints one JSON object.
"""

import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "potager-bench"
PEOPLE = 300
JOURNEY = """
kind: journey
key: bench
name: 压测
triggers: [{event: page_viewed}]
control: 30
steps:
- {id: ask, message: {text: 你好, channel: handout, purpose: service}}
- {id: note, tag: {add: seen}}
- {id: pause, wait: {for: 1m}}
- {id: again, tag: {remove: seen}}
"""
MAPPING = """
source: bench
timezone: UTC
fields: {order_no: order, line: line, ts: at, product: product, qty: qty, amount: amount}
identities: [{type: user_id, realm: bench, column: customer}]
derive_orders: true
"""


def measure(seconds: float) -> dict[str, Any]:
    """Run everything for so many seconds on an empty house of its own."""
    with tempfile.TemporaryDirectory(prefix="potager-contention-") as folder:
        home = Path(folder)
        environment = {**os.environ, "POTAGER_HOME": str(home), "POTAGER_DATABASE": "", "PYTHONPATH": "src"}
        secret = subprocess.run(
            [sys.executable, "-m", "benchmarks.contention", "--found"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        log = (home / "server.log").open("w+")
        server = subprocess.Popen(
            [sys.executable, "-m", "potager.cli.main", "serve", "--port", "0"], env=environment, stderr=log
        )
        try:
            found = _press(f"http://127.0.0.1:{_port(home / 'server.log')}", secret, home, environment, seconds)
        finally:
            server.terminate()
            server.wait(60)
            log.close()
        said = (home / "server.log").read_text()
        found["lock_errors"] += len(re.findall(r"database (?:table )?is locked", said))
        found["server_tracebacks"] = said.count("Traceback")
        return found


class _Pressure:
    """What presses on a served house at once, and what is counted of it."""

    def __init__(self, url: str, home: Path, environment: dict[str, str], seconds: float) -> None:
        self._url, self._home, self._environment = url, home, environment
        self._ends = time.monotonic() + seconds
        self.clicks: list[float] = []
        self.counts = {"events": 0, "import_rows": 0, "imports": 0, "lock_errors": 0, "refused": 0}

    def _goes_on(self) -> bool:
        return time.monotonic() < self._ends

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code >= 300:
            self.counts["refused"] += 1
            self.counts["lock_errors"] += "locked" in answer.text

    def ingest(self, secret: str) -> None:
        rng = random.Random(1)
        with httpx.Client(auth=(secret, ""), timeout=60, trust_env=False) as client:
            while self._goes_on():
                batch = [_event(rng, self.counts["events"] + n) for n in range(200)]
                self._check(client.post(f"{self._url}/v1/batch", json={"batch": batch}))
                self.counts["events"] += len(batch)
                time.sleep(0.05)

    def click(self) -> None:
        with httpx.Client(timeout=60, trust_env=False) as client:
            token = {"X-CSRFToken": client.get(f"{self._url}/api/house").cookies["csrftoken"]}
            sign_in = {"login": "owner", "password": PASSWORD}
            self._check(client.post(f"{self._url}/api/session", json=sign_in, headers=token))
            token = {"X-CSRFToken": client.cookies["csrftoken"]}
            customer = {"name": "林", "identities": [{"type": "member_no", "realm": "", "value": "1"}]}
            made = client.post(f"{self._url}/api/people/customers", json=customer, headers=token)
            self._check(made)
            page = f"{self._url}/api/people/customers/{made.json()['cid']}"
            while self._goes_on():
                begun = time.perf_counter()
                self._check(client.patch(page, json={"name": f"林{len(self.clicks)}"}, headers=token))
                self.clicks.append(time.perf_counter() - begun)
                time.sleep(0.02)

    def bring_in(self) -> None:
        mapping, lines = self._home / "mapping.yaml", self._home / "lines.csv"
        mapping.write_text(MAPPING)
        command = [sys.executable, "-m", "potager.cli.main", "import", str(lines)]
        command += ["--as", "order_items", "--mapping", str(mapping), "--json"]
        while self._goes_on():
            rows = _write_file(lines, self.counts["imports"])
            done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                self.counts["lock_errors"] += done.stderr.count("locked")
                self.counts["refused"] += 1
                print(done.stderr[-2000:], file=sys.stderr)
                return
            self.counts["imports"] += 1
            self.counts["import_rows"] += rows


def _press(url: str, secret: str, home: Path, environment: dict[str, str], seconds: float) -> dict[str, Any]:
    pressure = _Pressure(url, home, environment, seconds)
    _together(lambda: pressure.ingest(secret), pressure.click, pressure.bring_in)
    clicks = sorted(pressure.clicks)
    return {
        "seconds": seconds,
        **pressure.counts,
        "clicks": len(clicks),
        "click_p50_ms": round(clicks[len(clicks) // 2] * 1000, 1),
        "click_p99_ms": round(clicks[int(len(clicks) * 0.99)] * 1000, 1),
        "click_max_ms": round(clicks[-1] * 1000, 1),
    }


def _together(*work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _event(rng: random.Random, n: int) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "page_viewed",
        "userId": f"u{rng.randrange(PEOPLE)}",
        "messageId": f"m{n}",
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": {"page": "home"},
    }


def _write_file(path: Path, n: int) -> int:
    rng = random.Random(n)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["order", "line", "at", "product", "qty", "amount", "customer"])
        for i in range(20_000):
            at = begin + timedelta(minutes=rng.randrange(400_000))
            order = i // 3
            rows.writerow([f"{n}-{order}", i, f"{at:%Y-%m-%d %H:%M:%S}", f"p{i % 50}", 1, "12.50", f"u{order % 4000}"])
    return 20_000


def _port(log: Path) -> int:
    for _ in range(600):
        if match := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(match.group(1))
        time.sleep(0.1)
    raise RuntimeError(log.read_text())


def _found() -> None:
    """In the house's own environment: tables, owner, the journey live, a write key; prints the key's secret."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    Path(os.environ["POTAGER_HOME"]).mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from potager.core import house, store
    from potager.facts import write_keys
    from potager.insight import files as insight_files
    from potager.journeys import files, publish
    from potager.journeys.models import Journey
    from potager.org import accounts
    from potager.org.access import SYSTEM
    from potager.org.models import Role

    with store.write():
        house.found("压测", zone="Asia/Shanghai", currency="CNY")
        accounts.create(SYSTEM, login="owner", password=PASSWORD, role=Role.OWNER)
        insight_files.apply(SYSTEM, {"kind": "tag", "key": "seen", "name_zh": "看过", "source": "manual"})
        files.apply(SYSTEM, files.load(JOURNEY))
        publish.publish(SYSTEM, Journey.objects.get(key="bench"))
        secret = write_keys.issue(SYSTEM, "bench", name="bench").secret
    print(secret)


if __name__ == "__main__":
    if "--found" in sys.argv:
        _found()
    else:
        print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0), indent=1))
