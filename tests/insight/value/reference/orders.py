"""Raw order files the product and the established library are both given. Standard library only: two environments
read this."""

import csv
import gzip
import io
import math
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "src" / "potager" / "facts" / "samples" / "complete_journey" / "transactions.csv.gz"
NEW_YORK = ZoneInfo("America/New_York")


class Order(NamedTuple):
    customer: int
    number: str
    day: date
    cents: int


class Population(NamedTuple):
    """People of a BG/NBD and Gamma-Gamma world, and the days they are watched."""

    seed: int
    people: int
    first: date
    last: date
    buying: tuple[float, float, float, float]
    spending: tuple[float, float, float]


POPULATIONS = {
    "seldom": Population(
        1, 1500, date(2025, 1, 1), date(2026, 6, 30), (0.25, 4.5, 0.8, 2.4), (6.25, 3.74, 15.44 * 100)
    ),
    "often": Population(
        2, 800, date(2025, 10, 1), date(2026, 8, 31), (1.4, 30.0, 0.6, 4.0), (2.0, 4.0, 150.0 * 100)
    ),
}  # fmt: skip


def complete_journey() -> list[Order]:
    """The baskets of the sample, by store time."""
    baskets: defaultdict[tuple[int, str, date], int] = defaultdict(int)
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            text = row["transaction_timestamp"].replace("Z", "").replace("T", " ")
            at = datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(NEW_YORK)
            cents = round(float(row["sales_value"]) * 100)
            baskets[int(row["household_id"]), row["basket_id"], at.date()] += cents
    return [Order(*key, cents) for key, cents in sorted(baskets.items())]


def simulated(name: str) -> list[Order]:
    """A purchase a day at most is told apart; the first is on a random day of the first half."""
    given = POPULATIONS[name]
    r, alpha, a, b = given.buying
    p, q, gamma = given.spending
    draw = random.Random(given.seed)
    length = (given.last - given.first).days
    found = []
    for customer in range(1, given.people + 1):
        began = draw.randrange(length // 2)
        rate, stop = draw.gammavariate(r, 1 / alpha), draw.betavariate(a, b)
        scale = 1 / draw.gammavariate(q, 1 / gamma)
        at = 0.0
        while began + at <= length:
            day = given.first + timedelta(days=began + math.floor(at))
            cents = max(1, round(draw.gammavariate(p, scale)))
            found.append(Order(customer, f"{customer}-{len(found)}", day, cents))
            if at and draw.random() < stop:
                break
            at += -math.log(1 - draw.random()) / rate if rate else math.inf
    return found


def as_csv(orders: list[Order]) -> str:
    """The order file: customer, order number, day, amount in major units."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["customer", "order", "day", "amount"])
    rows.writerows((each.customer, each.number, each.day, f"{each.cents / 100:.2f}") for each in orders)
    return out.getvalue()
