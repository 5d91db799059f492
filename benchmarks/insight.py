"""Everything insight computes, beside the best SQL written by hand for the same result, in one process.

    potager bench insight [--customers 200000] [--events 5000000] [--rounds 3]

100 tags (50 measures, 50 conditions), RFM, AIPL and a life cycle: the full refresh, the merge of 10,000 new events,
from an event to a changed tag; nested counts from tags and from events; set algebra of three large audiences; a funnel,
retention, the last 100 events of a customer. Prints medians, ratios and the peak of memory; asserts that both forms
give the same.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    # Never the house of whoever runs it.
    os.environ["POTAGER_HOME"] = tempfile.mkdtemp(prefix="potager-bench-")
    os.environ.pop("POTAGER_DATABASE", None)
    os.environ.setdefault("POTAGER_MEMORY", "4GB")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import django
import numpy as np

django.setup()

from django.core.management import call_command
from pyroaring import BitMap

from benchmarks import insight_hand as hand
from benchmarks.insight_house import BY_EVENTS, BY_TAGS, NOW, come, found_house
from benchmarks.tags import TYPES, rules, timed
from potager import assembly
from potager.facts import timeline, warehouse
from potager.insight import refresh, sets
from potager.insight.conditions import parse
from potager.insight.metrics import paths
from potager.insight.metrics.schemas import FunnelIn, RetentionIn
from potager.insight.models import TagDefinition
from potager.org.access import SYSTEM
from potager.people.models import Customer

DAY = 86_400_000_000
STEPS = ("page_view", "click", "add_cart", "order")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    assembly.assemble()
    call_command("migrate", interactive=False, verbosity=0)
    took = timed(lambda: found_house(asked.customers, asked.events))
    say(f"{asked.events:,} events of {asked.customers:,} customers planted and compacted in {took:.0f} s")
    full(asked.rounds)
    merges(asked.rounds)
    counts()
    algebra(asked.customers)
    funnel_and_retention(asked.rounds)
    last_events()
    one_by_one()
    say(f"peak memory {peak():.1f} GB (must be ≤ 5), of it at most {os.environ['POTAGER_MEMORY']} for the engine")


def full(rounds: int) -> None:
    """A rebuild of everything; the printing of SQL and the first write of pages are left out of both."""
    forms = hand.Hand()
    by_hand = [forms.full(), hand.RFM_FULL]
    say(f"first refresh, printing included: {timed(refresh.run):.2f} s")
    execute(by_hand)
    pairs = [(timed(lambda: execute(by_hand)), timed(refresh.run)) for _ in range(rounds)]
    check(forms)
    compare("full refresh: 100 tags + RFM + AIPL + life cycle", pairs, most=1.5)
    tags_only = [(timed(lambda: execute([forms.full()])), b) for _, b in pairs[:1]]
    say(f"    of these by hand without RFM {tags_only[0][0]:.2f} s")


def merges(rounds: int) -> None:
    """10,000 new events into all of it, and how long one event takes until its customer's tag is another."""
    forms, pairs = hand.Hand(), []
    for n in range(rounds + 1):
        upto = come(10_000, n) - 10_000
        mine = [*forms.merge(upto), *hand.rfm_merge(upto)]
        pairs.append((timed(partial(execute, mine)), timed(refresh.merge)))
    check(forms)
    compare("merge of 10,000 new events into all of them", pairs[1:], most=1.5)
    singles = []
    for n in range(5):
        come(1, 100 + n)
        singles.append(timed(refresh.merge))
    say(f"merge of one event: median {statistics.median(singles) * 1000:.0f} ms, slowest {max(singles) * 1000:.0f} ms")


