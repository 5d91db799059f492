"""Both interpreters at the edges of every window: facts a microsecond before, on and after each end, one customer each.

What is drawn at random seldom lies on an edge; here everybody does.
"""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from potager.insight.conditions import bind_rule
from potager.insight.conditions.base import Bond, Happening, Held, Spell, Subject
from potager.insight.conditions.features import Window
from potager.insight.moment import CALENDAR, Moment
from potager.insight.single import holds

from .garden import FIELDS, Garden

pytestmark = pytest.mark.once
TICK = timedelta(microseconds=1)
NAMES = ("1d", "3d", "30d", "1h", "24h", "48h", *CALENDAR)
FIXED = ({"from": "2026-10-15"}, {"from": "2026-03-08", "to": "2026-11-01"}, {"to": "2026-11-01"})
GAPS = ("1h", "24h", "1d", "3d")
# An ordinary evening; the nights on which New York's clocks change; the last instant of a month.
MOMENTS = tuple(
    Moment(at, ZoneInfo(zone))
    for zone in ("Asia/Shanghai", "America/New_York")
    for at in (
        datetime(2026, 11, 3, 12, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
        datetime(2026, 10, 31, 15, 59, 59, 999999, tzinfo=UTC),
    )
)


def windows(moment: Moment) -> Iterator[Window]:
    for name in NAMES:
        yield Window(name)
        yield Window(name, before=True)
    for written in FIXED:
        days = [moment.day if text is None else datetime.fromisoformat(text).date()
                for text in (written.get("from"), written.get("to"))]  # fmt: skip
        yield Window(first=days[0], last=days[1])


def edges(moment: Moment) -> list[datetime]:
    """Every instant at which some window begins or ends, and its neighbours; the instant asked for, too."""
    found = {moment.at}
    for window in windows(moment):
        bounds = window.bounds(moment)
        found |= {edge for edge in (bounds.after, bounds.until) if edge is not None}
        for day in (bounds.first, bounds.last and bounds.last + timedelta(days=1)):
            if day is not None:
                found.add(moment.start_of(day))
    return sorted({edge + by for edge in found for by in (-TICK, timedelta(0), TICK)})


def conditions() -> Iterator[dict]:
    for within in (*NAMES, *FIXED):
        yield {"event": "product_viewed", "within": within}
        yield {"event": "order_paid", "measure": {"sum": "amount"}, "within": within, "op": "gte", "value": "1.00"}
        yield {"sequence": ["product_viewed", {"none": "order_paid", "within": "1h"}], "within": within}
        if isinstance(within, str) or len(within) == 2:
            for op in ("lt", "gt"):
                yield {
                    "change": {"event": "product_viewed", "measure": "count", "within": within},
                    "by": "difference", "op": op, "value": 0,
                }  # fmt: skip
        if isinstance(within, str) and not within.endswith("h"):
            yield {"relation": {"state": "any", "added_within": within}}
            yield {"attr": "added", "op": "within", "value": within}
    for gap in GAPS:
        yield {"sequence": ["product_viewed", {"event": "order_paid", "within": gap}]}
        yield {"sequence": ["product_viewed", {"none": "order_paid", "within": gap}]}
    for state in ("active", "lost"):
        yield {"relation": {"state": state}}
    yield {"event": "*"}
    yield {"event": "product_viewed", "within": "since_added"}
    yield {"tag": "friendly"}
    yield {"layer": "rfm", "in": ["none"]}
    yield {"layer": "rfm", "in": ["champion"]}


def people(moment: Moment) -> dict[int, Subject]:
    """One customer for each edge and each kind of fact; pairs of facts a gap apart; spells that end on the instant."""

    def happening(kind: str, at: datetime) -> Happening:
        props = {"amount": 100, "store": None} if kind == "order_paid" else {}
        return Happening(kind, at, moment.date_of(at), props, ())

    def subject(
        *events: Happening, bonds: tuple = (), tags: tuple = (), layers: tuple = (), seen: datetime | None = None
    ):
        attrs = {"first_seen_at": seen, "first_seen": seen and moment.date_of(seen)}
        return Subject(moment, attrs, list(events), list(bonds), list(tags), list(layers), {})

    found = []
    long_ago = moment.at - timedelta(days=500)
    for at in edges(moment):
        found.append(subject(happening("product_viewed", at)))
        found.append(subject(happening("order_paid", at)))
        found.append(subject(bonds=(Bond("zhangsan", at, None, None),)))
        found.append(subject(bonds=(Bond("zhangsan", long_ago, at, None),)))
        found.append(subject(happening("product_viewed", moment.at - timedelta(hours=2)), seen=at))
        found.append(subject(tags=(Held("friendly", None, long_ago, at),)))
        found.append(subject(tags=(Held("friendly", None, at, None),)))
    viewed = datetime.combine(moment.day - timedelta(days=10), time(9), tzinfo=moment.zone).astimezone(UTC)
    for apart in (timedelta(hours=1), timedelta(hours=24), timedelta(days=1), timedelta(days=3), timedelta(days=4)):
        midnight = moment.start_of(moment.date_of(viewed + apart)) - viewed
        found += [
            subject(happening("product_viewed", viewed), happening("order_paid", viewed + by))
            for by in (apart - TICK, apart, apart + TICK, midnight - TICK, midnight)
            if by > timedelta(0)
        ]
        silent = moment.at - apart
        found += [subject(happening("product_viewed", silent + by)) for by in (-TICK, timedelta(0), TICK)]
    for by in (-1, 0, 1):
        turn = moment.day + timedelta(days=by)
        found.append(
            subject(layers=(Spell("rfm", "none", moment.day - timedelta(days=9), turn), Spell("rfm", "champion", turn)))
        )
    return dict(enumerate(found, start=1))


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment.zone}-{moment.at:%m-%dT%H%M}")
def test_both_interpreters_agree_on_every_edge(moment):
    garden = Garden(moment.zone, people(moment), frozenset(), {"spring": []}, [])
    fields = dataclasses.replace(FIELDS, zone=moment.zone)
    asked = list(conditions())
    bounds = [bind_rule(condition, fields) for condition in asked]
    told = 0
    for condition, bound, members in zip(asked, bounds, garden.members_of_all(bounds, moment), strict=True):
        single = {cid for cid, subject in garden.people.items() if holds(bound, subject)}
        assert members == single, condition
        told += 0 < len(single) < len(garden.people)
    # An edge that everybody or nobody passes tells nothing.
    assert told > len(asked) * 0.9
