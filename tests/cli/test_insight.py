"""potager count, members, explain, layers, refresh, and plan."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from potager.cli import definitions
from potager.cli.main import cli
from potager.core import store
from potager.core.errors import Conflict, Problem
from potager.org.access import SYSTEM
from potager.playbooks import loader
from tests.insight.conftest import Plot

BUYER = '{"event": "order_paid"}'


@pytest.fixture
def garden(warehouse) -> Plot:
    plot = Plot(warehouse)
    plot.customers(1, 2)
    plot.order(2, "2026-10-01", 5000)
    with store.write():
        loader.load(SYSTEM)
    return plot


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args, catch_exceptions=False)


def test_count_and_members_as_of_a_day(garden, tmp_path):
    assert run("count", BUYER).output == "1 / 2（50.0%）  购买过\n"
    assert json.loads(run("count", BUYER, "--as-of", "2026-09-01", "--json").output)["count"] == 0
    file = tmp_path / "buyer.yaml"
    file.write_text("not: {event: order_paid}")
    assert run("members", f"@{file}").output == "1\n"
    assert json.loads(run("members", BUYER, "--json").output) == [2]


def test_a_mistake_names_its_place(garden):
    with pytest.raises(Problem, match="within"):
        run("count", "{event: order_paid, within: soon}")


def test_explain(garden):
    text = run("explain", "{all: [{event: order_paid}, {tag: repeat_buyer}]}", "2").output
    assert text.splitlines() == [
        "✗ 购买过 且 有标签「复购客户」",
        "  ✓ all[0]  购买过：1 次，自 2026-10-01",
        "  ✗ all[1].tag(repeat_buyer)  近 365 天购买 ≥ 2 次：1 次，自 2026-10-01",
    ]
    assert json.loads(run("explain", BUYER, "1", "--json").output)["ok"] is False


def test_refresh_then_layers_and_their_flow(garden):
    first = json.loads(run("refresh", "--as-of", "2026-10-30", "--json").output)
    assert (first["mode"], first["changes"]) == ("full", 0)
    garden.order(1, "2026-10-31", 5000)
    assert run("refresh").output.startswith("full: ")
    answer = json.loads(run("layers", "rfm", "--since", "2026-10-30", "--json").output)["rfm"]
    assert sum(answer["sizes"].values()) == 2
    assert answer["thresholds"]["buyers"] == 2
    text = run("layers", "--since", "2026-10-30").output
    assert "未购 → 重要价值  1" in text
    assert "老客未购 → 老客已购  1" in text


def test_a_plan_says_what_is_computed_from_what_and_what_it_costs(garden):
    text = run("plan", "all").output
    assert "rfm rfm: orders of 365 days" in text
    assert "order_paid in orders, all history; reads cid, ts, day, amount, discount" in text
    assert "tag:repeat_buyer[0]: bits" in text
    assert re.search(r"cost: \d+ scans of \d+ rows, \d+ operations, about 0\.00 s", text)
    kinds = {kind: run("plan", kind).output for kind in ("tags", "layers", "audiences")}
    assert [kind for kind in kinds if "rfm rfm:" in kinds[kind]] == ["layers"]
    for kind, output in (("tags", "tag:"), ("layers", "layer:"), ("audiences", "audience:")):
        named = [line for line in kinds[kind].splitlines() if line.startswith(("tag:", "layer:", "audience:"))]
        assert named
        assert all(line.startswith(output) for line in named)


def test_a_plan_without_the_warehouse_leaves_out_the_cost(garden, monkeypatch):
    def held(*_args):
        raise Conflict("warehouse.owned", zh="被占用", en="held")

    monkeypatch.setattr(definitions.warehouse, "get", held)
    told = run("plan", "all")
    assert "tag:repeat_buyer[0]: bits" in told.output
    assert "cost:" not in told.stdout


def test_plan_of_a_file_that_is_not_there(garden):
    assert run("plan", "nowhere.yaml").exit_code == 2
