"""Orders of a simulated population in a warehouse of the test's own."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import pyarrow as pa
import pytest

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.value import fitting
from tests.hand_made import put, when

from .reference import orders
from .reference.orders import Order


def plant(warehouse: Warehouse, found: list[Order], *, cost: float | None = None, seq: int = 1) -> None:
    """Customers and their paid orders; `cost` is a share of the amount."""
    tables.opened()
    first: dict[int, date] = {}
    for each in found:
        first[each.customer] = min(first.get(each.customer, each.day), each.day)
    put(
        warehouse,
        "customer",
        [
            {"cid": cid, "first_seen": _noon(day), "first_day": day, "live": True, "seq": seq}
            for cid, day in first.items()
        ],
    )
    put(
        warehouse,
        "orders",
        [
            {
                "k1": at, "k2": seq, "shop": "shop", "order_no": each.number, "version": 1, "cid": each.customer,
                "status": "paid", "amount": each.cents, "seq": seq,
                "cost": None if cost is None else round(each.cents * cost), **when(_noon(each.day).replace(tzinfo=UTC)),
            }
            for at, each in enumerate(found)
        ],
    )  # fmt: skip
    with warehouse.write() as writer:
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [seq])


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4)


class Planted(NamedTuple):
    warehouse: Warehouse
    end: date

    def fit(self, *, at: date | None = None) -> fitting.Fitted:
        day = at or self.end
        with clock.frozen(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            return fitting.run()

    def rows(self, sql: str) -> list[tuple]:
        table: pa.Table = self.warehouse.query(sql)
        return [tuple(row.values()) for row in table.to_pylist()]


@pytest.fixture
def seldom(warehouse: Warehouse) -> Planted:
    """1,500 people who buy now and then, goods that cost 60 % of their price."""
    plant(warehouse, orders.simulated("seldom"), cost=0.6)
    return Planted(warehouse, orders.POPULATIONS["seldom"].last)
