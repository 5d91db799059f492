"""Metrics, funnels and retention in a terminal or as JSON: the same answers as the pages."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from potager.core import clock, money
from potager.insight import catalogue
from potager.insight.metrics import make_plan, paths, present
from potager.insight.metrics.schemas import AnswerOut, AskIn, FunnelIn, LevelOut, RetentionIn, StageIn

_DAY = click.DateTime(["%Y-%m-%d"])
_FROM = click.option("--from", "start", type=_DAY, default=None, help="First day; 30 days until the last by default.")
_TO = click.option("--to", "end", type=_DAY, default=None, help="Last day; the day of --as-of by default.")
_WHERE = click.option("--where", default=None, help="A condition that narrows whose facts count: text, or @file.")
_AS_OF = click.option("--as-of", default=None, help="A date (the end of that day) or an instant with offset.")
_JSON = click.option("--json", "as_json", is_flag=True)


@click.command()
@click.argument("measures", nargs=-1)
@click.option("--by", default="", help="Dimensions with commas between, such as month,channel or layer:rfm.")
@_WHERE
@_FROM
@_TO
@_AS_OF
@click.option("--compare", is_flag=True, help="Beside the period before.")
@click.option("--plan", "as_plan", is_flag=True, help="Print what would be asked of the warehouse instead of asking.")
@_JSON
def metrics(
    *,
    measures: tuple[str, ...],
    by: str,
    where: str | None,
    start: datetime | None,
    end: datetime | None,
    as_of: str | None,
    compare: bool,
    as_plan: bool,
    as_json: bool,
) -> None:
    """MEASURES of a span, cut by dimensions: metrics gmv aov --by month,channel. Without any, the catalogue."""
    fields = catalogue.load()
    if not measures:
        _catalogue(as_json=as_json)
        return
    body = AskIn(
        measures=list(measures),
        by=[each.strip() for each in by.split(",") if each.strip()],
        start=_date(start),
        end=_date(end),
        where=_read(where),
        as_of=as_of,
        compare=compare,
    )
    if as_plan:
        click.echo(make_plan(present.question_of(body, fields, clock.as_of(as_of)), fields).describe(fields))
        return
    found = present.asked(body, "zh")
    click.echo(found.model_dump_json(indent=1) if as_json else "\n".join(_lines(found)))


@click.command()
@click.argument("steps", nargs=-1, required=True)
@click.option("--within", default=30, show_default=True, help="Days from the first step to the last.")
@click.option("--by", default=None, help="One dimension of people, such as source or layer:rfm.")
@_WHERE
@_FROM
@_TO
@_AS_OF
@_JSON
def funnel(
    *,
    steps: tuple[str, ...],
    within: int,
    by: str | None,
    where: str | None,
    start: datetime | None,
    end: datetime | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """How many people take STEPS in order; each an event, or JSON or YAML with `event` and `where`."""
    body = FunnelIn(
        steps=[_stage(each) for each in steps],
        within=within,
        by=by,
        where=_read(where),
        start=_date(start),
        end=_date(end),
        as_of=as_of,
    )
    found = paths.funnel_of(body, "zh")
    if as_json:
        click.echo(found.model_dump_json(indent=1))
        return
    click.echo(f"{found.start} 至 {found.end}，{found.within} 天内完成")
    for value, stages in [("", found.whole), *((group.value or "—", group.stages) for group in found.groups)]:
        if value:
            click.echo(value)
        for stage in stages:
            share = "" if stage.of_previous is None else f"  {stage.of_previous:.1%}"
            click.echo(f"  {stage.name.zh}  {stage.people:,}{share}")


@click.command()
@click.option("--first", default="order_paid", show_default=True, help="What puts a person in a cohort.")
@click.option("--back", default="order_paid", show_default=True, help="What counts as coming back.")
@click.option("--grain", type=click.Choice(["day", "week", "month"]), default="month", show_default=True)
@click.option("--mode", type=click.Choice(["classic", "rolling", "bounded"]), default="classic", show_default=True)
@click.option("--periods", default=6, show_default=True)
@_WHERE
@_FROM
@_TO
@_AS_OF
@_JSON
def retention(
    *,
    first: str,
    back: str,
    grain: str,
    mode: str,
    periods: int,
    where: str | None,
    start: datetime | None,
    end: datetime | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """How many people of each cohort come back, period by period."""
    body = RetentionIn.model_validate({
        "first": _stage(first), "back": _stage(back), "grain": grain, "mode": mode, "periods": periods,
        "where": _read(where), "from": _date(start), "to": _date(end), "as_of": as_of,
    })  # fmt: skip
    found = paths.retention_of(body, "zh")
    if as_json:
        click.echo(found.model_dump_json(indent=1))
        return
    for cohort in found.cohorts:
        cells = ["—" if back is None else f"{back / cohort.people:.1%}" for back in cohort.back if cohort.people]
        click.echo("  ".join([cohort.cohort, f"{cohort.people:,}", *cells]))
    click.echo("  ".join(["全部", *("—" if each.value is None else f"{each.value:.1%}" for each in found.overall)]))


def _stage(text: str) -> StageIn:
    loaded = yaml.safe_load(text)
    return StageIn(event=loaded) if isinstance(loaded, str) else StageIn.model_validate(loaded)


def _read(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    loaded = yaml.safe_load(Path(text[1:]).read_text("utf-8") if text.startswith("@") else text)
    return loaded if isinstance(loaded, dict) else {"": loaded}


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _catalogue(*, as_json: bool) -> None:
    found = present.catalog(catalogue.load())
    if as_json:
        click.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1))
        return
    for measure in found.measures:
        click.echo(f"{measure.key}  {measure.name.zh}：{measure.line.zh}")
        click.echo(f"    {', '.join(measure.cuts)}")


def _lines(found: AnswerOut) -> list[str]:
    lines = [f"{found.start} 至 {found.end}" + (f"  {found.sentence}" if found.sentence else "")]
    for row in [*found.rows, found.whole] if found.by else [found.whole]:
        names = [_label(found, key, row.by.get(key)) for key in found.by] if row is not found.whole else ["合计"]
        values = []
        for measure in found.measures:
            said = _level(row.now[measure.key], measure.unit, found.currency)
            before = f"（上期 {_level(row.before[measure.key], measure.unit, found.currency)}）" if row.before else ""
            values.append(f"{measure.name.zh} {said}{before}")
        lines.append("  " + "  ".join([*names, *values]))
    if found.more:
        lines.append(f"  还有 {found.more:,} 行")
    return lines


def _label(found: AnswerOut, key: str, value: str | None) -> str:
    name = found.labels.get(key, {}).get(value or "")
    return name.zh if name else value or "—"


def _level(level: LevelOut, unit: str, currency: str) -> str:
    if level.value is None:
        return "—"
    match unit:
        case "minor":
            return money.show(round(level.value), currency)
        case "rate":
            return f"{level.value:.1%}（{level.numerator:,}/{level.denominator:,}）"
        case "times":
            return f"{level.value:.2f}"
        case _:
            return f"{level.value:,.0f}"
