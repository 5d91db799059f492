"""Affinity over HTTP: rules, next products, lookalikes and bundles."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pyroaring import BitMap

from potager.core import clock, house, money, store
from potager.insight import definitions
from potager.insight.affinity import bundle, lookalike, present, queries, settings
from potager.insight.affinity.lookalike import Asked
from potager.insight.affinity.queries import Filters
from potager.insight.affinity.schemas import (
    AffinityItemBought,
    AffinityItems,
    AffinityRuleQuery,
    AffinityRules,
    BundleIn,
    BundleOut,
    LookalikeIn,
    LookalikeOut,
    LookalikeSave,
    LookalikeSaved,
    NextProducts,
)
from potager.insight.affinity.settings import AffinitySettings, Grain
from potager.insight.moment import Moment
from potager.insight.present import language_of
from potager.insight.specs import AudienceSpec
from potager.org.access import actor_of, require_all, require_write
from potager.people import queries as people

router = Router(tags=["affinity"])
SHOWN = 100
_CSV_ROWS = 20_000


@router.get("/rules", response=AffinityRules, summary="Association rules, a page at a time")
def list_rules(request: HttpRequest, query: Query[AffinityRuleQuery]) -> AffinityRules:
    require_all(actor_of(request))
    rows, total = queries.rules(
        query.by, query.basket, _filters(query), size=query.size, offset=(query.page - 1) * query.size
    )
    return AffinityRules(
        items=present.rules_out(query.by, rows),
        total=total,
        page=query.page,
        size=query.size,
        days=settings.current().days,
        run=present.run_out(queries.run_of(query.by, query.basket)),
    )


@router.get("/rules/csv", summary="All rules the filters let through, as CSV")
def export_rules(request: HttpRequest, query: Query[AffinityRuleQuery]) -> HttpResponse:
    require_all(actor_of(request))
    rows, _ = queries.rules(query.by, query.basket, _filters(query), size=_CSV_ROWS)
    text = io.StringIO()
    # The mark makes spreadsheets read the file as UTF-8.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(["买了", "也买", "同时买", "左边", "右边", "全部", "支持度", "置信度", "提升度", "p", "q"])
    for rule in present.rules_out(query.by, rows):
        left = " + ".join(item.name for item in rule.left)
        counts = [rule.n, rule.n_left, rule.n_right, rule.baskets]
        writer.writerow([left, rule.right.name, *counts, rule.support, rule.confidence, rule.lift, rule.p, rule.q])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="affinity-{query.by}-{query.basket}.csv"'
    return answer


@router.get(
    "/items", response=AffinityItems, summary="Products, categories or brands that were bought, the most bought first"
)
def list_items(request: HttpRequest, by: Grain = Grain.PRODUCT, search: str = "") -> AffinityItems:
    require_all(actor_of(request))
    found = queries.items(settings.current(), by, search, 50)
    items = [AffinityItemBought(key=each.key, name=each.name, buyers=each.buyers) for each in found]
    return AffinityItems(items=items, total=len(items))


@router.get("/next/{int:cid}", response=NextProducts, summary="What one customer is most likely to buy next, and why")
def list_next(request: HttpRequest, cid: int) -> NextProducts:
    customer = people.customer(actor_of(request), cid)
    items = present.next_out(customer.pk, queries.next_of(customer.pk))
    run = queries.next_run()
    return NextProducts(items=items, total=len(items), as_of=run.as_of if run else None)


@router.post("/lookalike", response=LookalikeOut, summary="Who bought X, not Y, and is most like the buyers of Y")
def rank(request: HttpRequest, body: LookalikeIn) -> LookalikeOut:
    actor = actor_of(request)
    require_all(actor)
    asked = Asked(body.by, body.have, body.lack)
    found = lookalike.find(settings.current(), _moment(body.as_of), asked, body.size)
    return present.lookalike_out(actor, asked, found, SHOWN, language_of(request))


@router.post("/lookalike/freeze", response={201: LookalikeSaved}, summary="Keep the best as a frozen audience")
def freeze(request: HttpRequest, body: LookalikeSave) -> Status[LookalikeSaved]:
    actor = actor_of(request)
    require_write(actor)
    asked = Asked(body.by, body.have, body.lack)
    found = lookalike.find(settings.current(), _moment(body.as_of), asked, body.size)
    members = BitMap([each.cid for each in found.people])
    said = present.sentence(asked, "zh")
    spec = AudienceSpec(
        key=body.key,
        name_zh=body.name_zh,
        name_en=body.name_en,
        # What all of them have in common and conditions can say; the note tells how they were ranked.
        condition={"event": "order_paid"},
        note=f"以货筛人：{said}，前 {len(members)} 人"[:300],
    )
    with store.write():
        definitions.freeze(actor, spec, members, of=f"lookalike: {said}")
    return Status(201, LookalikeSaved(key=spec.key, customers=len(members)))


@router.post("/bundle", response=BundleOut, summary="What past baskets say about a bundle at a price")
def simulate(request: HttpRequest, body: BundleIn) -> BundleOut:
    require_all(actor_of(request))
    price = money.to_minor(body.price, house.facts().currency)
    return present.bundle_out(bundle.simulate(settings.current(), _moment(None), body.products, price))


@router.get("/settings", response=AffinitySettings, summary="How rules are mined")
def get_settings(request: HttpRequest) -> AffinitySettings:
    actor_of(request)
    return settings.current()


@router.put("/settings", response=AffinitySettings, summary="Change how rules are mined, and mine them so")
def put_settings(request: HttpRequest, body: AffinitySettings) -> AffinitySettings:
    actor = actor_of(request)
    with store.write():
        settings.put(actor, body)
    return settings.current()


@router.post("/refresh", response={202: None}, summary="Mine the rules again, in the background")
def run(request: HttpRequest) -> Status[None]:
    require_write(actor_of(request))
    with store.write():
        settings.mine_soon()
    return Status(202, None)


def _filters(query: AffinityRuleQuery) -> Filters:
    return Filters(query.item, query.min_lift, query.min_n, query.max_q, query.sort)


def _moment(as_of: str | None) -> Moment:
    return Moment(clock.as_of(as_of), clock.zone())
