"""Asking both interpreters who a condition selects among a few people written down in a line each."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from potager.insight.conditions import bind_rule
from potager.insight.moment import Moment
from potager.insight.single import holds

from .garden import FIELDS, Garden, Happening, Subject, at_home

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def paid(on: str, amount: int = 100, **props: Any) -> Happening:
    when = at(on if "T" in on else f"{on}T12:00")
    return Happening("order_paid", when, when.astimezone(SHANGHAI).date(), {"amount": amount, **props})


def viewed(on: str, zone: ZoneInfo = SHANGHAI, **props: Any) -> Happening:
    when = at(on if "T" in on else f"{on}T12:00", zone)
    return Happening("product_viewed", when, when.astimezone(zone).date(), props)


def who(
    condition: dict, *people: dict, as_of: datetime = NOW, zone: ZoneInfo = SHANGHAI, dead: tuple = (), **more
) -> set:
    """The numbers (from 1) of the people selected, by both interpreters."""
    moment = Moment(as_of, zone)
    homes = more.get("homes", ())
    subjects = {n: Subject(moment, **each) for n, each in enumerate(people, start=1)}
    subjects = at_home(subjects, homes, dead)
    garden = Garden(
        zone, subjects, frozenset(dead), more.get("audiences", {"spring": []}), homes, more.get("lists", {"vip": []})
    )
    bound = bind_rule(condition, FIELDS)
    single = {n for n, subject in subjects.items() if n not in dead and holds(bound, subject)}
    assert garden.members(bound, moment) == single
    return single


def count(within: Any = None, **more: Any) -> dict:
    return {"event": "order_paid", **({"within": within} if within else {}), **more}


CITY = [{"attrs": {"city": "上海"}}, {"attrs": {"city": ""}}, {"attrs": {}}]
NOBODY, ONCE = {"events": []}, {"events": [paid("2026-10-01")]}
