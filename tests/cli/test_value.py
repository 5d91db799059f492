"""potager value fit, value show."""

import json

import pytest
from click.testing import CliRunner, Result

from potager.cli.main import cli
from potager.insight.value.settings import ValueSettings, settings
from tests.insight.value.conftest import plant
from tests.insight.value.reference import orders


@pytest.fixture
def planted(warehouse):
    plant(warehouse, orders.simulated("often"), cost=0.5)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ("value", *args), catch_exceptions=False)


def test_fit_then_show(planted):
    text = run("fit", "--as-of", "2026-08-31", "--margin", "0.5").output
    first, *said = text.splitlines()
    assert first.startswith("800 位客户，")
    assert said[0].startswith("买过的客户 800，其中复购 ")
    assert said[1].startswith("90 天内预计购买 1,160 次（")
    assert "月折现 1.0%，毛利率 50.0%（设定）" in said[2]
    assert [line.split()[0] for line in said[4:11]] == ["r", "alpha", "a", "b", "p", "q", "gamma"]
    assert said[11].startswith("留出 77 天检验：预计 ")
    assert said[12].startswith("  复购 0–1 次的 222 人：预计 ")
    assert all(" 次的 " in line and " ± " in line for line in said[12:])
    assert run("show").output.splitlines() == ["截至 2026-08-31", *said]
    assert json.loads(run("show", "--json").output)["report"]["customers"] == 800


def test_one_customer(planted):
    run("fit", "--as-of", "2026-08-31")
    assert "天内预计再买" in run("show", "7").output
    assert json.loads(run("show", "7", "--json").output)["cid"] == 7


def test_options_stay_set(planted):
    found = json.loads(run("fit", "--days", "30", "--months", "6", "--discount", "0.02", "--json").output)
    assert found["report"]["settings"] == {"days": 30, "months": 6, "discount": 0.02, "margin": None}
    assert found["error"] is None
    assert settings() == ValueSettings(days=30, months=6, discount=0.02)
    assert run("fit", "--days", "1").exit_code == 2


def test_nothing_to_fit(warehouse):
    assert run("show").output == "还没有算过客户价值：potager value fit\n"
    assert run("fit").output == "还没有人买过，没有可以拟合的订单\n"
    assert json.loads(run("fit", "--json").output)["error"] == "no_one"
    assert run("show").output.splitlines()[0].endswith("：还没有人买过，没有可以拟合的订单")
