"""Whole worlds: the product runs, nothing bypassed, and its reports say what the twin knows."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from potager.cli import demo as cli
from potager.core import clock, house
from potager.core.errors import Conflict
from potager.daily import main_job
from potager.demo import checking, keeping, world
from potager.demo.clockwork import morning
from potager.demo.parameters import Parameters
from potager.evidence.models import Assignment
from potager.facts import warehouse
from potager.goals.models import Goal
from potager.org.models import Account, Staff, Store
from potager.people.models import Customer, FollowRelation
from potager.touch.models import Touch
from potager.touch.simulator import launcher

EVENING, MORNING = 20 * 3600 + 600, 32 * 3600 + 2100
SMALL = Parameters(
    seed=3, customers=500, history_days=80, replay_days=7, newcomers=0.8, moments=(EVENING, MORNING), window=4
)


def built(parameters: Parameters) -> world.Report:
    with launcher.running():
        return world.build(parameters, main_job, lambda _: None)


def orders_in_warehouse() -> dict[str, int]:
    sql = "SELECT count(*) AS n, sum(amount)::BIGINT AS gmv, count(DISTINCT cid) AS buyers FROM orders"
    (row,) = warehouse.get().query(sql).to_pylist()
    return row


def orders_of_twin() -> dict[str, int]:
    orders = keeping.take().ledger.orders()
    return {
        "n": len(orders["who"]),
        "gmv": int(orders["amount"].sum()),
        "buyers": len(np.unique(orders["who"])),
    }


def breaking_off(at_call: int):
    """The main job of a process that is stopped in the middle of a day."""
    calls = iter(range(at_call))

    def job(*, refresh: bool):
        if next(calls, None) is None:
            raise InterruptedError
        return main_job(refresh=refresh)

    return job


def test_a_small_world_is_whole_though_broken_off_and_goes_on(empty_house):
    with launcher.running(), pytest.raises(InterruptedError):
        world.build(SMALL, breaking_off(8), lambda _: None)
    assert world.is_unfinished()
    cli.build_world(SMALL)
    assert not world.is_unfinished()
    assert (Store.objects.count(), Staff.objects.count()) == (12, 40)
    assert set(Account.objects.values_list("login", "role")) == {
        ("owner", "owner"),
        ("manager", "manager"),
        ("viewer", "read_only"),
        ("staff", "staff"),
    }
    assert Customer.objects.filter(state="live").count() == 500
    assert clock.now() == morning(SMALL.last_day)
    assert house.facts().currency == "CNY"
    assert Goal.objects.get().target_minor == 500 * 11_000
    assert orders_in_warehouse() == orders_of_twin()
    friends = int(keeping.take().lives.friend[0].sum())
    assert FollowRelation.objects.filter(state="active").count() == friends
    assert set(Touch.objects.values_list("journey", flat=True)) >= {"new-customer-7d", "repurchase-reminder"}
    heard = keeping.take().ledger.messages()["shadow"]
    assert (heard == 0).sum() == Touch.objects.filter(marks__state="delivered").count() > 0
    assert (heard == 1).sum() == Touch.objects.filter(marks__state="withheld").count() > 0
    assert not Touch.objects.filter(shadow=True, marks__state="delivered").exists()
    for check in checking.check_all(keeping.take(), clock.now()):
        assert check.is_equal, check
    assert Assignment.objects.filter(experiment__key="journey:new-customer-7d").count() > 10

    moved = CliRunner().invoke(cli.demo, ["advance", "--json"], catch_exceptions=False)
    assert moved.exit_code == 0
    assert json.loads(moved.output)["counts"]["facts"] > 0
    assert clock.now() == morning(SMALL.last_day + 1)
    assert orders_in_warehouse() == orders_of_twin()
    assert Customer.objects.filter(state="live").count() == keeping.take().lives.people > 500
    told = CliRunner().invoke(cli.demo, ["truth", "--json"], catch_exceptions=False)
    assert told.exit_code == 0
    assert [check["is_equal"] for check in json.loads(told.output)] == [True, True, True]
    assert "repurchase-reminder: =" in CliRunner().invoke(cli.demo, ["truth"], catch_exceptions=False).output
    with pytest.raises(Conflict) as raised:
        cli.build_world(SMALL)
    assert raised.value.code == "demo.founded"


def test_a_house_that_is_no_demo_world_does_not_move(house):
    with pytest.raises(Conflict) as raised:
        world.advance_day(main_job)
    assert raised.value.code == "demo.no_world"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(101, 121))
def test_reported_sums_are_the_twins_own(empty_house, seed):
    """Twenty worlds: arms, buyers, GMV, refunds, costs and profit of every SOP, exactly."""
    built(replace(SMALL, seed=seed, customers=1_500, history_days=150, replay_days=16, newcomers=0.6, window=7))
    checks = checking.check_all(keeping.take(), clock.now())
    assert [check.journey for check in checks] == ["repurchase-reminder", "new-customer-7d", "win-back"]
    for check in checks:
        assert check.is_equal, check
        assert check.treated["people"] > check.control["people"] > 0


def test_the_command_line_builds_the_world_it_is_asked_for(db, monkeypatch):
    asked = []

    def build(parameters, main_job, say):
        say("…")
        asked.append(parameters)
        report = world.Report()
        report.add({"load": 1.04, "tick": 0.5})
        report.counts["facts"] = 7
        return report

    monkeypatch.setattr(world, "build", build)
    given = ["build", "--seed", "5", "--customers", "90", "--days", "3", "--history", "30"]
    told = CliRunner().invoke(cli.demo, [*given, "--json"], catch_exceptions=False)
    assert json.loads(told.stdout) == {
        "seconds": {"load": 1.0, "tick": 0.5, "total": 1.5},
        "counts": {"facts": 7},
    }
    assert (
        CliRunner().invoke(cli.demo, given, catch_exceptions=False).stdout == "load 1.0  tick 0.5  total 1.5  facts 7\n"
    )
    assert asked == [Parameters(seed=5, customers=90, replay_days=3, history_days=30)] * 2
