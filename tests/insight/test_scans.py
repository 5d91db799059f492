"""insight.scans: which scans can be added to, what a table is named after, and what is carried along for them."""

import pytest

from potager.facts.warehouse.schema import TABLES
from potager.insight import scans
from potager.insight.conditions import bind_metric, bind_rule
from potager.insight.fields import event_field
from potager.insight.plan import make_plan

from .garden import FIELDS

VIEWED = {"event": "product_viewed"}


def scan_of(rule):
    (scan,) = make_plan({}, {"x": bind_metric(rule, FIELDS)}).scans
    return scan


@pytest.mark.parametrize(
    ("rule", "adds_up"),
    [
        ({**VIEWED, "measure": "count"}, True),
        ({**VIEWED, "measure": "count", "within": "30d"}, True),
        ({**VIEWED, "measure": {"sum": "seconds"}, "within": "last_month"}, True),
        ({**VIEWED, "measure": {"avg": "seconds"}}, True),
        ({**VIEWED, "measure": {"first": "product"}}, True),
        ({**VIEWED, "measure": "days_since_last"}, True),
        ({"event": "*", "measure": "count"}, True),
        ({**VIEWED, "measure": {"distinct": "product"}}, False),
        ({**VIEWED, "measure": "active_days"}, False),
        ({**VIEWED, "measure": "count", "within": "24h"}, False),
        ({**VIEWED, "measure": "count", "within": "since_added"}, False),
        ({"event": "order_paid", "measure": "count"}, False),
        ({"event": "order_refunded", "measure": {"sum": "amount"}}, False),
    ],
)
def test_only_what_new_events_add_to_adds_up(rule, adds_up):
    assert scan_of(rule).adds_up is adds_up


def test_one_distinct_value_keeps_its_whole_scan_from_adding_up():
    features = {
        "n": bind_metric({**VIEWED, "measure": "count"}, FIELDS),
        "d": bind_metric({**VIEWED, "measure": {"distinct": "product"}}, FIELDS),
    }
    (scan,) = make_plan({}, features).scans
    assert not scan.adds_up


def test_a_table_is_named_after_what_its_scan_computes():
    plan = make_plan({"a": bind_rule({**VIEWED, "within": "7d"}, FIELDS)})
    same = make_plan({"b": bind_rule({**VIEWED, "within": "7d", "op": "gte", "value": 3}, FIELDS)})
    other = make_plan({"a": bind_rule({**VIEWED, "within": "8d"}, FIELDS)})
    names = [scans.table_of(each.scans[0], only=False) for each in (plan, same, other)]
    assert names[0] == names[1] != names[2]
    assert scans.table_of(plan.scans[0], only=True) != names[0]


def test_no_column_a_condition_may_look_at_is_left_behind():
    asked = {
        "event": {prop.column for prop in event_field("anything").props.values()} | {"cid", "ts", "day", "type", "seq"},
        "orders": {prop.column for prop in event_field("order_paid").props.values()}
        | {"k1", "k2", "cid", "ts", "day", "status", "amount"},
    }
    for table, left in scans.LEFT.items():
        names = set(left.split(", "))
        kind = "event_hot" if table == "event" else table
        assert names <= TABLES[kind].keys()
        assert not names & asked[table]
