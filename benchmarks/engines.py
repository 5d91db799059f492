"""The same definitions on the three engines, at three sizes: seconds, warm, median of rounds.

    python benchmarks/engines.py [--sizes 2000:50000,20000:500000,200000:5000000] [--rounds 3]

DuckDB in this process; ClickHouse's engine (chdb) behind the HTTP front of the tests, asked by clickhouse-connect;
Spark Connect by pysail over Parquet files, asked by pyspark-client. Every answer is compared with DuckDB's. Needs the
dependency group `conformance`.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("POTAGER_HOME", tempfile.mkdtemp(prefix="potager-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import django

django.setup()

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.conformance.asking import together
from tests.conformance.conftest import listening

from potager.facts.warehouse import Capabilities
from potager.facts.warehouse.clickhouse import ClickHouseWarehouse
from potager.facts.warehouse.spark import SparkWarehouse
from potager.insight.conditions import bind_metric, bind_rule
from potager.insight.fields import Field, Fields, Kind, event_field
from potager.insight.moment import Moment
from potager.insight.programs import Definition, Output
from potager.insight.slots import Binding
from potager.insight.statements import Statement, members_statement

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
VIEWS = ("page_view", "click", "message_in", "share", "add_cart", "checkout", "live_watch", "coupon_use")
FIELDS = Fields(
    attrs={"city": Field("city", Kind.CHOICE, "a_city", "城市", "city")},
    events={
        "order_paid": event_field("order_paid"),
        **{key: event_field(key, (Field("seconds", Kind.NUMBER, "p_seconds", "秒", "seconds"),)) for key in VIEWS},
    },
)
BINDING = Binding(Moment(NOW, ZONE), {key: n for n, key in enumerate(VIEWS, start=1)}, {})


def tables(customers: int, events: int) -> dict[str, pa.Table]:
    """A year of facts: 15 % orders, activity with a long tail."""
    draw = np.random.default_rng(1)
    cids = np.arange(1, customers + 1, dtype=np.int32)
    seen = np.datetime64("2025-11-01", "us") + draw.integers(0, 200 * 86_400, customers).astype("timedelta64[s]")
    customer = pa.table({
        "cid": cids, "live": np.ones(customers, bool), "first_seen": seen, "first_day": seen.astype("datetime64[D]"),
        "a_city": pa.array(np.array(["上海", "杭州", "北京", "成都"])[draw.integers(0, 4, customers)]),
    })  # fmt: skip
    whose = np.minimum(draw.pareto(1.1, events) * customers / 40, customers - 1).astype(np.int64)
    at = np.sort(np.datetime64("2025-11-01", "us") + draw.integers(0, 365 * 86_400, events).astype("timedelta64[s]"))
    local = (at + np.timedelta64(8, "h")).astype("datetime64[D]")
    facts = {"cid": draw.permutation(cids)[whose], "ts": at, "day": local}
    is_order = draw.random(events) < 0.15
    event = pa.table({
        **{name: each[~is_order] for name, each in facts.items()},
        "type": draw.integers(1, len(VIEWS) + 1, int((~is_order).sum())).astype(np.int16),
        "p_seconds": np.round(draw.exponential(30, int((~is_order).sum()))),
    })  # fmt: skip
    n = int(is_order.sum())
    orders = pa.table({
        "k1": np.arange(n), "k2": np.arange(n), **{name: each[is_order] for name, each in facts.items()},
        "status": pa.array(["paid"] * n), "amount": np.round(draw.lognormal(9, 1, n)).astype(np.int64),
    })  # fmt: skip
    return {"customer": customer, "event": event, "orders": orders}


def audience() -> Any:
    return bind_rule(
        {
            "all": [
                {"event": "order_paid", "within": "90d", "op": "gte", "value": 2},
                {"not": {"event": "message_in", "within": "7d"}},
                {"any": [
                    {"event": "add_cart", "within": "30d", "op": "gte", "value": 3},
                    {"attr": "city", "op": "in", "value": ["上海", "杭州"]},
                ]},
            ]
        },
        FIELDS,
    )  # fmt: skip


def tags() -> list[Definition]:
    """Fifty: counts, sums, days since, means, distinct days, each as a rule."""
    written: list[dict[str, Any]] = []
    for days in ("7d", "30d", "90d", "365d"):
        written += [{"event": key, "within": days, "op": "gte", "value": 2} for key in VIEWS]
    for days in ("30d", "90d", "365d"):
        written += [
            {"event": "order_paid", "within": days, "measure": {"sum": "amount"}, "op": "gte", "value": "500.00"},
            {"event": "order_paid", "within": days, "measure": {"avg": "amount"}, "op": "gte", "value": "100.00"},
            {"event": "order_paid", "within": days, "op": "gte", "value": 2},
            {"event": "page_view", "within": days, "measure": "active_days", "op": "gte", "value": 3},
            {"event": "click", "within": days, "measure": {"sum": "seconds"}, "op": "gte", "value": 60},
            {"event": "share", "within": days, "measure": "days_since_last", "op": "lte", "value": 14},
        ]
    return [Definition(Output.TAG, f"t{n}", (("", bind_rule(each, FIELDS)),)) for n, each in enumerate(written[:50])]


def rfm() -> list[Definition]:
    """What RFM is made of: days since the last order, orders and money of a year, of every customer."""
    measured = ("days_since_last", "count", {"sum": "amount"})
    bound = [bind_metric({"event": "order_paid", "within": "365d", "measure": each}, FIELDS) for each in measured]
    return [Definition(Output.TAG, f"m{n}", feature=each) for n, each in enumerate(bound)]


def steps() -> Any:
    """A funnel of three steps, as the sequence leaf asks it."""
    chain = ["page_view", {"event": "add_cart", "within": "7d"}, {"event": "order_paid", "within": "7d"}]
    return bind_rule({"sequence": chain, "within": "90d"}, FIELDS)


def statement(name: str, dialect: str) -> tuple[Statement, str]:
    """A work's statement and what is put around it."""
    counted = "SELECT count(*) AS n FROM ({}) AS m"
    match name:
        case "audience count":
            return members_statement(audience(), dialect), counted
        case "three steps":
            return members_statement(steps(), dialect), counted
        case "RFM measures":
            return together(rfm(), dialect), "{}"
        case _:
            return together(tags(), dialect), "{}"


