"""Customers drawn by a seed: ties, missing values, empty histories, both nights that are not 24 hours long."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from potager.insight.moment import Moment
from tests.insight.garden import Bond, Garden, Happening, Held, Spell, Subject, line

ZONE = ZoneInfo("America/New_York")
END = datetime(2026, 11, 3, 12, tzinfo=UTC)
MOMENTS = tuple(
    Moment(at, ZONE) for at in (END, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
)
TABLES = (
    "event", "order_item", "product", "orders", "refund", "customer", "customer_value", "relation", "manual_tag",
    "layer_history",
)  # fmt: skip
_HOURS = (-30, 0, 1, 12, 24, 25, 36, 48, 56, 57, 72, 100, 24 * 18, 24 * 19, 24 * 40, 24 * 100, 24 * 300)
_INSTANTS = [
    *(END - timedelta(hours=hours) for hours in _HOURS),
    *(datetime(2026, 3, 8, hour, tzinfo=UTC) for hour in (4, 5, 6, 7)),
    datetime(2026, 11, 1, 5, 29, 59, 999_999, tzinfo=UTC),
]
_BIRTHDAYS = [
    date.fromisoformat(day)
    for day in ("2026-10-15", "2000-02-29", "1990-11-04", "1976-03-08", "1899-12-31", "1987-12-20", "1995-11-22")
]  # fmt: skip
_CITIES = ["上海", "杭州", "O'Brien", ""]


class Draw:
    """Choices of one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, values: Any) -> Any:
        return self.random.choice(values)

    def maybe(self, values: Any) -> Any:
        return self.one(values) if self.random.random() < 0.7 else None

    def span(self) -> tuple[datetime, datetime | None]:
        since, until = sorted((self.one(_INSTANTS), self.one(_INSTANTS)))
        return since, until if self.random.random() < 0.5 else None

    def happening(self) -> Happening:
        at = self.one(_INSTANTS)
        kind = self.one(["order_paid", "order_paid", "product_viewed", "product_viewed", "message_replied",
                         "order_refunded", "group_joined", "group_joined", "group_left"])  # fmt: skip
        items: tuple[dict[str, Any], ...] = ()
        if kind == "order_paid":
            props = {"amount": self.one([0, 100, 3333, 5000, 10050]), "store": self.maybe(_CITIES)}
            number = self.one([0, 1, 2])
            items = tuple(self.line() for _ in range(number))
        elif kind == "order_refunded":
            props = {"amount": self.one([100, 5000])}
        elif kind in {"group_joined", "group_left"}:
            props = {"group_chat": self.maybe(["g1", "g2"]), "purpose": self.maybe(["福利", "学习"])}
        else:
            props = {
                "channel": self.maybe(["wecom", "sms"]), "product": self.maybe(["p1", "p2", "p3"]),
                "seconds": self.maybe([0.0, 1.0, 2.5, 18.0]), "shared": self.maybe([True, False]),
            }  # fmt: skip
        return Happening(kind, at, at.astimezone(ZONE).date(), props, items)

    def line(self) -> dict[str, Any]:
        return line(self.one(["p1", "p2", "p9"]), self.maybe([1.0, 2.0, 18.0]), self.maybe([0, 100]))

    def subject(self, moment: Moment) -> Subject:
        first = self.maybe(_INSTANTS)
        attrs = {
            "city": self.maybe(_CITIES), "age": self.maybe([0.0, 2.5, 18.0, 30.0]),
            "credit": self.maybe([0, 100, 5000, -500]), "birthday": self.maybe(_BIRTHDAYS),
            "vip": self.maybe([True, False]), "note": self.maybe(_CITIES), "first_seen_at": first,
            "first_seen": moment.date_of(first) if first else None,
        }  # fmt: skip
        if self.random.random() < 0.6:
            attrs |= {
                "value.p_alive": self.one([0.25, 0.5, 1.0]), "value.expected_orders": 1.5,
                "value.expected_profit": 3333, "value.clv": self.one([0, 3333, 5000, -500]),
            }  # fmt: skip
        bonds = [
            Bond(self.one(["zhangsan", "lisi"]), *self.span(), self.maybe(["store", "live"]))
            for _ in range(self.one([0, 1, 2]))
        ]
        tags = []
        for _ in range(self.one([0, 1, 2])):
            tag, value = self.one([("friendly", None), ("skin", "dry"), ("skin", None), ("score", "3"), ("score", "x")])
            tags.append(Held(tag, value, *self.span()))
        layers = []
        if self.random.random() < 0.6:
            turn = self.one([date(2026, 10, 15), date(2026, 11, 1)])
            layers = [Spell("rfm", "none", date(2026, 3, 1), turn), Spell("rfm", "champion", turn)]
        events = [self.happening() for _ in range(self.one([0, 1, 4, 8]))]
        return Subject(moment, attrs, events, bonds, tags, layers, {})


def planted(seed: int, size: int) -> Garden:
    """So many customers; every twentieth is not live."""
    draw = Draw(seed)
    people = {cid: draw.subject(MOMENTS[0]) for cid in range(1, size + 1)}
    homes = sorted({
        (draw.one(range(1, size // 3)), draw.one(range(1, size + 1)), draw.one(["buyer", "child", "member"]))
        for _ in range(size)
    })  # fmt: skip
    dead = frozenset(range(7, size + 1, 20))
    return Garden(ZONE, people, dead, {"spring": list(range(1, size, 3))}, homes, {"vip": list(range(2, size, 5))})


def rows(garden: Garden) -> dict[str, pa.Table]:
    """The tables of a garden."""
    return {name: garden.db.sql(f"SELECT * FROM {name}").to_arrow_table() for name in TABLES}
