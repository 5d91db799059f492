"""The GMV tree: GMV = buyers × orders per buyer × average order value. Pure.

buyers = new buyers + old buyers, and new buyers = new customers × first-order rate. Every product
and sum holds exactly on the same period's counts (docs/concepts/metrics.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from potager.insight.metrics import Ratio

Unit = Literal["minor", "people", "rate", "orders"]
Key = Literal[
    "gmv", "buyers", "buyers_new", "customers_new", "first_order_rate", "buyers_old", "orders_per_buyer", "aov"
]


@dataclass(frozen=True, slots=True)
class Measures:
    """What a period held, in whole counts and minor units.

    customers_new  first seen in the period
    buyers_new     those of them with a paid order in the period
    buyers_old     the other people with a paid order in the period, known before it
    gmv            paid orders before refunds; refunds and profit are dated by their own day
    profit         gross: amount − item cost − the lost margin of refunds, of orders whose item cost is known
    uncosted_gmv   GMV of the other orders
    """

    customers_new: int = 0
    buyers_new: int = 0
    buyers_old: int = 0
    orders: int = 0
    gmv: int = 0
    refunds: int = 0
    refund_count: int = 0
    profit: int = 0
    uncosted_gmv: int = 0

    @property
    def buyers(self) -> int:
        return self.buyers_new + self.buyers_old


@dataclass(frozen=True, slots=True)
class Node:
    """A factor. `grows`: it adds up over the days of a period, so its should-be position grows with them."""

    key: Key
    parent: Key | None
    unit: Unit
    zh: str
    en: str
    grows: bool = field(default=True)


NODES: tuple[Node, ...] = (
    Node("gmv", None, "minor", "成交额 GMV", "GMV"),
    Node("buyers", "gmv", "people", "购买人数", "Buyers"),
    Node("buyers_new", "buyers", "people", "新客购买人数", "New buyers"),
    Node("customers_new", "buyers_new", "people", "新客", "New customers"),
    Node("first_order_rate", "buyers_new", "rate", "新客首单率", "First-order rate of new customers", grows=False),
    Node("buyers_old", "buyers", "people", "老客购买人数", "Buyers known before"),
    Node("orders_per_buyer", "gmv", "orders", "人均订单", "Orders per buyer", grows=False),
    Node("aov", "gmv", "minor", "客单价", "Average order value", grows=False),
)
KEYS: Mapping[Key, Node] = {node.key: node for node in NODES}


def levels(of: Measures) -> dict[Key, Ratio]:
    """The level of every node in a period."""
    return {
        "gmv": Ratio(of.gmv),
        "buyers": Ratio(of.buyers),
        "buyers_new": Ratio(of.buyers_new),
        "customers_new": Ratio(of.customers_new),
        "first_order_rate": Ratio(of.buyers_new, of.customers_new),
        "buyers_old": Ratio(of.buyers_old),
        "orders_per_buyer": Ratio(of.orders, of.buyers),
        "aov": Ratio(of.gmv, of.orders),
    }


def split(target: int, base: Measures) -> dict[Key, float]:
    """A level for every node that together give `target`, everything per buyer as in `base`, more buyers of both kinds.

    Nothing when the base period sold nothing: there is no proportion to carry over.
    """
    if not base.gmv:
        return {}
    factor = target / base.gmv
    found = {key: ratio.value for key, ratio in levels(base).items()}
    for key in ("buyers", "buyers_new", "customers_new", "buyers_old"):
        found[key] = (found[key] or 0) * factor
    found["gmv"] = target
    return {key: value for key, value in found.items() if value is not None}
