"""`potager up`: from an empty data directory to a served house."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from potager.cli.demo import build_world
from potager.core import clock, house, jobs, store
from potager.core.errors import Conflict
from potager.core.settings import environment
from potager.demo import clearing, world
from potager.demo.parameters import Parameters
from potager.facts import samples
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Role

SAMPLE_LOGIN, SAMPLE_PASSWORD = "owner", "potager-demo"


class _Progress:
    """Lines on stderr for what one waits for, and the seconds of each for the report."""

    def __init__(self) -> None:
        self.seconds: dict[str, object] = {"setup": float(os.environ.get("POTAGER_SETUP_SECONDS", "0"))}

    @contextmanager
    def step(self, key: str, text: str) -> Iterator[None]:
        click.echo(f"… {text}", err=True)
        begun = time.monotonic()
        yield
        self.seconds[key] = seconds = round(time.monotonic() - begun, 1)
        click.echo(f"  {text}：{seconds} s", err=True)


@click.command()
@click.option("--port", default=8000, show_default=True, help="The loopback port to serve on.")
@click.option("--once", is_flag=True, help="Do everything but serving, print the report and end.")
@click.option("--empty", is_flag=True, help="Start with no data; the browser asks for owner, time zone and currency.")
@click.option("--sample", type=click.Choice(sorted(samples.SAMPLES)), help="Start with this real data, not the demo.")
@click.option("--json", "as_json", is_flag=True, help="With --once: the report as JSON.")
def up(port: int, sample: str | None, *, once: bool, empty: bool, as_json: bool) -> None:
    """Prepare the data directory, fill an empty house with the demo world, and serve it."""
    progress = _Progress()
    environment().home.mkdir(parents=True, exist_ok=True)
    with progress.step("migrate", "数据表 tables"):
        _migrate()
    sign_in = _fill(progress, sample=sample, empty=empty)
    if once:
        _report(progress, as_json=as_json)
        return
    serve_house(port, sign_in)


@click.command()
@click.option("--port", default=8000, show_default=True, help="The loopback port to serve on.")
@click.option("--no-work", is_flag=True, help="Answer only: `potager worker` does the background work.")
def serve(port: int, *, no_work: bool) -> None:
    """Serve the house as it is: no migration, no demo."""
    serve_house(port, lanes=() if no_work else jobs.LANES)


def serve_house(port: int, sign_in: str = "", *, lanes: Sequence[str] = jobs.LANES) -> None:
    """Serve until told to stop: HTTP, background work and, in a world, the simulated phones beside it."""
    from potager.facts import warehouse
    from potager.facts.warehouse import refusals
    from potager.touch.simulator import launcher
    from potager.web.server import Server

    if not warehouse.loads_facts():
        raise refusals.no_transactions(environment().warehouse.partition("://")[0])
    server = Server(port, lanes=lanes, on_stop=[warehouse.close])
    server.prepare()
    phones = launcher.start() if clock.is_world() else None
    try:
        warehouse.get()
        click.echo(f"\n精耕 Potager  http://127.0.0.1:{server.port}{sign_in}\nCtrl-C 停止 stops", err=True)
        server.run()
    finally:
        if phones is not None:
            phones.stop()


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _fill(progress: _Progress, *, sample: str | None, empty: bool) -> str:
    """Give an empty house its data; returns the line that tells how to sign in, "" when there is nothing to tell."""
    if house.is_founded():
        if sample is not None:
            raise Conflict(
                "up.founded",
                zh="数据目录里已经有数据：用 POTAGER_HOME 换一个空目录再装样本",
                en="The data directory is not empty: set POTAGER_HOME to an empty one for the sample",
            )
        if not clock.is_world():
            return ""
        if world.is_unfinished() or clearing.is_stump():
            _build_demo(progress)
        return _told()
    if empty:
        return ""
    if sample is not None:
        with progress.step("sample", f"样本 {sample}"):
            _load_sample(sample)
        return _told()
    _build_demo(progress)
    return _told()


def _build_demo(progress: _Progress) -> None:
    """The demo world, or what is left to do of it."""
    with progress.step("demo", "演示世界 demo world"):
        built = build_world(Parameters()).rounded()
    progress.seconds["demo_split"] = built["seconds"]


def _told() -> str:
    return f"\n登录 sign in: {SAMPLE_LOGIN} / {SAMPLE_PASSWORD}"


def _load_sample(name: str) -> None:
    """Found a world that stands just after the sample's last day, and import its files."""
    from potager.insight import refresh
    from potager.playbooks import loader

    sample = samples.SAMPLES[name]
    with store.write():
        house.found(sample.name, zone=sample.zone, currency=sample.currency, world_at=sample.world_at)
        accounts.create(SYSTEM, login=SAMPLE_LOGIN, password=SAMPLE_PASSWORD, role=Role.OWNER)
        loader.load(SYSTEM)
    samples.load(name, say=lambda file, run: click.echo(f"  {file}: {run.loaded:,} / {run.read:,}", err=True))
    refresh.run()


def _report(progress: _Progress, *, as_json: bool) -> None:
    if not house.is_founded():
        click.echo(json.dumps({"seconds": progress.seconds, "report": None}) if as_json else "空的系统 empty house")
        return
    from potager.goals.overview import overview

    found = overview(start=None, end=None, as_of=clock.now())
    if as_json:
        click.echo(
            json.dumps({"seconds": progress.seconds, "report": found.model_dump(mode="json")}, ensure_ascii=False)
        )
        return
    from potager.cli.report import lines

    click.echo("\n".join(lines(found)))
