"""What the house asks of value: how far it looks, how it discounts, what part of the money is profit."""

from pydantic import BaseModel, ConfigDict, Field

from potager.core import choices
from potager.org import audit
from potager.org.access import Actor, require_write

SETTING = "insight.value"


class ValueSettings(BaseModel):
    """days: of expected orders and profit. months and discount (monthly): of CLV, a month being 30 days.

    margin  profit per unit of net money; null takes it from the orders of the last 365 days whose cost is known
    """

    model_config = ConfigDict(extra="forbid")

    days: int = Field(90, ge=7, le=730)
    months: int = Field(12, ge=1, le=60)
    discount: float = Field(0.01, ge=0, le=0.2)
    margin: float | None = Field(None, ge=-1, le=1)


def settings() -> ValueSettings:
    """The settings in force; what was never set is as shipped."""
    return ValueSettings.model_validate(choices.get(SETTING, {}))


def put_settings(actor: Actor, new: ValueSettings) -> None:
    """Set them; the next fit follows them."""
    require_write(actor)
    before, after = settings().model_dump(mode="json"), new.model_dump(mode="json")
    choices.put(SETTING, after)
    changed = {key: {"from": before[key], "to": value} for key, value in after.items() if before[key] != value}
    audit.record(actor, "value.settings", f"setting:{SETTING}", changed)
