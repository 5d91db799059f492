"""One day in people's lives: who feels the need, who buys, who leaves.

Several courses of the world run beside each other on the same draws: what really happens, and what would have
happened otherwise. Where nothing differs between two courses, they are equal to the fen.
"""

from dataclasses import dataclass, fields

import numpy as np

from potager.demo import basket
from potager.demo.basket import Orders
from potager.demo.parameters import Bools, Floats, Ints, Parameters, Stream
from potager.demo.people import Population, moments
from potager.demo.season import season_of

NEVER = -1_000_000
LAYERS = ("new_no_order", "new_bought", "old_bought", "old_repeat")
NEW_DAYS = 30
# The chance per day that a friend deletes the brand unprovoked, and the part of the buying left after that.
DRIFT = 0.00016
APART = 0.6
ANNOYANCE_KEPT = 0.9
# The want of something else while the last product still lasts; 1 is an ordinary need.
BETWEEN = 0.3


@dataclass(slots=True)
class Lives:
    """Where everybody stands in each course; arrays (courses, people), lifts (courses, people, sources of lift).

    last, life, product  day, lasting days and main product of the last order (NEVER, 60, NO_PRODUCT before one)
    orders               paid orders since the history began
    lift, lift_until     extra share on the daily chance to buy, through that day, per source of lift
    coupon, coupon_until fen off the next order, through that day
    annoyance            messages lately, fading by a tenth a day
    """

    friend: Bools
    last: Ints
    life: Ints
    product: Ints
    orders: Ints
    coupon: Ints
    coupon_until: Ints
    annoyance: Floats
    lift: Floats
    lift_until: Ints

    @property
    def people(self) -> int:
        return int(self.friend.shape[1])

    def grow(self, n: int) -> None:
        """Make room for the people who joined: everybody up to the n-th."""
        extra = newborn(self.friend.shape[0], n - self.people, self.lift.shape[2])
        for f in fields(self):
            setattr(self, f.name, np.concatenate([getattr(self, f.name), getattr(extra, f.name)], axis=1))

    def split(self, courses: int, sources: int) -> "Lives":
        """The same lives in so many courses: they part when something differs."""
        fresh = newborn(courses, self.people, sources)
        for f in fields(self):
            if not f.name.startswith("lift"):
                setattr(fresh, f.name, np.repeat(getattr(self, f.name)[:1], courses, axis=0))
        return fresh


def newborn(courses: int, n: int, sources: int) -> Lives:
    shape = (courses, n)
    return Lives(
        friend=np.ones(shape, dtype=np.bool_),
        last=np.full(shape, NEVER),
        life=np.full(shape, 60),
        product=np.full(shape, basket.NO_PRODUCT),
        orders=np.zeros(shape, dtype=np.int64),
        coupon=np.zeros(shape, dtype=np.int64),
        coupon_until=np.full(shape, NEVER),
        annoyance=np.zeros(shape),
        lift=np.zeros((*shape, sources)),
        lift_until=np.full((*shape, sources), NEVER),
    )


def at_dawn(parameters: Parameters, people: Population) -> Lives:
    """The first day of the history: older customers have bought before it, which no record tells."""
    n = people.count_until(parameters.first_day - 1)
    lives = newborn(1, n, 0)
    rng = parameters.chance(Stream.LIVES)
    bought = (rng.random(n) < 0.7) & (people.eager[:n] > 0)
    day = parameters.first_day - 1 - rng.integers(0, 150, n)
    lives.last[0] = np.where(bought & (day >= people.joined[:n]), day, NEVER)
    product = basket.choose(people.skin[:n], rng.random(n))
    known = lives.last[0] != NEVER
    lives.product[0] = np.where(known, product, basket.NO_PRODUCT)
    lives.life[0] = np.where(known, basket.LIVES[product], 60)
    return lives


def layer_of(people: Population, lives: Lives, course: int, day: int, who: Ints) -> Ints:
    """The twin's own 新老客四态 of these people on a day, as an index into LAYERS."""
    new = day - people.joined[who] < NEW_DAYS
    orders = lives.orders[course, who]
    return np.where(orders >= 2, 3, np.where(new, np.where(orders > 0, 1, 0), 2))


def need(people: Population, lives: Lives, day: int, sale: float) -> Floats:
    """How strongly each person feels the want of the product today; 1 is an ordinary need."""
    n = lives.people
    since_joined = np.maximum(day - people.joined[:n], 0)
    before_first = 0.3 + 2.0 * np.exp(-since_joined / 6.0) + 0.5 * sale
    used_up = (day - lives.last) / lives.life
    due = 1.1 * np.exp(-0.5 * ((used_up - 1.1) / 0.3) ** 2)
    # Sleepers remember the brand when everybody talks of the sale.
    asleep = np.where(used_up > 1.1, 0.45 + 1.8 * sale, BETWEEN + 0.15 * sale)
    return np.where(lives.last == NEVER, before_first, due + asleep)


def staying(people: Population, lives: Lives) -> Bools:
    """Who has not stopped buying, per course."""
    there: Bools = lives.orders < people.lasting[: lives.people]
    return there


def buying(people: Population, lives: Lives, day: int) -> Floats:
    """Everybody's chance to buy on a day, per course."""
    season = season_of(day)
    n = lives.people
    lifted = 1 + np.where(lives.lift_until >= day, lives.lift, 0).sum(axis=2)
    present = people.joined[:n] <= day
    rate = people.eager[:n] * need(people, lives, day, season.sale) * season.buying
    rate = rate * (1 + 0.6 * season.sale * people.frugal[:n]) * lifted * np.where(lives.friend, 1.0, APART)
    return np.where(present & staying(people, lives) & (lives.last != day), 1 - np.exp(-rate), 0)


def live(parameters: Parameters, people: Population, lives: Lives, day: int) -> list[Orders]:
    """Let everybody live a day: the orders of each course; `lives` moves on. `lives` must have grown to the day."""
    draws = parameters.chance(Stream.LIVES, day).random((basket.DRAWS, lives.people))
    when = moments(draws[basket.HOUR], draws[basket.MINUTE])
    first_day = people.joined[: lives.people] == day
    # Nobody buys before having come; the day's last quarter of an hour is left for that.
    when = np.where(first_day, np.maximum(when, people.joined_at[: lives.people] + 900), when)
    season = season_of(day)
    chances = buying(people, lives, day)
    lives.annoyance *= ANNOYANCE_KEPT
    result = []
    for course in range(lives.friend.shape[0]):
        who = np.flatnonzero(draws[basket.BUY] < chances[course])
        held = np.where(lives.coupon_until[course, who] >= day, lives.coupon[course, who], 0)
        orders = basket.fill(
            people,
            who,
            draws[:, who],
            last_product=lives.product[course, who],
            coupon=held,
            season=season,
            moments=when[who],
        )
        _settle(lives, course, orders, day)
        result.append(orders)
    return result


def drift_away(parameters: Parameters, lives: Lives, day: int) -> Ints:
    """Who deletes the brand today for no reason of ours (in every course alike)."""
    draws = parameters.chance(Stream.ANSWERS, day).random(lives.people)
    gone = draws < DRIFT
    who = np.flatnonzero(gone & lives.friend[0])
    lives.friend[:, gone] = False
    return who


def _settle(lives: Lives, course: int, orders: Orders, day: int) -> None:
    who, main = orders.who, orders.product[:, 0]
    lives.last[course, who] = day
    lives.life[course, who] = basket.LIVES[main]
    lives.product[course, who] = main
    lives.orders[course, who] += 1
    lives.coupon_until[course, who[orders.coupon > 0]] = NEVER
