"""Walkers and a warehouse that need no house: the walk is pure."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from potager.journeys.graph import Definition
from potager.journeys.walk import walk
from potager.journeys.walker import Walker
from tests.journeys.conftest import small

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


class Knows:
    """A warehouse that has everything up to 100, answers with the customers of a list, and counts its questions."""

    loaded_seq = 100

    def __init__(self, holding: Collection[int] = (), lives: Mapping[str, int] | None = None) -> None:
        self.holding = set(holding)
        self.lives = lives or {}
        self.zone_of: dict[int, ZoneInfo] = {}
        self.hours: dict[int, int] = {}
        self.dates_of: dict[str, dict[int, date]] = {}
        self.asked: list[tuple[set[int], datetime]] = []

    def holds(self, condition, cids, as_of):
        self.asked.append((set(cids), as_of))
        return self.holding & set(cids)

    def zones(self, cids):
        return {cid: zone for cid, zone in self.zone_of.items() if cid in cids}

    def best_hours(self, zones):
        return {cid: self.hours[cid] for cid in zones if cid in self.hours}

    def dates(self, attribute, cids):
        return {cid: day for cid, day in self.dates_of.get(attribute, {}).items() if cid in cids}

    def life_days(self, products):
        return {product: days for product, days in self.lives.items() if product in products}


def walker(cid: int = 1, **changes) -> Walker:
    return Walker(
        **{
            "run_id": cid,
            "cid": cid,
            "person_key": f"p{cid}",
            "arm": "treated",
            "shadow": False,
            "variants": {},
            "context": {},
            "entered": NOON,
            "step": "first",
            "waiting": False,
            "visit": 0,
            "at": NOON,
            "cause_seq": 5,
        }
        | changes
    )


def go(steps, *walkers: Walker, knows: Knows | None = None) -> Knows:
    knows = knows or Knows()
    walk(Definition.model_validate(small(steps=steps)), walkers, knows, SHANGHAI)
    return knows
