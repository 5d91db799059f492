"""A random little house: people, orders, relations, touches, costs; and how it gets into the warehouse."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from potager.core.ids import key_of
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.org.models import Department, Staff, Store
from tests.hand_made import put

SOURCES = ["parcel", "store", "ad", None]
CHANNELS = ["shop", "counter", None]
STAFF = {"an": ("sales", "s1"), "bo": ("sales", "s2"), "cy": ("care", None), "di": (None, "s1")}
DEPARTMENT = {key: department for key, (department, _) in STAFF.items()}
STORE = {key: store for key, (_, store) in STAFF.items()}
PRODUCTS = {"serum": "face", "cream": "face", "soap": "body", "lamp": None}
OWN = {"product_viewed", "message_replied", "friend_added", "touch_read", "touch_replied", "code_scanned", "played"}


class MadeHouse:
    """What is so in the house, as lists of plain rows with aware instants."""

    def __init__(self, seed: int, zone: str, first: date, last: date, as_of: datetime) -> None:
        self.random, self.zone = random.Random(seed), ZoneInfo(zone)
        self.first, self.last, self.as_of = first, last, as_of
        self._make()

    def at(self) -> datetime:
        """An instant in the span; one in six lies on a midnight of the zone or a microsecond off it."""
        day = self.first + timedelta(days=self.random.randrange((self.last - self.first).days + 1))
        start = datetime.combine(day, datetime.min.time(), tzinfo=self.zone).astimezone(UTC)
        if self.random.random() < 1 / 6:
            return start + timedelta(microseconds=self.random.choice([-1, 0, 1]))
        return start + timedelta(seconds=self.random.randrange(86_400))

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _make(self) -> None:
        pick, number = self.random.choice, self.random.randrange
        self.customers = [
            {
                "cid": cid, "at": self.at(), "source": pick(SOURCES), "owner": pick([*STAFF, None]),
                "live": self.random.random() < 0.85, "layer": pick(["gold", "iron", None]), "skin": pick(["dry", None]),
            }
            for cid in range(1, 26)
        ]  # fmt: skip
        self.orders, self.items, self.refunds = [], [], []
        for n in range(60):
            amount, costed = number(1, 5) * 997, self.random.random() < 0.7
            lines = [
                {"product": pick(list(PRODUCTS)), "qty": float(number(1, 4)), "amount": amount // 3, "cost": number(90)}
                for _ in range(number(0, 4))
            ]
            known = costed and (bool(lines) or self.random.random() < 0.5)
            cost = (sum(each["cost"] for each in lines) or number(500)) if known else None
            self.orders.append(
                {
                    "n": n, "cid": number(1, 28), "at": self.at(), "amount": amount, "cost": cost,
                    "channel": pick(CHANNELS), "store": pick(["s1", "s2", None]),
                    "status": "cancelled" if number(10) == 0 else "paid",
                }
            )  # fmt: skip
            self.items += [{"n": n, **each} for each in lines]
            if self.random.random() < 0.3:
                back = {"n": n, "cid": self.orders[-1]["cid"], "at": self.at(), "amount": number(1, amount + 1)}
                self.refunds.append(back)
        self.relations = []
        for _ in range(40):
            since = self.at()
            until = since + timedelta(days=number(0, 40), seconds=number(86_400)) if number(2) else None
            state = pick(["lost", "moved"]) if until else "active"
            self.relations.append(
                {"cid": number(1, 26), "staff": pick(list(STAFF)), "since": since, "until": until, "state": state,
                 "source": pick(SOURCES)}
            )  # fmt: skip
        self.costs = [
            {"day": self.first + timedelta(days=number((self.last - self.first).days)), "source": pick(["ad", "store"]),
             "amount": number(1, 900)}
            for _ in range(6)
        ]  # fmt: skip
        self.events = [
            (pick([*sorted(OWN - {"touch_read", "touch_replied"}), "tag_added"]), number(1, 26), self.at(), {})
            for _ in range(50)
        ]
        for touch in range(1, 41):
            self._touch(touch)

    def _touch(self, touch: int) -> None:
        pick = self.random.choice
        way = pick([1, 2])
        told = {
            "channel": way, "p_touch": touch, "p_journey": pick(["welcome", ""]), "p_step": pick(["hello", "offer"]),
            "p_sender": pick(["an", "bo"]),
        }  # fmt: skip
        who, at = self.random.randrange(1, 26), self.at()
        # Channel 2 tells of neither reads nor replies.
        kinds = [
            "touch_sent",
            *pick([["touch_confirmed"], ["touch_delivered"], ["touch_confirmed", "touch_delivered"], []]),
        ]
        if way == 1 and len(kinds) > 1:
            kinds += pick([[], ["touch_read"], ["touch_read", "touch_replied"]])
        for step, kind in enumerate(kinds):
            self.events.append((kind, who, at + timedelta(hours=9 * step), told))

    def write(self, warehouse: Warehouse) -> None:
        """Put the house into the operations store and the warehouse."""
        tables.opened()
        write_staff()
        self._write_people(warehouse)
        self._write_trade(warehouse)
        self._write_events(warehouse)

    def _write_people(self, warehouse: Warehouse) -> None:
        put(
            warehouse,
            "customer",
            [
                {"cid": c["cid"], "first_seen": naive(c["at"]), "first_day": self.day(c["at"]),
                 "source": c["source"] or "", "owner": c["owner"], "live": c["live"]}
                for c in self.customers
            ],
        )  # fmt: skip
        rows = [{"layer": c["layer"], "cid": c["cid"]} for c in self.customers if c["layer"]]
        with warehouse.write() as writer:
            for row in rows:
                writer.execute(
                    "INSERT INTO layer_history VALUES ('metal', ?, ?, DATE '2020-01-01', NULL)",
                    [row["cid"], row["layer"]],
                )
        put(
            warehouse,
            "manual_tag",
            [
                {"cid": c["cid"], "tag": "skin", "value": c["skin"], "since": datetime(2020, 1, 1)}
                for c in self.customers
                if c["skin"]
            ],
        )
        put(
            warehouse,
            "relation",
            [
                {"cid": r["cid"], "staff": r["staff"], "since": naive(r["since"]),
                 "until": naive(r["until"]) if r["until"] else None, "state": r["state"], "source": r["source"]}
                for r in self.relations
            ],
        )  # fmt: skip

    def _write_trade(self, warehouse: Warehouse) -> None:
        put(
            warehouse,
            "orders",
            [
                {**keys(o["n"]), "cid": o["cid"], **self.when(o["at"]), "status": o["status"], "amount": o["amount"],
                 "cost": o["cost"], "channel": o["channel"], "store": o["store"]}
                for o in self.orders
            ],
        )  # fmt: skip
        put(
            warehouse,
            "order_item",
            [
                {**keys(i["n"]), "line": str(line), "product": i["product"], "qty": i["qty"], "amount": i["amount"],
                 "cost": i["cost"]}
                for line, i in enumerate(self.items)
            ],
        )  # fmt: skip
        put(warehouse, "product", [{"product": key, "category": value} for key, value in PRODUCTS.items()])
        put(
            warehouse,
            "refund",
            [
                {**keys(f"r{r['n']}"), "o1": keys(r["n"])["k1"], "o2": keys(r["n"])["k2"], "cid": r["cid"],
                 **self.when(r["at"]), "amount": r["amount"]}
                for r in self.refunds
            ],
        )  # fmt: skip
        put(warehouse, "channel_cost", self.costs)

    def _write_events(self, warehouse: Warehouse) -> None:
        known = {key: n for n, key in enumerate(sorted({row[0] for row in self.events}), start=1)}
        put(warehouse, "event_type", [{"id": n, "key": key} for key, n in known.items()])
        put(warehouse, "channel_dict", [{"id": 1, "key": "message"}, {"id": 2, "key": "sms"}])
        kinds = {"channel": pa.int16(), "p_touch": pa.int64()}
        rows = [{"cid": cid, "type": known[key], **self.when(at), **more} for key, cid, at, more in self.events]
        names = ["cid", "type", "ts", "day", "channel", "p_touch", "p_journey", "p_step", "p_sender"]
        types = {"cid": pa.int32(), "type": pa.int16(), "ts": pa.timestamp("us"), "day": pa.date32(), **kinds}
        with warehouse.write() as writer:
            columns = {n: pa.array([row.get(n) for row in rows], types.get(n, pa.string())) for n in names}
            writer.append("event_hot", pa.table(columns))

    def when(self, at: datetime) -> dict:
        return {"ts": naive(at), "day": self.day(at)}


def write_staff() -> None:
    for key in ("sales", "care"):
        Department.objects.create(key=key, name=key)
    for key in ("s1", "s2"):
        Store.objects.create(key=key, name=key)
    for key, (department, store) in STAFF.items():
        Staff.objects.create(
            key=key, name=key, department=Department.objects.filter(key=department).first(),
            store=Store.objects.filter(key=store).first(),
        )  # fmt: skip


def keys(number: object) -> dict:
    key = key_of("shop", str(number))
    return {"k1": key.k1, "k2": key.k2}


def naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
