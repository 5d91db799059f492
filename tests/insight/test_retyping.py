"""insight.retyping: a property gets another kind, its values are read again, and who asks about it is asked first."""

import json

import pytest
from click.testing import CliRunner

from potager.cli.properties import properties
from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, NotFound
from potager.facts import loader, plan, queries
from potager.facts.models import PropertyDefinition, PropertyKind
from potager.insight import definitions, retyping, sets
from potager.insight.conditions import parse
from potager.insight.models import Chart
from potager.insight.retyping import Preview
from potager.insight.specs import TagSpec
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer
from tests.facts.feeding import event, offer

SCORES = ["7", "12", "12.5", "high", True]


def play(by_customer: dict) -> None:
    """The first customer, the second … played, each with a score."""
    now, cids = clock.now(), list(Customer.objects.order_by("id").values_list("id", flat=True))
    offer(*(event(f"m{n}", "played", now, cid=cids[n - 1], score=score) for n, score in by_customer.items()))
    loader.load_all()


@pytest.fixture
def scored(warehouse):
    """Five customers played, each with a score of their own, planned as text."""
    with store.write():
        plan.define_event(SYSTEM, "played", zh="玩过")
        plan.define_property(SYSTEM, "played", "score", zh="得分", kind=PropertyKind.TEXT)
    with store.write():
        known = [[IdentityRef("member_no", "shop", str(n))] for n in range(30)]
        resolve(known, at=[clock.now()] * 30, source=["store"] * 30)
    play(dict(enumerate(SCORES, start=1)))
    return warehouse


def scores(warehouse) -> list:
    return [row["p_score"] for row in warehouse.query("SELECT p_score FROM event ORDER BY cid").to_pylist()]


def test_a_look_counts_what_would_be_lost(scored):
    found = retyping.preview("score", PropertyKind.NUMBER, "zh")
    assert found == Preview(5, 2, ("high", "true"), ())
    assert retyping.preview("score", PropertyKind.INTEGER, "zh").misfits == 3
    assert scores(scored) == ["7", "12", "12.5", "high", "true"]


def test_values_are_read_again_from_what_was_received_and_back(scored):
    retyping.retype(SYSTEM, "score", PropertyKind.NUMBER)
    assert scores(scored) == [7.0, 12.0, 12.5, None, None]
    assert queries.misfits() == {("played", "score"): 2}
    high = {"event": "played", "where": [{"prop": "score", "op": "gte", "value": 12}]}
    assert sets.count(parse(high)) == 2
    play({9: 99})
    assert sets.count(parse(high)) == 3
    retyping.retype(SYSTEM, "score", PropertyKind.TEXT)
    assert scores(scored) == ["7", "12", "12.5", "high", "true", "99"]
    assert queries.misfits() == {}
    assert AuditRow.objects.filter(action="plan.retype").count() == 2


def test_a_change_that_came_to_an_end_before_its_column_is_finished_by_the_next_load(scored):
    with store.write():
        plan.retype(SYSTEM, "score", PropertyKind.INTEGER)
    play({9: 3})
    assert scores(scored) == [7, 12, None, None, None, 3]


def test_who_asks_about_it_is_named_and_it_keeps_its_kind(scored):
    rule = {"event": "played", "where": [{"prop": "score", "op": "eq", "value": "high"}]}
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="ace", name_zh="高手", source="rule", rule=rule))
        Chart.objects.create(
            key="plays", name_zh="玩的人", kind="metrics", shape="line",
            question={"where": {"event": "played", "measure": {"distinct": "score"}, "op": "gte", "value": 1}},
        )  # fmt: skip
    assert retyping.preview("score", PropertyKind.NUMBER, "zh").used_by == ("高手", "玩的人")
    with pytest.raises(Conflict) as refused:
        retyping.retype(SYSTEM, "score", PropertyKind.NUMBER)
    assert "高手、玩的人" in refused.value.zh
    assert PropertyDefinition.objects.get(key="score").kind == PropertyKind.TEXT


def test_what_is_the_system_s_or_nobody_s_is_refused(scored):
    for key, error in (("staff", Conflict), ("gone", NotFound)):
        with pytest.raises(error):
            retyping.preview(key, PropertyKind.TEXT, "zh")
        with pytest.raises(error):
            retyping.retype(SYSTEM, key, PropertyKind.TEXT)
    with pytest.raises(Forbidden):
        retyping.retype(Actor("x", "staff"), "score", PropertyKind.NUMBER)


def test_by_command(scored):
    told = CliRunner().invoke(properties, ["retype", "score", "number", "--dry-run", "--json"], catch_exceptions=False)
    assert json.loads(told.stdout) == {"values": 5, "misfits": 2, "samples": ["high", "true"], "used_by": []}
    assert scores(scored)[0] == "7"
    told = CliRunner().invoke(properties, ["retype", "score", "number"], catch_exceptions=False)
    assert told.stdout == "5 values, 2 do not fit (such as high, true)\n"
    assert scores(scored)[0] == 7.0


def test_whole_numbers_reach_as_far_as_64_bits(scored):
    edges = (2**63 - 1, 2**63, -(2**63), -(2**63) - 1)
    play(dict(enumerate(edges, start=20)))
    for score in edges:
        assert plan.typed(PropertyKind.INTEGER, score) == (score if -(2**63) <= score < 2**63 else None)
    retyping.retype(SYSTEM, "score", PropertyKind.INTEGER)
    assert scores(scored)[5:] == [2**63 - 1, None, -(2**63), None]
