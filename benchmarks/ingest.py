"""Ingestion over HTTP on SQLite: batches of 1,000, identities resolved, 20 live triggers; beside it the bare insert.

    python benchmarks/ingest.py [--customers 200000] [--batches 60] [--json]

Both are served by the product's own server in a process of its own and called by four clients. Printed are events per
second of CPU of that process (user + system, every thread), and per second of the wall.

bare     decode 1,000 events of about 200 bytes, insert them as one JSON statement into a table with a unique key and
         a composite index: the floor any ingestion on this stack pays
ingest   POST /v1/batch: the same events; 98 % of the people known among --customers, 5 % orders, 20 journeys live,
         each testing a property of an event that is 60 % of the traffic
"""

import argparse
import base64
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

BATCH = 1_000
CLIENTS = 4
TRIGGERS = 20
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    home = Path(tempfile.mkdtemp(prefix="potager-bench-"))
    try:
        report = run(home, options.customers, options.batches)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if options.json:
        print(json.dumps(report))
        return
    for name in ("bare", "ingest"):
        row = report[name]
        print(f"{name:8}{row['per_core_second']:>10,.0f} events/core-s {row['per_second']:>10,.0f} events/s")
    print(f"ratio   {report['ratio']:>10.2f}")


def run(home: Path, customers: int, batches: int) -> dict:
    environment = os.environ | {
        "POTAGER_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "potager.settings",
        "BENCH_CUSTOMERS": str(customers),
    }
    environment.pop("POTAGER_DATABASE", None)
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    try:
        port, secret = server.stdout.readline().split()
        report = {}
        for name in ("bare", "ingest"):
            bodies = [body(customers, seed) for seed in range(batches + CLIENTS)]
            post(int(port), secret, name, bodies[:CLIENTS], server.pid)
            report[name] = post(int(port), secret, name, bodies[CLIENTS:], server.pid)
    finally:
        server.terminate()
        server.wait(30)
    report["ratio"] = report["ingest"]["per_core_second"] / report["bare"]["per_core_second"]
    return report


def body(customers: int, seed: int) -> bytes:
    """A batch of 1,000 events in the Segment spec."""
    rng = random.Random(seed)
    at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=seed * BATCH)
    items = []
    for number in range(BATCH):
        who = rng.randrange(customers) if rng.random() < 0.98 else customers + rng.randrange(10**9)
        name, properties = "Product Viewed", {"product": f"p{rng.randrange(2000)}", "price": rng.randrange(9900)}
        kind = rng.random()
        if kind < 0.05:
            name = "Order Completed"
            properties = {"order_id": secrets.token_hex(6), "total": rng.randrange(9900), "channel": "mini"}
        elif kind < 0.4:
            name, properties = "Button Clicked", {"button": f"b{rng.randrange(50)}"}
        items.append(
            {
                "type": "track",
                "messageId": secrets.token_hex(12),
                "userId": f"u{who}",
                "event": name,
                "timestamp": (at + timedelta(seconds=number)).isoformat(),
                "properties": properties,
            }
        )
    return json.dumps({"batch": items, "sentAt": datetime.now(UTC).isoformat()}).encode()


def post(port: int, secret: str, name: str, bodies: list[bytes], pid: int) -> dict:
    import httpx

    basic = base64.b64encode(f"{secret}:".encode()).decode()
    url = f"http://127.0.0.1:{port}/{'bare' if name == 'bare' else 'v1/batch'}"
    local = threading.local()

    def send(data: bytes) -> None:
        if not hasattr(local, "client"):
            local.client = httpx.Client(timeout=60, headers={"Authorization": f"Basic {basic}"})
        answer = local.client.post(url, content=data, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["accepted"] == BATCH, answer.text

    with ThreadPoolExecutor(CLIENTS) as pool:
        before, begun = cpu(pid), time.perf_counter()
        list(pool.map(send, bodies))
        spent, wall = cpu(pid) - before, time.perf_counter() - begun
    events = len(bodies) * BATCH
    return {"events": events, "per_core_second": events / spent, "per_second": events / wall}


def cpu(pid: int) -> float:
    """Seconds of CPU this process has used, user and system, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def serve() -> None:
    """The measured process: a house with customers and live triggers, behind the product's server."""
    import django

    django.setup()
    from django.core.management import call_command

    from potager.core import house
    from potager.web import wsgi
    from potager.web.server import Server

    call_command("migrate", verbosity=0)
    house.found("bench", zone="Asia/Shanghai", currency="CNY")
    secret = furnish(int(os.environ["BENCH_CUSTOMERS"]))
    wsgi.application = with_bare_insert(wsgi.application)
    # No worker threads: what is measured is the request, not the loader that follows it.
    server = Server(0, lanes=())
    server.prepare()
    print(server.port, secret, flush=True)
    server.run()


def furnish(customers: int) -> str:
    from potager.core import store
    from potager.facts import write_keys
    from potager.journeys import files, publish, queries
    from potager.org.access import SYSTEM
    from potager.people.identify import IdentityRef, resolve

    with store.write():
        secret = write_keys.issue(SYSTEM, "shop", name="shop").secret
    for start in range(0, customers, BATCH):
        with store.write(store.Lane.IMPORT):
            known = [[IdentityRef("user_id", "shop", f"u{i}")] for i in range(start, start + BATCH)]
            resolve(known, at=[datetime(2026, 1, 1, tzinfo=UTC)] * BATCH)
    for number in range(TRIGGERS):
        where = [{"prop": "product", "value": f"p{number}"}]
        written = {
            "key": f"bench-{number}",
            "name": f"bench {number}",
            "triggers": [{"event": "product_viewed", "where": where}],
            "steps": [{"id": "hello", "message": {"text": "您好", "purpose": "service"}}],
        }
        with store.write():
            files.apply(SYSTEM, written)
            publish.publish(SYSTEM, queries.journey_of(written["key"]), "finish")
    return secret


def with_bare_insert(application):
    """POST /bare: what anchors the figure."""
    import msgspec
    from django.db import connection, transaction
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    from potager.web import urls

    with connection.cursor() as cursor:
        columns = "id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, user_id TEXT, type TEXT, at TEXT, body TEXT"
        cursor.execute(f"CREATE TABLE bare ({columns})")
        cursor.execute("CREATE INDEX bare_user ON bare (user_id, at)")

    class Event(msgspec.Struct, rename="camel"):
        message_id: str
        user_id: str
        event: str
        timestamp: str
        properties: dict

    class Batch(msgspec.Struct):
        batch: list[Event]

    decoder = msgspec.json.Decoder(Batch)

    @csrf_exempt
    def bare(request):
        batch = decoder.decode(request.body).batch
        rows = msgspec.json.encode([(e.message_id, e.user_id, e.event, e.timestamp, e.properties) for e in batch])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO bare (message_id, user_id, type, at, body)
                SELECT value->>0, value->>1, value->>2, value->>3, value->4 FROM json_each(%s) WHERE true
                ON CONFLICT DO NOTHING""",
                [rows.decode()],
            )
        return HttpResponse(msgspec.json.encode({"accepted": len(batch)}))

    urls.urlpatterns.insert(0, path("bare", bare))
    return application


if __name__ == "__main__":
    main()
