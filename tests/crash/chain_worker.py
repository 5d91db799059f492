"""Processes of a house that die at random moments: python -m tests.crash.chain_worker found|nursery|finished|tell

found    a house in a world and two journeys whose messages compete for one place a day
nursery  reads `work` and `own` from stdin and forks a worker, or the owner of the warehouse, for each; says its pid.
         Forked from a process that has imported everything, a worker is at work within milliseconds
finished 1 when nobody is on the way any more, else 0
tell     the end state as JSON; the warehouse must not be in the hands of a worker

In every hour of the world a batch of people may be imported (as long as the file `more` is there); each of them becomes
a friend, which starts both journeys. The hour ends when nobody is due, on the way out or on the way in.
"""

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import django

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
BATCH, MOST = 6, 900
HOURS = timedelta(hours=4)
FRIEND = {"event": "friend_added", "measure": "count", "op": "gte", "value": 1}
TOLD = "chain.told"


def journey(key: str) -> dict[str, object]:
    """Message, wait, a question to the warehouse, message."""
    return {
        "key": key,
        "name": key,
        "triggers": [{"event": "friend_added"}],
        "entry": "once",
        "steps": [
            {"id": "hello", "message": {"text": f"{key} hello", "valid": "20d"}},
            {"id": "pause", "wait": {"for": "1d"}},
            {"id": "who", "branch": [{"if": FRIEND, "go": "yes"}], "next": "end"},
            {"id": "yes", "message": {"text": f"{key} yes", "valid": "20d"}},
        ],
    }


STEPS = ["hello", "pause", "who", "yes"]


def found() -> None:
    from django.core.management import call_command

    from potager.core import choices, house, jobs, store
    from potager.journeys import files, publish, queries
    from potager.org.access import SYSTEM
    from potager.org.models import Staff
    from potager.touch import settings
    from potager.touch.rules.cap import Cap

    call_command("migrate", verbosity=0)
    house.found("断电花园", zone="Asia/Shanghai", currency="CNY", world_at=NOON)
    Staff.objects.create(key="lin", name="林晓")
    with store.write():
        choices.put("journeys.channel", "sim_message")
        settings.put_policy(SYSTEM, settings.Policy(caps=[Cap(limit=1, hours=24)], costs={"sim_message": 3}))
        for key in ("first", "second"):
            files.apply(SYSTEM, journey(key))
            publish.publish(SYSTEM, queries.journey_of(key))
    shorten()
    jobs.arm(4)


def shorten() -> None:
    """A dead worker's leases must end within the test, and small steps make many places to die."""
    from potager import assembly
    from potager.core import jobs, leases
    from potager.facts.imports import customers, persons, run
    from potager.journeys import tick
    from potager.touch import breaker, claims
    from potager.touch import jobs as touch_jobs

    leases.LEASE = timedelta(milliseconds=900)
    tick.LEASE = claims.LEASE = claims.REST = breaker.PROBE = timedelta(milliseconds=900)
    tick.READ_AT_ONCE, tick.WRITE_AT_ONCE, tick.WRITE_AT_ONCE_ON_POSTGRES = 6, 3, 3
    run.CHUNK, persons.BATCH, customers.BATCH = 4, 3, 3
    touch_jobs.outbox.send_due = partial(touch_jobs.outbox.send_due, limit=3)
    busy = {"facts.load", "journeys.tick", "touch.send", "touch.receipts"}
    often = timedelta(milliseconds=40)
    periodic = [
        *(replace(each, every=often, idle=5 * often) for each in assembly.PERIODIC if each.kind in busy),
        jobs.Periodic("chain.turn", "default", often, idle=2 * often),
    ]
    jobs.set_handlers({**assembly.JOB_KINDS, "chain.turn": turn}, periodic)


def turn(_payload: Mapping[str, object]) -> int:
    """Whoever was imported becomes a friend; when all is quiet the hour ends, perhaps with new people on the way."""
    from potager.core import clock, store
    from potager.facts.imports import files, run
    from potager.facts.imports.mapping import Kind, parse
    from potager.org.access import SYSTEM

    if befriend():
        return 1
    if not quiet():
        return 0
    home = Path(os.environ["POTAGER_HOME"])
    number = run.ImportRun.objects.count()
    content = ""
    if (home / "more").exists() and number * BATCH < MOST:
        # The same file under the same number, however often the transaction below does not come to pass.
        path = home / f"people-{number}-{os.getpid()}.csv"
        path.write_text("who,name\n" + "\n".join(f"M{number}-{i},客户{i}" for i in range(BATCH)))
        content = files.keep(path)
    who = {"identities": [{"type": "member_no", "realm": "s", "column": "who"}], "fields": {"name": "name"}}
    with store.write():
        if run.ImportRun.objects.count() == number:
            if content:
                staged = run.stage(SYSTEM, file_name=f"{number}.csv", content=content)
                run.start(SYSTEM, staged, Kind.CUSTOMERS, parse(who))
            clock.set_world(clock.now() + HOURS)
    return 1


