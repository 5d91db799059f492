"""What the house hears of a day: the twin's doings as facts for the journal, in order of time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from potager.core.journal import Fact
from potager.demo import basket, brand
from potager.demo.basket import Orders
from potager.demo.clockwork import at
from potager.demo.ledger import Refunds
from potager.demo.parameters import Ints, date_of
from potager.demo.people import Population
from potager.demo.twin import PAGES, Acts, Day

SOURCE = "twin"
# Advertising is settled at the end of the day.
CLOSING = 86_399
_STORE_COUNTER = basket.CHANNELS.index("store")


@dataclass(frozen=True, slots=True)
class Register:
    """Under which numbers the house knows the twin's people: customer, and the identities of chat and shop.

    cid is 0 for somebody the house does not know yet.
    """

    cid: Ints
    chat: Ints
    shop: Ints


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of small act: its event, the bodies its `what` chooses from, and whether it comes from chat or shop."""

    event: str
    bodies: tuple[dict[str, str], ...]
    in_chat: bool = False

    def iid(self, register: Register) -> Ints:
        return register.chat if self.in_chat else register.shop


VIEWED = Kind("product_viewed", tuple({"product": product.key} for product in brand.PRODUCTS))
PAGED = Kind("page_viewed", tuple({"name": page} for page in PAGES))
CHATTED = Kind("message_replied", tuple({"staff": member.key} for member in brand.STAFF), in_chat=True)


def order_no(day: int, rank: int) -> str:
    return f"ML{date_of(day):%Y%m%d}{rank + 1:05d}"


def tell(day: Day, people: Population, register: Register, since: int, until: int) -> list[Fact]:
    """Everything that happens in these seconds of a day, [since, until), in order of time.

    People's comings and goings are left out: they go through the door for people.
    """
    between = Between(since, until)
    told = [
        *_orders(day, people, register, between),
        *_refunds(day.day, day.refunds, register, between),
        *(fact for kind, acts in small_acts(day, people) for fact in _acts(day.day, kind, acts, register, between)),
        *(_cost(*cost) for cost in costs_of(day, people) if between.has(CLOSING)),
    ]
    return sorted(told, key=lambda fact: fact.at)


@dataclass(frozen=True, slots=True)
class Between:
    """Seconds of a day, the last not included."""

    since: int
    until: int

    def has(self, second: int) -> bool:
        return self.since <= second < self.until

    def of(self, seconds: Ints) -> Ints:
        """The places of those seconds that fall into it."""
        return np.flatnonzero((seconds >= self.since) & (seconds < self.until))


def small_acts(day: Day, people: Population) -> list[tuple[Kind, Acts]]:
    """What is looked at and said on a day; a word to the brand is a word to the person's own staff member."""
    chatted = Acts(day.chatted.who, day.chatted.second, people.owner[day.chatted.who])
    return [(VIEWED, day.viewed), (PAGED, day.paged), (CHATTED, chatted)]


def order_body(orders: Orders, row: int, number: str, store: str) -> dict[str, object]:
    """The body of a paid order, as any shop's connector would write it."""
    products = orders.product[row]
    return {
        "shop": brand.SHOP,
        "order_no": number,
        "version": 1,
        "status": "paid",
        "amount": int(orders.amount[row]),
        "discount": int(orders.discount[row]),
        "channel": basket.CHANNELS[orders.channel[row]],
        "store": store,
        "items": [
            {
                "line": str(line + 1),
                "product": brand.PRODUCTS[product].key,
                "qty": int(orders.quantity[row, line]),
                "amount": int(orders.line_amount[row, line]),
                "cost": int(basket.COSTS[product] * orders.quantity[row, line]),
            }
            for line, product in enumerate(products)
            if product != basket.NO_PRODUCT
        ],
    }


def stores_of(orders: Orders, people: Population) -> list[str]:
    """The store of each order, "" for those not bought at a counter."""
    owners = people.owner[orders.who]
    return [
        brand.STAFF[owner].store if channel == _STORE_COUNTER else ""
        for owner, channel in zip(owners, orders.channel, strict=True)
    ]


def costs_of(day: Day, people: Population) -> list[tuple[int, str, int]]:
    """(day, source, fen) of what the people who joined on a day cost to bring in."""
    joined = np.bincount(people.source[day.joined], minlength=len(brand.SOURCES))
    return [(day.day, origin.key, origin.cost * int(n)) for origin, n in zip(brand.SOURCES, joined, strict=True) if n]


def _orders(day: Day, people: Population, register: Register, between: Between) -> Iterator[Fact]:
    orders = day.orders
    stores = stores_of(orders, people)
    for row in between.of(orders.second).tolist():
        number, who = order_no(day.day, row), orders.who[row]
        yield Fact(
            "order",
            "order_paid",
            SOURCE,
            f"order:{number}:1",
            at(day.day, orders.second[row]),
            order_body(orders, row, number, stores[row]),
            iid=int(register.shop[who]),
            cid=int(register.cid[who]),
        )


def _refunds(day: int, refunds: Refunds, register: Register, between: Between) -> Iterator[Fact]:
    for row in between.of(refunds.second).tolist():
        number, who = order_no(int(refunds.order_day[row]), int(refunds.order_rank[row])), refunds.who[row]
        body = {
            "shop": brand.SHOP,
            "refund_no": f"R{number}",
            "order_no": number,
            "version": 1,
            "amount": int(refunds.amount[row]),
        }
        yield Fact(
            "refund",
            "order_refunded",
            SOURCE,
            f"refund:{number}:1",
            at(day, refunds.second[row]),
            body,
            iid=int(register.shop[who]),
            cid=int(register.cid[who]),
        )


def _acts(day: int, kind: Kind, acts: Acts, register: Register, between: Between) -> Iterator[Fact]:
    iid = kind.iid(register)
    for n in between.of(acts.second).tolist():
        who = acts.who[n]
        yield Fact(
            "event",
            kind.event,
            SOURCE,
            f"{kind.event}:{day}:{n}",
            at(day, acts.second[n]),
            kind.bodies[acts.what[n]],
            iid=int(iid[who]),
            cid=int(register.cid[who]),
        )


def _cost(day: int, source: str, amount: int) -> Fact:
    date = date_of(day).isoformat()
    body = {"day": date, "source": source, "channel": "acquisition", "version": 1, "amount": amount}
    return Fact("cost", "cost", SOURCE, f"cost:{source}:{date}", at(day, CLOSING), body)
