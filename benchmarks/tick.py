"""How many runs a second journeys move, and what listening costs the journal.

    PYTHONPATH=src python -m benchmarks.tick [people]

A house of its own in a temporary directory, on SQLite, or on the PostgreSQL database named by POTAGER_DATABASE
(which must be empty). Prints one JSON object.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {}


def main(people: int) -> None:
    os.environ["POTAGER_HOME"] = tempfile.mkdtemp(prefix="potager-bench-")
    os.environ.setdefault("POTAGER_KEY", "11" * 32)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from potager.insight import sets

    call_command("migrate", verbosity=0)
    found(people)
    sets.warm()
    listening()
    walking(people)
    print(json.dumps(FACTS, indent=1))


@contextmanager
def timed(name: str, count: int) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    FACTS[name] = {"count": count, "seconds": round(wall, 3), "per_second": round(count / wall)}
    FACTS[name]["cpu_ms_per_1000"] = round(cpu / count * 1_000_000, 1)


def found(people: int) -> None:
    from potager.core import choices, house, store
    from potager.core.journal import Fact, append
    from potager.facts import loader
    from potager.org.models import Staff
    from potager.people.models import Customer, Identity

    house.found("测试花园", zone="Asia/Shanghai", currency="CNY", world_at=NOON)
    staff = Staff.objects.create(key="chen", name="陈雨欣")
    with store.write():
        choices.put("journeys.channel", "handout")
        customers = [
            Customer(name=f"客户{n}", created_at=NOON, first_seen_at=NOON, person_key=f"{n:032x}", owner=staff)
            for n in range(people)
        ]
        Customer.objects.bulk_create(customers, batch_size=500)
        Identity.objects.bulk_create(
            [
                Identity(type="external_userid", realm="c", value=str(c.pk), customer=c, home_cid=c.pk, first_us=0)
                for c in customers
            ],
            batch_size=500,
        )
    body = {"created_at": NOON.isoformat(), "first_seen_at": NOON.isoformat(), "source": "", "owner": "chen"}
    for at in range(0, people, 2_000):
        with store.write():
            append(
                [
                    Fact(
                        "customer",
                        "customer_changed",
                        "b",
                        f"c{c.pk}",
                        NOON,
                        {**body, "state": "live", "attrs": {}},
                        cid=c.pk,
                    )
                    for c in customers[at : at + 2_000]
                ]
            )
    loader.load_all()


def publish(key: str, **changes: Any) -> None:
    from potager.core import store
    from potager.journeys import files, publish, queries
    from potager.org.access import SYSTEM

    steps = [{"id": "hello", "message": {"text": "{客户昵称|你好}，在吗？", "purpose": "service"}}]
    written = {"key": key, "name": key, "triggers": [{"event": "friend_added"}], "steps": steps, **changes}
    with store.write():
        files.apply(SYSTEM, written)
        publish.publish(SYSTEM, queries.journey_of(key))


def listening() -> None:
    """1,000 events a batch, none of which starts anything, with 0 and with 20 live triggers that look at each."""
    views("journal_alone")
    for n in range(20):
        where = [{"prop": "product", "op": "eq", "value": f"nothing-{n}"}]
        publish(
            f"listener-{n:02}", triggers=[{"event": "product_viewed", "where": where}], exits=[{"event": "friend_lost"}]
        )
    views("journal_with_20_triggers")


def views(name: str) -> None:
    from potager.core import journal, store
    from potager.core.journal import Fact
    from potager.people.models import Customer

    cids = list(Customer.objects.values_list("id", flat=True)[:1_000])
    batches = 20
    with timed(name, batches * len(cids)):
        for batch in range(batches):
            facts = [
                Fact("event", "product_viewed", name, f"{batch}:{cid}", NOON, {"product": f"P{cid % 30}"}, cid=cid)
                for cid in cids
            ]
            with store.write(store.Lane.INGEST):
                journal.append(facts)


def walking(people: int) -> None:
    """Everybody through a message, a wait, a branch that asks the warehouse, and a second message."""
    from potager.core import clock, journal, store
    from potager.core.journal import Fact
    from potager.facts import loader
    from potager.journeys import tick
    from potager.people.models import Customer

    bought = {"event": "product_viewed", "measure": "count", "within": "7d", "op": "gte", "value": 1}
    publish(
        "walk",
        control=30,
        steps=[
            {"id": "hello", "message": {"text": "{客户昵称|你好}，在吗？", "purpose": "service"}},
            {"id": "pause", "wait": {"for": "1d"}},
            {"id": "who", "branch": [{"if": bought, "go": "viewed"}]},
            {"id": "quiet", "message": {"text": "慢慢看", "purpose": "service"}, "next": "end"},
            {"id": "viewed", "message": {"text": "看上哪一样了？", "purpose": "service"}},
        ],
    )
    cids = list(Customer.objects.order_by("id").values_list("id", flat=True))
    with timed("entering", people):
        for at in range(0, people, 1_000):
            with store.write(store.Lane.INGEST):
                journal.append(
                    [
                        Fact("event", "friend_added", "walk", f"f{c}", NOON, {"staff": "chen"}, cid=c)
                        for c in cids[at : at + 1_000]
                    ]
                )
    loader.load_all()
    with timed("first_message_and_wait", people):
        moved = tick.tick(limit=people * 2)
    assert moved == people, moved
    with timed("nothing_due", 100):
        for _ in range(100):
            tick.tick()
    clock.set_world(NOON + timedelta(days=1))
    loader.load_all()
    with timed("wait_branch_and_message", people):
        tick.tick(limit=people * 3)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
