"""Adding what came equals computing everything anew, on generated histories: facts that come late, ahead of their
time and corrected, customers merged, hours passing, midnight in between. A case is one definition over one history."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from potager.core import clock
from potager.insight import catalogue, layers, refresh, tables
from potager.insight.conditions import bind_rule
from potager.insight.fields import AudienceField, TagField, TagKind
from potager.insight.models import Audience
from potager.insight.plan import make_plan

from .conditions_strategies import CASES
from .conftest import upload
from .garden import FIELDS
from .histories import START, Plant, histories

TOGETHER = 12
_VIEWED = {"event": "product_viewed"}
# Every measure there is, over windows that move by the day, by the hour and not at all.
METRICS = {
    "m_views": {**_VIEWED, "measure": "count"},
    "m_views_7": {**_VIEWED, "measure": "count", "within": "7d"},
    "m_views_24h": {**_VIEWED, "measure": "count", "within": "24h"},
    "m_seconds": {**_VIEWED, "measure": {"sum": "seconds"}, "within": "30d"},
    "m_longest": {**_VIEWED, "measure": {"max": "seconds"}},
    "m_shortest": {**_VIEWED, "measure": {"min": "seconds"}},
    "m_usual": {**_VIEWED, "measure": {"avg": "seconds"}},
    "m_first_product": {**_VIEWED, "measure": {"first": "product"}},
    "m_last_product": {**_VIEWED, "measure": {"last": "product"}, "within": "30d"},
    "m_products": {**_VIEWED, "measure": {"distinct": "product"}},
    "m_days": {**_VIEWED, "measure": "active_days"},
    "m_weeks": {"event": "message_replied", "measure": "active_weeks"},
    "m_silent": {"event": "*", "measure": "days_since_last"},
    "m_since_friend": {"event": "message_replied", "measure": "count", "within": "since_added"},
    "m_spent": {"event": "order_paid", "measure": {"sum": "amount"}, "within": "30d"},
    "m_basket": {"event": "order_paid", "measure": {"avg": "amount"}},
    "m_skin": {"event": "order_paid", "measure": "count", "items": [{"prop": "category", "value": "护肤"}]},
    "m_back": {"event": "order_refunded", "measure": {"sum": "amount"}},
}
LIFE = {
    "layers": [
        {"key": "repeat", "zh": "复购", "when": {"event": "order_paid", "op": "gte", "value": 2}},
        {"key": "lively", "zh": "活跃", "when": {"event": "*", "within": "24h"}},
    ],
    "else": {"key": "rest", "zh": "其他"},
}
RESULTS = (
    "SELECT model, cid, layer FROM layer_now ORDER BY ALL",
    """SELECT audience, n, bitmap FROM audience_version
    QUALIFY row_number() OVER (PARTITION BY audience ORDER BY version DESC) = 1 ORDER BY audience""",
    "SELECT name, n FROM result_state ORDER BY name",
    "SELECT model, day, buyers, days, orders, amount, cuts FROM rfm_threshold ORDER BY ALL",
)


def mergeable(condition):
    """Whether it asks only of the customer; one that asks of others is always computed in full."""
    return not make_plan({"": bind_rule(condition, FIELDS)}).asks_of_others


def fields_with(conditions):
    """The garden's fields with these conditions as tags, and models and an audience to go with them."""
    models = {
        "rfm": layers.layer_field("rfm", "rfm", {"days": 365}, "RFM", "RFM"),
        "median": layers.layer_field("median", "rfm", {"days": 30, "thresholds": {"rule": "median"}}, "RFM", "RFM"),
        "fifths": layers.layer_field("fifths", "rfm", {"thresholds": {"rule": "quintile"}}, "RFM", "RFM"),
        "life": layers.layer_field("life", "ordered", LIFE, "生命周期", "Life"),
    }
    audiences = {
        **FIELDS.audiences,
        "best": AudienceField("best", frozen=False, rule={"layer": "rfm", "in": ["champion"]}, zh="好", en="best"),
    }
    fields = replace(FIELDS, layers=models, audiences=audiences)
    rules = {f"c{n}": rule for n, rule in enumerate(conditions)}
    tags = {key: TagField(key, TagKind.RULE, None, rule, key, key) for key, rule in rules.items()}
    tags |= {key: TagField(key, TagKind.METRIC, None, rule, key, key) for key, rule in METRICS.items()}
    return replace(fields, tags={**FIELDS.tags, **tags})


def results(warehouse):
    found = [warehouse.query(sql).to_pylist() for sql in RESULTS]
    wides = sorted(set(warehouse.query("FROM tag_column")["wide"].to_pylist()))
    return found + [warehouse.query(f"FROM {wide} ORDER BY cid").to_pylist() for wide in wides]


def examples(number):
    def decorate(test):
        conditions = st.lists(CASES.filter(mergeable), min_size=TOGETHER, max_size=TOGETHER)
        asked = given(histories(), conditions)(test)
        # No shrinking: an example takes a second, and making it smaller would take the rest of the hour.
        return settings(
            max_examples=number,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )(asked)

    return decorate


@pytest.fixture
def merged(warehouse, monkeypatch):
    """Runs one history by merges and compares with a full run; counts how each refresh was done."""
    modes = Counter()
    Audience.objects.create(
        key="spring", name_zh="春季", condition={}, created_at=clock.now(), frozen_at=clock.now(),
        members=BitMap([1, 3]).serialize(),
    )  # fmt: skip
    upload("vip", 2, 3, at=FIELDS.lists["vip"].at)

    def agree(history, conditions):
        fields = fields_with(conditions)
        monkeypatch.setattr(catalogue, "load", lambda: fields)
        plant = Plant(warehouse)
        plant.prepare(history.customers)
        plant.grow(history.first)
        at = START
        with clock.frozen(at):
            refresh.run()
        for hours, steps in history.later:
            at += timedelta(hours=hours)
            plant.grow(steps)
            with clock.frozen(at):
                modes[refresh.merge().mode] += 1
        found = results(warehouse)
        with clock.frozen(at):
            report = refresh.run()
        assert results(warehouse) == found
        assert report.changes == 0

    yield agree
    assert modes["merge"] > modes["full"], modes
    assert modes["none"] + modes["full"] > 0, modes


@pytest.mark.once
@examples(12)
def test_merged_results_equal_those_of_a_full_run(merged, history, conditions):
    merged(history, conditions)


@pytest.mark.slow
@examples(80)
def test_merged_results_equal_those_of_a_full_run_two_thousand_times(merged, history, conditions):
    """80 histories of 12 drawn and 18 set definitions, four models and an audience: 2,800 cases."""
    merged(history, conditions)


def test_what_no_definition_asks_for_any_more_is_dropped(warehouse, monkeypatch):
    plant = Plant(warehouse)
    plant.prepare(2)
    with clock.frozen(START):
        monkeypatch.setattr(catalogue, "load", lambda: fields_with([{"event": "product_viewed", "within": "3d"}]))
        Audience.objects.create(key="spring", name_zh="春季", condition={}, created_at=clock.now())
        refresh.run()
        kept = tables.kept(warehouse)
        views = TagField("views", TagKind.METRIC, None, METRICS["m_views"], "views", "views")
        monkeypatch.setattr(catalogue, "load", lambda: replace(FIELDS, tags={"views": views}, layers={}))
        refresh.run()
        left = tables.kept(warehouse)
    assert len(left) == 1
    assert not left & kept
