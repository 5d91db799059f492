"""A worker process that refreshes day after day and may be killed: insight_worker found|work [SEED]

found        a house in a world, a month of hand-made orders and events, and definitions of every kind
work [SEED]  refresh each day left and forward its changes in small batches; with a seed, die at a random moment.
             Who lives to the end prints the end state as JSON
"""

import json
import os
import random
import signal
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import django

CUSTOMERS, DAYS = 120, 14
FIRST = date(2026, 10, 1)
END = datetime(2026, 10, 31, 12, tzinfo=UTC)


def found() -> None:
    from django.core.management import call_command

    from potager.core import house, store
    from potager.facts import warehouse
    from potager.insight.models import Audience, LayerModel, TagDefinition

    call_command("migrate", interactive=False, verbosity=0)
    house.found("花园", zone="Asia/Shanghai", currency="CNY", world_at=END)
    with store.write():
        TagDefinition.objects.create(
            key="buyer", name_zh="买家", source="rule", rule={"event": "order_paid", "within": "7d"}
        )
        TagDefinition.objects.create(
            key="spent", name_zh="金额", source="metric", rule={"event": "order_paid", "measure": {"sum": "amount"}}
        )
        LayerModel.objects.create(key="rfm", name_zh="RFM", kind="rfm", settings={"days": 14})
        Audience.objects.create(
            key="best", name_zh="好客", condition={"layer": "rfm", "in": ["champion", "develop"]}, created_at=END
        )
        Audience.objects.create(
            key="fans", name_zh="浏览", condition={"event": "page_viewed", "within": "3d"}, created_at=END
        )
    draw = random.Random(7)
    with warehouse.get().write() as writer:
        writer.execute("INSERT INTO event_type VALUES (1, 'page_viewed')")
        for cid in range(1, CUSTOMERS + 1):
            writer.execute("INSERT INTO customer (cid, seq, live) VALUES (?, ?, true)", [cid, cid])
            for n in range(draw.randrange(4)):
                day = FIRST + timedelta(days=draw.randrange(30))
                at = datetime(day.year, day.month, day.day, 4)
                row = [cid, n, cid, at, day, "paid", draw.randrange(100, 90_000)]
                writer.execute("INSERT INTO orders (k1, k2, cid, ts, day, status, amount) VALUES (?,?,?,?,?,?,?)", row)
                writer.execute(
                    "INSERT INTO event_hot (k1, k2, cid, ts, day, type) VALUES (?, ?, ?, ?, ?, 1)",
                    [cid, n, cid, at, day],
                )
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [CUSTOMERS])
    warehouse.close()


def work(seed: int | None) -> None:
    from potager.facts import warehouse
    from potager.insight import forwarder, queries, refresh, sets

    sets.warm()
    if seed is not None:
        delay = random.Random(seed).uniform(0.0, 1.2)
        threading.Timer(delay, os.kill, [os.getpid(), signal.SIGKILL]).start()
    stands = queries.stands()
    done = max((stand.as_of.astimezone(UTC).date() for stand in stands.values()), default=FIRST)
    for n in range((FIRST + timedelta(days=DAYS) - done).days + 1):
        while forwarder.forward(40):
            pass
        refresh.run((done + timedelta(days=n)).isoformat())
    while forwarder.forward(40):
        pass
    if seed is not None:
        # Done before death came: wait for it, so that every run of a seed is a killed one.
        threading.Event().wait(10)
    print(json.dumps(end_state(), default=str))
    warehouse.close()


def end_state() -> dict[str, object]:
    from potager.facts import warehouse
    from tests import journalled

    def rows(sql: str) -> list[list[object]]:
        return [list(row.values()) for row in warehouse.get().query(sql).to_pylist()]

    told = [
        [entry.fact.type, entry.fact.cid, str(entry.fact.at), dict(entry.fact.body)]
        for entry in journalled.entries(0, 1_000_000)
    ]
    return {
        "changes": rows('SELECT seq, kind, name, cid, from_value, to_value, cause, "at" FROM change_log ORDER BY seq'),
        "layers": rows("SELECT cid, layer, from_day, to_day FROM layer_history ORDER BY cid, from_day"),
        "now": rows("SELECT cid, layer, since FROM layer_now ORDER BY cid"),
        "audiences": rows(
            "SELECT audience, version, as_of, n, hex(bitmap) FROM audience_version ORDER BY audience, version"
        ),
        "tags": rows("SELECT * FROM tag_wide_0_0 ORDER BY cid"),
        "tables": rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%wide%' ORDER BY 1"),
        "told": told,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    django.setup()
    if sys.argv[1] == "found":
        found()
    else:
        work(int(sys.argv[2]) if len(sys.argv) > 2 else None)
