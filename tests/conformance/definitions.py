"""Every leaf, operator, measure, window and shape of the condition language, written out: the rows of the matrix."""

from collections.abc import Iterator
from typing import Any

WINDOWS: list[Any] = [
    None, "1d", "3d", "30d", "400d", "1h", "24h", "48h", "since_added", "today", "yesterday", "this_week", "last_week",
    "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year",
    {"from": "2026-10-15"}, {"from": "2026-03-08", "to": "2026-11-01"}, {"to": "2026-11-01"},
]  # fmt: skip
ORDER = ("eq", "ne", "gt", "gte", "lt", "lte")
VIEWED = [
    "count", "active_days", "active_weeks", "days_since_first", "days_since_last", {"sum": "seconds"},
    {"avg": "seconds"}, {"min": "seconds"}, {"max": "seconds"}, {"distinct": "product"}, {"first": "seconds"},
    {"last": "seconds"},
]  # fmt: skip
PAID = ["count", "active_days", {"sum": "amount"}, {"avg": "amount"}, {"min": "amount"}, {"max": "amount"}]
Named = tuple[str, dict[str, Any]]


def within(window: Any) -> dict[str, Any]:
    return {} if window is None else {"within": window}


def attributes() -> Iterator[Named]:
    for op in ORDER:
        yield "attr number", {"attr": "age", "op": op, "value": 18}
        yield "attr money", {"attr": "credit", "op": op, "value": "50.00"}
        yield "attr date", {"attr": "birthday", "op": op, "value": "1990-11-04"}
    yield "attr number", {"attr": "age", "op": "between", "value": [2, 18]}
    yield "attr money", {"attr": "credit", "op": "between", "value": ["-5", "1.00"]}
    yield "attr date", {"attr": "birthday", "op": "between", "value": ["1899-12-31", "1987-12-20"]}
    for op, value in (("eq", "上海"), ("ne", "上海"), ("in", ["上海", "O'Brien"]), ("not_in", ["杭州", ""])):
        yield "attr choice", {"attr": "city", "op": op, "value": value}
    for value in (True, False):
        yield "attr bool", {"attr": "vip", "op": "eq", "value": value}
    for op in ("contains", "starts_with"):
        yield "attr text", {"attr": "note", "op": op, "value": "O'B"}
    for key in ("city", "age", "credit", "birthday", "vip", "added", "value.p_alive"):
        for op in ("exists", "missing"):
            yield f"attr {op}", {"attr": key, "op": op}
    for span in (0, 7, 365, [-3, 7], [-40, -1]):
        yield "anniversary", {"attr": "birthday", "op": "anniversary_within", "value": span}
        yield "lunar anniversary", {"attr": "birthday", "op": "lunar_anniversary_within", "value": span}
    for window in ("7d", "this_month", "last_year"):
        yield "attr within", {"attr": "added", "op": "within", "value": window}
        yield "attr within", {"attr": "birthday", "op": "within", "value": window}
    for op in ORDER:
        yield "attr time", {"attr": "first_seen", "op": op, "value": "2026-10-15"}
    yield "attr value", {"attr": "value.p_alive", "op": "gte", "value": 0.5}
    yield "attr value", {"attr": "value.clv", "op": "gte", "value": "33.33"}


