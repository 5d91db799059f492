"""A worker process that moves journeys and may be killed: python -m tests.crash.tick_worker found N|pair|work [SEED]

found N      a house in a world, a journey with every kind of step, and N people who have just entered it
pair         work with two workers at once
work [SEED]  let time pass until everybody is through; with a seed, die once: before or after a write phase, in the
             middle of one, between lease and decision, or at a random moment. Who lives to the end prints the end state
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import django

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
VIEWED = {"event": "product_viewed", "measure": "count", "op": "gte", "value": 1}
JOURNEY = {
    "key": "walk",
    "name": "走一圈",
    "triggers": [{"event": "friend_added"}],
    "control": 30,
    "goal": {"event": "order_paid"},
    "steps": [
        {"id": "hello", "message": {"text": "{客户昵称|你好}", "purpose": "service"}},
        {"id": "pause", "wait": {"for": "1d"}},
        {"id": "copy", "split": [{"key": "a", "share": 50, "go": "mark"}, {"key": "b", "share": 50, "go": "ask"}]},
        {"id": "mark", "tag": {"add": "walked"}},
        {"id": "marked", "branch": [{"if": {"tag": "walked"}, "go": "viewed"}], "next": "ask"},
        {"id": "viewed", "branch": [{"if": VIEWED, "go": "yes"}], "next": "no"},
        {"id": "ask", "task": {"title": "问一声", "within": "1d", "wait": True}, "next": "no"},
        {"id": "yes", "message": {"text": "看上哪样了", "purpose": "service"}, "next": "end"},
        {"id": "no", "message": {"text": "慢慢看", "purpose": "service"}},
    ],
}


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def found(people: int) -> None:
    from django.core.management import call_command

    from potager.core import choices, house, journal, store
    from potager.core.journal import Fact
    from potager.insight.models import TagDefinition
    from potager.journeys import files, publish, queries
    from potager.org.access import SYSTEM
    from potager.org.models import Staff
    from potager.people import identify
    from potager.people.models import Customer

    call_command("migrate", verbosity=0)
    house.found("断电花园", zone="Asia/Shanghai", currency="CNY", world_at=NOON)
    staff = Staff.objects.create(key="lin", name="林晓")
    TagDefinition.objects.create(key="walked", name_zh="走过", source="manual")
    with store.write():
        choices.put("journeys.channel", "handout")
        files.apply(SYSTEM, JOURNEY)
        publish.publish(SYSTEM, queries.journey_of("walk"))
    with store.write():
        found = identify.resolve([[identify.IdentityRef("external_userid", "corp", f"wm{n}")] for n in range(people)])
        Customer.objects.update(owner=staff)
        cids = [each.cid for each in found]
        journal.append(
            [Fact("event", "product_viewed", "t", f"v{cid}", NOON, {"product": "P"}, cid=cid) for cid in cids[::2]]
            + [Fact("event", "friend_added", "t", f"f{cid}", NOON, {}, cid=cid) for cid in cids]
        )


def work(seed: int | None, *, threads: int = 1) -> None:
    from potager.core import clock
    from potager.facts import loader
    from potager.journeys import passage, tick
    from potager.journeys.models import Run

    # A dead worker's lease must end within the test; small steps make many places to die.
    tick.LEASE = timedelta(milliseconds=150)
    tick.READ_AT_ONCE, tick.WRITE_AT_ONCE, tick.WRITE_AT_ONCE_ON_POSTGRES = 8, 4, 4
    if seed is not None:
        choose(random.Random(seed), seed, passage, tick)
    while Run.objects.filter(due_us__isnull=False).exists():
        loader.load_all()
        if together(tick.tick, threads) == 0:
            if due():
                time.sleep(0.05)
            else:
                clock.set_world(clock.now() + timedelta(hours=12))
    tell()


def together(move: Callable[[], int], threads: int) -> int:
    """What several workers move at the same time."""
    if threads == 1:
        return move()
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(lambda _: move(), range(threads)))


def due() -> bool:
    from potager.core import clock, journal
    from potager.journeys.models import Run

    return Run.objects.filter(due_us__lte=journal.to_us(clock.now())).exists()


def choose(chance: random.Random, seed: int, passage: Any, tick: Any) -> None:
    calls = chance.randint(1, 6)
    place = seed % 5
    if place == 4:
        threading.Timer(chance.uniform(0.02, 0.6), die).start()
        return
    where, name = ((passage, "write"), (passage, "write"), (passage, "_place"), (tick, "walk"))[place]
    setattr(where, name, deadly(getattr(where, name), calls, after=place == 1))


def deadly(function: Callable[..., Any], calls: int, *, after: bool) -> Callable[..., Any]:
    left = [calls]

    def around(*args: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not after:
            die()
        answer = function(*args, **named)
        if left[0] == 0:
            die()
        return answer

    return around


def tell() -> None:
    from potager.core.models import JournalEntry
    from potager.evidence.models import Assignment
    from potager.insight.models import ManualTag
    from potager.journeys.models import Run, RunStep
    from potager.touch.models import StaffTask, Touch

    facts = JournalEntry.objects.filter(source="journeys").order_by("cid", "type")
    state = {
        "runs": list(Run.objects.order_by("id").values_list("id", "arm", "step", "visit", "end_reason", "ended_us")),
        "steps": list(
            RunStep.objects.order_by("run_id", "visit").values_list("run_id", "step", "visit", "at_us", "outcome")
        ),
        "touches": list(
            Touch.objects.order_by("run_id", "visit").values_list("run_id", "step", "visit", "shadow", "text", "due_us")
        ),
        "tasks": list(StaffTask.objects.order_by("token").values_list("token", "state")),
        "tags": list(ManualTag.objects.order_by("customer_id").values_list("customer_id", "tag")),
        "facts": list(facts.values_list("cid", "type", "at_us")),
        "arms": list(Assignment.objects.order_by("experiment__key", "person_key").values_list("person_key", "arm")),
    }
    print(json.dumps(state))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    django.setup()
    argument = int(sys.argv[2]) if len(sys.argv) > 2 else None
    if sys.argv[1] == "found":
        found(argument or 0)
    elif sys.argv[1] == "pair":
        work(None, threads=2)
    else:
        work(argument)
