"""What rules are mined from, and what an operator may choose about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from potager.core import choices, jobs
from potager.insight.statements import fingerprint
from potager.org import audit
from potager.org.access import Actor, require_write

SETTING: Final = "insight.affinity"


class Grain(StrEnum):
    """What an item is: a product, or everything of one category or brand."""

    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"


class Basket(StrEnum):
    """What lies together: the lines of one order, or all a customer bought in the window."""

    ORDER = "order"
    CUSTOMER = "customer"


class AffinitySettings(BaseModel):
    """How rules are mined, for every grain and basket alike.

    days         the window of orders, in business dates, today included
    min_support  share of the baskets a set of items must be in; the count is rounded up
    min_count    and at least so many baskets
    max_left     items on the left side of a rule, at most
    exclude_*    lines left out of every basket: bags, coupons, deposits
    max_q        a rule recommends only when its false discovery rate is at most this
    """

    model_config = ConfigDict(extra="forbid")

    days: int = Field(365, ge=1, le=3650)
    min_support: Decimal = Field(Decimal("0.001"), gt=0, le=1, decimal_places=9)
    min_count: int = Field(5, ge=1)
    max_left: int = Field(2, ge=1, le=3)
    exclude_products: list[str] = Field(default_factory=list, max_length=1_000)
    exclude_categories: list[str] = Field(default_factory=list, max_length=1_000)
    exclude_brands: list[str] = Field(default_factory=list, max_length=1_000)
    max_q: float = Field(0.05, gt=0, le=1)

    def fingerprint(self) -> str:
        """Changes when rules mined with the former settings no longer stand for these."""
        return fingerprint(self.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What keeps a run within memory and time on any data, by raising the minimum count where it must.

    pairs        pairs of items within one basket, summed over the baskets
    occurrences  baskets of the sets that are extended by one more item, summed over the sets
    sets         frequent sets of each size
    rules        rules kept, the most significant first
    """

    pairs: int = 2_000_000_000
    occurrences: int = 200_000_000
    sets: int = 50_000
    rules: int = 20_000


def current() -> AffinitySettings:
    """The settings in force; what was never set is as shipped."""
    return AffinitySettings.model_validate(choices.get(SETTING, {}))


def mine_soon() -> None:
    """Have the rules mined again, in the caller's transaction."""
    jobs.enqueue("insight.affinity_now", lane="heavy", dedupe_key="insight.affinity_now")


def put(actor: Actor, new: AffinitySettings) -> None:
    """Set how rules are mined, and have them mined that way. Raises Forbidden."""
    require_write(actor)
    before: Mapping[str, object] = current().model_dump(mode="json")
    after = new.model_dump(mode="json")
    choices.put(SETTING, after)
    changed = {key: {"from": before[key], "to": value} for key, value in after.items() if before[key] != value}
    audit.record(actor, "affinity.settings", f"setting:{SETTING}", changed)
    mine_soon()
