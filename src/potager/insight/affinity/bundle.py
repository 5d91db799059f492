"""The bundle simulator: what past baskets say about selling two to four products together at one price.

People are grouped by which of the products they bought in the window. Those who have some, not all, are whom the
bundle is for. Their expected take-up is the confidence of "has these, has the rest too" among all who have these, with
Wilson's 95 % interval (E. B. Wilson 1927, J. Am. Stat. Assoc. 22:209-212); bounds of the groups are added, which is
wider than the interval of the sum. It says how many would follow those before them at usual prices: what the lower
price adds is not in past baskets. So the margin says what it must add: `break_even` is the relative rise of take-up
at which the bundle earns what its takers would have paid apart.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from potager.core.errors import Problem
from potager.facts.warehouse.literals import literal, literals
from potager.insight import tables
from potager.insight.affinity.baskets import lines_sql, orders_sql
from potager.insight.affinity.settings import AffinitySettings
from potager.insight.moment import Moment

FEWEST: Final = 2
MOST: Final = 4
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Part:
    """One product of the bundle. price: its list price, else what was paid on average (`paid`); minor units."""

    product: str
    name: str
    price: int | None
    paid: bool
    cost: int | None
    buyers: int


@dataclass(frozen=True, slots=True)
class Takeup:
    """How many of `people` take, at this rate with its 95 % interval."""

    people: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """People who bought exactly `have` of the bundle. `both` of `of` who have these have all."""

    have: tuple[str, ...]
    lack: tuple[str, ...]
    takeup: Takeup
    both: int
    of: int


@dataclass(frozen=True, slots=True)
class Money:
    """Per bundle, minor units. None where a price or a cost is unknown.

    break_even   how much more take-up is needed, relative; None also when no take-up is enough
    never        the bundle loses money, whatever the take-up
    """

    price: int
    apart: int | None
    discount: int | None
    margin: int | None
    margin_apart: int | None
    break_even: Fraction | None
    never: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """takers_*: expected number of people and the added bounds; takers_needed: those of break-even."""

    customers: int
    parts: tuple[Part, ...]
    have_all: int
    groups: tuple[Group, ...]
    takers: float
    takers_low: float
    takers_high: float
    takers_needed: int | None
    money: Money


def simulate(settings: AffinitySettings, moment: Moment, products: Sequence[str], price: int) -> Simulation:
    """What the window's baskets say about these products at this price (minor units).

    Raises Problem("affinity.bundle") for fewer than two or more than four different products, an unknown one, or a
    price that is not positive.
    """
    chosen = tuple(dict.fromkeys(products))
    _check(chosen, price)
    owner = tables.opened()
    masks = owner.query(_masks_sql(settings, moment, chosen)).to_pylist()
    people = {int(row["mask"]): int(row["n"]) for row in masks}
    customers = owner.query(f"SELECT count(DISTINCT cid) AS n FROM ({orders_sql(moment, settings.days)})")
    rows = {row["product"]: row for row in owner.query(_parts_sql(settings, moment, chosen)).to_pylist()}
    if unknown := [each for each in chosen if each not in rows]:
        raise _refused(f"没有商品「{unknown[0]}」", f"There is no product “{unknown[0]}”", "products")
    parts = tuple(_part(rows[each], having(people, 1 << at)) for at, each in enumerate(chosen))
    groups = groups_of(chosen, people)
    takers = sum(each.takeup.people * each.takeup.rate for each in groups)
    money = money_of(parts, price)
    return Simulation(
        customers=int(customers["n"][0].as_py()),
        parts=parts,
        have_all=people.get((1 << len(chosen)) - 1, 0),
        groups=groups,
        takers=takers,
        takers_low=sum(each.takeup.people * each.takeup.low for each in groups),
        takers_high=sum(each.takeup.people * each.takeup.high for each in groups),
        takers_needed=None if money.break_even is None else math.ceil(Fraction(takers) * (1 + money.break_even)),
        money=money,
    )


def having(people: Mapping[int, int], mask: int) -> int:
    """How many bought at least the products of a mask."""
    return sum(n for bought, n in people.items() if bought & mask == mask)


def groups_of(products: Sequence[str], people: Mapping[int, int]) -> tuple[Group, ...]:
    """Everybody who has some and not all, the largest group first."""
    everything = (1 << len(products)) - 1
    both = people.get(everything, 0)
    found = []
    for mask, n in people.items():
        if mask in {0, everything}:
            continue
        of = having(people, mask)
        low, high = wilson(both, of)
        have = tuple(each for at, each in enumerate(products) if mask >> at & 1)
        lack = tuple(each for each in products if each not in have)
        found.append(Group(have, lack, Takeup(n, both / of, low, high), both, of))
    return tuple(sorted(found, key=lambda each: (-each.takeup.people, each.have)))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share; `of` is at least 1."""
    share, weight = hits / of, _Z * _Z / of
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(share * (1 - share) / of + weight / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def money_of(parts: Sequence[Part], price: int) -> Money:
    """Margins per bundle, and by how much take-up must rise for both ways to earn the same: exact."""
    prices = [each.price for each in parts if each.price is not None]
    costs = [each.cost for each in parts if each.cost is not None]
    apart = sum(prices) if len(prices) == len(parts) else None
    cost = sum(costs) if len(costs) == len(parts) else None
    margin = None if cost is None else price - cost
    margin_apart = None if cost is None or apart is None else apart - cost
    known = margin is not None and margin > 0 and margin_apart is not None
    return Money(
        price=price,
        apart=apart,
        discount=None if apart is None else apart - price,
        margin=margin,
        margin_apart=margin_apart,
        break_even=Fraction(margin_apart or 0, margin or 1) - 1 if known else None,
        never=margin is not None and margin <= 0,
    )


def _check(products: Sequence[str], price: int) -> None:
    if not FEWEST <= len(products) <= MOST:
        raise _refused(
            f"请选 {FEWEST}–{MOST} 件不同的商品", f"Choose {FEWEST} to {MOST} different products", "products"
        )
    if price <= 0:
        raise _refused("组合价应大于 0", "The bundle's price must be above 0", "price")


def _refused(zh: str, en: str, place: str) -> Problem:
    return Problem("affinity.bundle", zh=zh, en=en, place=place)


def _part(row: Mapping[str, object], buyers: int) -> Part:
    listed, paid, cost = row["price"], row["paid"], row["cost"]
    price = listed if listed is not None else paid
    assert price is None or isinstance(price, int)
    assert cost is None or isinstance(cost, int)
    return Part(str(row["product"]), str(row["name"]), price, listed is None and paid is not None, cost, buyers)


def _masks_sql(settings: AffinitySettings, moment: Moment, products: Sequence[str]) -> str:
    bits = " ".join(f"WHEN {literal(each)} THEN {1 << at}" for at, each in enumerate(products))
    lines = lines_sql(settings, moment, days=settings.days)
    return f"""SELECT mask, count(*) AS n FROM (
        SELECT cid, bit_or(CASE product {bits} END) AS mask FROM ({lines})
        WHERE product IN ({literals(products)}) GROUP BY cid
    ) GROUP BY mask"""


def _parts_sql(settings: AffinitySettings, moment: Moment, products: Sequence[str]) -> str:
    """Known by the catalogue or by a line: product, name, price, cost, and what was paid for one on average."""
    lines = lines_sql(settings, moment, days=settings.days)
    return f"""SELECT coalesce(p.product, l.product) AS product, coalesce(p.name, p.product, l.product) AS name,
        p.price, p.cost, CAST(round(l.amount / nullif(l.qty, 0)) AS BIGINT) AS paid
    FROM (SELECT * FROM product WHERE product IN ({literals(products)})) p
    FULL JOIN (SELECT product, sum(amount) AS amount, sum(qty) AS qty FROM ({lines})
        WHERE product IN ({literals(products)}) GROUP BY product) l ON l.product = p.product"""
