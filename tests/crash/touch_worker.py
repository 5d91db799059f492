"""A worker process that sends touches and may be killed: python -m tests.crash.touch_worker found N|work [SEED]

found N      a house in a world, N people, and messages to all of them through three channels
work [SEED]  pump in small steps; with a seed, die once: before a channel's call, after it, or at a random moment.
             Who lives to the end prints the end state as JSON
"""

import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

import django

STEP = 3


class Deadly:
    """A channel that works, around which the process dies at its n-th call."""

    def __init__(self, channel, when: str, calls: int) -> None:
        self._channel = channel
        self._when = when
        self._left = calls
        self.key = channel.key
        self.capabilities = channel.capabilities

    def send(self, batches: Sequence[object], at: datetime):
        return self._around(lambda: self._channel.send(batches, at))

    def lookup(self, tokens: Collection[str]):
        return self._around(lambda: self._channel.lookup(tokens))

    def cancel(self, tokens: Collection[str], at: datetime):
        return self._around(lambda: self._channel.cancel(tokens, at))

    def news(self, after: int, limit: int):
        return self._channel.news(after, limit)

    def _around(self, call: Callable[[], object]):
        self._left -= 1
        if self._left == 0 and self._when == "before":
            die()
        answer = call()
        if self._left == 0 and self._when == "after":
            die()
        return answer


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def found(people: int) -> None:
    from django.core.management import call_command

    from potager.core import clock, house, store
    from potager.org.models import Staff
    from potager.people.models import Customer, Identity
    from potager.touch.drafts import Intent
    from potager.touch.intents import intend

    call_command("migrate", verbosity=0)
    house.found("断电花园", zone="Asia/Shanghai", currency="CNY", world_at=datetime(2026, 11, 1, 4, tzinfo=UTC))
    with store.write():
        staff = Staff.objects.create(key="lin", name="林晓")
        wanted = []
        for n in range(people):
            now = clock.now()
            customer = Customer.objects.create(
                name=f"客户{n}", created_at=now, first_seen_at=now, person_key=f"person-{n}", owner=staff
            )
            Identity.objects.create(
                type="user_id", realm="app", value=str(n), customer=customer, home_cid=customer.id, first_us=0
            )
            for channel in ("sim_message", "sim_sms", "handout"):
                text = f"{{客户昵称}}，这是{channel}"
                wanted.append(Intent(customer.id, channel, text, run_id=n, step=channel, purpose="service"))
        intend(wanted)


def work(seed: int | None) -> None:
    from potager.assembly import CHANNELS
    from potager.touch import channels, claims, outbox, pump

    # A dead worker's lease must end within the test.
    claims.LEASE = claims.REST = timedelta(milliseconds=150)
    if seed is not None:
        chance = random.Random(seed)
        when = ("before", "after", "anywhere")[seed % 3]
        victim = chance.choice(CHANNELS).key
        calls = chance.randint(1, 3)
        channels.set_channels([Deadly(c, when, calls if c.key == victim else 0) for c in CHANNELS])
        if when == "anywhere":
            threading.Timer(chance.uniform(0.005, 0.1), die).start()
    while open_touches():
        outbox.send_due(limit=STEP)
        pump.tell()
        outbox.withdraw()
    tell()


def open_touches() -> bool:
    from django.db.models import Q

    from potager.touch.models import Touch

    waiting = Q(state="queued") | Q(state__in=["handed_over", "staff_confirmed"], channel__startswith="sim_")
    return Touch.objects.filter(waiting).exists()


def tell() -> None:
    from potager.core.models import JournalEntry
    from potager.touch.channels.simulator import Simulator
    from potager.touch.models import CapReservation, StaffTask, Touch

    touches = [
        [
            touch.run_id,
            touch.step,
            touch.state,
            touch.text,
            touch.cost_minor,
            sorted(m.state for m in touch.marks.all()),
        ]
        for touch in Touch.objects.order_by("run_id", "step").prefetch_related("marks")
    ]
    facts = sorted([entry.type, entry.cid, entry.body["step"]] for entry in JournalEntry.objects.filter(source="touch"))
    log = Counter(
        f"{row['person']} {row['text']}" for row in Simulator().call("/log", {"after": 0, "limit": 10_000})["items"]
    )
    tasks = Counter(f"{task.run_id} {task.text}" for task in StaffTask.objects.all())
    json.dump(
        {
            "touches": touches,
            "facts": facts,
            "log": dict(sorted(log.items())),
            "tasks": dict(sorted(tasks.items())),
            "places": CapReservation.objects.count(),
        },
        sys.stdout,
    )


def main() -> None:
    django.setup()
    from potager import assembly

    assembly.assemble()
    command, *rest = sys.argv[1:]
    if command == "found":
        found(int(rest[0]))
    else:
        work(int(rest[0]) if rest else None)


if __name__ == "__main__":
    main()
