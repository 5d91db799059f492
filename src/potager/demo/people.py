"""The people: who they are (what the house may learn) and what they are like inside (what only the twin knows)."""

from dataclasses import dataclass, fields

import numpy as np

from potager.demo import brand
from potager.demo.parameters import Bools, Floats, Ints, Parameters, Stream

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
)
_FEMALE = "婷雪颖佳怡欣悦琳倩雯静敏慧丽娜芳燕洁萱涵梦瑶璐莹岚月晴薇蕾思雨诗琪梓妍语桐若曦子墨可心一诺安然"
_MALE = "伟强磊军洋勇杰涛超明辉鹏飞宇浩然博文俊哲子轩昊天一鸣思远景行"

# After each order but the first people stop with a chance of their own, which over people has this beta distribution.
STOPPING = (1.0, 4.0)


@dataclass(slots=True)
class Population:
    """People in order of joining, one array per trait. `joined` is a day number, `joined_at` seconds into that day.

    eager      daily chance to buy on an ordinary day when in need
    frugal     0…1, how much a price matters        loyal     0…1, how sure they come back to the same product
    curious    pages looked at per day              talkative chance to answer a message
    patience   messages of a week they bear before they think of deleting the sender
    lasting    orders after which they quietly stop buying; in every course as many
    """

    surname: Ints
    given: Ints
    female: Bools
    birthday: Ints
    skin: Ints
    city: Ints
    source: Ints
    owner: Ints
    member: Bools
    has_phone: Bools
    joined: Ints
    joined_at: Ints
    eager: Floats
    frugal: Floats
    loyal: Floats
    curious: Floats
    talkative: Floats
    patience: Floats
    lasting: Ints

    def __len__(self) -> int:
        return len(self.joined)

    def count_until(self, day: int) -> int:
        """How many have joined by the end of a day: they are the first so many."""
        return int(np.searchsorted(self.joined, day, side="right"))

    def name(self, i: int) -> str:
        """Surname and one or two given characters."""
        pool = _FEMALE if self.female[i] else _MALE
        first, second = divmod(int(self.given[i]), 101)
        second_character = "" if second % 4 == 0 else pool[second % len(pool)]
        return _SURNAMES[int(self.surname[i])] + pool[first % len(pool)] + second_character


def external_userid(i: int) -> str:
    return f"wmML{i:08d}"


def member_no(i: int) -> str:
    return f"ML{100_000 + i}"


def openid(i: int) -> str:
    return f"oMini{i:08d}"


def phone(i: int) -> str:
    """Eleven digits in 100…, which no Chinese network gives out."""
    return f"100{(i * 7_919 + 12_345_678) % 100_000_000:08d}"


def populate(parameters: Parameters, until: int) -> Population:
    """Everybody who has joined by the end of day `until` (a day number)."""
    days = range(parameters.first_day, max(until + 1, parameters.last_day))
    joins = {day: _joins(parameters, day) for day in days}
    during_year = sum(n for day, n in joins.items() if day < parameters.last_day)
    before = max(parameters.customers - during_year, 0)
    blocks = [_block(parameters, parameters.first_day - 1, before, old=True)]
    blocks += [_block(parameters, day, n, old=False) for day, n in joins.items() if day <= until and n]
    merged = {f.name: np.concatenate([getattr(block, f.name) for block in blocks]) for f in fields(Population)}
    return Population(**merged)


def _joins(parameters: Parameters, day: int) -> int:
    span = parameters.history_days + parameters.replay_days
    return int(parameters.chance(Stream.JOINS, day).poisson(parameters.customers * parameters.newcomers / span))


def _block(parameters: Parameters, day: int, n: int, *, old: bool) -> Population:
    """The people who join on one day; `old` ones joined some time in the two years before the history begins."""
    rng = parameters.chance(Stream.PEOPLE, day)
    source = rng.choice(len(brand.SOURCES), n, p=[origin.share for origin in brand.SOURCES])
    eagerness = np.array([origin.eagerness for origin in brand.SOURCES])[source]
    thrift = np.array([origin.price_sensitivity for origin in brand.SOURCES])[source]
    city, owner = _place(rng, source)
    joined = np.sort(day - rng.integers(0, 700, n)) if old else np.full(n, day)
    # A third only look: they like the brand's page and never feel the need to buy.
    buys = rng.random(n) < np.clip(0.62 * eagerness, 0, 0.92)
    return Population(
        surname=np.minimum((rng.random(n) ** 1.6 * len(_SURNAMES)).astype(np.int64), len(_SURNAMES) - 1),
        given=rng.integers(0, 101 * 101, n),
        female=rng.random(n) < 0.84,
        birthday=(rng.normal(31, 7, n).clip(18, 58) * 365.25).astype(np.int64),
        skin=rng.choice(len(brand.SKINS), n, p=brand.SKIN_SHARES),
        city=city,
        source=source,
        owner=owner,
        member=rng.random(n) < 0.72,
        has_phone=rng.random(n) < 0.8,
        joined=joined.astype(np.int64),
        joined_at=moments(rng.random(n), rng.random(n)),
        eager=np.where(buys, rng.gamma(1.4, 0.019, n) * eagerness, 0.0),
        frugal=rng.beta(2 + 4 * thrift, 6 - 4 * thrift, n),
        loyal=rng.beta(3.0, 2.2, n),
        curious=rng.gamma(1.1, 0.045, n),
        talkative=rng.beta(1.6, 9.0, n),
        patience=rng.lognormal(np.log(9.0), 0.5, n),
        lasting=1 + rng.geometric(rng.beta(*STOPPING, n)),
    )


def _place(rng: np.random.Generator, source: Ints) -> tuple[Ints, Ints]:
    """City and owner: people from a store live in its city and belong to its staff, the rest to the advisers."""
    n = len(source)
    in_store = source == [origin.key for origin in brand.SOURCES].index("store")
    weights = np.array([store.weight for store in brand.STORES])
    store = rng.choice(len(brand.STORES), n, p=weights / weights.sum())
    cities = np.array([brand.CITIES.index(each.city) for each in brand.STORES])
    city = np.where(in_store, cities[store], rng.choice(len(brand.CITIES), n, p=brand.CITY_SHARES))
    office = np.array([i for i in brand.FRONT if not brand.STAFF[i].store])
    at_counter = store * 2 + rng.integers(0, 2, n)
    return city.astype(np.int64), np.where(in_store, at_counter, rng.choice(office, n)).astype(np.int64)


def moments(u: Floats, v: Floats) -> Ints:
    """Seconds into the day from two uniforms: people are on their phones around noon and in the evening.

    Nothing happens before 09:06: a day of the twin runs from 09:00 to 09:00.
    """
    centre = np.where(u < 0.4, 12.6, 20.2)
    logit = np.log(np.clip(v, 1e-9, 1 - 1e-9) / np.clip(1 - v, 1e-9, 1))
    return ((centre + 1.05 * logit).clip(9.1, 23.7) * 3600).astype(np.int64)
