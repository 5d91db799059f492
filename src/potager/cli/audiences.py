"""Audiences: how they overlap, new ones made of others, and exports."""

import json
from pathlib import Path

import click
from pyroaring import BitMap

from potager.core import store
from potager.insight import algebra, audience_sets, exporting, queries, scheduled
from potager.insight.models import Audience
from potager.insight.set_schemas import CombineIn, PartIn, SampleIn, SplitAudienceIn
from potager.org.access import SYSTEM

_JSON = click.option("--json", "as_json", is_flag=True)
_SEED = click.option("--seed", default="potager", help="Another seed draws other people.")
_NAME = click.option("--name", default="", help="What the new audience is called; its key when left out.")


@click.group()
def audiences() -> None:
    """Audiences: overlap, combine, sample, split, export."""


@audiences.command()
@click.argument("keys", nargs=-1, required=True)
@_JSON
def overlap(keys: tuple[str, ...], *, as_json: bool) -> None:
    """How 2 to 6 audiences overlap: exact counts of every region."""
    found = audience_sets.overlap(keys)
    if as_json:
        _out({
            "audiences": {key: len(members) for key, members in found.members.items()},
            "regions": [{"inside": list(each.inside), "n": len(each.members)} for each in found.regions],
        })  # fmt: skip
        return
    for key, members in found.members.items():
        click.echo(f"{len(members):>12,}  {key}")
    for each in found.regions:
        click.echo(f"{len(each.members):>12,}  只在 {' & '.join(each.inside)}")


@audiences.command()
@click.argument("op", type=click.Choice([str(op) for op in algebra.SetOp]))
@click.argument("key")
@click.argument("keys", nargs=-1, required=True)
@click.option("--without", multiple=True, help="Take the members of this audience away at the end.")
@click.option("--live", is_flag=True, help="Follow the others instead of keeping today's members.")
@_NAME
@_JSON
def combine(
    op: str, key: str, keys: tuple[str, ...], without: tuple[str, ...], name: str, *, live: bool, as_json: bool
) -> None:
    """Make audience KEY out of KEYS: union, intersect, or minus (the first and none of the others)."""
    body = CombineIn(key=key, name_zh=name or key, op=algebra.SetOp(op), of=[*keys], outside=[*without], live=live)
    found = audience_sets.combine(body)
    with store.write():
        row = audience_sets.save(SYSTEM, body, None if live else found)
    _made({row.key: len(found)}, as_json=as_json)


@audiences.command()
@click.argument("source")
@click.argument("key")
@click.option("--n", type=click.IntRange(1), default=None, help="How many people.")
@click.option("--percent", type=click.FloatRange(0, 100, min_open=True), default=None)
@_SEED
@_NAME
@_JSON
def sample(source: str, key: str, n: int | None, percent: float | None, *, seed: str, name: str, as_json: bool) -> None:
    """Keep some of audience SOURCE as the list KEY: --n people or --percent of them."""
    if (n is None) == (percent is None):
        raise click.UsageError("give --n or --percent, one of them")
    body = SampleIn(key=key, name_zh=name or key, n=n, percent=percent, seed=seed)
    row = queries.audience(source)
    found = audience_sets.members(row)
    with store.write():
        saved = audience_sets.save_sample(SYSTEM, row, body, found)
    _made(_sizes([saved]), as_json=as_json)


@audiences.command()
@click.argument("source")
@click.argument("parts", nargs=-1, required=True)
@_SEED
@_JSON
def split(source: str, parts: tuple[str, ...], seed: str, *, as_json: bool) -> None:
    """Split audience SOURCE into lists, PARTS as key:share (test:9 control:1)."""
    body = SplitAudienceIn(parts=[_part(text) for text in parts], seed=seed)
    row = queries.audience(source)
    found = audience_sets.members(row)
    with store.write():
        saved = audience_sets.save_split(SYSTEM, row, body, found)
    _made(_sizes(saved), as_json=as_json)


@audiences.command()
@click.argument("key")
@_JSON
def run(key: str, *, as_json: bool) -> None:
    """Compute scheduled audience KEY now, besides its times."""
    done = scheduled.run_now(SYSTEM, queries.audience(key))
    _made({key: done.n}, as_json=as_json)


@audiences.command()
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--tag", multiple=True, help="A tag to put beside each customer.")
@click.option("--layer", multiple=True, help="A layer model to put beside each customer.")
@_JSON
def export(key: str, file: Path, tag: tuple[str, ...], layer: tuple[str, ...], *, as_json: bool) -> None:
    """Write the members of audience KEY to FILE: .csv or .xlsx. It is written to the audit trail."""
    forms: dict[str, exporting.Format] = {".csv": "csv", ".xlsx": "xlsx"}
    form = forms.get(file.suffix.lower())
    if form is None:
        raise click.UsageError("FILE ends with .csv or .xlsx")
    found = exporting.gather(SYSTEM, audience_sets.members(queries.audience(key)), tags=tag, layers=layer)
    exporting.check(found, form)
    with store.write():
        exporting.note(SYSTEM, key, found, form)
    file.write_bytes(exporting.as_csv(found) if form == "csv" else exporting.as_xlsx(found))
    _made({key: len(found.rows)}, as_json=as_json)


def _part(text: str) -> PartIn:
    key, _, share = text.partition(":")
    if share and not share.isdecimal():
        raise click.UsageError(f"“{text}” is no key:share, e.g. control:1")
    return PartIn(key=key, name_zh=key, share=int(share or 1))


def _sizes(rows: list[Audience]) -> dict[str, int]:
    return {row.key: len(BitMap.deserialize(bytes(row.members or b""))) for row in rows}


def _made(sizes: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        _out(sizes)
        return
    for key, n in sizes.items():
        click.echo(f"{n:>12,}  {key}")


def _out(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))
