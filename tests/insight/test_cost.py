"""insight.cost: what a condition would read, and the guard that refuses a monster before it runs."""

import pytest

from potager.core import choices, store
from potager.core.errors import Problem
from potager.insight import cost, definitions, sets
from potager.insight.conditions import bind_rule, parse
from potager.insight.models import Audience, LayerModel, TagDefinition
from potager.insight.specs import AudienceSpec, LayerSpec, TagSpec
from potager.org.access import SYSTEM

from .conftest import day
from .garden import FIELDS

SIZES = {"event": 1000, "orders": 100, "order_item": 200, "refund": 10, "customer": 50}


def of(written):
    return cost.estimate(bind_rule(written, FIELDS), SIZES)


def test_a_scan_costs_its_rows_for_every_aggregate():
    one = {"event": "order_paid", "within": "30d"}
    assert of(one) == cost.Estimate(scans=1, rows=150, cells=150)
    both = of({"all": [one, {"event": "order_paid", "measure": {"sum": "amount"}, "value": "1"}]})
    assert both == cost.Estimate(scans=1, rows=150, cells=2 * 100 + 2 * 50)


def test_a_sequence_costs_its_events_and_its_steps():
    assert of({"sequence": ["product_viewed", "order_paid"]}) == cost.Estimate(2, 50 + 1100, 50 + 1100 * (2 + 6))


def test_what_is_asked_of_relatives_is_paid_too():
    alone = of({"event": "order_paid"})
    asked = of({"household": {"someone": {"who": {"event": "order_paid"}}}})
    assert asked == of({"household": {}}) + alone


def test_a_monster_is_refused_with_its_estimate_and_runs_when_allowed(plot):
    plot.customers(1, 2, 3)
    for cid in (1, 2, 3):
        plot.event(cid, "page_viewed", day("2026-10-20"))
    steps = {"sequence": ["page_viewed"] * 8}
    with store.write():
        choices.put(cost.MOST_CELLS, 50)
    with pytest.raises(Problem) as refused:
        sets.count(parse(steps))
    assert refused.value.code == "insight.cost"
    assert "1 遍共 6 行，78 次计算" in refused.value.zh
    with store.write():
        choices.put(cost.MOST_CELLS, 100)
    assert sets.count(parse(steps)) == 0


def test_what_is_too_heavy_to_compute_is_not_saved(plot):
    steps = {"sequence": ["page_viewed"] * 8}
    rule = {"key": "monster", "name_zh": "怪", "source": "rule", "rule": steps}
    saves = (
        lambda sizes: definitions.save_tag(SYSTEM, TagSpec(**rule), sizes),
        lambda sizes: definitions.save_audience(SYSTEM, AudienceSpec(key="m", name_zh="怪", condition=steps), sizes),
        lambda sizes: definitions.save_layers(SYSTEM, layered(steps), sizes),
    )
    for save in saves:
        with pytest.raises(Problem) as refused, store.write():
            save({**SIZES, "event": 10**9})
        assert refused.value.code == "insight.cost"
        assert "1,000,000,050 行" in refused.value.zh
    assert (TagDefinition.objects.count(), Audience.objects.count(), LayerModel.objects.count()) == (0, 0, 0)
    with store.write():
        for save in saves:
            save(SIZES)


def layered(when):
    layers = [{"key": "yes", "zh": "是", "when": when}]
    return LayerSpec(
        key="m", name_zh="怪", kind="ordered", settings={"layers": layers, "else": {"key": "no", "zh": "否"}}
    )