def counts() -> None:
    owner = warehouse.get()
    refresh.merge()
    for name, written, sql, most in (
        ("nested count from tags", BY_TAGS, hand.AUDIENCE_BY_TAGS, 2.0),
        ("nested count from events", BY_EVENTS, hand.AUDIENCE_BY_EVENTS, 1.5),
    ):
        condition = parse(written)
        mine = owner.query(sql).column(0)[0].as_py()
        by_hand, ours = partial(owner.query, sql), partial(sets.counted, condition)
        first = timed(ours)
        pairs = [(timed(by_hand), timed(ours)) for _ in range(20)]
        compare(name, pairs, most=most)
        slow = sorted(each for _, each in pairs)[-2]
        assert sets.counted(condition).count == sets.count(condition) == mine, name
        say(f"    first {first * 1000:.0f} ms, p95 {slow * 1000:.0f} ms, {mine:,} customers")


def algebra(customers: int) -> None:
    rng = np.random.default_rng(3)
    half = customers // 2
    three = [BitMap(rng.choice(customers, half, replace=False).astype(np.uint32)) for _ in range(3)]
    blobs = [each.serialize() for each in three]
    took = [timed(lambda: len((three[0] & three[1]) - three[2])) for _ in range(9)]
    read = [timed(lambda: (BitMap.deserialize(blobs[0]) & BitMap.deserialize(blobs[1])) - BitMap.deserialize(blobs[2]))
            for _ in range(9)]  # fmt: skip
    say(
        f"A ∩ B − C of three audiences of {half:,}: {statistics.median(took) * 1000:.2f} ms, "
        f"{statistics.median(read) * 1000:.2f} ms from their stored form (must be ≤ 10)"
    )


def funnel_and_retention(rounds: int) -> None:
    owner = warehouse.get()
    year = {"from": "2025-11-01", "to": "2026-10-31"}
    steps = FunnelIn.model_validate({"steps": [{"event": each} for each in STEPS], "within": 7, **year})
    back = RetentionIn.model_validate(
        {"first": {"event": "order"}, "back": {"event": "order"}, "grain": "week", "periods": 8, **year}
    )
    found = owner.query(HAND_FUNNEL).to_pylist()[0]
    assert [each.people for each in paths.funnel_of(steps, "zh").whole] == list(found.values())
    compare(
        "funnel of four steps",
        [(timed(lambda: owner.query(HAND_FUNNEL)), timed(lambda: paths.funnel_of(steps, "zh"))) for _ in range(rounds)],
        most=1.5,
    )
    cohorts = {row["w"]: row["n"] for row in owner.query(HAND_RETENTION).to_pylist()}
    assert sum(each.people for each in paths.retention_of(back, "zh").cohorts) == sum(cohorts.values())
    compare(
        "weekly retention",
        [
            (timed(lambda: owner.query(HAND_RETENTION)), timed(lambda: paths.retention_of(back, "zh")))
            for _ in range(rounds)
        ],
        most=1.5,
    )


def last_events() -> None:
    """The busiest customers are the ones people look at."""
    owner = warehouse.get()
    rows = owner.query(
        "SELECT cid FROM event WHERE day >= DATE '2026-10-25' GROUP BY cid ORDER BY count(*) DESC LIMIT 20"
    )
    cids = rows["cid"].to_pylist()
    Customer.objects.bulk_create(
        [Customer(id=cid, name="", created_at=NOW, first_seen_at=NOW, person_key=str(cid)) for cid in cids]
    )
    took = [timed(partial(timeline.timeline, SYSTEM, cid)) for cid in cids]
    say(f"last 100 events of a customer: median {statistics.median(took) * 1000:.0f} ms (must be ≤ 30)")


def one_by_one() -> None:
    """Each of the 50 conditions and measures asked alone, against all of them in one refresh."""
    tags = [TagDefinition.objects.get(key=key) for key in rules()]
    conditions = [parse({"tag": tag.key}) for tag in tags] + [
        parse(tag.rule) for tag in TagDefinition.objects.filter(source="rule").order_by("key")
    ]
    alone = sum(timed(partial(sets.members, condition)) for condition in conditions)
    together = timed(refresh.run)
    say(f"100 tags one query each {alone:.2f} s, together {together:.2f} s: {alone / together:.1f} times as fast")


def execute(statements: list[str]) -> None:
    with warehouse.get().write() as writer:
        for sql in statements:
            writer.execute(sql)


