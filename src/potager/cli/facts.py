"""Files in: `potager import`."""

import json
from pathlib import Path

import click

from potager.core import store
from potager.core.store import Lane
from potager.facts.imports import files, run
from potager.facts.imports.guess import guess
from potager.facts.imports.mapping import FileMapping, Kind, parse_yaml
from potager.facts.imports.run import Checked
from potager.facts.imports.sniff import shape_of
from potager.facts.models import ImportRun
from potager.org.access import SYSTEM


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice([kind.value for kind in Kind]), required=True, help="What its rows are."
)
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column is what (YAML). Without it the guess is printed and nothing is imported.",
)
@click.option("--dry-run", is_flag=True, help="Read and check every row, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def import_(file: Path, kind: str, mapping_file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Import a FILE: CSV, TSV or JSON Lines, gzipped or not, XLSX or Parquet.

    Started again after a crash it goes on where it was.
    """
    if mapping_file is None:
        click.echo(_guessed(file, Kind(kind)))
        return
    mapping = parse_yaml(mapping_file.read_text(encoding="utf-8"))
    content = files.keep(file)
    if dry_run:
        _show_check(run.check(content, Kind(kind), mapping), as_json=as_json)
        return
    run.refuse_unfit(content, Kind(kind), mapping)
    with store.write(Lane.WEB):
        begun = run.begin(SYSTEM, run.stage(SYSTEM, file_name=file.name, content=content), Kind(kind), mapping)
    done = run.work(begun.id, progress=lambda rows: click.echo(f"… {rows:,}", err=True))
    _show_run(done, as_json=as_json)


def _guessed(file: Path, kind: Kind) -> str:
    import yaml

    shape = shape_of(file, FileMapping())
    mapping = guess(kind, shape.columns).model_dump(mode="json", exclude_defaults=True)
    columns = "".join(f"#   {column}\n" for column in shape.columns)
    text: str = yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False)
    return f"# {shape.format} {shape.encoding} columns:\n{columns}{text}"


def _show_check(checked: Checked, *, as_json: bool) -> None:
    numbers = {
        "read": checked.read,
        "would_load": checked.would_load,
        "duplicate": checked.duplicate,
        "rejected": checked.rejected,
    }
    if as_json:
        click.echo(json.dumps(numbers))
        return
    click.echo("  ".join(f"{key} {count:,}" for key, count in numbers.items()))
    for reject in checked.rejects:
        line, column, _, zh, en, value = reject.cells()
        click.echo(f"line {line}  {column}  {zh} / {en}  {value}", err=True)


def _show_run(done: ImportRun, *, as_json: bool) -> None:
    rejects = files.rejects_file(done.content, done.id)
    numbers = {
        "read": done.read,
        "loaded": done.loaded,
        "duplicate": done.duplicate,
        "rejected": done.rejected,
        **{f"brought_{target}": count for target, count in done.brought.items()},
    }
    if as_json:
        click.echo(json.dumps({**numbers, "run": done.id, "rejects": str(rejects) if done.rejected else None}))
    else:
        click.echo("  ".join(f"{key} {count:,}" for key, count in numbers.items()))
        if done.rejected:
            click.echo(f"rejects: {rejects}", err=True)
