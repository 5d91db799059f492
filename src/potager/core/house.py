"""The house: one installation, one company. Its zone and currency are fixed at first run."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from potager.core.errors import Conflict, Problem
from potager.core.models import House


@dataclass(frozen=True, slots=True)
class Facts:
    """What never changes after first run."""

    name: str
    zone: ZoneInfo
    currency: str


def is_founded() -> bool:
    """Whether first run has fixed the zone and the currency."""
    return House.objects.exists()


@cache
def facts() -> Facts:
    """The house's fixed facts.

    Raises Problem("house.unfounded") before first run.
    """
    row = House.objects.first()
    if row is None:
        raise Problem(
            "house.unfounded",
            zh="还没有完成首次设置：请先填写公司名称、时区和币种",
            en="First run is not done yet: set the company name, time zone and currency first",
            status=409,
        )
    return Facts(row.name, ZoneInfo(row.zone), row.currency)


def found(name: str, *, zone: str, currency: str, world_at: datetime | None = None) -> Facts:
    """Fix the house's facts, once. `world_at` makes it a simulated world standing at that instant."""
    if zone not in available_timezones():
        raise Problem(
            "house.zone",
            zh=f"不认识时区「{zone}」，例如 Asia/Shanghai",
            en=f"Unknown time zone “{zone}”; an example is Asia/Shanghai",
            place="zone",
        )
    if len(currency) != 3 or not currency.isalpha() or currency != currency.upper():
        raise Problem(
            "house.currency",
            zh=f"币种「{currency}」应为三个大写字母，例如 CNY",
            en=f"The currency “{currency}” must be three capital letters, such as CNY",
            place="currency",
        )
    if is_founded():
        raise Conflict("house.founded", zh="时区和币种已经设定，不能再改", en="The house is already founded")
    House.objects.create(name=name, zone=zone, currency=currency, world_at=world_at)
    forget()
    return facts()


def forget() -> None:
    """Drop what is remembered of the house (after founding it, and between tests)."""
    facts.cache_clear()