def events() -> Iterator[Named]:
    for window in WINDOWS:
        for measure in VIEWED:
            name = measure if isinstance(measure, str) else next(iter(measure))
            value: Any = "p1" if measure == {"first": "product"} else 1
            yield f"event {name}", {
                "event": "product_viewed", "measure": measure, **within(window), "op": "gte", "value": value,
            }  # fmt: skip
        for measure in PAID:
            money = not isinstance(measure, str)
            name = measure if isinstance(measure, str) else f"{next(iter(measure))} money"
            yield f"event {name}", {
                "event": "order_paid", "measure": measure, **within(window), "op": "gte",
                "value": "33.33" if money else 2,
            }  # fmt: skip
        for end in ("first", "last"):
            dated = {"measure": end, "op": "lte", "value": "2026-11-01"}
            yield f"event {end} day", {"event": "order_paid", **within(window), **dated}
            of = {"measure": {end: "store"}, "op": "in", "value": ["上海", ""]}
            yield f"event {end} text", {"event": "order_paid", **within(window), **of}
            of = {"measure": {end: "amount"}, "op": "gt", "value": "1.00"}
            yield f"event {end} money", {"event": "order_paid", **within(window), **of}
        yield "event any", {"event": "*", **within(window)}
        yield "event none", {"event": "order_paid", **within(window), "op": "eq", "value": 0}
    for op in ORDER:
        yield "event op", {"event": "product_viewed", "op": op, "value": 1}
        yield "event op money", {
            "event": "order_refunded", "measure": {"sum": "amount"}, "op": op, "value": "50.00",
        }  # fmt: skip
    yield "event op", {"event": "order_paid", "measure": {"distinct": "store"}, "op": "between", "value": [1, 2]}


def filters() -> Iterator[Named]:
    viewed: list[Any] = [
        {"prop": "product", "op": "in", "value": ["p1", "p2"]}, {"prop": "product", "op": "not_in", "value": ["p1"]},
        {"prop": "seconds", "op": "gte", "value": 2.5}, {"prop": "shared", "op": "eq", "value": False},
        {"prop": "channel", "op": "eq", "value": "wecom"}, {"prop": "channel", "op": "not_in", "value": ["sms", "fax"]},
        {"not": {"prop": "seconds", "op": "lt", "value": 2}}, {"all": []}, {"any": []},
        {"any": [{"prop": "shared", "op": "eq", "value": True}, {"prop": "product", "op": "eq", "value": "p3"}]},
        {"not": {"all": [{"prop": "shared", "op": "eq", "value": True}, {"prop": "seconds", "op": "gt", "value": 0}]}},
    ]  # fmt: skip
    for test in viewed:
        yield "where", {"event": "product_viewed", "where": [test]}
        yield "where in window", {"event": "product_viewed", "where": [test], "within": "30d", "op": "gte", "value": 2}
    items: list[Any] = [
        {"prop": "category", "op": "eq", "value": "护肤"}, {"prop": "category", "op": "missing"},
        {"prop": "qty", "op": "gte", "value": 2}, {"prop": "amount", "op": "gte", "value": "1.00"},
        {"not": {"prop": "product", "op": "eq", "value": "p9"}},
    ]  # fmt: skip
    for test in items:
        yield "order lines", {"event": "order_paid", "items": [test]}
        yield "order lines", {"event": "order_paid", "items": [test], "measure": {"sum": "amount"}, "op": "gt",
                              "value": "33.33"}  # fmt: skip
    yield "order lines", {"event": "order_paid", "items": items[2:4], "where": [{"prop": "store", "op": "exists"}]}


