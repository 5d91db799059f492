"""What walks ask of the warehouse, and how far it has come."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from potager.core import clock
from potager.core.errors import Down
from potager.facts import loader, warehouse
from potager.insight import catalogue, sets
from potager.insight.conditions import parse
from potager.insight.fields import Fields
from potager.journeys import subjects
from potager.journeys.parts import Json
from potager.touch import rhythm, settings

# What a warehouse that does not answer knows: whoever is to ask it waits, everybody else goes on.
NOTHING = -1


def loaded_seq() -> int:
    """The newest journal number the warehouse contains; NOTHING while it is away."""
    try:
        return loader.loaded_seq()
    except Down:
        return NOTHING


class Warehouse:
    """The warehouse as it stands when a tick begins: what is asked later in the tick is at least as new."""

    def __init__(self) -> None:
        self.loaded_seq = loaded_seq()

    def holds(self, condition: Json, cids: Collection[int], as_of: datetime) -> set[int]:
        return sets.holds(parse(condition), cids, as_of, fields=self._fields)

    @cached_property
    def _fields(self) -> Fields:
        return catalogue.load()

    def life_days(self, products: Collection[str]) -> Mapping[str, int]:
        return {key: days for key, (_, days) in self._known(products).items() if days}

    def names(self, products: Collection[str]) -> Mapping[str, str]:
        return {key: name for key, (name, _) in self._known(products).items()}

    def _known(self, products: Collection[str]) -> dict[str, tuple[str, int]]:
        """Those of these products that are known: name and days of use (0: not said).

        While the warehouse is away, what it said last is good enough. Raises Down where it never spoke of one of them.
        """
        if not products:
            return {}
        if self.loaded_seq == NOTHING and _told.keys() >= set(products):
            return {key: _told[key] for key in products}
        return {key: self._products[key] for key in products if key in self._products}

    def zones(self, cids: Collection[int]) -> Mapping[int, ZoneInfo]:
        return subjects.zones(cids)

    def best_hours(self, zones: Mapping[int, ZoneInfo]) -> Mapping[int, int]:
        return rhythm.best_hours(zones, clock.now(), fallback=settings.policy().best_hour)

    def dates(self, attribute: str, cids: Collection[int]) -> Mapping[int, date]:
        return subjects.dates(attribute, cids)

    @cached_property
    def _products(self) -> dict[str, tuple[str, int]]:
        rows = warehouse.get().query("SELECT product, name, life_days FROM product").to_pylist()
        found = {row["product"]: (row["name"] or row["product"], row["life_days"] or 0) for row in rows}
        _told.update(found)
        return found


_told: dict[str, tuple[str, int]] = {}
