"""What the twin remembers: every order of every course, every message. Apart from the product's own records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from potager.demo.basket import Orders
from potager.demo.parameters import Ints
from potager.demo.response import JOURNEYS, Message

ORDER_COLUMNS = (
    "course", "day", "rank", "who", "second", "amount", "discount", "cost", "coupon", "refund", "refund_day"
)  # fmt: skip
MESSAGE_COLUMNS = ("day", "second", "who", "journey", "shadow", "cost")


class Refunds(NamedTuple):
    """Money that goes back on one day: whose, when, how much, for which order (day and rank within it)."""

    who: Ints
    second: Ints
    amount: Ints
    order_day: Ints
    order_rank: Ints


@dataclass(slots=True)
class _Table:
    """Rows of integers, added in blocks."""

    columns: tuple[str, ...]
    blocks: list[Ints] = field(default_factory=list)

    def add(self, *values: npt.ArrayLike) -> None:
        self.blocks.append(np.stack(np.broadcast_arrays(*values)).astype(np.int64))

    def rows(self) -> Ints:
        if len(self.blocks) != 1:
            empty = np.empty((len(self.columns), 0), dtype=np.int64)
            self.blocks[:] = [np.concatenate([empty, *self.blocks], axis=1)]
        return self.blocks[0]


class Ledger:
    """`journey` of a message is its index in response.JOURNEYS, or one past the end for any other."""

    def __init__(self) -> None:
        self._orders = _Table(ORDER_COLUMNS)
        self._messages = _Table(MESSAGE_COLUMNS)

    def add_orders(self, course: int, day: int, orders: Orders) -> None:
        """Orders of one course on one day, ranked by time."""
        refund_day = np.where(orders.refund > 0, day + orders.refund_days, -1)
        self._orders.add(
            course, day, np.arange(len(orders)), orders.who, orders.second, orders.amount, orders.discount,
            orders.cost, orders.coupon, orders.refund, refund_day,
        )  # fmt: skip

    def add_messages(self, messages: list[Message]) -> None:
        known = {journey: i for i, journey in enumerate(JOURNEYS)}
        other = len(JOURNEYS)
        rows = [(m.day, m.second, m.who, known.get(m.journey, other), int(m.shadow), m.cost) for m in messages]
        self._messages.add(*np.array(rows, dtype=np.int64).T)

    def orders(self, course: int = 0) -> dict[str, Ints]:
        """The orders of one course by column, in order of time."""
        rows = self._orders.rows()
        return dict(zip(ORDER_COLUMNS, rows[:, rows[0] == course], strict=True))

    def messages(self) -> dict[str, Ints]:
        """All messages by column."""
        return dict(zip(MESSAGE_COLUMNS, self._messages.rows(), strict=True))

    def refunds_due(self, day: int) -> Refunds:
        """The refunds of what really happened that fall on a day. They come around midday, an order apart."""
        orders = self.orders()
        due = orders["refund_day"] == day
        who, rank = orders["who"][due], orders["rank"][due]
        return Refunds(who, self.refund_second(rank), orders["refund"][due], orders["day"][due], rank)

    @staticmethod
    def refund_second(rank: Ints) -> Ints:
        """When on its day the refund of the day's rank-th order comes."""
        return (11 * 3600 + (rank * 977) % (9 * 3600)).astype(np.int64)

    def arrays(self) -> dict[str, Ints]:
        """Everything, for putting away."""
        return {"ledger_orders": self._orders.rows(), "ledger_messages": self._messages.rows()}

    @classmethod
    def of(cls, arrays: Mapping[str, Ints]) -> "Ledger":
        """The ledger put away with `arrays`."""
        ledger = cls()
        ledger._orders.blocks.append(arrays["ledger_orders"])
        ledger._messages.blocks.append(arrays["ledger_messages"])
        return ledger