WORKS = ("audience count", "50 tags", "RFM measures", "three steps")


class Embedded:
    capabilities = Capabilities("duckdb", asof_join=True, window_funnel=False, null_for_empty=True)

    def __init__(self, folder: Path, data: Mapping[str, pa.Table]) -> None:
        self._db = duckdb.connect(str(folder / "facts.duckdb"))
        for name, rows in data.items():
            self._db.register("rows_", rows)
            self._db.execute(f"CREATE TABLE {name} AS SELECT * FROM rows_")
            self._db.unregister("rows_")

    def query(self, sql: str) -> pa.Table:
        return self._db.sql(sql).to_arrow_table()

    def close(self) -> None:
        self._db.close()


def measured(engine: Any, rounds: int) -> dict[str, tuple[float, Any]]:
    """Seconds and answer of every work."""
    found = {}
    for name in WORKS:
        printed, outer = statement(name, engine.capabilities.name)
        sql, seconds, rows = outer.replace("{}", printed.filled(BINDING)), [], None
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            rows = engine.query(sql)
            seconds.append(time.perf_counter() - begun)
        assert rows is not None
        answer = rows.to_pylist() if "cid" not in rows.column_names else rows.sort_by("cid").to_pylist()
        found[name] = (statistics.median(seconds[1:]), answer)
    return found


def of_size(customers: int, events: int, rounds: int) -> None:
    data = tables(customers, events)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        engines = {"DuckDB": Embedded(here, data)}
        results = {"DuckDB": measured(engines["DuckDB"], rounds)}
        engines["DuckDB"].close()
        with listening("clickhouse_front.py", here, str(here / "chdb")) as port:
            click = ClickHouseWarehouse(f"clickhouse://127.0.0.1:{port}/default")
            for name, rows in data.items():
                click.create(name, rows.schema)
                for start in range(0, rows.num_rows, 500_000):
                    click.append(name, rows.slice(start, 500_000))
            results["ClickHouse engine"] = measured(click, rounds)
            click.close()
        with listening("spark_front.py", here) as port:
            results["Spark Connect"] = on_spark(port, here, data, rounds)
    for engine, found in results.items():
        for name, (_, answer) in found.items():
            assert answer == results["DuckDB"][name][1], f"{engine}: {name} differs"
    print_table(customers, events, results)


def on_spark(port: str, folder: Path, data: Mapping[str, pa.Table], rounds: int) -> dict[str, tuple[float, Any]]:
    spark = SparkWarehouse(f"sc://127.0.0.1:{port}")
    for name, rows in data.items():
        pq.write_table(rows, folder / f"{name}.parquet", store_schema=False)
        spark.query(f"CREATE TABLE {name} USING parquet LOCATION '{folder / name}.parquet'")
    found = measured(spark, rounds)
    spark.close()
    return found


def print_table(customers: int, events: int, results: Mapping[str, Mapping[str, tuple[float, Any]]]) -> None:
    print(f"\n{customers:,} customers, {events:,} facts: seconds (times DuckDB)")
    print(f"{'':<16}" + "".join(f"{name:>24}" for name in results))
    for work in WORKS:
        base = results["DuckDB"][work][0]
        cells = (f"{found[work][0]:.3f} ({found[work][0] / base:.1f}×)" for found in results.values())
        print(f"{work:<16}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="2000:50000,20000:500000,200000:5000000")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, median of {given.rounds} warm runs", flush=True)
    for size in given.sizes.split(","):
        customers, events = map(int, size.split(":"))
        of_size(customers, events, given.rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
