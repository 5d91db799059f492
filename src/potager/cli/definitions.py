"""Definitions as files: the organisation, tags, layers, audiences, surveys, journeys, charts, dashboards,
each by its `kind`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import click
import yaml

from potager.content.surveys import files as surveys
from potager.core import store
from potager.core.errors import Conflict
from potager.core.store import Lane
from potager.facts import warehouse
from potager.insight import catalogue, cost, refresh
from potager.insight import files as knowing
from potager.insight.metrics import reports
from potager.insight.programs import Output
from potager.journeys import files as journeys
from potager.org import files as org
from potager.org.access import SYSTEM, Actor

_COMPUTED: Final[Mapping[str, Output | None]] = {
    "tags": Output.TAG, "layers": Output.LAYER, "audiences": Output.AUDIENCE, "all": None,
}  # fmt: skip
_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


class _Planned(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def change(self) -> str: ...
    @property
    def diff(self) -> str: ...


class _Files(Protocol):
    def apply(self, actor: Actor, document: Mapping[str, Any], /) -> _Planned: ...
    def plan(self, document: Mapping[str, Any], /) -> _Planned: ...


@click.command()
@_PATHS
@click.option("--json", "as_json", is_flag=True)
def apply(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Store the definitions of these files or folders. Journeys and surveys become drafts: publish
    journeys with `potager journey`, surveys in the console.

    What would be too heavy to compute is refused, and with it everything of this call; while a running house holds the
    warehouse, that is not known here, and its console tells.
    """
    documents = list(_documents(paths))
    sizes = _sizes() if any(kind in knowing.KINDS for kind, _ in documents) else None
    with store.write(Lane.WEB):
        done = [(kind, _apply(kind, document, sizes)) for kind, document in documents]
    _print(done, as_json=as_json, diffs=False)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def plan(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """What applying these files or folders would change; or `plan tags`, `layers`, `audiences`, `all`: what a refresh
    computes, from what, and what that costs. Changes nothing."""
    if len(paths) == 1 and str(paths[0]) in _COMPUTED and not paths[0].exists():
        click.echo(refresh.describe(catalogue.load(), _COMPUTED[str(paths[0])], _sizes()))
        return
    if missing := [path for path in paths if not path.exists()]:
        raise click.BadParameter(f"{missing[0]} does not exist")
    _print([(kind, _room(kind).plan(document)) for kind, document in _documents(paths)], as_json=as_json, diffs=True)


@click.command()
@click.argument("kind", type=click.Choice([org.KIND, *knowing.KINDS, surveys.KIND, journeys.KIND, *reports.KINDS]))
@click.argument("key", required=False)
def export(kind: str, key: str | None) -> None:
    """A stored definition as YAML, ready to be applied again; or `export org`: all departments, stores and staff."""
    if (key is None) != (kind == org.KIND):
        raise click.UsageError("The organisation is one; everything else is exported by its key.")
    if key is None:
        text = org.export()
    elif kind == journeys.KIND:
        text = journeys.export(key)
    elif kind == surveys.KIND:
        text = surveys.export(key)
    else:
        text = (reports if kind in reports.KINDS else knowing).export(kind, key)
    click.echo(text, nl=False)


def _sizes() -> Mapping[str, int] | None:
    """How many rows there are to look at; unknown while a running house holds the warehouse."""
    try:
        return warehouse.get().counts(cost.TABLES)
    except Conflict:
        click.echo("the running house holds the warehouse: costs are left out", err=True)
        return None


def _apply(kind: str, document: Mapping[str, Any], sizes: Mapping[str, int] | None) -> _Planned:
    if kind in knowing.KINDS:
        return knowing.apply(SYSTEM, document, sizes)
    return _room(kind).apply(SYSTEM, document)


def _room(kind: str) -> _Files:
    if kind == org.KIND:
        return org
    if kind in reports.KINDS:
        return reports
    if kind == surveys.KIND:
        return surveys
    return journeys if kind == journeys.KIND else knowing


def _documents(paths: tuple[Path, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The YAML documents of files and folders, those first that others refer to."""
    kinds = (org.KIND, "layers", "tag_group", "tag", "audience", surveys.KIND, journeys.KIND, *reports.KINDS)
    order = {kind: n for n, kind in enumerate(kinds)}
    found: list[tuple[str, Mapping[str, Any]]] = []
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            found += [(str(each.get("kind", "")), each) for each in yaml.safe_load_all(file.read_text("utf-8")) if each]
    yield from sorted(found, key=lambda each: order.get(each[0], len(order)))


def _print(done: list[tuple[str, _Planned]], *, as_json: bool, diffs: bool) -> None:
    if as_json:
        rows = [{"kind": kind, "key": each.key, "change": each.change, "diff": each.diff} for kind, each in done]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for kind, each in done:
        click.echo(f"{each.change:<10} {kind} {each.key}")
        if diffs and each.change == "changed":
            click.echo(each.diff)
