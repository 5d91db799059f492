"""The twin as one thing: it lives days, hears messages, remembers, and can be put away and taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from potager.demo import basket, response
from potager.demo.basket import Orders
from potager.demo.ledger import Ledger, Refunds
from potager.demo.life import Lives, at_dawn, drift_away, live
from potager.demo.parameters import Ints, Parameters, Stream
from potager.demo.people import Population, moments, populate
from potager.demo.response import Message
from potager.demo.season import season_of

PAGES = ("护肤文章", "会员中心", "活动页", "直播预告")


@dataclass(frozen=True, slots=True)
class Acts:
    """Small things people do: who, when (seconds into the day), and on what (a product or page index, or 0)."""

    who: Ints
    second: Ints
    what: Ints


@dataclass(frozen=True, slots=True)
class Day:
    """What happens on one day, in what really happens. Orders are ranked by time: row r is the r-th of the day."""

    day: int
    joined: Ints
    orders: Orders
    refunds: Refunds
    viewed: Acts
    paged: Acts
    chatted: Acts
    lost: Acts


@dataclass(slots=True)
class Twin:
    """`day` is the next day to live; `heard` numbers the last news of messages the house's people have seen."""

    parameters: Parameters
    people: Population
    lives: Lives
    day: int
    ledger: Ledger = field(default_factory=Ledger)
    heard: int = 0

    @classmethod
    def born(cls, parameters: Parameters) -> "Twin":
        """The twin on the first morning of its history."""
        people = populate(parameters, parameters.last_day - 1)
        return cls(parameters, people, at_dawn(parameters, people), parameters.first_day)

    def live_day(self) -> Day:
        """Live one day: people join, look, talk, buy, leave."""
        day = self.day
        if day >= self.parameters.last_day:
            self.people = populate(self.parameters, day)
        if day == self.parameters.replay_day:
            self.lives = self.lives.split(response.COURSES, len(response.JOURNEYS) + 1)
        before, n = self.lives.people, self.people.count_until(day)
        self.lives.grow(n)
        courses = [_ranked(orders) for orders in live(self.parameters, self.people, self.lives, day)]
        for course, orders in enumerate(courses):
            self.ledger.add_orders(course, day, orders)
        lost = drift_away(self.parameters, self.lives, day)
        self.day += 1
        joined = np.arange(before if day > self.parameters.first_day else n, n)
        return self._told(day, joined, courses[0], lost)

    def hear(self, messages: list[Message], turn: int) -> tuple[list[Message], Ints]:
        """Messages arrive, the `turn`-th batch since the last day: which are answered, and who deletes the sender."""
        if not messages:
            return [], np.array([], dtype=np.int64)
        self.ledger.add_messages(messages)
        response.work(self.people, self.lives, messages, self.day)
        u = self.parameters.chance(Stream.ANSWERS, self.day * 100 + turn + 1).random((2, self.lives.people))
        who = np.unique(np.array([m.who for m in messages], dtype=np.int64))
        answered = response.replies(self.people, messages, u[0])
        return answered, response.deletes(self.people, self.lives, self.day - 1, who, u[1])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What must be kept to go on tomorrow; people and chance come from the parameters again."""
        lives = {f"lives_{f.name}": getattr(self.lives, f.name) for f in fields(Lives)}
        return {"day": np.array(self.day), "heard": np.array(self.heard), **lives, **self.ledger.arrays()}

    @classmethod
    def of(cls, parameters: Parameters, arrays: Mapping[str, npt.NDArray[np.generic]]) -> "Twin":
        """The twin that was put away with `arrays`."""
        day = int(arrays["day"].astype(np.int64))
        lives = Lives(**{f.name: arrays[f"lives_{f.name}"] for f in fields(Lives)})  # type: ignore[arg-type]  # dtypes as saved
        ledger = Ledger.of({name: table.astype(np.int64) for name, table in arrays.items() if name[:6] == "ledger"})
        people = populate(parameters, max(day, parameters.last_day) - 1)
        return cls(parameters, people, lives, day, ledger, int(arrays["heard"].astype(np.int64)))

    def _told(self, day: int, joined: Ints, orders: Orders, lost: Ints) -> Day:
        rng = self.parameters.chance(Stream.BROWSING, day)
        people, n = self.people, self.lives.people
        near = self.lives.friend[0]
        mood = people.curious[:n] * season_of(day).buying * np.where(near, 1.0, 0.4) * (people.joined[:n] <= day)
        buying = np.zeros(n)
        buying[orders.who] = 1.6
        looks = np.repeat(np.arange(n), rng.poisson(mood * 0.8 + buying))
        reads = np.repeat(np.arange(n), rng.poisson(mood * 0.45))
        chats = np.flatnonzero(rng.random(n) < people.talkative[:n] * 0.035 * near * (people.joined[:n] <= day))
        liked = np.where(
            rng.random(len(looks)) < 0.4,
            np.maximum(self.lives.product[0, looks], 0),
            basket.choose(people.skin[looks], rng.random(len(looks))),
        )
        return Day(
            day=day,
            joined=joined,
            orders=orders,
            refunds=self.ledger.refunds_due(day),
            viewed=self._acts(rng, day, looks, liked),
            paged=self._acts(rng, day, reads, rng.integers(0, len(PAGES), len(reads))),
            chatted=self._acts(rng, day, chats, np.zeros(len(chats), dtype=np.int64)),
            lost=self._acts(rng, day, lost, np.zeros(len(lost), dtype=np.int64)),
        )

    def _acts(self, rng: np.random.Generator, day: int, who: Ints, what: Ints) -> Acts:
        second = moments(rng.random(len(who)), rng.random(len(who)))
        newly = self.people.joined[who] == day
        return Acts(who, np.where(newly, np.maximum(second, self.people.joined_at[who] + 60), second), what)


def _ranked(orders: Orders) -> Orders:
    return orders.take(np.lexsort((orders.who, orders.second)))
