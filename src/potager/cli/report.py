"""`potager report`: the overview in a terminal or as JSON, the same numbers as the page."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

import click

from potager.core import clock, money
from potager.goals.overview import overview
from potager.goals.overview_schemas import LayerFlow, Metric, Overview, SopOut
from potager.goals.schemas import Level

_DAY = click.DateTime(["%Y-%m-%d"])
MOVES = 5


class _Named(Protocol):
    """Anything that says itself in both languages."""

    zh: str
    en: str


@click.command()
@click.option("--as-of", default=None, help="A date (its end) or an instant with an offset; now by default.")
@click.option("--from", "start", type=_DAY, default=None, help="First day; 30 days before the last one by default.")
@click.option("--to", "end", type=_DAY, default=None, help="Last day; the day of --as-of by default.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def report(as_of: str | None, start: datetime | None, end: datetime | None, *, as_json: bool) -> None:
    """Customers, the GMV tree, layers, what journeys earned, goals: the overview page's numbers."""
    found = overview(start=_date(start), end=_date(end), as_of=clock.as_of(as_of))
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(lines(found)))


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


@dataclass(frozen=True, slots=True)
class _Words:
    """The fixed words of the report in one language; names and sentences come with the numbers."""

    language: Literal["zh", "en"]
    period: str
    formula: str
    was: str
    layers: str
    layer: str
    nobody: str
    move: str
    sops: str
    sop: str
    incremental: str
    goals: str

    def of(self, named: _Named) -> str:
        return named.zh if self.language == "zh" else named.en


_ZH = _Words(
    language="zh",
    period="{0.start} 至 {0.end}（对比 {0.before_start} 至 {0.before_end}）",
    formula="成交额 = 购买人数 × 人均订单 × 客单价",
    was="上期 {}",
    layers="分层 {}",
    layer="{} 人（期初 {}）",
    nobody="非客户",
    move="{} → {}  {} 人",
    sops="SOP 成效（对照实验的增量，与归因并列）",
    sop="{0}；最后触达归因 GMV {1}（触达组 {2} 人，对照组 {3} 人）",
    incremental="增量毛利合计 {}（95% 区间 {} 至 {}）",
    goals="目标",
)
_EN = _Words(
    language="en",
    period="{0.start} to {0.end} (against {0.before_start} to {0.before_end})",
    formula="GMV = buyers × orders per buyer × average order value",
    was="before {}",
    layers="Layers of {}",
    layer="{} people ({} at the start)",
    nobody="not a customer",
    move="{} → {}  {} people",
    sops="What SOPs earned (incremental by experiment, attribution beside)",
    sop="{0}; last-touch GMV {1} ({2} people treated, {3} in control)",
    incremental="incremental gross profit {} (95% interval {} to {})",
    goals="Goals",
)


def lines(found: Overview) -> list[str]:
    """The report for a terminal, in the language of LANG."""
    words = _ZH if os.environ.get("LANG", "").lower().startswith("zh") else _EN
    currency = found.currency
    lines = [words.period.format(found), "", *(_metric(each, currency, words) for each in found.metrics)]
    lines += ["", words.formula]
    for node in found.tree:
        now, before = (_level(each, node.unit, currency) for each in (node.now, node.before))
        lines.append(f"  {words.of(node)}  {now} · {words.was.format(before)}")
    for flow in found.layers:
        lines += ["", words.layers.format(words.of(flow)), *_flow(flow, words)]
    if found.sops:
        lines += ["", words.sops]
    for sop in found.sops:
        lines += _sop(sop, currency, words)
    if found.goals:
        lines += ["", words.goals]
    for goal in found.goals:
        actual, target = (money.show(each, currency) for each in (goal.actual_minor, goal.target_minor))
        lines += [f"  {goal.name}  {actual} / {target} ({goal.attainment:.1%})", f"    {words.of(goal.requirement)}"]
    return lines


def _flow(flow: LayerFlow, words: _Words) -> list[str]:
    names = {"": words.nobody, **{layer.key: words.of(layer) for layer in flow.layers}}
    lines = [
        f"  {names[layer.key]}  {words.layer.format(f'{layer.now:,}', f'{layer.before:,}')}" for layer in flow.layers
    ]
    # A layer the model had then may not be one of its layers now.
    for move in flow.moves[:MOVES]:
        source, target = names.get(move.source, move.source), names.get(move.target, move.target)
        lines.append("    " + words.move.format(source, target, f"{move.people:,}"))
    return lines


def _sop(sop: SopOut, currency: str, words: _Words) -> list[str]:
    profit = next(figure for figure in sop.figures if figure.key == "profit")
    attributed = money.show(sop.attributed.gmv_minor, currency)
    earned = "—" if profit.missing is None else words.of(profit.missing)
    if profit.total is not None:
        bounds = (profit.total.value, profit.total.low, profit.total.high)
        earned = words.incremental.format(*(money.show(round(each), currency) for each in bounds))
    people = (f"{sop.people.treated:,}", f"{sop.people.control:,}")
    return [f"  {words.of(sop)}  {words.of(sop.verdict)}", f"    {words.sop.format(earned, attributed, *people)}"]


def _metric(metric: Metric, currency: str, words: _Words) -> str:
    now, before = (_level(each, metric.unit, currency) for each in (metric.now, metric.before))
    if metric.change is None:
        change = "—"
    else:
        change = f"{metric.change * 100:+.1f}pt" if metric.unit == "rate" else f"{metric.change:+.1%}"
    return f"  {words.of(metric)}  {now} · {change} · {words.was.format(before)}"


def _level(level: Level, unit: str, currency: str) -> str:
    if level.value is None:
        return "—"
    match unit:
        case "minor":
            return money.show(round(level.value), currency)
        case "rate":
            return f"{level.value:.1%} ({level.numerator:,}/{level.denominator:,})"
        case "orders" if level.denominator != 1:
            return f"{level.value:.2f}"
        case _:
            return f"{level.value:,.0f}"
