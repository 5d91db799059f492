"""The demo world: build it, move it on, and compare what it knows with what the product reports."""

import json
from dataclasses import replace

import click

from potager.assembly import assemble
from potager.core import clock, house, store
from potager.core.errors import Conflict
from potager.daily import main_job
from potager.demo import checking, clearing, keeping, world
from potager.demo.parameters import Parameters
from potager.touch.simulator import launcher


@click.group()
def demo() -> None:
    """The simulated brand whose true effects are known."""
    assemble()


@demo.command()
@click.option("--seed", default=Parameters().seed, show_default=True)
@click.option("--customers", default=Parameters().customers, show_default=True)
@click.option("--days", default=Parameters().replay_days, show_default=True, help="Days lived with the product.")
@click.option("--history", default=Parameters().history_days, show_default=True, help="Days before them.")
@click.option("--json", "as_json", is_flag=True)
def build(seed: int, customers: int, days: int, history: int, as_json: bool) -> None:
    """Fill an empty house with the demo world."""
    parameters = replace(Parameters(), seed=seed, customers=customers, replay_days=days, history_days=history)
    report = build_world(parameters)
    click.echo(json.dumps(report.rounded()) if as_json else _told(report))


@demo.command()
@click.option("--days", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def advance(days: int, as_json: bool) -> None:
    """Live further days of the world."""
    with launcher.running():
        for _ in range(days):
            report = world.advance_day(main_job)
    click.echo(json.dumps(report.rounded()) if as_json else f"{clock.now():%Y-%m-%d %H:%M}Z  {_told(report)}")


@demo.command()
@click.option("--json", "as_json", is_flag=True)
def truth(as_json: bool) -> None:
    """What each SOP truly earned, beside what the product reports; exit status 1 if their sums differ."""
    checks = checking.check_all(keeping.take(), clock.now())
    if as_json:
        click.echo(json.dumps([check.as_json() for check in checks], ensure_ascii=False))
    else:
        for check in checks:
            click.echo(_line(check))
    if not all(check.is_equal for check in checks):
        raise SystemExit(1)


def build_world(parameters: Parameters) -> world.Report:
    """Build with a simulator running, or go on with a building that was broken off; progress goes to stderr.

    Raises Conflict when the house has other data.
    """

    def say(text: str) -> None:
        click.echo(f"… {text}", err=True)

    if clearing.is_stump():
        say("上次没建完，从头再来  the last building was broken off early: starting over")
        clearing.clear()
    if world.is_unfinished():
        with launcher.running(), store.unsynced():
            return world.finish(main_job, say)
    if house.is_founded():
        raise Conflict("demo.founded", zh="这里已经有数据，演示世界只能建在空目录里", en="The house is not empty")
    with launcher.running(), store.unsynced():
        return world.build(parameters, main_job, say)


def _told(report: world.Report) -> str:
    rounded = report.rounded()
    return "  ".join(f"{name} {value}" for part in rounded.values() for name, value in part.items())


def _line(check: checking.Check) -> str:
    profit = check.reported.get("profit")
    said = "样本不足" if profit is None else f"{profit[0] / 100:+.2f} [{profit[1] / 100:+.2f}, {profit[2] / 100:+.2f}]"
    return (
        f"{check.journey}: {'=' if check.is_equal else '≠'} 人均利润 true {check.effect.profit / 100:+.2f} "
        f"reported {said}  buyers true {check.effect.buyers:+.4f}"
    )
