"""The overview on hand-made facts: every number counted by hand, and the same over HTTP and on the command line."""

import json
from datetime import date, timedelta

import pyarrow as pa
import pytest
from click.testing import CliRunner
from django.test import Client

from potager.cli.report import report
from potager.core import clock, store
from potager.core.errors import Problem
from potager.evidence import arms
from potager.facts import warehouse as warehouse_owner
from potager.goals import plan
from potager.goals.overview import overview
from potager.goals.plan import Plan
from potager.insight.models import LayerModel
from potager.insight.tables import opened
from potager.journeys.models import Journey
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Role, Staff
from tests.evidence.people import assign, buyers
from tests.hand_made import begin, customer, local, order, put, refund, relation

START, END = date(2026, 10, 16), date(2026, 10, 31)


@pytest.fixture
def facts(warehouse) -> None:
    begin(warehouse)
    put(
        warehouse,
        "customer",
        [
            customer(1, "2026-08-01"),
            customer(2, "2026-10-05"),
            customer(3, "2026-10-16 00:00"),
            customer(4, "2026-10-31 23:59"),
            customer(5, "2026-10-20", live=False),
            customer(6, "2026-11-01 00:00"),
        ],
    )
    put(
        warehouse,
        "relation",
        [
            relation(1, "lin", "2026-08-01"),
            relation(1, "gu", "2026-09-01", "2026-10-03"),
            relation(2, "gu", "2026-10-05", "2026-10-20"),
            relation(3, "lin", "2026-10-16 00:00", "2026-10-16 18:00"),
            relation(3, "gu", "2026-10-17"),
            relation(4, "lin", "2026-10-31 23:59"),
            relation(6, "lin", "2026-11-01 00:00"),
        ],
    )
    put(
        warehouse,
        "orders",
        [
            order("a", 1, "2026-09-30 23:59", 50_000, 20_000),
            order("b", 1, "2026-10-02", 10_000, 4_000),
            order("c", 2, "2026-10-06", 20_000, 8_000),
            order("d", 2, "2026-10-17", 30_000, 12_000),
            order("e", 2, "2026-10-18", 10_000, 4_000),
            order("f", 3, "2026-10-18", 15_000, 6_000),
            order("g", 3, "2026-10-19", 99_000, 6_000, status="created"),
        ],
    )
    put(warehouse, "refund", [refund("r", "c", 2, "2026-10-21", 5_000)])


def numbers(found) -> dict:
    return {each.key: (each.now.numerator, each.now.denominator, each.before.numerator) for each in found.metrics}


def say(*arguments: str, language: str = "zh_CN.UTF-8") -> str:
    return CliRunner().invoke(report, arguments, env={"LANG": language}).output


def test_every_number_of_the_period_and_the_one_before(facts):
    found = overview(start=START, end=END)
    assert (found.before_start, found.before_end) == (date(2026, 9, 30), date(2026, 10, 15))
    assert numbers(found) == {
        "customers": (4, 1, 2),
        "customers_new": (2, 1, 1),
        "friends": (3, 1, 2),
        "relations_new": (3, 1, 1),
        "relations_lost": (2, 1, 1),
        # Two lost of the two at the start and the three that came.
        "loss_rate": (2, 5, 1),
        "gmv": (55_000, 1, 80_000),
        "orders": (3, 1, 3),
        "refunds": (5_000, 1, 0),
        "refund_rate": (5_000, 55_000, 0),
        # ¥50 came back with goods of ¥20.
        "profit": (33_000 - 3_000, 1, 48_000),
        "margin_rate": (30_000, 55_000, 48_000),
    }
    change = {each.key: each.change for each in found.metrics}
    assert change["gmv"] == pytest.approx(-25 / 80)
    assert change["loss_rate"] == pytest.approx(2 / 5 - 1 / 3)
    assert change["refunds"] is None
    assert found.costed_gmv_minor == 55_000


