"""The year before the replay as Arrow tables, in the columns of the bulk door (facts.bulk)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from potager.demo import basket, brand
from potager.demo.clockwork import instants
from potager.demo.ledger import Refunds
from potager.demo.parameters import Ints, date_of
from potager.demo.people import Population
from potager.demo.telling import SOURCE, Kind, Register, costs_of, order_no, small_acts, stores_of
from potager.demo.twin import Acts, Day, Twin

_PRODUCT_KEYS = np.array([product.key for product in brand.PRODUCTS])


@dataclass(frozen=True, slots=True)
class History:
    """The lived days, and the tables of what happened on them. Nobody in it has been written to."""

    days: list[Day]

    def losses(self) -> list[tuple[int, int, int]]:
        """(person, day, second) of everybody who deleted the brand."""
        return [
            (int(who), day.day, int(second))
            for day in self.days
            for who, second in zip(day.lost.who, day.lost.second, strict=True)
        ]


def live_history(twin: Twin) -> History:
    """Let the twin live until the first replayed day."""
    days = []
    while twin.day < twin.parameters.replay_day:
        days.append(twin.live_day())
    return History(days)


def events(history: History, people: Population, register: Register) -> pa.Table:
    """Browsing and talking."""
    return pa.concat_tables(
        [_events(day.day, kind, acts, register) for day in history.days for kind, acts in small_acts(day, people)]
    )


def orders(history: History, people: Population, register: Register) -> pa.Table:
    return pa.concat_tables([_orders(day, people, register) for day in history.days])


def items(history: History, register: Register) -> pa.Table:
    """The lines of the orders."""
    return pa.concat_tables([_items(day, register) for day in history.days])


def refunds(history: History, register: Register) -> pa.Table:
    return pa.concat_tables([_refunds(day.day, day.refunds, register) for day in history.days])


def products() -> pa.Table:
    """What the brand sells."""
    return _table(
        {
            "product": [product.key for product in brand.PRODUCTS],
            "name": [product.name for product in brand.PRODUCTS],
            "category": [product.category for product in brand.PRODUCTS],
            "brand": ["沐岚"] * len(brand.PRODUCTS),
            "price": basket.PRICES,
            "cost": basket.COSTS,
            "life_days": basket.LIVES,
        }
    )


def costs(history: History, people: Population) -> pa.Table:
    """What bringing the people in cost, per day and source."""
    rows = [row for day in history.days for row in costs_of(day, people)]
    return _table(
        {
            "day": [date_of(day) for day, _, _ in rows],
            "source": [source for _, source, _ in rows],
            "channel": ["acquisition"] * len(rows),
            "amount": [amount for _, _, amount in rows],
        }
    )


def _table(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _people(register: Register, who: Ints, iid: Ints) -> dict[str, npt.NDArray[np.integer]]:
    return {"iid": iid[who], "cid": register.cid[who].astype(np.int32)}


def _events(day: int, kind: Kind, acts: Acts, register: Register) -> pa.Table:
    n = len(acts.who)
    texts = pa.array([json.dumps(body, separators=(",", ":")) for body in kind.bodies], pa.string())
    return _table(
        {
            "source": pa.repeat(pa.scalar(SOURCE), n),
            "message_id": pa.array([f"{kind.event}:{day}:{i}" for i in range(n)], pa.string()),
            **_people(register, acts.who, kind.iid(register)),
            "ts": instants(day, acts.second),
            "type": pa.repeat(pa.scalar(kind.event), n),
            "props": texts.take(acts.what),
        }
    )


def _orders(day: Day, people: Population, register: Register) -> pa.Table:
    these = day.orders
    n = len(these)
    return _table(
        {
            "shop": pa.repeat(pa.scalar(brand.SHOP), n),
            "order_no": pa.array([order_no(day.day, row) for row in range(n)], pa.string()),
            **_people(register, these.who, register.shop),
            "ts": instants(day.day, these.second),
            "status": pa.repeat(pa.scalar("paid"), n),
            "amount": these.amount,
            "discount": these.discount,
            "cost": these.cost,
            "items": (these.product != basket.NO_PRODUCT).sum(axis=1).astype(np.int32),
            "channel": pa.array([basket.CHANNELS[channel] for channel in these.channel], pa.string()),
            "store": pa.array(stores_of(these, people), pa.string()),
            "source": pa.repeat(pa.scalar(SOURCE), n),
            "has_items": pa.repeat(pa.scalar(True), n),
        }
    )


def _items(day: Day, register: Register) -> pa.Table:
    these = day.orders
    row, line = np.nonzero(these.product != basket.NO_PRODUCT)
    product, quantity = these.product[row, line], these.quantity[row, line]
    return _table(
        {
            "shop": pa.repeat(pa.scalar(brand.SHOP), len(row)),
            "order_no": pa.array([order_no(day.day, int(each)) for each in row], pa.string()),
            "line": pa.array((line + 1).astype(str).tolist(), pa.string()),
            **_people(register, these.who[row], register.shop),
            "ts": instants(day.day, these.second[row]),
            "product": pa.array(_PRODUCT_KEYS[product].tolist(), pa.string()),
            "qty": quantity.astype(np.float64),
            "amount": these.line_amount[row, line],
            "cost": basket.COSTS[product] * quantity,
        }
    )


def _refunds(day: int, these: Refunds, register: Register) -> pa.Table:
    numbers = [order_no(int(d), int(r)) for d, r in zip(these.order_day, these.order_rank, strict=True)]
    return _table(
        {
            "shop": pa.repeat(pa.scalar(brand.SHOP), len(numbers)),
            "refund_no": pa.array([f"R{number}" for number in numbers], pa.string()),
            "order_no": pa.array(numbers, pa.string()),
            **_people(register, these.who, register.shop),
            "ts": instants(day, these.second),
            "amount": these.amount,
        }
    )
