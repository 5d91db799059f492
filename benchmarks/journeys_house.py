"""The house of benchmarks/journeys.py: its people, its SOP, and the processes that work for it.

    python journeys_house.py own|work

own   what `potager warehouse serve` does
work  what one process of `potager worker` does for loading, timing and sending; its channel takes everything at once
"""

import os
import sys
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from potager.core import choices, clock, house, jobs, journal, store
from potager.core.bulk import insert_rows
from potager.core.journal import Fact, to_us
from potager.facts import loader, warehouse
from potager.facts.warehouse import owner
from potager.journeys import files, publish, queries
from potager.journeys.models import Run, RunStep
from potager.org.access import SYSTEM
from potager.org.models import Staff
from potager.people.models import Customer, Identity
from potager.touch import channels
from potager.touch.channels import Batch, Capabilities, News, Result
from potager.touch.models import Touch

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
# The middle of the second and of the fourth day: the waits before are over.
LATER = (datetime(2026, 11, 3, 5, 0, tzinfo=UTC), datetime(2026, 11, 5, 6, 0, tzinfo=UTC))
LANES = ("load", "tick", "touch")
AT_ONCE = 10_000
LOOKED = {"event": "product_viewed", "measure": "count", "within": "7d", "op": "gte", "value": 1}
SOP = {
    "key": "bench",
    "name": "六步 SOP",
    "triggers": [{"event": "friend_added"}],
    "steps": [
        {"id": "hello", "message": {"text": "{客户昵称|你好}，在吗？", "purpose": "service"}},
        {"id": "pause", "wait": {"for": "1d"}},
        {"id": "who", "branch": [{"if": LOOKED, "go": "rest"}]},
        {"id": "nudge", "message": {"text": "看上哪一样了？", "purpose": "service"}},
        {"id": "rest", "wait": {"for": "2d"}},
        {"id": "thanks", "message": {"text": "{客户昵称|你好}，慢慢看", "purpose": "service"}},
    ],
}


class Taking:
    """A provider that takes every message at once."""

    key = "taking"
    capabilities = Capabilities("收下", "taking", frozenset(), looks_up=True, cancels=False, needs_sender=False)

    def send(self, batches: Sequence[Batch], at: datetime) -> list[Result]:  # noqa: ARG002  (a channel's call)
        return [Result(recipient.token, "accepted") for batch in batches for recipient in batch.to]

    def lookup(self, tokens: Collection[str]) -> set[str]:
        return set(tokens)

    def cancel(self, tokens: Collection[str], at: datetime) -> set[str]:  # noqa: ARG002  (a channel's call)
        return set()

    def news(self, after: int, limit: int) -> News:  # noqa: ARG002  (a channel's call)
        return News(after)


def found(people: int) -> None:
    """An empty database becomes a house with so many customers, half of whom looked at a product, and the SOP."""
    call_command("migrate", verbosity=0)
    house.found("测试花园", zone="Asia/Shanghai", currency="CNY", world_at=NOON)
    Staff.objects.create(key="chen", name="陈雨欣")
    with store.write():
        choices.put("journeys.channel", Taking.key)
    for first in range(1, people + 1, AT_ONCE):
        _people(range(first, min(first + AT_ONCE, people + 1)))
    loader.load_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with store.write():
        files.apply(SYSTEM, SOP)
        publish.publish(SYSTEM, queries.journey_of(str(SOP["key"])))
    jobs.arm(2)


def _people(numbers: range) -> None:
    staff, stamp = Staff.objects.get(key="chen"), NOON.replace(tzinfo=None).isoformat(" ")
    known = {"created_at": NOON.isoformat(), "first_seen_at": NOON.isoformat(), "source": "", "owner": "chen"}
    with store.write(store.Lane.IMPORT):
        ids = insert_rows(
            Customer._meta.db_table,
            {
                "name": "text",
                "created_at": "timestamptz",
                "first_seen_at": "timestamptz",
                "source": "text",
                "owner_id": "bigint",
                "attrs": "jsonb",
                "person_key": "text",
                "state": "text",
                "revision": "integer",
            },
            [
                (f"客户{n}", stamp, stamp, "", staff.pk, {}, f"{n * 2654435761 % 2**64:032x}", "live", 1)
                for n in numbers
            ],
            returning=("id",),
        )
        cids = [int(str(row[0])) for row in ids]
        insert_rows(
            Identity._meta.db_table,
            {
                "type": "text",
                "realm": "text",
                "value": "text",
                "customer_id": "bigint",
                "home_cid": "bigint",
                "first_us": "bigint",
                "sealed": "text",
                "hint": "text",
                "source": "text",
                "moves": "integer",
                "crowded": "boolean",
            },
            [("external_userid", "c", str(cid), cid, cid, 0, "", "", "", 0, False) for cid in cids],
        )
        journal.append(
            [
                Fact(
                    "customer",
                    "customer_changed",
                    "b",
                    f"c{cid}",
                    NOON,
                    {**known, "state": "live", "attrs": {}},
                    cid=cid,
                )
                for cid in cids
            ]
        )
        views = [Fact("event", "product_viewed", "b", f"v{cid}", NOON, {"product": "P1"}, cid=cid) for cid in cids[::2]]
        journal.append(views)


def befriend(cids: Sequence[int]) -> None:
    """The event that starts the SOP, for each of them."""
    with store.write(store.Lane.INGEST):
        journal.append(
            [Fact("event", "friend_added", "b", f"f{cid}", clock.now(), {"staff": "chen"}, cid=cid) for cid in cids]
        )


def is_quiet() -> bool:
    """Whether nobody is due, nothing is on its way out, and the warehouse knows it all."""
    now = to_us(clock.now())
    if Run.objects.filter(due_us__lte=now).exists():
        return False
    if (
        Touch.objects.filter(state="queued").exists()
        or Touch.objects.filter(state__in=["intended", "deferred"]).exists()
    ):
        return False
    return loader.loaded_seq() >= journal.last_seq()


def state() -> dict[str, object]:
    """What came of it all."""
    return {
        "done": Run.objects.filter(end_reason="done").count(),
        "steps": RunStep.objects.count(),
        "messages": dict(Touch.objects.values_list("state").annotate(n=Count("id"))),
    }


def own() -> None:
    with owner.alone(house_dir()):
        owner.Owner(warehouse.embedded(), house_dir(), 0).start()
        print("ready", flush=True)
        threading.Event().wait()


def work() -> None:
    channels.set_channels([Taking()])
    for lane in LANES:
        jobs.Worker([lane]).start()
    print("ready", flush=True)
    threading.Event().wait()


def house_dir() -> Path:
    return Path(os.environ["POTAGER_HOME"])


if __name__ == "__main__":
    {"own": own, "work": work}[sys.argv[1]]()
