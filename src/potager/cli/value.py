"""potager value: fit what customers are worth, and show what was found."""

import json

import click

from potager.core import clock, house, money, store
from potager.insight.value import fitting, queries
from potager.insight.value.schemas import Estimated, ValueBucket, ValueOut, ValueReport
from potager.insight.value.settings import put_settings, settings
from potager.org.access import SYSTEM

_JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def value() -> None:
    """Customer value: probability of still buying, expected orders and profit, CLV."""


@value.command()
@click.option("--as-of", default=None, help="A date (the end of that day) or an instant with offset.")
@click.option("--days", type=click.IntRange(7, 730), default=None, help="How far expected orders and profit look.")
@click.option("--months", type=click.IntRange(1, 60), default=None, help="How many months of 30 days CLV looks ahead.")
@click.option(
    "--discount", type=click.FloatRange(0, 0.2), default=None, help="The monthly discount rate, 0.01 for 1 %."
)
@click.option(
    "--margin", type=click.FloatRange(-1, 1), default=None, help="Profit per unit of net money, 0.4 for 40 %."
)
@_JSON
def fit(
    as_of: str | None,
    days: int | None,
    months: int | None,
    discount: float | None,
    margin: float | None,
    *,
    as_json: bool,
) -> None:
    """Fit the models to the orders and give every customer a value. Options given here stay set."""
    given = {"days": days, "months": months, "discount": discount, "margin": margin}
    changed = {name: each for name, each in given.items() if each is not None}
    if changed:
        known = settings()
        with store.write():
            put_settings(SYSTEM, known.model_validate(known.model_dump() | changed))
    found = fitting.run(as_of)
    if as_json:
        said = found.report.model_dump(mode="json") if found.report else None
        click.echo(
            json.dumps(
                {"as_of": found.as_of.isoformat(), "ms": found.ms, "error": found.error, "report": said},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    if found.report is None:
        click.echo(queries.why(found.error or "", "zh"))
        return
    click.echo(f"{found.customers:,} 位客户，{found.ms:,} ms")
    _say(found.report)


@value.command()
@click.argument("cid", type=int, required=False)
@_JSON
def show(cid: int | None, *, as_json: bool) -> None:
    """What the last fit found; with CID, what is expected of that customer."""
    if cid is not None:
        one = queries.customer(cid, "zh")
        click.echo(one.model_dump_json(indent=1) if as_json else one.sentence)
        return
    known = queries.value("zh")
    if as_json:
        click.echo(known.model_dump_json(indent=1))
        return
    _show(known)


def _show(known: ValueOut) -> None:
    if known.problem:
        click.echo(f"{clock.business_date(known.problem.computed_at)}：{known.problem.sentence}")
    if known.report is None or known.as_of is None:
        click.echo("还没有算过客户价值：potager value fit")
        return
    click.echo(f"截至 {clock.business_date(known.as_of)}")
    _say(known.report)


def _say(report: ValueReport) -> None:
    asked = report.settings
    click.echo(f"买过的客户 {report.customers:,}，其中复购 {report.repeaters:,}，预计仍是客户 {report.alive:,.0f}")
    money_is = "净额" if report.margin_from == "none" else "毛利"
    click.echo(f"{asked.days} 天内预计购买 {_interval(report.orders)}，{money_is} {_money(report.profit_minor)}")
    source = {"set": "设定", "orders": "取自有成本的订单", "none": "没有成本数据，按净额计"}[report.margin_from]
    click.echo(
        f"{asked.months} 个月价值 {_money(report.clv_minor)}，月折现 {asked.discount:.1%}，"
        f"毛利率 {report.margin:.1%}（{source}）"
    )
    if report.deciles[0].share is not None:
        click.echo(f"价值最高的一成客户占 {report.deciles[0].share:.1%}")
    for each in (*report.buying, *report.spending):
        click.echo(f"  {each.name:<6} {each.point:,.4g}（{each.low:,.4g}–{each.high:,.4g}）")
    if held := report.holdout:
        click.echo(f"留出 {held.days} 天检验：预计 {held.expected:,.0f} 次，实际 {held.actual:,} 次")
        for bucket in held.buckets:
            click.echo(
                f"  复购 {_span(bucket)} 次的 {bucket.customers:,} 人：预计 {bucket.expected:.2f}，"
                f"实际 {bucket.actual:.2f} ± {1.96 * bucket.error:.2f}"
            )


def _span(bucket: ValueBucket) -> str:
    return f"{bucket.least}" if bucket.least == bucket.most else f"{bucket.least}–{bucket.most}"


def _interval(each: Estimated) -> str:
    return f"{each.point:,.0f} 次（{each.low:,.0f}–{each.high:,.0f}）"


def _money(each: Estimated) -> str:
    point, low, high = (
        money.show(round(amount), house.facts().currency) for amount in (each.point, each.low, each.high)
    )
    return f"{point}（{low}–{high}）"
