"""What walks ask of the warehouse, and how far it has come."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from potager.core import clock
from potager.facts import loader, warehouse
from potager.insight import catalogue, sets
from potager.insight.conditions import parse
from potager.insight.fields import Fields
from potager.journeys import subjects
from potager.journeys.parts import Json
from potager.touch import rhythm, settings


class Warehouse:
    """The warehouse as it stands when a tick begins: what is asked later in the tick is at least as new."""

    def __init__(self) -> None:
        self.loaded_seq = loader.loaded_seq()

    def holds(self, condition: Json, cids: Collection[int], as_of: datetime) -> set[int]:
        return sets.holds(parse(condition), cids, as_of, fields=self._fields)

    @cached_property
    def _fields(self) -> Fields:
        return catalogue.load()

    def life_days(self, products: Collection[str]) -> Mapping[str, int]:
        return {key: days for key, (_, days) in self._products.items() if days and key in products}

    def product_names(self) -> Mapping[str, str]:
        return {key: name for key, (name, _) in self._products.items()}

    def zones(self, cids: Collection[int]) -> Mapping[int, ZoneInfo]:
        return subjects.zones(cids)

    def best_hours(self, zones: Mapping[int, ZoneInfo]) -> Mapping[int, int]:
        return rhythm.best_hours(zones, clock.now(), fallback=settings.policy().best_hour)

    def dates(self, attribute: str, cids: Collection[int]) -> Mapping[int, date]:
        return subjects.dates(attribute, cids)

    @cached_property
    def _products(self) -> dict[str, tuple[str, int]]:
        rows = warehouse.get().query("SELECT product, name, life_days FROM product").to_pylist()
        return {row["product"]: (row["name"] or row["product"], row["life_days"] or 0) for row in rows}
