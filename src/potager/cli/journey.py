"""`potager journey`: publishing, pausing and looking into journeys."""

import json
from datetime import timedelta
from typing import Literal

import click

from potager.core import clock, store
from potager.core.journal import LEDGER_DAYS
from potager.core.store import Lane
from potager.journeys import checks, present, publish, queries, simulation
from potager.journeys.foreseen import day_of, hour_of
from potager.journeys.impact import draft_of, impact_of
from potager.org.access import SYSTEM


@click.group()
def journey() -> None:
    """Journeys (SOP): publish, pause, resume, stop, trace."""


@journey.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """All journeys with their state and people."""
    rows = present.rows()
    if as_json:
        click.echo(json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        numbers = f"在途 {row.inside:,}  30 天进入 {row.entered_30d:,}  转化 {row.converted_30d:,}"
        click.echo(f"{row.state:<8} {row.key:<24} {row.name}  v{row.version or 0}  {numbers}")


@journey.command("publish")
@click.argument("key")
@click.option("--people", type=click.Choice(["finish", "move", "exit"]), default="finish", show_default=True)
@click.option("--preview", is_flag=True, help="Only say what publishing would do.")
def publish_(key: str, people: Literal["finish", "move", "exit"], *, preview: bool) -> None:
    """Make the draft live; people inside finish on their version, move to the new one, or exit."""
    found = queries.journey_of(key)
    if preview:
        impact = impact_of(found)
        click.echo(f"在途 {impact.inside:,} 人")
        before = "" if impact.control_before in {None, impact.control} else f"{impact.control_before:g}% → "
        click.echo(f"对照组 {before}{impact.control:g}%")
        for step in impact.steps:
            click.echo(f"  {step.change:<8} {step.step}: {step.people:,} 人 → {step.to}")
        for variable in impact.empty:
            click.echo(f"  {variable.step}: {variable.people:,} 人没有「{variable.variable}」")
        return
    with store.write(Lane.WEB):
        version = publish.publish(SYSTEM, found, people)
    click.echo(f"已发布 {key} v{version.n}")


@journey.command("pause")
@click.argument("key")
def pause_(key: str) -> None:
    """Nobody enters and nobody moves until resumed."""
    with store.write(Lane.WEB):
        publish.pause(SYSTEM, queries.journey_of(key))


@journey.command("resume")
@click.argument("key")
def resume_(key: str) -> None:
    """Go on after a pause."""
    with store.write(Lane.WEB):
        publish.resume(SYSTEM, queries.journey_of(key))


@journey.command("stop")
@click.argument("key")
def stop_(key: str) -> None:
    """End the journey for everybody inside."""
    with store.write(Lane.WEB):
        ended = publish.stop(SYSTEM, queries.journey_of(key))
    click.echo(f"已停止，{ended:,} 人退出")


@journey.command("simulate")
@click.argument("key")
@click.option("--days", type=click.IntRange(1, LEDGER_DAYS), default=LEDGER_DAYS, show_default=True)
@click.option("--version", "n", type=int, default=None, help="A published version in place of the draft.")
@click.option("--json", "as_json", is_flag=True)
def simulate_(key: str, days: int, n: int | None, *, as_json: bool) -> None:
    """What the draft would have done in the last days, by what really happened; nothing is sent or written."""
    found, until = queries.journey_of(key), clock.now()
    definition = draft_of(found) if n is None else checks.read(queries.version_of(found, n).definition)
    told = simulation.simulate(found, definition, until - timedelta(days=days), until)
    if as_json:
        click.echo(json.dumps(told.told("zh"), ensure_ascii=False, indent=1))
        return
    click.echo(f"{day_of(told.since)} 至 {day_of(told.until)}：进入 {told.entries.total():,}  转化 {told.converted:,}")
    if told.share < 1:
        click.echo(f"人数过多，只看其中 {told.share:.0%} 的人")
    if told.reached < told.until:
        click.echo(f"时间用完，只模拟到 {hour_of(told.reached)} 时")
    refused = "  ".join(f"{reason} {people:,}" for reason, people in told.refused.items())
    click.echo(f"未进入 {refused or '无'}")
    for day, entries in sorted(told.entries.items()):
        sent = sum(messages for hour, messages in told.sends.items() if hour.startswith(day))
        click.echo(f"  {day}  进入 {entries:,}  发送 {sent:,}")
    for step in definition.steps:
        click.echo(f"  {step.id:<16} {step.title or step.node.line()}  经过 {told.steps[step.id]:,}")
    for (decision, rule), messages in sorted(told.verdicts.items()):
        click.echo(f"  {decision} {rule or '可发送'}  {messages:,} 条")
    if largest := told.largest_day():
        staff, day, work = largest
        click.echo(f"最忙：{staff} {day}  {work:,} 件")
    for variable, messages in told.empty.items():
        click.echo(f"  {messages:,} 条消息没有「{variable}」")
    for place, problem in told.problems.items():
        click.echo(f"  {place}: {problem.say('zh')}")


@journey.command("trace")
@click.argument("cid", type=int)
@click.option("--journey", "key", default=None, help="Only this journey.")
@click.option("--json", "as_json", is_flag=True)
def trace_(cid: int, key: str | None, *, as_json: bool) -> None:
    """What journeys did with a customer, step by step and why."""
    only = queries.journey_of(key) if key else None
    traces = [present.trace(run, "zh") for run in queries.runs(SYSTEM, journey=only, cid=cid)]
    if as_json:
        click.echo(json.dumps([trace.model_dump(mode="json") for trace in traces], ensure_ascii=False, indent=1))
        return
    for trace in traces:
        run = trace.run
        click.echo(f"{run.journey_name} v{run.version}  {run.arm or '未进入'}  {run.entered_at:%Y-%m-%d %H:%M}Z")
        for step in trace.steps:
            why = step.sentence or (step.touch.rule if step.touch else "")
            click.echo(f"  {step.at:%m-%d %H:%M}Z  {step.kind:<8} {step.title or step.step}  {step.outcome}  {why}")
        if run.end_reason:
            click.echo(f"  结束：{run.end_reason}")
