"""Counts out of results: the same answer as the printed query gives, only where the results know everything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from potager.core import clock
from potager.insight import catalogue, instant, refresh, sets, tables
from potager.insight.conditions import bind_metric, bind_rule
from potager.insight.fields import TagField, TagKind
from potager.insight.models import Audience
from potager.insight.moment import Moment

from .conditions_strategies import MONEY, NUMBERS, RELATIONS, TAGS, compared, texts
from .conftest import Plot, day, define_tag, upload
from .garden import FIELDS
from .histories import START, Plant, histories
from .test_merge_histories import METRICS, fields_with

pytestmark = pytest.mark.once

_MEASURED = st.one_of(
    st.sampled_from(list(METRICS)).map(lambda key: {"tag": key}),
    compared(NUMBERS).flatmap(
        lambda rest: st.sampled_from(["m_views", "m_seconds", "m_products", "m_days", "m_silent", "m_usual"]).map(
            lambda key: {"tag": key, **rest}
        )
    ),
    compared(MONEY).flatmap(
        lambda rest: st.sampled_from(["m_spent", "m_basket", "m_back"]).map(lambda key: {"tag": key, **rest})
    ),
    texts(st.sampled_from(["p1", "p2"])).map(lambda rest: {"tag": "m_last_product", **rest}),
)
_LEAVES = st.one_of(
    TAGS,
    _MEASURED,
    _MEASURED,
    RELATIONS,
    st.just({"layer": "rfm", "in": ["champion"]}),
    st.just({"audience": "best"}),
    st.just({"list": "vip"}),
    st.just({"attr": "city", "op": "eq", "value": "上海"}),
    st.just({"tag": "both"}),
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)


def told(fields, condition, warehouse):
    """Who the results say; None when they do not."""
    return instant.members(bind_rule(condition, fields), fields, Moment(clock.now(), fields.zone), warehouse)


@pytest.mark.once
@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(histories(), st.lists(CONDITIONS, min_size=25, max_size=25))
def test_results_tell_what_the_query_finds(warehouse, measured, history, conditions):
    fields = measured
    plant = Plant(warehouse)
    plant.prepare(history.customers)
    plant.grow(history.first)
    # Another history in the same file: in a house the watermark tells states apart.
    instant._known = instant.Known()
    with clock.frozen(START):
        refresh.run()
        known = [told(fields, condition, warehouse) for condition in conditions]
        for condition, found in zip(conditions, known, strict=True):
            if found is not None:
                asked = bind_rule(condition, fields)
                assert list(found) == sets.members(asked, fields=fields).tolist(), condition
                counted = sets.counted(asked, fields=fields)
                assert (counted.count, sorted(counted.samples)) == (len(found), list(found))
    SEEN.append(sum(found is not None for found in known))


SEEN: list[int] = []


@pytest.fixture
def measured(warehouse, monkeypatch):
    fields = fields_with([])
    kinds = {key: replace(fields.tags[key], kind=bind_metric(rule, fields).kind) for key, rule in METRICS.items()}
    fields = replace(fields, tags={**fields.tags, **kinds})
    both = {"all": [{"tag": "m_views", "op": "gte", "value": 1}, {"not": {"tag": "heat", "op": "eq", "value": "cold"}}]}
    fields = replace(fields, tags={**fields.tags, "both": TagField("both", TagKind.RULE, None, both, "both", "both")})
    monkeypatch.setattr(catalogue, "load", lambda: fields)
    Audience.objects.create(key="spring", name_zh="春季", condition={}, created_at=clock.now())
    upload("vip", 2, 3, at=FIELDS.lists["vip"].at)
    yield fields
    assert sum(SEEN) > len(SEEN) * 2, "too few of the drawn conditions were told from results"


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(1, 2, 3)
    for cid in (1, 2):
        plot.event(cid, "page_viewed", day("2026-10-31"))
    define_tag("viewer", {"event": "page_viewed"})
    refresh.run()
    return plot


def answer(condition):
    return told(catalogue.load(), condition, tables.opened())


def test_a_count_of_tags_looks_at_no_event(garden):
    with garden.warehouse.write() as writer:
        writer.execute("DELETE FROM event_hot")
    counted = sets.counted(bind_rule({"tag": "viewer"}, catalogue.load()))
    assert (counted.count, counted.total, sorted(counted.samples), counted.rows) == (2, 3, [1, 2], 0)
    assert sets.counted(bind_rule({"not": {"tag": "viewer"}}, catalogue.load())).count == 1


def test_what_came_since_is_asked_of_the_facts(garden):
    garden.event(3, "page_viewed", day("2026-10-31"))
    assert answer({"tag": "viewer"}) is None
    assert sets.counted(bind_rule({"tag": "viewer"}, catalogue.load())).count == 3
    refresh.merge()
    assert list(answer({"tag": "viewer"})) == [1, 2, 3]


def test_a_changed_definition_is_asked_of_the_facts(garden):
    define_tag("fresh", {"event": "page_viewed", "within": "1d"})
    assert answer({"tag": "fresh"}) is None
    assert answer({"all": [{"tag": "viewer"}, {"event": "page_viewed"}]}) is None


def test_a_fact_dated_ahead_that_is_due_is_asked_of_the_facts(garden):
    garden.event(3, "page_viewed", clock.now() + timedelta(minutes=5))
    refresh.merge()
    assert list(answer({"tag": "viewer"})) == [1, 2]
    with clock.frozen(clock.now() + timedelta(minutes=4)):
        assert list(answer({"tag": "viewer"})) == [1, 2]
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert answer({"tag": "viewer"}) is None
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert answer({"tag": "viewer"}) is None


def test_samples_are_the_same_ones_from_results_and_from_facts(garden):
    garden.customers(*range(10, 60))
    for cid in range(10, 60):
        garden.event(cid, "page_viewed", day("2026-10-31"))
    asked = bind_rule({"tag": "viewer"}, catalogue.load())
    from_facts = sets.counted(asked)
    assert from_facts.rows > 0
    refresh.merge()
    assert answer({"tag": "viewer"}) is not None
    assert sets.counted(asked) == replace(from_facts, rows=0)
    assert len(from_facts.samples) == 10
