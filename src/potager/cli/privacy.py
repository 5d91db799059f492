"""A person asks what is known of them, or to be forgotten: `potager privacy export`, `potager privacy erase`."""

import json
import os
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from potager.org.access import SYSTEM
from potager.people import privacy as people
from potager.people.privacy import Person

_CUSTOMER = click.option("--customer", type=int, help="The customer's number.")
_IDENTITY = click.option("--identity", default="", help="type:value, such as phone:13800138000.")


@click.group()
def privacy() -> None:
    """Requests of persons about their own data."""


@privacy.command()
@_CUSTOMER
@_IDENTITY
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A file not there yet.")
@click.option("--json", "as_json", is_flag=True)
def export(customer: int | None, identity: str, output: Path, *, as_json: bool) -> None:
    """Write everything the house knows of a person to a file only you can read, as JSON."""
    from potager.privacy import export as tell

    person = _person(customer, identity)
    if output.exists():
        raise click.UsageError(f"{output} exists: name a file that does not.")
    known = tell(SYSTEM, person)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(known, file, ensure_ascii=False, indent=1, default=_written)
    counts = {key: len(value) for key, value in known.items() if isinstance(value, list)}
    if as_json:
        click.echo(json.dumps({"customer": person.cids[0], "file": str(output), **counts}))
    else:
        click.echo("  ".join([f"customer {person.cids[0]}", *(f"{key} {count:,}" for key, count in counts.items())]))


@privacy.command()
@_CUSTOMER
@_IDENTITY
@click.option("--confirm", is_flag=True, help="Do it. Without this, only say whom it would be about.")
@click.option("--json", "as_json", is_flag=True)
def erase(customer: int | None, identity: str, *, confirm: bool, as_json: bool) -> None:
    """Take a person out of the house, for ever. Stop the server first: the warehouse is made again."""
    from potager.privacy import erase as take_out

    person = _person(customer, identity)
    if not confirm:
        click.echo(
            f"customer {person.cids[0]}, {len(person.iids)} identities: this cannot be undone; add --confirm to erase"
        )
        return
    done = take_out(SYSTEM, person)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"customer {done.cid} erased: {done.identities} identities, {done.files} files rewritten")


def _person(customer: int | None, identity: str) -> Person:
    if (customer is None) == (identity == ""):
        raise click.UsageError("Name the person by --customer or by --identity.")
    return people.find(cid=customer, identity=identity)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
