"""The warehouse as a whole: `potager warehouse serve`, `rebuild`, `copy`."""

import json
import signal
import threading

import click

from potager.core.settings import environment
from potager.facts import rebuild as rebuilding
from potager.facts import warehouse as engines
from potager.facts.warehouse import owner
from potager.insight import catalogue, copying, tables


@click.group()
def warehouse() -> None:
    """The warehouse file: everything in it can be made again."""


@warehouse.command()
def rebuild() -> None:
    """Make the warehouse again from the lake and the journal, and put it in place of the old one."""
    reached = rebuilding.rebuild(lambda seq: click.echo(f"… {seq:,}", err=True))
    click.echo(f"warehouse: up to {reached:,}")


@warehouse.command()
@click.option("--to", "url", required=True, help="clickhouse://user:password@host:8123/database or sc://host:15002")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def copy(url: str, *, as_json: bool) -> None:
    """Bring what conditions look at to a distributed engine. Stopped and started again it goes on where it was."""
    source = tables.opened(catalogue.load())
    target = engines.distributed(url)
    try:
        done = copying.copy(source, target, lambda line: click.echo(f"… {line}", err=True))
    finally:
        target.close()
    if as_json:
        click.echo(json.dumps({"rows": done.rows, "brought": done.brought, "already_there": done.there}))
        return
    click.echo(f"{done.rows:,} rows in {done.brought} pieces; {done.there} were there already; counts and sums agree")


@warehouse.command()
@click.option("--port", default=0, help="The loopback port to answer on; any free one by default.")
def serve(port: int) -> None:
    """Own the warehouse file for the other processes of this house, which are started with POTAGER_WAREHOUSE=remote:.

    They find it by the data directory. It answers on this machine only, to whoever knows the secret kept there.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with owner.alone(environment().home):
        opened = engines.embedded()
        try:
            serving = owner.Owner(opened, environment().home, port)
            serving.start()
            click.echo(f"数据仓库 warehouse  127.0.0.1:{serving.port}\nCtrl-C 停止 stops", err=True)
            stop.wait()
            serving.stop()
        finally:
            opened.close()
