"""potager metrics, funnel, retention: the answers of the pages, in a terminal."""

import json

import pytest
from click.testing import CliRunner, Result

from potager.cli.main import cli
from potager.core import choices, store
from potager.core.errors import Problem
from potager.insight import cost
from potager.insight.models import Chart, TagDefinition
from potager.people.models import Source
from tests.hand_made import customer, order, put, put_events


@pytest.fixture
def garden(warehouse):
    Source.objects.create(key="store", name_zh="门店")
    put(warehouse, "customer", [customer(1, "2026-09-01"), customer(2, "2026-10-03", source="")])
    put(
        warehouse,
        "orders",
        [
            order("a", 1, "2026-09-10", 10_000),
            order("b", 1, "2026-10-10", 20_000),
            order("c", 2, "2026-10-31 23:59", 6_000),
        ],
    )
    put_events(warehouse, [("product_viewed", 1, "2026-10-09", {}), ("product_viewed", 2, "2026-10-08", {})])


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args, catch_exceptions=False)


SPAN = ("--from", "2026-10-01", "--to", "2026-10-31")


def test_measures_by_dimensions_as_text(garden):
    text = run("metrics", "gmv", "aov", "--by", "month,source", *SPAN, "--compare").output
    assert text.splitlines() == [
        "2026-10-01 至 2026-10-31",
        "  2026-10  门店  成交额 GMV ¥200.00（上期 ¥100.00）  客单价 ¥200.00（上期 ¥100.00）",
        "  2026-10  —  成交额 GMV ¥60.00（上期 ¥0.00）  客单价 ¥60.00（上期 —）",
        "  合计  成交额 GMV ¥260.00（上期 ¥100.00）  客单价 ¥130.00（上期 ¥100.00）",
    ]


def test_measures_as_json_narrowed_and_as_of(garden):
    where = "{event: order_paid, op: gte, value: 2}"
    found = json.loads(run("metrics", "gmv", "buyers", "--where", where, "--json", *SPAN).output)
    assert found["whole"]["now"]["gmv"]["numerator"] == 20_000
    assert found["sentence"] == "购买 ≥ 2 次"
    found = json.loads(run("metrics", "gmv", "--json", *SPAN, "--as-of", "2026-10-20").output)
    assert (found["end"], found["whole"]["now"]["gmv"]["numerator"]) == ("2026-10-20", 20_000)


def test_the_plan_is_printed_instead(garden):
    text = run("metrics", "gmv", "users", "--by", "source", "--plan", *SPAN).output
    assert "statement 0: gmv from orders" in text
    assert "statement 1: users from known" in text


def test_the_catalogue(garden):
    assert "gmv  成交额 GMV：支付订单金额之和" in run("metrics").output
    keys = {each["key"] for each in json.loads(run("metrics", "--json").output)["measures"]}
    assert {"users", "retention(30)", "roi_long"} <= keys


def test_a_mistake_names_its_place(garden):
    with pytest.raises(Problem, match=r"by\[0\]"):
        run("metrics", "gmv", "--by", "chanel")
    with pytest.raises(Problem, match="where"):
        run("metrics", "gmv", "--where", "soon")


def test_a_funnel(garden):
    dear = '{event: order_paid, where: [{prop: amount, op: gte, value: "100.00"}]}'
    text = run("funnel", "product_viewed", dear, "--within", "5", "--by", "source", *SPAN).output
    assert text.splitlines() == [
        "2026-10-01 至 2026-10-31，5 天内完成",
        "  浏览商品  2",
        "  购买（金额 ≥ ¥100）  1  50.0%",
        "store",
        "  浏览商品  1",
        "  购买（金额 ≥ ¥100）  1  100.0%",
        "—",
        "  浏览商品  1",
        "  购买（金额 ≥ ¥100）  0  0.0%",
    ]
    assert json.loads(run("funnel", "product_viewed", dear, "--json", *SPAN).output)["whole"][1]["people"] == 1


def test_retention(garden):
    text = run("retention", "--periods", "1", "--from", "2026-09-01", "--to", "2026-10-31").output
    assert text.splitlines() == ["2026-09  1  0.0%  100.0%", "2026-10  1  0.0%  —", "全部  0.0%  100.0%"]
    found = json.loads(run("retention", "--mode", "rolling", "--grain", "week", "--json", *SPAN).output)
    assert [each["people"] for each in found["cohorts"]] == [0, 0, 0, 0, 1]


def test_charts_and_dashboards_as_files(garden, tmp_path):
    file = tmp_path / "reports.yaml"
    file.write_text(
        """{kind: dashboard, key: home, name_zh: 首页, charts: [back]}
---
{kind: chart, key: back, name_zh: 回来, asks: retention, shape: table,
 question: {first: {event: order_paid}, back: {event: order_paid}}}
"""
    )
    assert [line.split() for line in run("plan", str(file)).output.splitlines()] == [
        ["new", "chart", "back"],
        ["new", "dashboard", "home"],
    ]
    assert Chart.objects.count() == 0
    run("apply", str(file))
    assert [line.split()[0] for line in run("plan", str(file)).output.splitlines()] == ["unchanged", "unchanged"]
    chart, board = run("export", "chart", "back").output, run("export", "dashboard", "home").output
    assert "asks: retention" in chart
    file.write_text(f"{board}---\n{chart}".replace("table", "bar"))
    changed = run("plan", str(file)).output
    assert "changed" in changed
    assert "+shape: bar" in changed
    run("apply", str(file))
    assert Chart.objects.get().shape == "bar"
    with pytest.raises(Problem, match="chart:none"):
        run("export", "chart", "none")


def test_what_is_too_heavy_to_compute_is_not_applied(garden, tmp_path):
    file = tmp_path / "tags.yaml"
    file.write_text(
        """{kind: tag, key: light, name_zh: 轻, source: rule, rule: {event: order_paid}}
---
{kind: tag, key: monster, name_zh: 重, source: rule, rule: {sequence: [page_viewed, page_viewed, page_viewed]}}
"""
    )
    with store.write():
        choices.put(cost.MOST_CELLS, 10)
    with pytest.raises(Problem) as refused:
        run("apply", str(file))
    assert refused.value.code == "insight.cost"
    assert TagDefinition.objects.count() == 0
    with store.write():
        choices.put(cost.MOST_CELLS, 10**6)
    run("apply", str(file))
    assert TagDefinition.objects.count() == 2
