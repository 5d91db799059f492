"""What is bought together, what a customer buys next, whom a product selects: potager affinity …"""

import json
from collections.abc import Mapping
from typing import Any

import click

from potager.core import clock, house, money
from potager.insight.affinity import bundle as bundles
from potager.insight.affinity import following, mining, plan, present, queries, settings
from potager.insight.affinity import lookalike as lookalikes
from potager.insight.affinity.lookalike import Asked
from potager.insight.affinity.queries import Filters
from potager.insight.affinity.settings import Basket, Grain
from potager.insight.moment import Moment
from potager.org.access import SYSTEM
from potager.people import queries as people

_AS_OF = click.option("--as-of", default=None, help="A date (the end of that day) or an instant with offset.")
_JSON = click.option("--json", "as_json", is_flag=True)
_BY = click.option("--by", type=click.Choice([each.value for each in Grain]), default="product", show_default=True)
_BASKET = click.option(
    "--basket", type=click.Choice([each.value for each in Basket]), default="customer", show_default=True
)


@click.group()
def affinity() -> None:
    """Rules (who buys A also buys B), the next product of a customer, lookalikes, bundles."""


@affinity.command()
@_BY
@_BASKET
@_AS_OF
@_JSON
@click.option("--item", default="", help="Only rules with this item on either side.")
@click.option("--min-lift", type=float, default=0.0)
@click.option("--max-q", type=float, default=1.0)
@click.option("--sort", type=click.Choice(["q", "lift", "confidence", "n"]), default="q", show_default=True)
@click.option("--limit", type=click.IntRange(1, 20_000), default=20, show_default=True)
@click.option("--plan", "only_plan", is_flag=True, help="Print the SQL steps instead of running them.")
def rules(
    *,
    by: str,
    basket: str,
    as_of: str | None,
    item: str,
    min_lift: float,
    max_q: float,
    sort: queries.Sort,
    limit: int,
    as_json: bool,
    only_plan: bool,
) -> None:
    """Association rules as last mined; with --as-of, mined now for that day and not stored."""
    grain, kind, chosen = Grain(by), Basket(basket), settings.current()
    if only_plan:
        click.echo(plan.describe(plan.steps(chosen, _moment(as_of), grain, kind)))
        return
    wanted = Filters(item, min_lift, 0, max_q, sort)
    if as_of is None:
        found, total = queries.rules(grain, kind, wanted, size=limit)
    else:
        found, total = queries.rules_of(mining.mine(chosen, _moment(as_of), grain, kind), wanted, size=limit)
    shown = present.rules_out(grain, found)
    if as_json:
        _out({"total": total, "items": [each.model_dump() for each in shown]})
        return
    for each in shown:
        left = " + ".join(one.name for one in each.left)
        click.echo(
            f"{left} → {each.right.name}  {each.confidence:.1%}（{each.n:,}/{each.n_left:,}），"
            f"提升 {each.lift:.2f}，支持度 {each.support:.2%}，q={each.q:.2g}"
        )
    click.echo(f"共 {total:,} 条")


@affinity.command(name="next")
@click.argument("cid", type=int)
@_AS_OF
@_JSON
def next_(cid: int, as_of: str | None, *, as_json: bool) -> None:
    """What customer CID is most likely to buy next, and why."""
    customer = people.customer(SYSTEM, cid)
    if as_of is None:
        found = queries.next_of(customer.pk)
    else:
        found = following.find(settings.current(), _moment(as_of), cid=customer.pk).to_pylist()
    shown = present.next_out(customer.pk, found)
    if as_json:
        _out([each.model_dump() for each in shown])
        return
    for at, each in enumerate(shown, start=1):
        because = " + ".join(one.name for one in each.because)
        due = f"，上次买的到 {each.due} 用完" if each.due else ""
        click.echo(f"{at}. {each.product.name}  因为买过 {because}：{each.confidence:.1%} × 提升 {each.lift:.2f}{due}")


@affinity.command()
@_BY
@click.option("--have", multiple=True, help="Bought any of these; anything else when left out.")
@click.option("--lack", multiple=True, required=True, help="Bought none of these: the target.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@_AS_OF
@_JSON
def lookalike(
    by: str, have: tuple[str, ...], lack: tuple[str, ...], limit: int, as_of: str | None, *, as_json: bool
) -> None:
    """以货筛人: who bought X, not Y, and is most like the buyers of Y, best first."""
    asked = Asked(Grain(by), have, lack)
    found = lookalikes.find(settings.current(), _moment(as_of), asked, limit)
    shown = present.lookalike_out(SYSTEM, asked, found, limit, "zh")
    if as_json:
        _out(shown.model_dump())
        return
    auc = "样本不足" if shown.auc is None else f"{shown.auc:.3f}"
    click.echo(f"{shown.sentence}：{shown.candidates:,} 人可选，{shown.buyers:,} 人作样板，排序准确度 AUC {auc}")
    for each in shown.people:
        click.echo(f"  {each.cid}  {each.score:+.3f}  {'、'.join(each.because)}")


@affinity.command()
@click.argument("products", nargs=-1, required=True)
@click.option("--price", required=True, help="The bundle's price, a decimal in the house's currency.")
@_AS_OF
@_JSON
def bundle(products: tuple[str, ...], price: str, as_of: str | None, *, as_json: bool) -> None:
    """What past baskets say about selling PRODUCTS together at one price."""
    currency = house.facts().currency
    found = bundles.simulate(settings.current(), _moment(as_of), products, money.to_minor(price, currency))
    shown = present.bundle_out(found)
    if as_json:
        _out(shown.model_dump())
        return
    for group in shown.groups:
        have, lack = ("、".join(one.name for one in side) for side in (group.have, group.lack))
        rate = f"{group.rate:.1%}（{group.low:.1%}–{group.high:.1%}）"
        click.echo(f"有 {have}、没有 {lack}：{group.people:,} 人，预计 {rate}会买")
    click.echo(f"预计 {shown.takers:.1f} 人买组合（{shown.takers_low:.1f}–{shown.takers_high:.1f}）")
    click.echo(_earning(shown.model_dump(), currency))


@affinity.command(name="refresh")
@_AS_OF
@_JSON
def refresh_(as_of: str | None, *, as_json: bool) -> None:
    """Mine all rules and next products and swap them in."""
    results = mining.run(as_of)
    if as_json:
        _out({"results": results})
        return
    click.echo(f"{results} 份结果已更新")


def _earning(shown: Mapping[str, Any], currency: str) -> str:
    if shown["margin_minor"] is None:
        return "有商品不知道成本，算不出毛利"
    margin = money.show(shown["margin_minor"], currency)
    if shown["never"]:
        return f"每套毛利 {margin}：卖多少都不回本"
    if shown["break_even"] is None:
        return f"每套毛利 {margin}；有商品不知道价格，算不出保本点"
    apart = money.show(shown["margin_apart_minor"], currency)
    return f"每套毛利 {margin}，分开买 {apart}；购买人数要多 {shown['break_even']:.1%} 才保本"


def _moment(as_of: str | None) -> Moment:
    return Moment(clock.as_of(as_of), clock.zone())


def _out(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))
