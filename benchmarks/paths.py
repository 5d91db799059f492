"""A funnel of four steps and weekly retention beside the best SQL written by hand, in one process, on the same table.

    python benchmarks/paths.py [--customers 200000] [--events 5000000] [--rounds 3]

By hand: the funnel as ASOF joins over the events, counted; retention as one integer of bits per person. Ours: both
funnel forms and retention, as the room prints them. Prints medians and ratios.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ.setdefault("POTAGER_HOME", tempfile.mkdtemp(prefix="potager-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import django
import duckdb

django.setup()

from potager.insight.conditions.binding import bind_metric
from potager.insight.fields import Fields, event_field
from potager.insight.metrics import Period, cohorts, funnel
from potager.insight.moment import Moment
from potager.insight.slots import Binding

ZONE = ZoneInfo("Asia/Shanghai")
SPAN = Period(date(2026, 1, 1), date(2026, 12, 31))
TYPES = {name: number for number, name in enumerate(("page_view", "click", "cart", "pay", "other"))}
DAY = 86_400_000_000

HAND_FUNNEL = f"""
WITH a AS (SELECT cid, epoch_us(ts) AS t1 FROM event WHERE type = 0),
b AS (SELECT a.cid, t1, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t2 FROM a ASOF LEFT JOIN
      (SELECT cid, epoch_us(ts) AS t FROM event WHERE type = 1) AS s ON s.cid = a.cid AND s.t > t1),
c AS (SELECT b.cid, t1, t2, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t3 FROM b ASOF LEFT JOIN
      (SELECT cid, epoch_us(ts) AS t FROM event WHERE type = 2) AS s ON s.cid = b.cid AND s.t > t2),
d AS (SELECT c.cid, t2, t3, CASE WHEN s.t <= t1 + {7 * DAY} THEN s.t END AS t4 FROM c ASOF LEFT JOIN
      (SELECT cid, epoch_us(ts) AS t FROM event WHERE type = 3) AS s ON s.cid = c.cid AND s.t > t3)
SELECT COUNT(*), COUNT(t2), COUNT(t3), COUNT(t4)
FROM (SELECT cid, MAX(t2) AS t2, MAX(t3) AS t3, MAX(t4) AS t4 FROM d GROUP BY cid)
"""
HAND_RETENTION = """
WITH s AS (SELECT cid, MIN(ts) AS ts, (MIN(day) - DATE '1970-01-05') // 7 AS w FROM event WHERE type = 3 GROUP BY cid),
m AS (SELECT s.cid, ANY_VALUE(s.w) AS w,
             BIT_OR(1::BIGINT << LEAST((b.day - DATE '1970-01-05') // 7 - s.w, 61)::INTEGER) AS mask
      FROM s LEFT JOIN (SELECT cid, ts, day FROM event WHERE type = 3) AS b ON b.cid = s.cid AND b.ts > s.ts
      GROUP BY s.cid)
SELECT w, COUNT(*), {} FROM m GROUP BY w
""".format(", ".join(f"COUNT(CASE WHEN (mask >> {n}) & 1 = 1 THEN 1 END)" for n in range(9)))


def filled(connection: duckdb.DuckDBPyConnection, customers: int, events: int) -> None:
    connection.execute(
        f"""CREATE TABLE event AS SELECT cid, ts, (ts + INTERVAL 8 HOUR)::DATE AS day, type, NULL::SMALLINT AS channel
        FROM (SELECT (random() ** 2 * {customers})::INTEGER AS cid,
                     TIMESTAMP '2025-12-31 16:00:00' + to_microseconds((random() * {365 * DAY})::BIGINT) AS ts,
                     CAST(CASE WHEN u < .28 THEN 0 WHEN u < .4 THEN 1 WHEN u < .46 THEN 2 WHEN u < .61 THEN 3 ELSE 4
                          END AS SMALLINT) AS type
              FROM (SELECT random() AS u FROM range({events}))) ORDER BY ts"""
    )
    connection.register("value", connection.sql("SELECT 0 AS cid, '' AS x WHERE false").to_arrow_table())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    connection = duckdb.connect()
    filled(connection, asked.customers, asked.events)
    fields = Fields(zone=ZONE, events={key: event_field(key) for key in TYPES})
    steps = [bind_metric({"event": key}, fields) for key in ("page_view", "click", "cart", "pay")]
    binding = Binding(Moment(datetime(2027, 1, 1, tzinfo=UTC), ZONE), TYPES)
    of = funnel.make_funnel(steps, 7, SPAN)
    outer = funnel.counted(4).replace("$open_us", "0")
    back = cohorts.Retention(steps[3], steps[3], "week", "classic", 8, SPAN)
    statements = {
        "funnel by hand": HAND_FUNNEL,
        "funnel by nearness": outer.replace("{}", funnel.by_nearness(of, chosen=False).filled(binding)),
        "funnel portable": outer.replace("{}", funnel.portable(of, chosen=False).filled(binding)),
        "retention by hand": HAND_RETENTION,
        "retention": cohorts.statement(back, chosen=False).filled(binding),
    }
    times: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(asked.rounds):
        for name, sql in statements.items():
            begun = time.perf_counter()
            connection.sql(sql).to_arrow_table()
            times[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(some) for name, some in times.items()}
    for name, median in medians.items():
        hand = medians[f"{name.split()[0]} by hand"]
        print(f"{name:<20} {median:7.2f} s   {median / hand:5.2f}×")


if __name__ == "__main__":
    main()