def check(forms: "hand.Hand") -> None:
    """Both forms computed the same: every column of every tag, every layer."""
    owner = warehouse.get()
    places = {row["tag"]: row for row in owner.query("FROM tag_column").to_pylist()}
    for name in forms.columns:
        if name in {"aipl", "life"}:
            differ = f"""SELECT count(*)::BIGINT AS n FROM hand h FULL JOIN (FROM layer_now WHERE model = '{name}') l
                USING (cid) WHERE h.{name} IS DISTINCT FROM l.layer"""
        else:
            place = places[name]
            mine = f'w."{place["col"]}"'
            exact = not name.startswith("aov")
            same = f"h.{name} IS DISTINCT FROM {mine}" if exact else f"abs(h.{name} - {mine}) > 1e-6"
            differ = f"SELECT count(*)::BIGINT AS n FROM hand h FULL JOIN {place['wide']} w USING (cid) WHERE {same}"
        assert owner.query(differ)["n"][0].as_py() == 0, name
    cells = owner.query(
        """SELECT count(*)::BIGINT AS n FROM (SELECT cell, count(*) AS n FROM hand_rfm GROUP BY cell) h
        FULL JOIN (SELECT layer, count(*) AS n FROM layer_now WHERE model = 'rfm' AND layer <> 'none' GROUP BY layer) l
        ON l.n = h.n WHERE h.n IS NULL OR l.n IS NULL"""
    )
    assert cells["n"][0].as_py() == 0


def compare(name: str, pairs: list[tuple[float, float]], *, most: float) -> None:
    """Medians of (by hand, ours) and their ratio."""
    theirs, ours = (statistics.median(each) for each in zip(*pairs, strict=True))
    say(f"{name}: by hand {shown(theirs)}, ours {shown(ours)}, ratio {ours / theirs:.2f} (must be ≤ {most})")


def shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def say(text: str) -> None:
    print(f"[{time.perf_counter() - BEGUN:6.0f} s] {text}", flush=True)


def _stage(event: str) -> str:
    return f"(SELECT cid, epoch_us(ts) AS t FROM event WHERE type = {TYPES.index(event) + 1})"


HAND_FUNNEL = f"""
WITH a AS (SELECT cid, t AS t1 FROM {_stage(STEPS[0])}),
b AS (SELECT a.cid, t1, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t2
      FROM a ASOF LEFT JOIN {_stage(STEPS[1])} AS s ON s.cid = a.cid AND s.t > t1),
c AS (SELECT b.cid, t1, t2, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t3
      FROM b ASOF LEFT JOIN {_stage(STEPS[2])} AS s ON s.cid = b.cid AND s.t > t2),
d AS (SELECT c.cid, t2, t3, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t4
      FROM c ASOF LEFT JOIN {_stage(STEPS[3])} AS s ON s.cid = c.cid AND s.t > t3)
SELECT count(*) AS n1, count(t2) AS n2, count(t3) AS n3, count(t4) AS n4
FROM (SELECT cid, max(t2) AS t2, max(t3) AS t3, max(t4) AS t4 FROM d GROUP BY cid)"""
HAND_RETENTION = """
WITH s AS (SELECT cid, min(ts) AS ts, (min(day) - DATE '1970-01-05') // 7 AS w
           FROM event WHERE type = {0} GROUP BY cid),
m AS (SELECT s.cid, any_value(s.w) AS w,
             bit_or(1::BIGINT << least((b.day - DATE '1970-01-05') // 7 - s.w, 61)::INTEGER) AS mask
      FROM s LEFT JOIN (SELECT cid, ts, day FROM event WHERE type = {0}) AS b ON b.cid = s.cid AND b.ts > s.ts
      GROUP BY s.cid)
SELECT w, count(*) AS n, {1} FROM m GROUP BY w""".format(
    TYPES.index("order") + 1, ", ".join(f"count(CASE WHEN (mask >> {n}) & 1 = 1 THEN 1 END) AS b{n}" for n in range(9))
)
BEGUN = time.perf_counter()

if __name__ == "__main__":
    main()
