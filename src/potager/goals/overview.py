"""The overview: one function behind the page, the API and `potager report`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from potager.core import clock, house
from potager.core.errors import Problem
from potager.evidence import report
from potager.evidence.schemas import JourneyResult
from potager.goals import queries
from potager.goals.layers import flows
from potager.goals.overview_schemas import DayOut, Metric, MetricKey, MetricUnit, Overview, SopOut, TreeNode
from potager.goals.queries import Connections
from potager.goals.standing import level, standings
from potager.goals.tree import NODES, Measures, levels
from potager.insight.metrics import Period, Ratio
from potager.journeys.queries import journeys

DAYS = 30
LONGEST = 366


def overview(*, start: date | None = None, end: date | None = None, as_of: datetime | None = None) -> Overview:
    """The house from `start` to `end` (the last 30 days by default), of facts up to `as_of` (now by default).

    Raises Problem("overview.period") for a period that ends before it starts or is longer than a year.
    """
    known = as_of or clock.now()
    period = _period(start, end, clock.business_date(known))
    before = Period(period.start - timedelta(days=period.days), period.start - timedelta(days=1))
    both = {"now": period, "before": before}
    measured = queries.measures(both, known)
    connected = queries.connections(both, known)
    now, then = measured["now"], measured["before"]
    current = [goal for goal in queries.goals() if goal.start <= period.end and goal.end >= period.end]
    return Overview(
        as_of=known,
        start=period.start,
        end=period.end,
        before_start=before.start,
        before_end=before.end,
        currency=house.facts().currency,
        metrics=_metrics((now, connected["now"]), (then, connected["before"])),
        costed_gmv_minor=now.gmv - now.uncosted_gmv,
        tree=_tree(now, then),
        daily=[DayOut(**row) for row in queries.by_day(period, known)],
        before_daily=[DayOut(**row) for row in queries.by_day(before, known)],
        layers=flows(before.end, period.end),
        sops=_sops([*filter(None, [report.overall(known)]), *report.journeys(known)]),
        goals=standings(current, known),
    )


def _period(start: date | None, end: date | None, today: date) -> Period:
    last = min(end or today, today)
    period = Period(start or last - timedelta(days=DAYS - 1), last)
    if not 1 <= period.days <= LONGEST:
        raise Problem(
            "overview.period",
            zh=f"起止日期 {period.start} 至 {period.end} 不成一段，或超过 {LONGEST} 天",
            en=f"{period.start} to {period.end} is no period, or longer than {LONGEST} days",
            place="from",
        )
    return period


METRICS: tuple[tuple[MetricKey, MetricUnit, str, str], ...] = (
    ("customers", "people", "客户总数", "Customers"),
    ("customers_new", "people", "新客", "New customers"),
    ("friends", "people", "好友客户", "Friends"),
    ("relations_new", "relations", "新增客户关系", "New relations"),
    ("relations_lost", "relations", "流失客户关系", "Lost relations"),
    ("loss_rate", "rate", "流失率", "Loss rate"),
    ("gmv", "minor", "成交额 GMV", "GMV"),
    ("orders", "orders", "支付订单", "Paid orders"),
    ("refunds", "minor", "退款", "Refunds"),
    ("refund_rate", "rate", "退款率", "Refund rate"),
    ("profit", "minor", "毛利", "Gross profit"),
    ("margin_rate", "rate", "毛利率", "Gross margin"),
)


def _metrics(now: tuple[Measures, Connections], before: tuple[Measures, Connections]) -> list[Metric]:
    here, there = _ratios(*now), _ratios(*before)
    return [
        Metric(
            key=key,
            zh=zh,
            en=en,
            unit=unit,
            now=level(here[key]),
            before=level(there[key]),
            change=_change(here[key], there[key], is_rate=unit == "rate"),
        )
        for key, unit, zh, en in METRICS
    ]


def _ratios(of: Measures, people: Connections) -> dict[MetricKey, Ratio]:
    return {
        "customers": Ratio(people.customers),
        "customers_new": Ratio(of.customers_new),
        "friends": Ratio(people.friends),
        "relations_new": Ratio(people.relations_new),
        "relations_lost": Ratio(people.relations_lost),
        "loss_rate": Ratio(people.relations_lost, people.relations_open + people.relations_new),
        "gmv": Ratio(of.gmv),
        "orders": Ratio(of.orders),
        "refunds": Ratio(of.refunds),
        "refund_rate": Ratio(of.refunds, of.gmv),
        "profit": Ratio(of.profit),
        "margin_rate": Ratio(of.profit, of.gmv - of.uncosted_gmv),
    }


def _tree(now: Measures, before: Measures) -> list[TreeNode]:
    here, there = levels(now), levels(before)
    return [
        TreeNode(
            key=node.key,
            parent=node.parent,
            unit=node.unit,
            zh=node.zh,
            en=node.en,
            now=level(here[node.key]),
            before=level(there[node.key]),
            change=_change(here[node.key], there[node.key], is_rate=node.unit == "rate"),
        )
        for node in NODES
    ]


def _change(now: Ratio, before: Ratio, *, is_rate: bool) -> float | None:
    if now.value is None or before.value is None:
        return None
    if is_rate:
        return now.value - before.value
    return (now.value - before.value) / before.value if before.value else None


def _sops(results: Sequence[JourneyResult]) -> list[SopOut]:
    named = {each.key: (each.name, each.name_en or each.name) for each in journeys()}
    named[""] = ("全部旅程（全局对照）", "All journeys (global holdout)")
    return [
        SopOut(
            journey=each.journey,
            zh=named.get(each.journey, (each.journey, ""))[0],
            en=named.get(each.journey, ("", each.journey))[1],
            verdict=each.verdict,
            people=each.people,
            figures=each.figures,
            guardrails=each.guardrails,
            attributed=each.attributed,
        )
        for each in results
    ]
