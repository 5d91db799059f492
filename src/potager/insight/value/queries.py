"""Reads of value: the last fit, and one customer's numbers."""

from datetime import UTC, datetime
from typing import Any

from potager.core import house, money
from potager.core.errors import NotFound
from potager.insight import tables
from potager.insight.value.schemas import CustomerValue, ValueOut, ValueProblem, ValueReport
from potager.insight.value.settings import settings

_WHY = {
    "no_one": ("还没有人买过，没有可以拟合的订单", "Nobody has bought yet: there are no orders to fit"),
    "no_repeats": (
        "还没有人在第一次之后再买过，看不出复购的规律",
        "Nobody has bought again yet: there are no repeats to learn from",
    ),
    "too_few": (
        "样本不足：再次购买过的客户不到 30 位",
        "Too few data: fewer than 30 customers have bought again",
    ),
    "flat": (
        "这些订单定不出模型：客户之间几乎没有差别，或看不出有人离开",
        "These orders do not determine the model: customers hardly differ, or nobody seems to leave",
    ),
    "heavy_tail": (
        "客户之间的客单相差太大，平均值没有意义：先检查有没有测试单或批发单",
        "Amounts differ so much between customers that they have no average: look for test or wholesale orders",
    ),
}


def why(code: str, language: str) -> str:
    """Why a fit found nothing, as a sentence."""
    return _WHY[code][0 if language == "zh" else 1]


def value(language: str) -> ValueOut:
    """The last fit that found something, and what stopped a newer one."""
    rows = tables.opened().query("SELECT * FROM value_fit ORDER BY as_of DESC, error NULLS LAST").to_pylist()
    good = next((row for row in rows if row["error"] is None), None)
    newest = rows[0] if rows else None
    stopped = newest if newest and newest["error"] else None
    return ValueOut(
        as_of=good and _aware(good["as_of"]),
        computed_at=good and _aware(good["computed_at"]),
        ms=good and good["ms"],
        report=ValueReport.model_validate_json(good["report"]) if good else None,
        problem=stopped
        and ValueProblem(
            code=stopped["error"],
            sentence=why(stopped["error"], language),
            computed_at=_aware(stopped["computed_at"]),
        ),
        settings=settings(),
    )


def customer(cid: int, language: str) -> CustomerValue:
    """What is expected of one customer.

    Raises NotFound for who never bought, or nothing was fitted for yet.
    """
    owner = tables.opened()
    rows = owner.query("SELECT * FROM customer_value WHERE cid = ?", [cid]).to_pylist()
    fits = owner.query("SELECT as_of, report FROM value_fit WHERE error IS NULL ORDER BY as_of DESC LIMIT 1")
    if not rows or not fits.num_rows:
        raise NotFound("客户价值", "customer value", cid)
    row, fit = rows[0], fits.to_pylist()[0]
    return CustomerValue(
        cid=cid,
        as_of=_aware(fit["as_of"]),
        p_alive=row["p_alive"],
        expected_orders=row["expected_orders"],
        expected_profit_minor=row["expected_profit"],
        clv_minor=row["clv"],
        clv_low_minor=row["clv_low"],
        clv_high_minor=row["clv_high"],
        repeats=row["repeats"],
        recency=row["recency"],
        age=row["age"],
        sentence=_sentence(row, ValueReport.model_validate_json(fit["report"]), language),
    )


def _sentence(row: dict[str, Any], report: ValueReport, language: str) -> str:
    """What the numbers rest on and what they say, in one line."""
    clv = money.show(row["clv"], house.facts().currency)
    ago, asked = row["age"] - row["recency"], report.settings
    if language == "zh":
        past = f"{row['age']} 天前第一次买，之后又买过 {row['repeats']} 次，最近一次在 {ago} 天前"
        future = f"仍是客户的概率 {row['p_alive']:.0%}，{asked.days} 天内预计再买 {row['expected_orders']:.1f} 次"
        return f"{past}：{future}，{asked.months} 个月的价值 {clv}"
    past = f"First bought {row['age']} days ago, {row['repeats']} times again since, last {ago} days ago"
    future = f"{row['p_alive']:.0%} likely still a customer, {row['expected_orders']:.1f} purchases expected"
    return f"{past}: {future} in {asked.days} days, worth {clv} over {asked.months} months"


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
