"""Reads: measures of periods from the warehouse, goals from operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from potager.core import clock
from potager.core.errors import NotFound
from potager.facts import warehouse
from potager.goals.models import Goal
from potager.goals.tree import Measures
from potager.insight.metrics import Period, sums_of
from potager.insight.metrics.measures import money, people
from potager.insight.metrics.periods import complete_months
from potager.insight.metrics.terms import Sum

_MEASURES: Mapping[str, Sum] = {
    "customers_new": people.USERS_NEW,
    "buyers_new": money.BUYERS_NEW,
    "buyers_old": money.BUYERS_OLD,
    "orders": money.ORDERS,
    "gmv": money.GMV,
    "refunds": money.REFUNDS,
    "refund_count": money.REFUND_COUNT,
    "costed_gmv": money.COSTED_GMV,
    "margin": money.MARGIN,
    "margin_lost": money.MARGIN_LOST,
}


def measures(periods: Mapping[str, Period], as_of: datetime) -> dict[str, Measures]:
    """The measures of each named period, of facts up to `as_of`. A statement per kind of fact however many periods."""
    return {name: _measures(row) for name, row in _asked(periods, _MEASURES, as_of).items()}


def _measures(row: Mapping[str, int]) -> Measures:
    counted = {key: row[key] for key in row if key not in {"costed_gmv", "margin", "margin_lost"}}
    return Measures(**counted, profit=row["margin"] - row["margin_lost"], uncosted_gmv=row["gmv"] - row["costed_gmv"])


@dataclass(frozen=True, slots=True)
class Connections:
    """Customers and follow relations (customer × staff) of a period, at its end unless said otherwise.

    customers       live customers first seen until then
    friends         customers with at least one relation
    relations_open  relations at the period's start
    relations_new, relations_lost  begun, and ended by deletion, in the period
    """

    customers: int = 0
    friends: int = 0
    relations_open: int = 0
    relations_new: int = 0
    relations_lost: int = 0


_CONNECTIONS: Mapping[str, Sum] = {
    "customers": people.USERS,
    "friends": people.FRIENDS,
    "relations_open": people.RELATIONS_OPEN,
    "relations_new": people.NEW_RELATIONS,
    "relations_lost": people.LOSSES,
}


def connections(periods: Mapping[str, Period], as_of: datetime) -> dict[str, Connections]:
    """Customers and relations of each named period, as known at `as_of`."""
    return {name: Connections(**row) for name, row in _asked(periods, _CONNECTIONS, as_of).items()}


_DAILY: Mapping[str, Sum] = {
    "gmv_minor": money.GMV,
    "orders": money.ORDERS,
    "buyers": money.BUYERS,
    "customers_new": people.USERS_NEW,
}


def by_day(period: Period, as_of: datetime) -> list[dict[str, Any]]:
    """day, gmv_minor, orders, buyers and customers_new for each day of the period."""
    days = {day.isoformat(): Period(day, day) for day in period.each_day()}
    return [{"day": days[name].start, **row} for name, row in _asked(days, _DAILY, as_of).items()]


def _asked(periods: Mapping[str, Period], wanted: Mapping[str, Sum], as_of: datetime) -> dict[str, dict[str, int]]:
    """The metrics layer's sums under this room's names."""
    found = sums_of(periods, list(wanted.values()), as_of)
    return {name: {key: row[each.key] for key, each in wanted.items()} for name, row in found.items()}


def months(as_of: datetime) -> dict[str, Period]:
    """Complete calendar months with data by "2026-06", the last 24 at most, oldest first.

    The month of the first order is complete only when the order came on its first day.
    """
    first = warehouse.get().query("SELECT MIN(day) AS day FROM orders WHERE status = 'paid'")["day"][0].as_py()
    return complete_months(first, last_whole_day(as_of)) if first else {}


def last_whole_day(as_of: datetime) -> date:
    """The last business day that was over at an instant; a day's own last instant ends it."""
    return clock.business_date(as_of + timedelta(microseconds=1)) - timedelta(days=1)


def goals(*, archived: bool = False) -> QuerySet[Goal]:
    """Goals by period, the latest first."""
    return Goal.objects.filter(archived=archived).prefetch_related("tasks").order_by("-start", "key")


def goal(key: str) -> Goal:
    """One goal, archived or not. Raises NotFound."""
    found = Goal.objects.filter(key=key).prefetch_related("tasks").first()
    if found is None:
        raise NotFound("目标", "goal", key)
    return found
