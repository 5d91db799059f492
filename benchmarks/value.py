"""Customer value of millions: orders in the warehouse to a value for every customer.

    python benchmarks/value.py [--customers 2000000] [--days 1095]

Draws people who buy as BG/NBD and Gamma-Gamma say, puts their orders into a warehouse file, and times the fit as the
product runs it: purchases summed in the warehouse, both models fitted, values and intervals computed, the fit repeated
without the last weeks, and everything swapped in. Prints the seconds of each part, and peak memory.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("POTAGER_HOME", tempfile.mkdtemp(prefix="potager-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import django
import numpy as np
import pyarrow as pa

django.setup()

from django.core.management import call_command

from potager.core import house
from potager.facts import warehouse
from potager.insight import tables
from potager.insight.moment import Moment
from potager.insight.value import bgnbd, clv, fitting, gamma_gamma, holdout, purchases

TODAY = date(2026, 10, 31)
BUYING = (0.55, 18.0, 0.9, 3.0)
SPENDING = (4.0, 3.5, 9_000.0)


def drawn(people: int, days: int) -> dict[str, np.ndarray]:
    """Orders: cid, day number from the start, amount. Half a year at least passes since the first."""
    random = np.random.default_rng(1)
    r, alpha, a, b = BUYING
    p, q, gamma = SPENDING
    began = random.integers(0, max(days - 180, 1), people)
    rate, stop = random.gamma(r, 1 / alpha, people), random.beta(a, b, people)
    scale = 1 / random.gamma(q, 1 / gamma, people)
    at = began.astype(float)
    active = np.arange(people)
    cids, when = [active.copy()], [began.copy()]
    while len(active):
        at[active] += random.exponential(1 / rate[active])
        active = active[at[active] < days]
        cids.append(active)
        when.append(at[active].astype(np.int64))
        active = active[random.random(len(active)) >= stop[active]]
    cid, day = np.concatenate(cids), np.concatenate(when)
    amount = np.maximum(1, np.rint(random.gamma(p, scale[cid]))).astype(np.int64)
    return {"cid": cid, "day": day, "amount": amount}


def fill(people: int, days: int) -> int:
    orders = drawn(people, days)
    first = np.datetime64(TODAY - timedelta(days=days - 1))
    day = first + orders["day"].astype("timedelta64[D]")
    n = len(day)
    with warehouse.get().write() as writer:
        writer.append(
            "customer",
            pa.table({"cid": np.arange(people, dtype=np.int32), "live": np.ones(people, dtype=bool)}),
        )
        writer.append(
            "orders",
            pa.table(
                {
                    "k1": np.arange(n), "k2": np.zeros(n, dtype=np.int64), "cid": orders["cid"].astype(np.int32),
                    "ts": day.astype("datetime64[us]") + np.timedelta64(4, "h"), "day": pa.array(day, pa.date32()),
                    "status": pa.array(["paid"] * n), "amount": orders["amount"],
                    "cost": orders["amount"] * 6 // 10, "seq": np.ones(n, dtype=np.int64),
                }
            ),
        )  # fmt: skip
    return n


class Watch:
    """Seconds since it was made, as text."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]

    def __str__(self) -> str:
        wall, cpu = self.read()
        return f"{wall:.1f} s ({cpu:.1f})"


def timed(name: str, parts: dict[str, tuple[float, float]], module, function: str) -> None:
    """Count the seconds of a function of the product under `name`."""
    real = getattr(module, function)

    def wrapped(*args, **kwargs):
        watch = Watch()
        found = real(*args, **kwargs)
        wall, cpu = watch.read()
        before = parts.get(name, (0.0, 0.0))
        parts[name] = (before[0] + wall, before[1] + cpu)
        return found

    setattr(module, function, wrapped)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--customers", type=int, default=2_000_000)
    options.add_argument("--days", type=int, default=1095)
    asked = options.parse_args()
    call_command("migrate", verbosity=0)
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC)
    house.found("bench", zone="Asia/Shanghai", currency="CNY", world_at=at)
    owner = tables.opened()
    n = fill(asked.customers, asked.days)
    print(f"{asked.customers:,} customers, {n:,} orders of {asked.days} days; seconds on the wall (of CPU)")

    moment = Moment(at, house.facts().zone)
    rows = purchases.summary(owner, purchases.days(owner, moment), moment.day)
    columns = [rows[name].to_numpy().astype(np.float64) for name in ("t_x", "age", "total")]
    x = rows["x"].to_numpy().astype(np.int64)
    watch = Watch()
    groups = bgnbd.grouped(x, columns[0], columns[1])
    fitted = bgnbd.fit(groups)
    print(f"BG/NBD alone: {watch}, {len(groups.x):,} distinct histories")
    watch = Watch()
    money = gamma_gamma.fit(gamma_gamma.grouped(x, columns[2]))
    print(f"Gamma-Gamma alone: {watch}")
    for name, true, estimate in (("BG/NBD", BUYING, fitted), ("Gamma-Gamma", SPENDING, money)):
        shown = ", ".join(f"{value:.4g} (true {t:g})" for value, t in zip(estimate.values, true, strict=True))
        print(f"{name}: {shown}")

    parts: dict[str, tuple[float, float]] = {}
    timed("purchases by day", parts, purchases, "days")
    timed("sums per customer", parts, purchases, "summary")
    timed("values and intervals", parts, clv, "values")
    timed("held-out test", parts, holdout, "held_out")
    watch = Watch()
    found = fitting.run()
    print(f"potager value fit: {watch} for {found.customers:,} customers")
    for name, spent in parts.items():
        print(f"  {name}: {spent[0]:.1f} s ({spent[1]:.1f})")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()
