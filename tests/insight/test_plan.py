"""insight.plan: one scan for what looks at the same events, each feature whole in one of them, and the plan as text."""

from potager.insight.conditions import bind_rule
from potager.insight.plan import MAX_AGGREGATES, make_plan

from .garden import FIELDS


def planned(*conditions):
    return make_plan({str(n): bind_rule(each, FIELDS) for n, each in enumerate(conditions)})


def total(within, **more):
    return {"event": "order_paid", "measure": {"sum": "amount"}, "within": within, "value": "1", **more}


def test_equal_leaves_are_one():
    plan = planned(total("30d"), {"not": total("30d")}, {"all": [total("30d"), total("7d")]})
    assert (len(plan.leaves), len(plan.scans), len(plan.scans[0].aggregates)) == (2, 1, 2)


def test_a_change_is_two_windows_of_one_scan():
    change = {"change": {"event": "order_paid", "within": "30d"}, "op": "gt", "value": 0}
    plan = planned(change, {"event": "order_paid", "within": "30d"})
    [scan] = plan.scans
    assert [each.window.before for each in scan.aggregates] == [False, True]
    assert "count(*) · before 30d" in plan.describe()


def test_every_feature_is_whole_in_the_scan_it_is_read_from():
    sums = [total(f"{days}d") for days in range(1, MAX_AGGREGATES + 1)]
    averages = [each | {"measure": {"avg": "amount"}} for each in sums]
    plan = planned(*sums, *averages)
    assert len(plan.scans) > 1
    for leaf in plan.leaves:
        scan = plan.scans[plan.scan_of(leaf.measured)]
        assert set(leaf.measured.aggregates) <= set(scan.aggregates)


def test_tests_of_an_event_are_part_of_its_aggregate():
    plan = planned({"event": "order_paid", "items": [{"prop": "category", "value": "护肤"}], "within": "7d"})
    assert "count(*) where with an item whose category is 护肤 · 7d" in plan.describe()


def test_leaves_with_rows_of_their_own_name_them():
    assert (
        "bit 0: product view, then paid order ← sequence"
        in planned({"sequence": ["product_viewed", "order_paid"]}).describe()
    )
