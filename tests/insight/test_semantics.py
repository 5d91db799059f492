"""docs/concepts/conditions.md, sentence by sentence, C01 to C36: both interpreters are asked and must agree."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from potager.insight import sets
from potager.insight.conditions import parse
from potager.insight.lunar import lunar_day

from .asking import CITY, NEW_YORK, NOBODY, ONCE, at, count, paid, viewed, who
from .garden import Bond, Happening, line

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "conditions.md"


def test_every_sentence_has_its_test():
    written = re.findall(r"\*\*(C\d\d)\*\*", PAGE.read_text())
    here = Path(__file__).parent
    both = (here / "test_semantics.py").read_text() + (here / "test_semantics_over_time.py").read_text()
    tested = re.findall(r"^def test_(c\d\d)_", both, flags=re.MULTILINE)
    assert written == [name.upper() for name in tested] == [f"C{n:02}" for n in range(1, len(written) + 1)]


def test_c01_live_customers_only():
    assert who(count(), ONCE, ONCE, dead=(2,)) == {1}


def test_c02_all_of_nothing_is_everybody():
    assert who({"all": []}, NOBODY, ONCE, ONCE, dead=(3,)) == {1, 2}
    assert who({"any": []}, NOBODY, ONCE) == set()


def test_c03_not_is_the_complement():
    assert who({"not": count()}, NOBODY, ONCE, NOBODY, dead=(3,)) == {1}


def test_c04_comparing_a_missing_value_is_false():
    for op, value in (("eq", "上海"), ("ne", "上海"), ("in", ["上海"]), ("not_in", ["上海"])):
        assert 3 not in who({"attr": "city", "op": op, "value": value}, *CITY)
    assert who({"attr": "city", "op": "ne", "value": "上海"}, *CITY) == {2}
    assert who({"not": {"attr": "city", "op": "eq", "value": "上海"}}, *CITY) == {2, 3}


def test_c05_missing_and_exists():
    assert who({"attr": "city", "op": "missing"}, *CITY) == {3}
    assert who({"attr": "city", "op": "exists"}, *CITY) == {1, 2}


def test_c06_no_events_is_zero():
    for measure in ("count", {"sum": "amount"}, {"distinct": "store"}, "active_days"):
        value = "0" if measure == {"sum": "amount"} else 0
        assert who(count(measure=measure, op="lte", value=value), NOBODY) == {1}
        assert who(count(measure=measure, op="gt", value=value), NOBODY) == set()


def test_c07_no_events_is_missing():
    for name in ("avg", "min", "max", "first", "last"):
        for op in ("lte", "gte", "ne"):
            assert who(count(measure={name: "amount"}, op=op, value="0"), NOBODY) == set()
    for measure in ("days_since_first", "days_since_last"):
        assert who(count(measure=measure, op="gte", value=0), NOBODY, ONCE) == {2}


def test_c08_money_is_exact():
    three = {"events": [paid("2026-10-01", 3333), paid("2026-10-02", 3333), paid("2026-10-03", 3334)]}
    average = {"measure": {"avg": "amount"}, "value": "33.33"}
    assert who(count(op="gt", **average), three) == {1}
    assert who(count(op="eq", **average), three) == set()
    assert who(count(measure={"sum": "amount"}, op="eq", value="100.00"), three) == {1}


def test_c09_texts_as_they_are():
    notes = [{"attrs": {"note": note}} for note in ("VIP 客户", "vip", "10%")]
    assert who({"attr": "note", "op": "contains", "value": "VIP"}, *notes) == {1}
    assert who({"attr": "note", "op": "contains", "value": "%"}, *notes) == {3}
    assert who({"attr": "note", "op": "starts_with", "value": "1_"}, *notes) == set()


def test_c10_between_includes_both_ends():
    ages = [{"attrs": {"age": float(age)}} for age in (17, 18, 30, 31)]
    assert who({"attr": "age", "op": "between", "value": [18, 30]}, *ages) == {2, 3}


def test_c11_an_instant_by_its_business_date():
    seen = [
        {"attrs": {"first_seen_at": at(text)}} for text in ("2026-10-09T23:59", "2026-10-10T00:00", "2026-10-10T23:59")
    ]
    assert who({"attr": "added", "op": "eq", "value": "2026-10-10"}, *seen) == {2, 3}
    assert who({"attr": "added", "op": "lt", "value": "2026-10-10"}, *seen) == {1}


def test_c12_anniversaries_come_round():
    born = [{"attrs": {"birthday": date.fromisoformat(text)}} for text in ("1990-11-01", "2000-11-08", "1980-11-09")]
    assert who({"attr": "birthday", "op": "anniversary_within", "value": 7}, *born) == {1, 2}
    leap = {"attrs": {"birthday": date(2000, 2, 29)}}
    today = {"attr": "birthday", "op": "anniversary_within", "value": 0}
    assert who(today, leap, as_of=at("2026-02-28T12:00")) == {1}
    assert who(today, leap, as_of=at("2028-02-28T12:00")) == set()
    assert who(today, leap, as_of=at("2028-02-29T12:00")) == {1}


def test_c13_anniversaries_between_two_days():
    born = [{"attrs": {"birthday": date.fromisoformat(text)}} for text in ("1990-10-29", "1990-11-04", "1990-09-22")]
    for days, expected in (([-3, 7], {1, 2}), ([3, 3], {2}), ([-40, -1], {1, 3})):
        assert who({"attr": "birthday", "op": "anniversary_within", "value": days}, *born) == expected


def test_c14_lunar_anniversaries():
    # 1 November 2026 is 九月廿三; 24 September 1976 was 闰八月初一; in 2026 八月初一 is 11 September.
    born = [{"attrs": {"birthday": date.fromisoformat(text)}} for text in ("1990-11-09", "1976-09-24", "1899-11-01")]
    assert [lunar_day(each["attrs"]["birthday"]) for each in born] == [923, 801, None]
    asked = {"attr": "birthday", "op": "lunar_anniversary_within", "value": 0}
    assert who(asked, *born) == {1}
    assert who(asked, *born, as_of=at("2026-09-11T12:00")) == {2}
    # 十二月三十 of 1989; the twelfth month of 2026 ends on its 29th, 5 February 2027.
    eve = {"attrs": {"birthday": date(1990, 1, 26)}}
    assert lunar_day(date(1990, 1, 26)) == 1230
    assert who(asked, eve, as_of=at("2027-02-05T12:00")) == {1}


def test_c15_at_least_one():
    assert who(count(), NOBODY, ONCE) == {2}


def test_c16_orders_refunds_and_the_rest():
    refunded = {"events": [Happening("order_refunded", at("2026-10-01T12:00"), date(2026, 10, 1), {"amount": 5})]}
    people = [ONCE, refunded, {"events": [viewed("2026-10-01")]}]
    assert who({"event": "order_paid"}, *people) == {1}
    assert who({"event": "order_refunded"}, *people) == {2}
    assert who({"event": "*"}, *people) == {3}


def test_c17_where_is_about_one_event():
    split = {"events": [viewed("2026-10-01", product="a", seconds=1.0), viewed("2026-10-02", product="b", seconds=9.0)]}
    where = [{"prop": "product", "value": "a"}, {"prop": "seconds", "op": "gt", "value": 5}]
    assert who({"event": "product_viewed", "where": where}, split) == set()
    assert who({"event": "product_viewed", "where": where[:1]}, split) == {1}


def test_c18_where_is_a_tree_of_two_values():
    people = [{"events": [paid("2026-10-01", 500, store=store)]} for store in ("静安", "徐汇", None)]
    west = {"prop": "store", "value": "徐汇"}
    assert who(count(where=[{"not": west}]), *people) == {1, 3}
    assert who(count(where=[{"all": []}]), *people) == {1, 2, 3}
    assert who(count(where=[{"any": []}]), *people) == set()
    assert who(count(where=[{"any": [west, {"prop": "store", "op": "missing"}]}]), *people) == {2, 3}
    assert who(count(where=[{"all": [west, {"prop": "amount", "op": "gt", "value": "6"}]}]), *people) == set()


def bought(*lines, **more):
    order = paid("2026-10-01", **more)
    return {"events": [replace(order, items=lines)]}


def test_c19_one_line_passes_all():
    both = [{"prop": "category", "value": "护肤"}, {"prop": "qty", "op": "gte", "value": 2}]
    people = [bought(line("p1", 2)), bought(line("p1", 1), line("p3", 5)), bought()]
    assert who(count(items=both), *people) == {1}
    assert who(count(items=[]), *people) == {1, 2}
    assert who(count(items=both, measure={"sum": "amount"}, op="lte", value="0"), *people) == {2, 3}


def test_c20_what_the_catalogue_says_today():
    people = [bought(line("p1")), bought(line("p9"))]
    assert who(count(items=[{"prop": "category", "op": "missing"}]), *people) == {2}
    assert who(count(items=[{"prop": "brand", "op": "ne", "value": "动"}]), *people) == {1}


def test_c21_cancelled_and_refunded_orders(plot):
    plot.customers(1, 2)
    plot.order(1, "2026-10-01", 100, status="cancelled")
    plot.refund(plot.order(2, "2026-10-01", 100), 2, "2026-10-02", 100)
    assert sets.members(parse(count())).tolist() == [2]
    assert sets.members(parse({"event": "order_refunded"})).tolist() == [2]


def test_c22_active_days_are_dates():
    twice = {"events": [paid("2026-10-01T09:00"), paid("2026-10-01T21:00"), paid("2026-10-02")]}
    assert who(count(measure="active_days", op="eq", value=2), twice) == {1}


def test_c23_active_weeks_are_blocks_of_seven_days():
    def people(*days):
        return {"events": [paid(day) for day in days]}

    three = count("28d", measure="active_weeks", op="gte", value=3)
    assert who(
        three,
        people("2026-10-05", "2026-10-12", "2026-10-26"),
        people("2026-10-26", "2026-10-27", "2026-11-01", "2026-10-19"),
        people("2026-10-04", "2026-10-12", "2026-10-26"),
    ) == {1}
    assert who(count("14d", measure="active_weeks", op="eq", value=2), people("2026-10-25", "2026-10-26")) == {1}


def test_c24_days_since_is_a_difference_of_dates():
    late = {"events": [paid("2026-10-31T23:59")]}
    assert who(count(measure="days_since_last", op="eq", value=1), late, as_of=at("2026-11-01T00:01")) == {1}
    assert who(count(measure="days_since_last", op="eq", value=0), {"events": [paid("2026-11-01T01:00")]}) == {1}


def test_c25_distinct_counts_values():
    stores = {"events": [paid("2026-10-01", store=store) for store in ("静安", "徐汇", "静安", None)]}
    assert who(count(measure={"distinct": "store"}, op="eq", value=2), stores) == {1}


def test_c26_first_and_last_value():
    moved = {"events": [paid("2026-10-01", store="b"), paid("2026-10-01", store="a"), paid("2026-10-05", store=None)]}
    assert who(count(measure={"first": "store"}, op="eq", value="a"), moved) == {1}
    assert who(count(measure={"last": "store"}, op="eq", value="b"), moved) == {1}


def test_c27_first_and_last_date():
    late = {"events": [paid("2026-10-01T00:30"), paid("2026-10-05")]}
    assert who(count(measure="first", op="eq", value="2026-10-01"), late) == {1}
    assert who(count(measure="last", op="gt", value="2026-10-04"), late) == {1}


def test_c28_days_count_today():
    people = [{"events": [paid(f"2026-10-{day}T00:00")]} for day in (25, 26)]
    assert who(count("7d"), *people) == {2}
    assert who(count("1d"), {"events": [paid("2026-10-31T23:59")]}, {"events": [paid("2026-11-01T00:00")]}) == {2}


def test_c29_calendar_windows():
    people = [{"events": [paid(day)]} for day in ("2026-09-30", "2026-10-01", "2026-10-26", "2026-11-01")]
    expected = {
        "last_month": {2, 3}, "this_month": {4}, "this_week": {3, 4}, "last_week": set(), "this_quarter": {2, 3, 4},
        "last_quarter": {1}, "this_year": {1, 2, 3, 4}, "last_year": set(), "today": {4}, "yesterday": set(),
    }  # fmt: skip
    assert {window: who(count(window), *people) for window in expected} == expected


def test_c30_hours_are_exact():
    people = [{"events": [paid(text)]} for text in ("2026-10-31T12:00", "2026-10-31T12:01", "2026-11-01T12:00")]
    assert who(count("24h"), *people) == {2, 3}


def test_c31_fixed_dates():
    people = [{"events": [paid(text)]} for text in ("2026-05-31", "2026-06-01T00:00", "2026-06-18T23:59", "2026-06-19")]
    assert who(count({"from": "2026-06-01", "to": "2026-06-18"}), *people) == {2, 3}
    assert who(count({"from": "2026-06-18"}), *people) == {3, 4}
    assert who(count({"to": "2026-06-01"}), *people) == {1, 2}


def test_c32_since_added():
    events = [paid("2026-09-01"), paid("2026-10-01T12:00")]
    added = {"events": events, "bonds": [Bond("lisi", at("2026-10-01T12:00"))]}
    seen = {"events": events, "attrs": {"first_seen_at": at("2026-09-01T11:00")}}
    both = {**added, **seen}
    for n, expected in ((1, {1, 2, 3}), (2, {2})):
        assert who(count("since_added", op="gte", value=n), added, seen, both, {"events": events}) == expected


def test_c33_all_history():
    assert who(count(), {"events": [paid("2001-01-01")]}) == {1}


def test_c34_days_of_23_and_25_hours():
    morning = at("2026-11-01T12:00", NEW_YORK)
    people = [
        {"events": [viewed(text, NEW_YORK)]} for text in ("2026-10-31T23:30", "2026-11-01T00:30", "2026-11-01T11:30")
    ]
    today = {"event": "product_viewed", "within": "1d"}
    assert who(today, *people, as_of=morning, zone=NEW_YORK) == {2, 3}
    # The night had an hour more: twelve hours reach back to the second midnight, half past by the first is outside.
    exact = {"event": "product_viewed", "within": "12h"}
    assert who(exact, *people, as_of=morning, zone=NEW_YORK) == {3}


def test_c35_calendar_windows_in_a_zone_that_changes_its_clocks():
    people = [{"events": [viewed(text, NEW_YORK)]} for text in ("2026-10-31T23:59", "2026-11-01T00:00")]
    for window, expected in (("last_month", {1}), ("this_month", {2}), ("yesterday", {1})):
        asked = {"event": "product_viewed", "within": window}
        assert who(asked, *people, as_of=at("2026-11-01T23:00", NEW_YORK), zone=NEW_YORK) == expected


def test_c36_an_empty_window_is_like_no_events():
    old = {"events": [paid("2026-01-01")]}
    assert who(count("7d", op="eq", value=0), old, NOBODY) == {1, 2}
    assert who(count("7d", measure={"sum": "amount"}, op="eq", value="0"), old, NOBODY) == {1, 2}
    assert who(count("7d", measure="days_since_last", op="gte", value=0), old, NOBODY) == set()
