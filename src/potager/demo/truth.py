"""What the product should have found: sums and effects from the twin's own ledger."""

from dataclasses import dataclass

import numpy as np

from potager.demo.clockwork import microseconds
from potager.demo.parameters import Bools, Floats, Ints
from potager.demo.response import ACTUAL, FLIPPED, UNTOUCHED, flipped
from potager.demo.twin import Twin

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What each of some people did in their own window, money in fen.

    profit = paid − cost of goods − (refunded − the cost of goods that came back) − what messages cost
    """

    orders: Ints
    gmv: Ints
    refunds: Ints
    touch_cost: Ints
    profit: Ints

    @property
    def bought(self) -> Ints:
        return (self.orders > 0).astype(np.int64)

    def total(self, of: Bools) -> dict[str, int]:
        """Sums over some of the people."""
        return {
            "people": int(of.sum()),
            "buyers": int(self.bought[of].sum()),
            "orders": int(self.orders[of].sum()),
            "gmv": int(self.gmv[of].sum()),
            "refunds": int(self.refunds[of].sum()),
            "touch_cost": int(self.touch_cost[of].sum()),
            "profit": int(self.profit[of].sum()),
        }


@dataclass(frozen=True, slots=True)
class Entrants:
    """People who entered an experiment, once each: arm, and their window [start, start + length) in microseconds
    since 1970.
    """

    who: Ints
    treated: Bools
    start: Ints
    length: int


def outcomes(twin: Twin, entrants: Entrants, course: int = ACTUAL) -> Outcomes:
    """What these people did in their windows, in one course of the world.

    An order counts at the moment of its payment, a refund when it comes, a message when it is sent.
    """
    n = len(entrants.who)
    place = np.full(twin.lives.people, -1, dtype=np.int64)
    place[entrants.who] = np.arange(n)

    def summed(who: Ints, at: Ints, values: Ints) -> Ints:
        mine = place[who] >= 0
        row, value = place[who][mine], values[mine]
        since = at[mine] - entrants.start[row]
        inside = (since >= 0) & (since < entrants.length)
        sums = np.zeros(n, dtype=np.int64)
        np.add.at(sums, row[inside], value[inside])
        return sums

    orders = twin.ledger.orders(course)
    paid_at = microseconds(orders["day"], orders["second"])
    back = {name: column[orders["refund_day"] >= 0] for name, column in orders.items()}
    back_at = microseconds(back["refund_day"], twin.ledger.refund_second(back["rank"]))
    goods_back = back["cost"] * back["refund"] // back["amount"]
    sent = {name: column[_reached(twin, course)] for name, column in twin.ledger.messages().items()}
    refunds = summed(back["who"], back_at, back["refund"])
    touch_cost = summed(sent["who"], microseconds(sent["day"], sent["second"]), sent["cost"])
    margin = summed(orders["who"], paid_at, orders["amount"] - orders["cost"])
    return Outcomes(
        orders=summed(orders["who"], paid_at, np.ones_like(paid_at)),
        gmv=summed(orders["who"], paid_at, orders["amount"]),
        refunds=refunds,
        touch_cost=touch_cost,
        profit=margin - refunds + summed(back["who"], back_at, goods_back) - touch_cost,
    )


def _reached(twin: Twin, course: int) -> Bools:
    """Which messages reach their receivers in a course."""
    messages = twin.ledger.messages()
    if course == UNTOUCHED:
        return np.zeros(len(messages["who"]), dtype=np.bool_)
    reached: Bools = messages["shadow"] == 0
    if course != ACTUAL:
        reached = np.where(messages["journey"] == course - FLIPPED, ~reached, reached)
    return reached


@dataclass(frozen=True, slots=True)
class Effect:
    """The true effect of a journey per person who entered it, averaged: with it minus without it."""

    people: int
    buyers: float
    gmv: float
    profit: float


def effect(twin: Twin, journey: str, entrants: Entrants) -> Effect:
    """The realised effect on everybody who entered: each person's two courses on the same draws, subtracted."""
    real = outcomes(twin, entrants)
    other = outcomes(twin, entrants, flipped(journey))

    def mean(values: Ints, others: Ints) -> float:
        difference: Floats = np.where(entrants.treated, values - others, others - values).astype(np.float64)
        return float(difference.mean()) if len(difference) else 0.0

    return Effect(
        people=len(entrants.who),
        buyers=mean(real.bought, other.bought),
        gmv=mean(real.gmv, other.gmv),
        profit=mean(real.profit, other.profit),
    )