def others() -> Iterator[Named]:
    for tag in ("friendly", "skin", "buyer", "spent", "heat"):
        yield "tag", {"tag": tag}
    yield "tag value", {"tag": "skin", "op": "in", "value": ["dry"]}
    yield "tag number", {"tag": "score", "op": "gte", "value": 2}
    yield "tag money", {"tag": "spent", "op": "gte", "value": "50.00"}
    yield "tag cases", {"tag": "heat", "op": "in", "value": ["warm", "cold"]}
    for state in ("active", "lost", "any"):
        yield "relation", {"relation": {"state": state}}
        yield "relation", {"relation": {"state": state, "staff": ["zhangsan"], "source": "store"}}
    yield "relation added", {"relation": {"added_within": "7d"}}
    for state in ("active", "left", "any"):
        yield "group", {"group": {"state": state}}
        yield "group", {"group": {"state": state, "chat": "g1", "purpose": "福利"}}
        yield "group", {"group": {"state": state, "chat": ["g1", "g2"], "joined_within": "30d"}}
    yield "layer", {"layer": "rfm", "in": ["champion"]}
    yield "layer", {"layer": "rfm", "in": ["champion", "none"]}
    yield "audience", {"audience": "spring"}
    yield "list", {"list": "vip"}
    yield "list", {"all": [{"event": "order_paid"}, {"not": {"list": "vip"}}]}
    for first, last in ((0, 33.3), (12.5, 50), (30, 100)):
        yield "random", {"random": {"salt": "spring-2026", "from": first, "to": last}}
    for window in ("3d", "24h", "30d", "last_month", "this_month", {"from": "2026-10-15", "to": "2026-11-01"}):
        spent = {"event": "order_paid", "measure": {"sum": "amount"}, "within": window}
        yield "change rate", {"change": spent, "op": "gte", "value": -0.5}
        yield "change difference", {"change": spent, "by": "difference", "op": "lte", "value": "0"}
        seen = {"event": "product_viewed", "measure": {"distinct": "product"}, "within": window}
        yield "change rate", {"change": seen, "op": "lt", "value": 1}
    for home in (
        {}, {"role": ["buyer"]}, {"someone": {}},
        {"someone": {"role": ["child"], "who": {"attr": "age", "op": "exists"}}},
        {"role": ["member"], "someone": {"who": {"event": "order_paid"}}},
    ):  # fmt: skip
        yield "household", {"household": home}


def sequences() -> Iterator[Named]:
    paid, viewed = "order_paid", "product_viewed"
    long = {"event": viewed, "where": [{"prop": "seconds", "op": "gte", "value": 2}]}
    chains: list[list[Any]] = [
        [viewed, paid], [viewed, {"event": paid, "within": "3d"}], [viewed, {"event": paid, "within": "12h"}],
        [viewed, {"event": paid, "without": ["order_refunded"]}], [long, viewed, {"event": paid, "within": "30d"}],
        [paid, {"none": "order_refunded", "within": "3d"}], [paid, {"none": viewed, "within": "12h"}],
        [paid, viewed, {"none": paid, "within": "30d"}], [paid, {**long, "within": "400h", "without": [paid]}],
    ]  # fmt: skip
    for chain in chains:
        for window in (None, "30d", "400d", "since_added", "48h"):
            yield "sequence", {"sequence": chain, **within(window)}


def shapes() -> Iterator[Named]:
    bought, seen = {"event": "order_paid"}, {"event": "product_viewed", "within": "30d"}
    city, friend = {"attr": "city", "op": "eq", "value": "上海"}, {"relation": {"state": "active"}}
    yield "all of none", {"all": []}
    yield "any of none", {"any": []}
    yield "all", {"all": [bought, seen, friend]}
    yield "any", {"any": [bought, city]}
    yield "not", {"not": bought}
    yield "not not", {"not": {"not": city}}
    yield (
        "five levels",
        {"all": [friend, {"any": [city, {"all": [bought, {"not": {"any": [seen, {"tag": "skin"}]}}]}]}]},
    )
    many = [{"event": "order_paid", "op": "gte", "value": n} for n in range(1, 71)]
    yield "two words of flags", {"any": [{"all": [many[69], city]}, {"not": {"any": many[1:]}}]}


def written() -> list[Named]:
    """Every definition with the row of the matrix it belongs to."""
    parts = (attributes(), events(), filters(), others(), sequences(), shapes())
    return [each for part in parts for each in part]


def measures() -> list[dict[str, Any]]:
    """Metric tags: the value of every measure over every window."""
    viewed = [{"event": "product_viewed", "measure": each, **within(window)} for window in WINDOWS for each in VIEWED]
    paid = [{"event": "order_paid", "measure": each, **within(window)} for window in WINDOWS for each in PAID]
    ends = [
        {"event": "order_paid", "measure": {end: prop}, **within(window)}
        for window in WINDOWS for end in ("first", "last") for prop in ("store", "amount")
    ]  # fmt: skip
    days = [{"event": "order_paid", "measure": end, **within(w)} for w in WINDOWS for end in ("first", "last")]
    return [*viewed, *paid, *ends, *days]
