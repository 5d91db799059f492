"""What somebody who decides to buy puts into the basket, and what it costs them and the brand."""

from dataclasses import dataclass, fields

import numpy as np

from potager.demo import brand
from potager.demo.parameters import Floats, Ints
from potager.demo.people import Population
from potager.demo.season import Season

PRICES = np.array([product.price for product in brand.PRODUCTS])
COSTS = np.array([product.cost for product in brand.PRODUCTS])
LIVES = np.array([product.life for product in brand.PRODUCTS])
CHANNELS = ("mini_program", "store", "live")
# A coupon needs a basket of this much, and this share of those who could use theirs think of it.
COUPON_FLOOR = 12_900
COUPON_USE = 0.85
REFUND_SHARE = 0.035
MAX_LINES = 3
NO_PRODUCT = -1
_TRIAL = next(i for i, product in enumerate(brand.PRODUCTS) if product.key == brand.TRIAL)
_LIVE = next(i for i, origin in enumerate(brand.SOURCES) if origin.key == "live")
# Uniforms one person may need on one day; rows of the day's draws.
BUY, LINES, FIRST, SECOND, THIRD, QUANTITY, HOUR, MINUTE, CHANNEL, COUPON, REFUND, REFUND_DAY = range(12)
DRAWS = 12


def _taste() -> Floats:
    """Cumulative choice of a product by skin type: shape (skins, products)."""
    pull = np.array(
        [
            [p.pull * (2.6 if skin in p.skins else 0.35 if p.skins else 1.0) for p in brand.PRODUCTS]
            for skin in brand.SKINS
        ]
    )
    pull[:, _TRIAL] = 0
    shares: Floats = np.cumsum(pull, axis=1) / pull.sum(axis=1, keepdims=True)
    return shares


TASTE = _taste()


@dataclass(slots=True)
class Orders:
    """Orders of one day, one row each; lines in (rows, MAX_LINES), product NO_PRODUCT where there is none.

    amount is what is paid, after `discount`; `refund` of it comes back `refund_days` later (0, 0 for none).
    Money in fen.
    """

    who: Ints
    second: Ints
    channel: Ints
    amount: Ints
    discount: Ints
    cost: Ints
    refund: Ints
    refund_days: Ints
    coupon: Ints
    product: Ints
    quantity: Ints
    line_amount: Ints

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints) -> "Orders":
        return Orders(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def choose(skin: Ints, u: Floats) -> Ints:
    """A product for each (skin, uniform) by taste."""
    place: Ints = (TASTE[skin] < u[:, None]).sum(axis=1)
    return place


def fill(
    people: Population,
    who: Ints,
    draws: Floats,
    *,
    last_product: Ints,
    coupon: Ints,
    season: Season,
    moments: Ints,
) -> Orders:
    """The orders of the buyers `who`. `draws` is (DRAWS, buyers), `coupon` what a live coupon takes off (0 none)."""
    product = _products(people, who, draws, last_product, season)
    quantity = np.where(product == NO_PRODUCT, 0, 1)
    double = (draws[QUANTITY] > 0.9 - 0.35 * season.sale) & (product[:, 0] != _TRIAL)
    quantity[:, 0] += double
    listed = np.where(product == NO_PRODUCT, 0, PRICES[product]) * quantity
    on_sale = (listed * (1 - season.off)).astype(np.int64) // 10 * 10
    subtotal = on_sale.sum(axis=1)
    used = np.where((subtotal >= COUPON_FLOOR) & (draws[COUPON] < COUPON_USE), coupon, 0)
    paid = _spread(on_sale, subtotal, used)
    amount = paid.sum(axis=1)
    cost = (np.where(product == NO_PRODUCT, 0, COSTS[product]) * quantity).sum(axis=1)
    refunded = draws[REFUND] < REFUND_SHARE
    whole = draws[REFUND] < REFUND_SHARE * 0.7
    return Orders(
        who=who,
        second=moments,
        channel=_channel(people, who, draws[CHANNEL]),
        amount=amount,
        discount=listed.sum(axis=1) - amount,
        cost=cost,
        refund=np.where(whole, amount, np.where(refunded, paid[:, 0], 0)),
        refund_days=np.where(refunded, 2 + (draws[REFUND_DAY] * 9).astype(np.int64), 0),
        coupon=used,
        product=product,
        quantity=quantity,
        line_amount=paid,
    )


def _products(people: Population, who: Ints, draws: Floats, last_product: Ints, season: Season) -> Ints:
    skin = people.skin[who]
    main = choose(skin, draws[FIRST])
    again = (last_product != NO_PRODUCT) & (draws[SECOND] < 0.3 + 0.5 * people.loyal[who])
    main = np.where(again, last_product, main)
    trial = (last_product == NO_PRODUCT) & (draws[THIRD] < 0.12 + 0.3 * people.frugal[who])
    main = np.where(trial, _TRIAL, main)
    # A second and a third line come from the same draws turned round, so one uniform each is enough.
    second = choose(skin, (draws[SECOND] * 7.13) % 1)
    third = choose(skin, (draws[THIRD] * 5.71) % 1)
    more = draws[LINES] + 0.12 * season.sale
    second = np.where((more > 0.58) & ~trial & (second != main), second, NO_PRODUCT)
    third = np.where((more > 0.86) & (second != NO_PRODUCT) & (third != main) & (third != second), third, NO_PRODUCT)
    return np.stack([main, second, third], axis=1)


def _spread(lines: Ints, subtotal: Ints, off: Ints) -> Ints:
    """Takes `off` from the lines in proportion, to the fen; the first line bears the rounding."""
    share = lines * off[:, None] // np.maximum(subtotal, 1)[:, None]
    share[:, 0] += off - share.sum(axis=1)
    return (lines - share).astype(np.int64)


def _channel(people: Population, who: Ints, u: Floats) -> Ints:
    at_counter = people.owner[who] < 2 * len(brand.STORES)
    live = people.source[who] == _LIVE
    return np.where(at_counter & (u < 0.55), 1, np.where(live & (u < 0.4), 2, 0))
