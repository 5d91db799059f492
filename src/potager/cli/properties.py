"""The kinds of event properties."""

import json
from dataclasses import asdict

import click

from potager.facts.models import PropertyKind
from potager.insight import retyping
from potager.org.access import SYSTEM


@click.group()
def properties() -> None:
    """Properties of events."""


@properties.command()
@click.argument("key")
@click.argument("kind", type=click.Choice(PropertyKind.values))
@click.option("--dry-run", is_flag=True, help="Tell what would become of the values and change nothing.")
@click.option("--json", "as_json", is_flag=True)
def retype(key: str, kind: str, *, dry_run: bool, as_json: bool) -> None:
    """Give property KEY another KIND: its values are read again from what was received."""
    found = asdict(retyping.preview(key, PropertyKind(kind), "en"))
    if not dry_run:
        retyping.retype(SYSTEM, key, PropertyKind(kind))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    samples = f" (such as {', '.join(found['samples'])})" if found["samples"] else ""
    click.echo(f"{found['values']:,} values, {found['misfits']:,} do not fit{samples}")
    if dry_run and found["used_by"]:
        click.echo(f"in use by {', '.join(found['used_by'])}")
