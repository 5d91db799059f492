"""Who is selected, why, and what everybody is: count, members, explain, layers, refresh."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml

from potager.core import clock
from potager.facts import warehouse
from potager.insight import catalogue, forwarder, odd, queries, reasons, remote_refresh, sets
from potager.insight import refresh as refreshing
from potager.insight.conditions import bind_rule, dump, parse
from potager.insight.conditions.base import Words
from potager.insight.conditions.logic import say
from potager.insight.schemas import Written
from potager.org.access import SYSTEM
from potager.people import queries as people

_CONDITION = click.argument("condition")
_AS_OF = click.option("--as-of", default=None, help="A date (the end of that day) or an instant with offset.")
_JSON = click.option("--json", "as_json", is_flag=True)


def _written(text: str) -> Written:
    """A condition as JSON or YAML text, or @file."""
    loaded = yaml.safe_load(Path(text[1:]).read_text("utf-8") if text.startswith("@") else text)
    return dump(parse(loaded))


def _out(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))


@click.command()
@_CONDITION
@_AS_OF
@_JSON
def count(condition: str, as_of: str | None, *, as_json: bool) -> None:
    """How many customers a CONDITION selects (JSON or YAML text, or @file)."""
    fields = catalogue.load()
    bound = bind_rule(_written(condition), fields)
    found, told = sets.counted(bound, as_of, fields=fields), odd.findings(bound, as_of, fields)
    sentence = say(bound, Words("zh", fields))
    if as_json:
        findings = [{"code": each.code, "place": each.place} for each in told]
        _out({
            "count": found.count, "total": found.total, "share": found.share, "sentence": sentence,
            "findings": findings,
        })  # fmt: skip
        return
    click.echo(f"{found.count:,} / {found.total:,}（{found.share:.1%}）  {sentence}")
    for each in told:
        click.echo(f"  ! {each.place or '·'}  {each.zh}", err=True)


@click.command()
@_CONDITION
@_AS_OF
@_JSON
def members(condition: str, as_of: str | None, *, as_json: bool) -> None:
    """The customer ids a CONDITION selects, one a line."""
    cids = [int(cid) for cid in sets.members(parse(_written(condition)), as_of)]
    if as_json:
        _out(cids)
        return
    for cid in cids:
        click.echo(cid)


@click.command()
@_CONDITION
@click.argument("cid", type=int)
@_AS_OF
@_JSON
def explain(condition: str, cid: int, as_of: str | None, *, as_json: bool) -> None:
    """Why a CONDITION holds for customer CID, or not: what each leaf found."""
    answer = reasons.explain(people.customer(SYSTEM, cid), _written(condition), as_of, "zh")
    if as_json:
        _out(answer.model_dump(mode="json"))
        return
    click.echo(f"{_tick(answer.ok)} {answer.sentence}")
    for leaf in answer.leaves:
        since = f"，自 {clock.business_date(leaf.since)}" if leaf.since else ""
        click.echo(f"  {_tick(leaf.ok)} {leaf.path or '·'}  {leaf.sentence}：{leaf.found}{since}")


def _tick(ok: bool) -> str:
    return "✓" if ok else "✗"


@click.command()
@click.argument("model", required=False)
@_AS_OF
@click.option("--since", default=None, help="Also the flow from this date.")
@_JSON
def layers(model: str | None, as_of: str | None, since: str | None, *, as_json: bool) -> None:
    """The sizes of the layers of MODEL (or of all models) on a day, and the flow since another."""
    fields, day = catalogue.load(), clock.business_date(clock.as_of(as_of))
    start = clock.business_date(clock.as_of(since)) if since else None
    chosen = [queries.layer_model(model).key] if model else list(fields.layers)
    found = {key: _layers(key, day, start) for key in chosen}
    if as_json:
        _out(found)
        return
    for key, answer in found.items():
        field = fields.layers[key]
        click.echo(f"{field.label('zh')}  {day}")
        for layer in field.layers:
            click.echo(f"  {field.layer_label(layer, 'zh')}  {answer['sizes'].get(layer, 0):,}")
        for move in answer.get("flow", []):
            if move["from"] != move["to"]:
                ends = [field.layer_label(end, "zh") if end else "—" for end in (move["from"], move["to"])]
                click.echo(f"    {ends[0]} → {ends[1]}  {move['n']:,}")


def _layers(key: str, day: date, start: date | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"day": day, "sizes": queries.layer_sizes(key, day)}
    if limits := queries.thresholds(key, day):
        answer["thresholds"] = dict(limits)
    if start is not None:
        rows = queries.layer_flow(key, start, day)
        answer["flow"] = [{"from": before, "to": after, "n": n} for before, after, n in rows]
    return answer


@click.command()
@_AS_OF
@click.option("--full", is_flag=True, help="Rebuild everything instead of merging what is new.")
@_JSON
def refresh(as_of: str | None, *, full: bool, as_json: bool) -> None:
    """Bring tags, layers and audiences up to now, and tell journeys what changed.

    On a distributed engine everything is rebuilt each time, and journeys are told nothing.
    """
    engine = warehouse.target()
    if engine is not None:
        report, forwarded = remote_refresh.run(engine, as_of), 0
    else:
        report = refreshing.run(as_of) if full or as_of else refreshing.merge()
        forwarded = forwarder.forward_all()
    if as_json:
        _out({
            "mode": report.mode, "as_of": report.as_of.isoformat(), "upto_seq": report.upto_seq,
            "changes": report.changes, "names": report.names, "ms": report.ms, "forwarded": forwarded,
        })  # fmt: skip
        return
    if engine is not None:
        name = engine.capabilities.name
        click.echo(f"{report.mode}: {report.names} 个定义，{report.ms} ms（{name} 上总是全量重算，不通知旅程）")
        return
    click.echo(f"{report.mode}: {report.names} 个定义，{report.changes:,} 处变化，{report.ms} ms")
