"""Tags in bulk: given to or taken from an audience, and taken back."""

import json
from dataclasses import asdict

import click

from potager.core import store
from potager.insight import catalogue, sets, tag_batches
from potager.insight.conditions import bind_rule, parse, sentence
from potager.org.access import SYSTEM

_JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def tags() -> None:
    """Tags given by hand, in bulk."""


@tags.command(name="set")
@click.argument("key")
@click.option("--audience", help="Whom: the members of an audience.")
@click.option("--where", help="Whom: a condition as JSON.")
@click.option("--value", default=None, help="The value, for a tag that has one.")
@click.option("--remove", "removing", is_flag=True, help="Take the tag away instead.")
@click.option("--dry-run", is_flag=True, help="Count what it would do and change nothing.")
@_JSON
def set_(
    key: str,
    audience: str | None,
    where: str | None,
    value: str | None,
    *,
    removing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Give tag KEY to a crowd; `potager tags undo` takes it back."""
    if (audience is None) == (where is None):
        raise click.UsageError("name whom to tag: --audience or --where, one of the two")
    written = {"audience": audience} if audience is not None else json.loads(where or "")
    fields = catalogue.load()
    cids = sets.members(bind_rule(written, fields), fields=fields).tolist()
    if dry_run:
        found = asdict(tag_batches.preview(cids, key, value, removing=removing))
    else:
        with store.write():
            done = tag_batches.run(
                SYSTEM, cids, key, value, removing=removing, of=sentence(parse(written), "en", fields)[:300]
            )
        found = {"batch": done.pk, "people": len(cids), "changed": done.changed, "replaced": done.replaced}
    _out(found, as_json=as_json)


@tags.command()
@click.argument("batch", type=int)
@_JSON
def undo(batch: int, *, as_json: bool) -> None:
    """Take a BATCH back for everybody whose tag nobody changed since."""
    with store.write():
        found = tag_batches.undo(SYSTEM, tag_batches.batch(batch))
    _out(asdict(found), as_json=as_json)


def _out(found: dict[str, int], *, as_json: bool) -> None:
    click.echo(json.dumps(found) if as_json else ", ".join(f"{name} {number:,}" for name, number in found.items()))