def befriend() -> bool:
    """Tell of the next finished import, once: told and remembered in one transaction."""
    from potager.core import choices, clock, journal, store
    from potager.core.journal import Fact
    from potager.core.store import Lane
    from potager.facts.models import ImportRun
    from potager.org.models import Staff
    from potager.people.models import Customer, Identity

    told = choices.get(TOLD, default=0)
    finished = ImportRun.objects.filter(id__gt=told, state=ImportRun.State.FINISHED).order_by("id").first()
    if finished is None:
        return False
    stem = f"M{finished.file_name.removesuffix('.csv')}-"
    with store.write(Lane.INGEST):
        journal.hold()
        if choices.get(TOLD, default=0) != told:
            return True
        rows = Identity.objects.filter(type="member_no", value__startswith=stem).values_list("value", "customer_id")
        Customer.objects.filter(id__in=[cid for _, cid in rows]).update(owner=Staff.objects.get())
        journal.append([Fact("event", "friend_added", "t", value, clock.now(), {}, cid=cid) for value, cid in rows])
        choices.put(TOLD, finished.pk)
    return True


def quiet() -> bool:
    """Nobody is due, on the way out or on the way in."""
    from potager.core import clock
    from potager.core.journal import to_us
    from potager.facts.models import ImportRun
    from potager.journeys.models import Run
    from potager.touch.life import PENDING
    from potager.touch.models import Touch

    now = to_us(clock.now())
    moving = (
        ImportRun.objects.filter(state=ImportRun.State.RUNNING),
        Run.objects.filter(due_us__lte=now),
        Touch.objects.filter(state__in=PENDING, due_us__lte=now),
        Touch.objects.filter(state__in=["queued", "handed_over", "staff_confirmed"]),
    )
    return not any(rows.exists() for rows in moving)


def finished() -> bool:
    """Nobody is on the way at all."""
    from potager.core import choices
    from potager.facts.models import ImportRun
    from potager.journeys.models import Run
    from potager.touch.life import PENDING
    from potager.touch.models import Touch

    told = choices.get(TOLD, default=0)
    return quiet() and not (
        Run.objects.filter(due_us__isnull=False).exists()
        or Touch.objects.filter(state__in=PENDING).exists()
        or ImportRun.objects.filter(id__gt=told).exists()
    )


def nursery() -> None:
    shorten()
    gc.freeze()
    # Killed children are nobody's zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(0)
            try:
                {"work": work, "own": own}[line.strip()]()
            finally:
                os._exit(1)
        print(pid, flush=True)


def work() -> None:
    """What one process of `potager worker` does, and in the one-process house the server."""
    from potager.core import jobs

    workers = [jobs.Worker([lane], look=0.1) for lane in ("load", "tick", "touch", "default", "import")]
    for each in workers:
        each.start()
    threading.Event().wait()


def own() -> None:
    """What `potager warehouse serve` does; the one before may not be quite gone."""
    from potager.core.errors import Conflict
    from potager.core.settings import environment
    from potager.facts import warehouse
    from potager.facts.warehouse import owner

    while True:
        with suppress(Conflict), owner.alone(environment().home):
            owner.Owner(warehouse.embedded(), environment().home).start()
            threading.Event().wait()
        threading.Event().wait(0.02)


def tell() -> None:
    from potager.core.models import JournalEntry
    from potager.facts import loader, warehouse
    from potager.journeys.models import Run, RunStep
    from potager.people.models import Customer, Identity
    from potager.touch.channels.simulator import Simulator
    from potager.touch.models import CapReservation, Touch

    loader.load_all()
    log, after = [], 0
    while page := Simulator().call("/log", {"after": after, "limit": 1_000})["items"]:
        log += [[row["person"], row["text"], row["at"]] for row in page]
        after = page[-1]["seq"]
    events = warehouse.get().query("SELECT count(*) AS n, count(DISTINCT (k1, k2)) AS keys FROM event").to_pylist()[0]
    steps = RunStep.objects.order_by("run_id", "visit")
    state = {
        "customers": Customer.objects.count(),
        "identities": Identity.objects.filter(type="member_no").values("value").distinct().count(),
        "runs": list(Run.objects.values_list("id", "journey__key", "subject_id", "end_reason").order_by("id")),
        "steps": list(steps.values_list("run_id", "visit", "step")),
        "touches": list(Touch.objects.values_list("run_id", "step", "person_key", "state")),
        "verdicts": sorted(set(Touch.objects.values_list("state", "rule", "cost_minor"))),
        "places": list(CapReservation.objects.order_by("at_us").values_list("person_key", "at_us")),
        "facts": list(JournalEntry.objects.filter(kind="event").values_list("type", "cid")),
        "loaded": [events["n"], events["keys"]],
        "log": log,
    }
    print(json.dumps(state))
    warehouse.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
    django.setup()
    commands = {"found": found, "nursery": nursery, "finished": lambda: print(int(finished())), "tell": tell}
    commands[sys.argv[1]]()
