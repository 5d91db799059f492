"""Uploaded lists: what there are, a file put in, one taken out."""

import json
from pathlib import Path

import click

from potager.core import store
from potager.insight import catalogue, list_files
from potager.insight import lists as uploading
from potager.insight.list_files import KINDS, Read
from potager.insight.list_schemas import ListPreview
from potager.insight.models import UploadedList
from potager.insight.present_lists import list_list
from potager.insight.specs import ListSpec
from potager.org.access import SYSTEM

_JSON = click.option("--json", "as_json", is_flag=True)


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def lists(context: click.Context, *, as_json: bool) -> None:
    """Uploaded lists: all of them, or put and remove one."""
    if context.invoked_subcommand is not None:
        return
    found = list_list(catalogue.load(), "zh")
    if as_json:
        _out([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        used = "、".join(user.user for user in each.used_by)
        click.echo(f"{each.n:>12,}  {each.key}  {each.name_zh}  {each.file_name}" + (f"  ← {used}" if used else ""))


@lists.command()
@click.argument("key")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="What a new list is called; its key when left out.")
@click.option("--column", default="", help="Which column names people; the one that finds the most when left out.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="By what it names them; found out when left out.")
@click.option("--dry-run", is_flag=True, help="Only say whom the file names.")
@_JSON
def put(
    key: str, file: Path, name: str, column: str, kind: str | None,
    *, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Let list KEY be whom FILE (CSV or XLSX) names: a new list, or a new file of one there is."""
    found = list_files.read(file, column=column, kind=kind or "")
    if not dry_run:
        row = UploadedList.objects.filter(key=key).first()
        with store.write():
            if row is None:
                spec = ListSpec(key=key, name_zh=name or key)
                uploading.save(SYSTEM, spec, found, file.name)
            else:
                uploading.replace(SYSTEM, row, found, file.name)
    _told(key, found, as_json=as_json)


@lists.command()
@click.argument("key")
@_JSON
def remove(key: str, *, as_json: bool) -> None:
    """Remove list KEY; refused while something uses it."""
    with store.write():
        uploading.remove(SYSTEM, key)
    if as_json:
        _out({"removed": key})


def _told(key: str, found: Read, *, as_json: bool) -> None:
    if as_json:
        _out({"key": key, **ListPreview.of(found).model_dump()})
        return
    click.echo(f"{len(found.members):>12,}  {key}  （{found.rows:,} 行，按 {found.column} / {found.kind}）")
    for miss in found.misses[:20]:
        click.echo(f"  第 {miss.line} 行  {list_files.REASONS[miss.code][0]}  {miss.value}", err=True)
    if found.missing > 20:
        click.echo(f"  … 共 {found.missing:,} 行没有认出", err=True)
    for double in found.doubles[:20]:
        click.echo(f"  第 {double.line} 行  与第 {double.first} 行是同一位客户", err=True)


def _out(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))
