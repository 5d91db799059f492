"""Shops in a warehouse of the test's own, filled through Arrow."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.affinity.settings import AffinitySettings
from potager.insight.moment import Moment
from potager.people.models import Customer

DAY = date(2026, 10, 1)
_MIDDAY = timedelta(hours=4)


class Shop:
    """Products, and orders given as (customer, day, products). Customers come with their first order."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        tables.opened()
        self._orders = 0
        self._seen: set[int] = set()

    def products(self, *names: str, **more: object) -> None:
        """Products of one kind: category, brand, price, cost, life_days."""
        rows = [{"product": name, "name": f"{name}!", "version": 1, "seq": 1, **more} for name in names]
        self._append("product", pa.Table.from_pylist(rows))

    def buys(self, *orders: tuple[int, date, Sequence[str]], amount: int = 1_000, status: str = "paid") -> list[int]:
        """Order keys (k1 = k2 = number)."""
        new = {cid for cid, _, _ in orders} - self._seen
        self.customers(*sorted(new))
        made, lines, keys = [], [], []
        for cid, on, products in orders:
            self._orders += 1
            n = self._orders
            keys.append(n)
            at = datetime.combine(on, datetime.min.time()) + _MIDDAY
            common = {"k1": n, "k2": n, "version": 1, "seq": n, "cid": cid, "ts": at, "day": on}
            made.append({**common, "shop": "shop", "order_no": str(n), "status": status, "amount": amount})
            lines += [
                {**common, "line": str(i), "product": product, "qty": 1.0, "amount": amount // max(1, len(products))}
                for i, product in enumerate(products)
            ]
        self._append("orders", pa.Table.from_pylist(made))
        if lines:
            self._append("order_item", pa.Table.from_pylist(lines))
        return keys

    def customers(self, *cids: int, live: bool = True, source: str = "store") -> None:
        if not cids:
            return
        self._seen |= set(cids)
        rows = [
            {"cid": cid, "seq": 1, "live": live, "source": source, "first_day": DAY, "created_at": datetime(2026, 1, 1)}
            for cid in cids
        ]
        self._append("customer", pa.Table.from_pylist(rows))

    def refund(self, key: int, on: date, amount: int) -> None:
        at = datetime.combine(on, datetime.min.time()) + _MIDDAY
        row = {"k1": key, "k2": -key, "o1": key, "o2": key, "version": 1, "seq": 1, "ts": at, "day": on}
        self._append("refund", pa.Table.from_pylist([{**row, "amount": amount}]))

    def people(self, *cids: int) -> None:
        """The same customers in operations, where pages look people up."""
        for cid in cids:
            Customer.objects.create(
                id=cid, name=f"客户{cid}", created_at=clock.now(), first_seen_at=clock.now(), person_key=f"p{cid}"
            )

    def baskets(self, baskets: Mapping[int, Sequence[str]] | Sequence[Sequence[str]]) -> None:
        """One customer with one order for each basket."""
        numbered = baskets if isinstance(baskets, Mapping) else dict(enumerate(baskets, start=1))
        self.buys(*((cid, DAY, list(products)) for cid, products in numbered.items()))

    def forget(self) -> None:
        """An empty shop again, for the next generated one."""
        self._seen.clear()
        with self.warehouse.write() as writer:
            for table in ("orders", "order_item", "customer", "refund", "product"):
                writer.execute(f"DELETE FROM {table}")

    def _append(self, table: str, rows: pa.Table) -> None:
        with self.warehouse.write() as writer:
            writer.append(table, rows)


@pytest.fixture
def shop(warehouse: Warehouse) -> Shop:
    return Shop(warehouse)


@pytest.fixture
def moment(warehouse: Warehouse) -> Moment:
    return Moment(clock.now(), clock.zone())


def asked(**more: object) -> AffinitySettings:
    """Settings under which a handful of baskets is enough."""
    return AffinitySettings.model_validate({"min_support": "0.000000001", "min_count": 1, "max_left": 3, **more})