def test_the_tree_multiplies_out_in_both_periods(facts):
    tree = {node.key: node for node in overview(start=START, end=END).tree}
    assert tree["buyers"].now.value * tree["orders_per_buyer"].now.value * tree["aov"].now.value == pytest.approx(
        55_000
    )
    assert (tree["buyers_new"].now.numerator, tree["buyers_old"].now.numerator) == (1, 1)
    assert (tree["buyers_new"].before.numerator, tree["buyers_old"].before.numerator) == (1, 1)
    assert (tree["orders_per_buyer"].now.numerator, tree["orders_per_buyer"].now.denominator) == (3, 2)
    assert tree["first_order_rate"].change == pytest.approx(1 / 2 - 1 / 1)


def test_days_without_facts_are_there_as_zeros(facts):
    daily = overview(start=START, end=END).daily
    assert len(daily) == 16
    assert [day.model_dump(exclude={"day"}) for day in daily[:3]] == [
        {"gmv_minor": 0, "orders": 0, "buyers": 0, "customers_new": 1},
        {"gmv_minor": 30_000, "orders": 1, "buyers": 1, "customers_new": 0},
        {"gmv_minor": 25_000, "orders": 2, "buyers": 2, "customers_new": 0},
    ]
    assert daily[-1].day == END
    assert sum(day.gmv_minor for day in daily) == 55_000


def test_each_day_has_its_counterpart_in_the_period_before(facts):
    found = overview(start=START, end=END)
    assert [day.day for day in found.before_daily] == [date(2026, 9, 30) + timedelta(days=n) for n in range(16)]
    assert {day.day: day.gmv_minor for day in found.before_daily if day.gmv_minor} == {
        date(2026, 9, 30): 50_000,
        date(2026, 10, 2): 10_000,
        date(2026, 10, 6): 20_000,
    }


def test_the_last_thirty_days_until_now_by_default(facts):
    found = overview()
    assert (found.start, found.end) == (date(2026, 10, 3), date(2026, 11, 1))
    assert numbers(found)["customers"][0] == 5
    assert overview(end=date(2030, 1, 1)).end == date(2026, 11, 1)


def test_what_happened_after_as_of_is_not_known(facts):
    found = overview(start=START, end=END, as_of=local("2026-10-18 10:00"))
    assert found.end == date(2026, 10, 18)
    assert numbers(found)["gmv"][0] == 30_000
    assert numbers(found)["relations_lost"][0] == 1


@pytest.mark.parametrize(("start", "end"), [(END, START), (date(2025, 10, 1), END)])
def test_a_period_that_is_none_is_refused(facts, start, end):
    with pytest.raises(Problem, match=r"overview\.period"):
        overview(start=start, end=end)


def test_an_empty_house_has_an_overview_of_zeros(warehouse):
    found = overview()
    assert all(each.now.numerator == 0 for each in found.metrics)
    assert (found.sops, found.goals) == ([], [])


def test_journeys_and_current_goals_stand_in_it(facts, warehouse):
    Staff.objects.create(key="lin", name="林然")
    with store.write():
        Journey.objects.create(key="hello", name="新客 7 天", updated_at=clock.now())
        experiment = arms.define("journey:hello", control_share=3_000, window_days=7)
        plan.create(SYSTEM, Plan("oct", "十月", date(2026, 10, 1), END, 100_000, "lin", {}))
        plan.create(SYSTEM, Plan("dec", "十二月", date(2026, 12, 1), date(2026, 12, 31), 100_000, "lin", {}))
    assign(experiment, range(101, 801), "treated")
    assign(experiment, range(801, 1101), "control")
    buyers(warehouse, dict.fromkeys((*range(101, 311), *range(801, 846)), 20_000), cost=8_000)
    found = overview(start=START, end=END)
    [sop] = found.sops
    assert (sop.journey, sop.zh, sop.en) == ("hello", "新客 7 天", "新客 7 天")
    assert (sop.verdict.code, sop.people.treated) == ("gain", 700)
    told = say("--from", "2026-10-16", "--to", "2026-10-31")
    assert f"  新客 7 天  {sop.verdict.zh}\n    增量毛利合计 " in told
    assert "；最后触达归因 GMV ¥0.00（触达组 700 人，对照组 300 人）\n" in told
    assert "\n目标\n  十月  ¥51,850.00 / ¥1,000.00 (5185.0%)\n    目标已达成：¥51,850\n" in told
    # 255 orders of ¥200 on 2 October, besides the hand-made ones.
    assert [(goal.key, goal.actual_minor) for goal in found.goals] == [("oct", 85_000 + 255 * 20_000)]


