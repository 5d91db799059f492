"""The main job from the command line."""

import json

import click

from potager.assembly import assemble
from potager.daily import main_job


@click.command()
@click.option("--json", "as_json", is_flag=True)
def daily(as_json: bool) -> None:
    """Do all that is due now: load, refresh, forward, act, send. For a house whose server is not running."""
    assemble()
    seconds = {name: round(value, 2) for name, value in main_job(refresh=True).items()}
    click.echo(json.dumps(seconds) if as_json else "  ".join(f"{name} {value} s" for name, value in seconds.items()))
