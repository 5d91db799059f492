"""A process of its own that the crash tests kill: `python -m tests.crash.drive_facts import|load HOME`.

It does its work to the end, going on where an earlier one was killed, and prints one digest of the end state.
"""

import hashlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ACT, HOME = sys.argv[1], Path(sys.argv[2])
os.environ["POTAGER_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "potager.settings"

import django  # noqa: E402  the environment comes first

django.setup()

from django.core.management import call_command  # noqa: E402

from potager.core import house, journal, store  # noqa: E402
from potager.core.journal import Fact  # noqa: E402
from potager.core.store import Lane  # noqa: E402
from potager.facts import compaction, lake, loader, warehouse  # noqa: E402
from potager.facts.imports import customers, files, persons, run  # noqa: E402
from potager.facts.imports.mapping import Kind, parse  # noqa: E402
from potager.facts.models import ImportRun  # noqa: E402
from potager.org.access import SYSTEM  # noqa: E402
from potager.people import attributes  # noqa: E402
from potager.people.models import Customer, Identity  # noqa: E402

AT = datetime(2026, 9, 20, tzinfo=UTC)
EVENTS, BATCH = 900, 60


def prepare() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    with store.write():
        if not house.is_founded():
            house.found("撞", zone="Asia/Shanghai", currency="CNY", world_at=datetime(2026, 11, 1, 4, tzinfo=UTC))
            attributes.define(SYSTEM, "city", name_zh="城市", kind="text")


def bring(name: str, kind: Kind, mapping: dict[str, object]) -> ImportRun:
    done = ImportRun.objects.filter(file_name=name, state=ImportRun.State.FINISHED).first()
    if done is not None:
        return done
    content = files.keep(HOME / name)
    with store.write(Lane.WEB):
        begun = run.begin(SYSTEM, run.stage(SYSTEM, file_name=name, content=content), kind, parse(mapping))
    return run.work(begun.id)


def import_files() -> dict[str, object]:
    # Small steps, so that a kill finds many places to hit.
    run.CHUNK, persons.BATCH, customers.BATCH = 150, 20, 20
    who = {"identities": [{"type": "member_no", "realm": "s", "column": "who"}, {"type": "phone", "column": "phone"}]}
    people = bring("people.csv", Kind.CUSTOMERS, {**who, "fields": {"name": "name"}, "attributes": {"city": "city"}})
    lines = bring(
        "lines.csv",
        Kind.ORDER_ITEMS,
        {
            **who,
            "fields": {"order_no": "no", "ts": "at", "product": "sku", "amount": "paid"},
            "derive_orders": True,
        },
    )
    loader.load_all()
    counts = [(each.read, each.loaded, each.duplicate, each.rejected, each.brought) for each in (people, lines)]
    rejected = [files.rejects_file(each.content, each.id).read_text("utf-8-sig") for each in (people, lines)]
    return {
        "counts": counts,
        "rejected": rejected,
        "customers": list(Customer.objects.order_by("id").values_list("id", "name", "attrs", "state")),
        "identities": list(Identity.objects.order_by("id").values_list("type", "value", "customer_id")),
        "orders": table("SELECT order_no, amount, cid, iid, ts, items FROM orders ORDER BY ALL"),
        "items": table("SELECT line, product, amount, cid FROM order_item ORDER BY ALL"),
        "refunds": table("SELECT amount, cid, ts FROM refund ORDER BY ALL"),
        "customer": table("SELECT cid, a_city FROM customer ORDER BY ALL"),
        "loads": table("SELECT target, offered, loaded FROM bulk_load ORDER BY ALL"),
    }


def load_events() -> dict[str, object]:
    for start in range(0, EVENTS, BATCH):
        facts = [event(number) for number in range(start, start + BATCH)]
        with store.write(Lane.INGEST):
            journal.append(facts)
        loader.load(limit=40)
        if start % 300 == 0:
            lake.save(loader.loaded_seq())
            compaction.compact()
    loader.load_all()
    lake.save(loader.loaded_seq())
    compaction.compact()
    return {
        "watermark": loader.loaded_seq(),
        "events": table("SELECT seq, k1, k2, cid, ts, day, amount, p_product, props FROM event ORDER BY ALL"),
        "orders": table("SELECT seq, order_no, version, amount, cost, items FROM orders ORDER BY ALL"),
        "hot": table("SELECT count(*) FROM event_hot"),
        "lake": [row for batch in lake.batches() for row in batch.table().sort_by("seq").to_pylist()],
    }


def event(number: int) -> Fact:
    at = AT + timedelta(hours=number)
    if number % 5 == 0:
        body = {
            "shop": "s",
            "order_no": str(number % 50),
            "version": number,
            "amount": number,
            "items": [{"cost": number}],
        }
        return Fact("order", "order_paid", "crash", f"o{number}", at, body, cid=number % 7)
    return Fact(
        "event", "product_viewed", "crash", f"e{number}", at, {"product": str(number), "amount": 1}, cid=number % 7
    )


def table(sql: str) -> list[dict[str, object]]:
    return warehouse.get().query(sql).to_pylist()


prepare()
print("ready", flush=True)
state = {"import": import_files, "load": load_events}[ACT]()
warehouse.close()
digests = {
    name: hashlib.sha256(json.dumps(part, default=str, sort_keys=True).encode()).hexdigest()[:16]
    for name, part in state.items()
}
print(json.dumps({**digests, "counts": state.get("counts"), "watermark": state.get("watermark")}), flush=True)
