"""insight.subjects: a customer read from the warehouse answers the single interpreter as the set interpreter does."""

import dataclasses

import pytest
from pyroaring import BitMap

from potager.core import clock, store
from potager.core.journal import Fact, append
from potager.facts import loader, plan
from potager.facts.models import PropertyKind
from potager.insight import catalogue, jobs, membership, queries, refresh, sets, subjects, tables
from potager.insight.conditions import bind_rule
from potager.insight.models import Audience
from potager.insight.moment import Moment
from potager.insight.single import holds
from potager.org.access import SYSTEM
from potager.people import households
from potager.people.models import Customer, Identity, State

from .conftest import Plot, day, define_audience, define_layers, define_tag

pytestmark = pytest.mark.once

CONDITIONS = [
    {"event": "page_viewed", "where": [{"prop": "name", "value": "首页"}]},
    {"event": "page_viewed", "where": [{"prop": "channel", "op": "in", "value": ["mini", "h5"]}], "within": "7d"},
    {"event": "page_viewed", "where": [{"prop": "depth", "op": "gte", "value": 3}]},
    {"event": "page_viewed", "where": [{"prop": "seen_at", "op": "eq", "value": "2026-10-31"}]},
    {"event": "page_viewed", "measure": {"sum": "depth"}, "op": "lt", "value": 3},
    {"event": "page_viewed", "measure": {"avg": "depth"}, "op": "eq", "value": 2.5},
    {"event": "order_paid", "measure": {"max": "amount"}, "op": "between", "value": ["1.00", "60.00"]},
    {"event": "order_refunded"},
    {"relation": {"staff": "lisi"}},
    {"layer": "rfm", "in": ["none"]},
    {"audience": "readers"},
    {"tag": "skin"},
    {"attr": "source", "value": "store"},
    {"attr": "added", "op": "within", "value": "30d"},
    {"event": "order_paid", "items": [{"prop": "category", "value": "护肤"}]},
    {"event": "order_paid", "items": [{"prop": "product", "op": "ne", "value": "serum"}]},
    {"household": {"role": ["buyer"]}},
    {"household": {"someone": {"role": ["child"], "who": {"event": "page_viewed"}}}},
    {"household": {"someone": {"who": {"event": "order_paid"}}}},
    {"sequence": [{"event": "page_viewed", "where": [{"prop": "depth", "op": "gte", "value": 3}]}, "page_viewed"]},
    {"sequence": ["order_paid", {"event": "page_viewed", "without": ["order_refunded"]}]},
    {"sequence": ["order_paid", {"none": "page_viewed", "within": "7d"}]},
    {"change": {"event": "page_viewed", "within": "7d"}, "by": "difference", "op": "gt", "value": 0},
    {"random": {"salt": "s", "to": 50}},
]


@pytest.fixture
def garden(plot: Plot) -> Plot:
    with store.write():
        for key, kind in (("depth", PropertyKind.INTEGER), ("seen_at", PropertyKind.TIME)):
            plan.define_property(SYSTEM, "page_viewed", key, zh=key, kind=kind)
    from potager.org.models import Staff

    Staff.objects.create(key="lisi", name="李四")
    plot.customers(1, 2, 3)
    plot.seq = 0
    first = plot.order(1, "2026-10-01", 5000)
    plot.refund(first, 1, "2026-10-03", 100)
    plot.relation(2, "lisi", day("2026-10-20"))
    with store.write():
        body = {"name": "首页", "depth": 2, "channel": "mini", "seen_at": "2026-10-31T10:00:00+08:00"}
        append(
            [
                Fact("event", "page_viewed", "t", "1", day("2026-10-31"), body, cid=1),
                Fact("event", "page_viewed", "t", "2", day("2026-10-30"), {"depth": "3", "channel": "x"}, cid=1),
                Fact("event", "page_viewed", "t", "3", day("2026-10-01"), {"name": 5, "depth": "many"}, cid=2),
                Fact(
                    "tag", "tag_add", "t", "4", day("2026-10-01"), {"tag": "skin", "value": "dry", "op": "add"}, cid=3
                ),
            ]
        )
    with plot.warehouse.write() as writer:
        writer.execute("UPDATE watermark SET seq = 0 WHERE name = 'journal'")
    loader.load_all()
    define_tag("skin", source="manual", value_kind="choice")
    define_layers("rfm", "rfm")
    define_audience("readers", {"event": "page_viewed"})
    with plot.warehouse.write() as writer:
        writer.execute(
            "INSERT INTO order_item (k1, k2, line, product, cid, seq) VALUES (?, ?, '1', 'cream', 1, 0)", list(first)
        )
        writer.execute("INSERT INTO product (product, category, seq) VALUES ('cream', '护肤', 0)")
    for cid, role in ((1, "child"), (2, "buyer"), (3, "member")):
        identity = Identity.objects.create(
            type="member_no", realm="t", value=f"m{cid}", customer_id=cid, home_cid=cid, first_us=0
        )
        households.join([households.Membership(identity.pk, cid, "home" if cid < 3 else "alone", role)])
    refresh.run()
    return plot


@pytest.mark.parametrize("as_of", [None, "2026-10-30"])
def test_the_single_and_the_set_answer_are_the_same(garden, as_of):
    fields = catalogue.load()
    moment = Moment(clock.as_of(as_of), fields.zone)
    people = {cid: subjects.load(tables.opened(), cid, moment, fields) for cid in (1, 2, 3)}
    for condition in CONDITIONS:
        bound = bind_rule(condition, fields)
        single = {cid for cid, subject in people.items() if holds(bound, subject)}
        assert set(sets.members(bound, as_of).tolist()) == single == sets.holds(bound, [1, 2, 3, 9], as_of), condition


def test_a_frozen_audience_resolves_merged_customers_when_used(garden):
    Audience.objects.create(
        key="kept", name_zh="kept", condition={"all": []}, created_at=clock.now(), frozen_at=clock.now(),
        members=BitMap([1, 3]).serialize(),
    )  # fmt: skip
    Customer.objects.filter(id=1).update(state=State.MERGED, merged_into=2)
    Customer.objects.filter(id=2).update(state=State.MERGED, merged_into=3)
    assert list(membership.members(["kept"], clock.now(), tables.opened().query)["kept"]) == [3]


def test_the_background_job_brings_results_up_and_tells(garden):
    # Past every number the journal of this server ever gave: a rolled back test does not give its numbers back.
    garden.seq = 1_000_000_000
    garden.event(3, "page_viewed", day("2026-10-31"))
    sets.warm()
    jobs.bring_up({})
    assert queries.stands()["audience:readers"].n == 3


def test_fields_with_the_zone_of_the_house(garden):
    fields = catalogue.load()
    assert dataclasses.astuple(fields)[0] == "CNY"
    assert fields.events["page_viewed"].props["depth"].column == "p_depth"
