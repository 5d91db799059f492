"""What a message costs from intent to receipt, through policy, outbox and the simulated platform in its own process.

    PYTHONPATH=src python -m benchmarks.touch [messages per round]

A house of its own in a temporary directory, on SQLite, or on the PostgreSQL database named by POTAGER_DATABASE
(which must be empty). Prints one JSON object: the median of seven rounds, wall and this process's CPU.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

ROUNDS = 7


def main(messages: int) -> None:
    os.environ["POTAGER_HOME"] = tempfile.mkdtemp(prefix="potager-bench-")
    os.environ.setdefault("POTAGER_KEY", "11" * 32)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from potager.assembly import assemble
    from potager.touch.pump import pump
    from potager.touch.simulator import launcher

    call_command("migrate", verbosity=0)
    assemble()
    cids = found(messages * ROUNDS)
    with launcher.running():
        intending, pumping = [], []
        for n in range(ROUNDS):
            batch = cids[n * messages : (n + 1) * messages]
            intending.append(cost(lambda batch=batch: intend_all(batch)))
            pumping.append(cost(pump))
    print(
        json.dumps(
            {
                "messages": messages,
                "intend": median(intending),
                "send_and_receipts": median(pumping),
                "together_ms": round(sum(statistics.median(wall for wall, _ in each) for each in (intending, pumping))),
            },
            indent=1,
        )
    )


def cost(act: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - wall) * 1_000, (time.process_time() - cpu) * 1_000


def median(costs: list[tuple[float, float]]) -> dict[str, int]:
    return {
        "wall_ms": round(statistics.median(wall for wall, _ in costs)),
        "cpu_ms": round(statistics.median(cpu for _, cpu in costs)),
    }


def found(people: int) -> list[int]:
    from potager.core import clock, house, store
    from potager.org.models import Staff
    from potager.people.models import Customer, Identity

    noon = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    house.found("测试花园", zone="Asia/Shanghai", currency="CNY", world_at=noon)
    with store.write():
        staff = Staff.objects.create(key="chen", name="陈雨欣")
        now = clock.now()
        Customer.objects.bulk_create(
            Customer(name=f"客户{n}", created_at=now, first_seen_at=now, person_key=f"p{n}", owner=staff)
            for n in range(people)
        )
        cids = list(Customer.objects.order_by("id").values_list("id", flat=True))
        Identity.objects.bulk_create(
            Identity(type="user_id", realm="app", value=str(cid), customer_id=cid, home_cid=cid, first_us=0)
            for cid in cids
        )
    return cids


def intend_all(cids: list[int]) -> None:
    from potager.core import store
    from potager.touch.intents import Intent, intend

    with store.write():
        intend([Intent(cid, "sim_message", "你好，{客户昵称|朋友}", run_id=cid, step="a", journey="j") for cid in cids])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