@pytest.fixture
def layered(facts) -> None:
    """A model of three layers; spells hold from their first day until before their last."""
    layers = [
        {"key": "new", "zh": "新客", "en": "New", "when": {}},
        {"key": "loyal", "zh": "老客", "en": "", "when": {}},
    ]
    LayerModel.objects.create(
        key="life",
        name_zh="生命周期",
        name_en="Lifecycle",
        kind="ordered",
        settings={"layers": layers, "else": {"key": "rest", "zh": "其他", "en": "Rest"}},
    )
    spells = [
        (1, "new", date(2026, 8, 1), date(2026, 10, 20)),
        (1, "loyal", date(2026, 10, 20), None),
        (2, "new", date(2026, 10, 5), date(2026, 10, 16)),
        (2, "loyal", date(2026, 10, 16), None),
        (3, "new", date(2026, 10, 16), None),
        (4, "rest", date(2026, 8, 1), None),
        (5, "loyal", date(2026, 8, 1), date(2026, 10, 31)),
        (6, "new", date(2026, 11, 1), None),
    ]
    columns = dict(zip(("cid", "layer", "from_day", "to_day"), zip(*spells, strict=True), strict=True))
    opened()
    with warehouse_owner.get().write() as writer:
        writer.append("layer_history", pa.table({"model": ["life"] * len(spells), **columns}))


def test_layers_at_both_ends_and_who_moved(layered):
    [flow] = overview(start=START, end=END).layers
    assert (flow.model, flow.zh, flow.en) == ("life", "生命周期", "Lifecycle")
    assert [(layer.key, layer.zh, layer.en, layer.before, layer.now) for layer in flow.layers] == [
        ("new", "新客", "New", 2, 1),
        ("loyal", "老客", "loyal", 1, 2),
        ("rest", "其他", "Rest", 1, 1),
    ]
    assert [(move.source, move.target, move.people) for move in flow.moves] == [
        ("new", "loyal", 2),
        ("", "new", 1),
        ("loyal", "", 1),
    ]
    told = say("--from", "2026-10-16", "--to", "2026-10-31")
    assert "分层 生命周期\n  新客  1 人（期初 2）\n" in told
    assert "    新客 → 老客  2 人\n    非客户 → 新客  1 人\n    老客 → 非客户  1 人\n" in told


def test_the_page_and_the_command_say_the_same(facts):
    with store.write():
        account = accounts.create(SYSTEM, login="ning", password="right-password", role=Role.READ_ONLY)
    client = Client()
    client.force_login(account)
    page = client.get("/api/goals/overview?from=2026-10-16&to=2026-10-31&as_of=2026-10-31").json()
    arguments = ["--from", "2026-10-16", "--to", "2026-10-31", "--as-of", "2026-10-31"]
    told = CliRunner().invoke(report, [*arguments, "--json"])
    assert told.exit_code == 0
    said = json.loads(told.output)
    # HTTP cuts instants to milliseconds.
    assert said.pop("as_of").startswith(page.pop("as_of").removesuffix("Z"))
    assert said == page
    assert page["metrics"][6]["now"]["numerator"] == 55_000
    text = say(*arguments)
    assert text.startswith("2026-10-16 至 2026-10-31（对比 2026-09-30 至 2026-10-15）\n")
    assert "  成交额 GMV  ¥550.00 · -31.2% · 上期 ¥800.00\n" in text
    assert "  流失率  40.0% (2/5) · +6.7pt · 上期 33.3% (1/3)\n" in text
    assert "  人均订单  1.50 · 上期 1.50\n" in text
    english = say(*arguments, language="C.UTF-8")
    assert english.startswith("2026-10-16 to 2026-10-31 (against 2026-09-30 to 2026-10-15)\n")
    assert "  Loss rate  40.0% (2/5) · +6.7pt · before 33.3% (1/3)\n" in english


def test_a_salesperson_does_not_see_the_whole_house(facts):
    staff = Staff.objects.create(key="lin", name="林然")
    with store.write():
        account = accounts.create(SYSTEM, login="lin", password="right-password", role=Role.STAFF, staff_key=staff.key)
    client = Client()
    client.force_login(account)
    assert client.get("/api/goals/overview").status_code == 403
