"""Windows that begin before the first fact are told with their place and both dates; all others are not."""

from datetime import date

import pytest

from potager.insight import catalogue, odd
from potager.insight.conditions import bind_rule, reach
from potager.insight.moment import Moment

from .asking import SHANGHAI, at
from .conftest import Plot
from .garden import FIELDS

FIRST = {"event": date(2026, 9, 1), "orders": date(2026, 10, 1), "refund": None}
AS_OF = Moment(at("2026-10-31T12:00"), SHANGHAI)


def since(table: str, day: date) -> date | None:
    first = FIRST[table]
    return first if first is not None and first > day else None


def found(written) -> list[tuple]:
    return [(each.code, each.place) for each in reach.beyond(bind_rule(written, FIELDS), AS_OF, since)]


def viewed(within, **more):
    return {"event": "product_viewed", "within": within, **more}


@pytest.mark.parametrize(
    ("written", "places"),
    [
        (viewed("61d"), []),
        (viewed("62d"), [""]),
        (viewed("24h"), []),
        (viewed(None), []),
        (viewed("since_added"), []),
        (viewed("last_month"), []),
        (viewed("last_quarter"), [""]),
        (viewed({"from": "2026-08-31", "to": "2026-09-30"}), [""]),
        ({"event": "order_paid", "within": "31d"}, []),
        ({"event": "order_paid", "within": "32d"}, [""]),
        ({"event": "order_refunded", "within": "365d"}, []),
        ({"all": [viewed("30d"), {"not": {"any": [viewed("90d"), viewed("7d")]}}]}, ["all[1].not.any[0]"]),
        ({"change": {"event": "order_paid", "within": "30d"}, "op": "gt", "value": 0}, [""]),
        ({"change": {"event": "order_paid", "within": "15d"}, "op": "gt", "value": 0}, []),
        ({"sequence": ["product_viewed", "order_paid"], "within": "40d"}, [""]),
        ({"sequence": ["product_viewed", "order_paid"], "within": "20d"}, []),
        ({"attr": "city", "op": "exists"}, []),
        ({"all": [{"tag": "buyer"}]}, []),
    ],
)
def test_only_windows_that_begin_before_the_first_fact_are_told(written, places):
    assert found(written) == [("beyond", place) for place in places]


def test_it_says_both_dates_and_how_many_days_lack():
    [finding] = reach.beyond(bind_rule(viewed("90d"), FIELDS), AS_OF, since)
    assert finding.zh == "时间窗从 2026-08-03 算起，可是最早的数据是 2026-09-01：前面 29 天没有数据，不等于没有发生"
    assert finding.en.startswith("The window begins on 2026-08-03, but nothing is known before 2026-09-01: of 29 days")


def test_in_a_house_the_first_fact_of_the_table_counts(plot: Plot):
    plot.customers(1)
    plot.order(1, "2026-10-01", 60_000)
    fields = catalogue.load()

    def told(event: str, days: int) -> list[str]:
        bound = bind_rule({"event": event, "within": f"{days}d"}, fields)
        return [each.code for each in odd.findings(bound, "2026-10-31", fields)]

    assert [told("order_paid", days) for days in (31, 32, 365)] == [[], ["beyond"], ["beyond"]]
    assert told("page_viewed", 365) == []


def test_the_same_window_of_a_table_is_asked_about_once(plot: Plot, monkeypatch):
    plot.customers(1)
    plot.order(1, "2026-10-01", 60_000)
    asked = []
    known_since = odd._known_since
    monkeypatch.setattr(odd, "_known_since", lambda owner, *what: (asked.append(what), known_since(owner, *what))[1])
    twice = {"any": [{"event": "order_paid", "within": "365d", "op": "gte", "value": n} for n in (1, 2, 3)]}
    found = odd.findings(bind_rule(twice, catalogue.load()), "2026-10-31", catalogue.load())
    assert [each.place for each in found] == ["any[0]", "any[1]", "any[2]"]
    assert asked == [("orders", date(2025, 11, 1))]
