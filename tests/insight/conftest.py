"""Hand-made customers, orders and events in a warehouse of the test's own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pyroaring import BitMap

from potager.core import clock, store
from potager.core.ids import key_of
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.models import Audience, LayerModel, ListUpload, TagDefinition, UploadedList
from potager.people.models import Customer


def day(text: str, hour: int = 4) -> datetime:
    """An instant of a business day in Shanghai: hour 4 UTC is noon there."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(hours=hour)


class Plot:
    """A few rows at a time, straight into the tables of facts; seq counts on."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.seq = 0
        tables.opened()

    def _put(self, table: str, *rows: dict[str, Any]) -> None:
        with self.warehouse.write() as writer:
            for row in rows:
                self.seq += 1
                names = ", ".join([*row, "seq"])
                marks = ", ".join("?" * (len(row) + 1))
                writer.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values(), self.seq])
            writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [self.seq])

    def customers(self, *cids: int, seen: str = "2026-01-01", source: str = "store") -> None:
        for cid in cids:
            Customer.objects.get_or_create(
                id=cid,
                defaults={
                    "name": f"客户{cid}", "created_at": day(seen), "first_seen_at": day(seen), "person_key": f"p{cid}",
                },
            )  # fmt: skip
        self._put(
            "customer",
            *(
                {
                    "cid": cid, "created_at": naive(day(seen)), "first_seen": naive(day(seen)),
                    "first_day": date.fromisoformat(seen), "source": source, "live": True,
                }
                for cid in cids
            ),
        )  # fmt: skip

    def order(self, cid: int, on: str, amount: int, *, status: str = "paid", hour: int = 4) -> tuple[int, int]:
        key = key_of("shop", f"{cid}:{on}:{hour}:{self.seq}")
        at = day(on, hour)
        self._put(
            "orders",
            {
                "k1": key.k1, "k2": key.k2, "shop": "shop", "order_no": str(self.seq), "version": 1, "cid": cid,
                "ts": naive(at), "day": clock.business_date(at), "status": status, "amount": amount,
            },
        )  # fmt: skip
        return key

    def refund(self, order: tuple[int, int], cid: int, on: str, amount: int) -> None:
        key = key_of("refund", str(self.seq))
        at = day(on)
        self._put(
            "refund",
            {
                "k1": key.k1, "k2": key.k2, "o1": order[0], "o2": order[1], "version": 1, "cid": cid,
                "ts": naive(at), "day": clock.business_date(at), "amount": amount,
            },
        )  # fmt: skip

    def event(self, cid: int, kind: str, at: datetime, **props: Any) -> None:
        with self.warehouse.write() as writer:
            writer.execute(
                """INSERT INTO event_type SELECT (SELECT count(*) + 1 FROM event_type), ?
                WHERE NOT EXISTS (FROM event_type WHERE key = ?)""",
                [kind, kind],
            )
        types = self.warehouse.query("SELECT id FROM event_type WHERE key = ?", [kind])
        key = key_of("event", str(self.seq))
        self._put(
            "event_hot",
            {
                "k1": key.k1, "k2": key.k2, "cid": cid, "ts": naive(at), "day": clock.business_date(at),
                "type": types["id"][0].as_py(), **props,
            },
        )  # fmt: skip

    def relation(self, cid: int, staff: str, since: datetime, until: datetime | None = None) -> None:
        self._put(
            "relation",
            {"cid": cid, "staff": staff, "since": naive(since), "until": naive(until) if until else None},
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        table: pa.Table = self.warehouse.query(sql)
        return [tuple(row.values()) for row in table.to_pylist()]


def naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


@pytest.fixture
def plot(warehouse: Warehouse) -> Plot:
    return Plot(warehouse)


def define_tag(key: str, rule: dict[str, Any] | None = None, source: str = "rule", **more: Any) -> TagDefinition:
    return TagDefinition.objects.create(key=key, name_zh=key, source=source, rule=rule, **more)


def define_layers(key: str, kind: str, **settings: Any) -> LayerModel:
    return LayerModel.objects.create(key=key, name_zh=key, kind=kind, settings=settings)


def upload(key: str, *cids: int, at: datetime) -> ListUpload:
    """A file of the list `key`, which is made by its first."""
    on, _ = UploadedList.objects.get_or_create(key=key, defaults={"name_zh": key, "created_at": at})
    return ListUpload.objects.create(
        of_list=on, at=at, by="owner", file_name=f"{key}.csv", kind="cid", members=BitMap(cids).serialize(),
        n=len(cids), missing=0, doubled=0,
    )  # fmt: skip


def define_audience(key: str, condition: dict[str, Any]) -> Audience:
    return Audience.objects.create(key=key, name_zh=key, condition=condition, created_at=clock.now())


__all__ = ["Plot", "define_audience", "define_layers", "define_tag", "store", "upload"]
