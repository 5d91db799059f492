"""The same SOP with one task per customer and step, on procrastinate: how a team without a journey engine writes it.

Every step is a task that reads the customer, does its part (asks the condition, counts the cap, writes and sends the
message), notes the step and defers the next one. Waits are deferred to now, so that no time is lost in waiting.
Entering defers in batches, workers take many tasks at once over a pool of connections: the fastest the library offers.
"""

import asyncio
import sys

import psycopg
from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

AT_ONCE = 1_000
CONCURRENCY = 16
STEPS = ("hello", "pause", "who", "nudge", "rest", "thanks")
TEXTS = {"hello": "{name}，在吗？", "nudge": "看上哪一样了？", "thanks": "{name}，慢慢看"}
CAP = 7
HALF = "WHERE id % 2 = 0"
FACTS = (
    "INSERT INTO hand.event (cid, type, at) SELECT n, 'friend_added', now() FROM generate_series(%s::bigint, %s) AS n"
)
RUNS = (
    "INSERT INTO hand.run (cid, step, ended) SELECT n, 'hello', '' FROM generate_series(%s::bigint, %s) AS n "
    "RETURNING id, cid"
)
TABLES = """
CREATE SCHEMA hand;
CREATE TABLE hand.customer (id bigint PRIMARY KEY, name text, live boolean, opted_out boolean);
CREATE TABLE hand.event (id bigserial PRIMARY KEY, cid bigint, type text, at timestamptz, UNIQUE (cid, type, at));
CREATE TABLE hand.run (id bigserial PRIMARY KEY, cid bigint UNIQUE, step text, ended text);
CREATE TABLE hand.run_step (run bigint, step text, at timestamptz, outcome text, PRIMARY KEY (run, step));
CREATE TABLE hand.message (id bigserial PRIMARY KEY, run bigint, step text, cid bigint, text text, state text,
                           at timestamptz, UNIQUE (run, step));
CREATE INDEX ON hand.message (cid, at);
"""
app = App(connector=PsycopgConnector())
_pool: AsyncConnectionPool


@app.task(name="take")
async def take(run: int, cid: int, step: str) -> None:
    """One customer's passage of one step."""
    async with _pool.connection() as db:
        outcome = await _message(db, run, cid, step) if step in TEXTS else "passed"
        if step == "who":
            seen = (
                "SELECT 1 FROM hand.event WHERE cid = %s AND type = 'product_viewed' AND at > now() - interval '7 days'"
            )
            found = await (await db.execute(seen, [cid])).fetchone()
            outcome = "rest" if found else "nudge"
        following = outcome if step == "who" else _following(step)
        await db.execute("INSERT INTO hand.run_step VALUES (%s, %s, now(), %s)", [run, step, outcome])
        await db.execute(
            "UPDATE hand.run SET step = %s, ended = %s WHERE id = %s", [following, "" if following else "done", run]
        )
    if following:
        await take.defer_async(run=run, cid=cid, step=following)


def _following(step: str) -> str:
    at = STEPS.index(step) + 1
    return STEPS[at] if at < len(STEPS) else ""


async def _message(db: psycopg.AsyncConnection, run: int, cid: int, step: str) -> str:
    who = await (await db.execute("SELECT name, live, opted_out FROM hand.customer WHERE id = %s", [cid])).fetchone()
    recent = "SELECT count(*) FROM hand.message WHERE cid = %s AND at > now() - interval '7 days'"
    had = await (await db.execute(recent, [cid])).fetchone()
    if who is None or not who[1] or who[2] or (had and had[0] >= CAP):
        return "skipped"
    await db.execute(
        "INSERT INTO hand.message (run, step, cid, text, state, at) VALUES (%s, %s, %s, %s, 'queued', now())",
        [run, step, cid, TEXTS[step].format(name=who[0])],
    )
    # The provider takes it at once, as it does of the house.
    await db.execute("UPDATE hand.message SET state = 'handed_over' WHERE run = %s AND step = %s", [run, step])
    return "sent"


def prepare(database: str, people: int) -> None:
    """Tables of this SOP and of the library, customers, and what half of them looked at."""
    with psycopg.connect(database) as db:
        db.execute(TABLES)
        db.execute(
            "INSERT INTO hand.customer SELECT n, '客户' || n, true, false FROM generate_series(1, %s) AS n", [people]
        )
        db.execute(
            "INSERT INTO hand.event (cid, type, at) SELECT id, 'product_viewed', now() FROM hand.customer " + HALF
        )
    asyncio.run(_schema(database))


async def _schema(database: str) -> None:
    with app.replace_connector(PsycopgConnector(conninfo=database)):
        async with app.open_async():
            await app.schema_manager.apply_schema_async()


def enter(database: str, people: int) -> None:
    """The event of each customer, their run, and its first task."""
    asyncio.run(_enter(database, people))


async def _enter(database: str, people: int) -> None:
    connector = PsycopgConnector(conninfo=database)
    with app.replace_connector(connector) as mine:
        async with mine.open_async(), await psycopg.AsyncConnection.connect(database) as db:
            for at in range(1, people + 1, AT_ONCE):
                last = min(at + AT_ONCE - 1, people)
                await db.execute(FACTS, [at, last])
                runs = await (await db.execute(RUNS, [at, last])).fetchall()
                await db.commit()
                await mine.tasks["take"].batch_defer_async(
                    *({"run": run, "cid": cid, "step": "hello"} for run, cid in runs)
                )


def work(database: str) -> None:
    """Take tasks until none is left."""
    asyncio.run(_work(database))


async def _work(database: str) -> None:
    global _pool
    connector = PsycopgConnector(conninfo=database, max_size=CONCURRENCY + 4)
    async with AsyncConnectionPool(database, min_size=CONCURRENCY, max_size=CONCURRENCY, open=False) as _pool:
        with app.replace_connector(connector) as mine:
            async with mine.open_async():
                await mine.run_worker_async(
                    wait=False, concurrency=CONCURRENCY, install_signal_handlers=False, delete_jobs="successful"
                )


if __name__ == "__main__":
    {"prepare": prepare, "enter": enter, "work": work}[sys.argv[1]](sys.argv[2], *map(int, sys.argv[3:]))
