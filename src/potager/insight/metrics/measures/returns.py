"""What a customer costs and brings: by when they came, not by when they bought."""

from typing import Final

from potager.insight.metrics.bases import BASES, friendships
from potager.insight.metrics.measures.people import USERS_NEW
from potager.insight.metrics.terms import Base, Gap, Measure, Part, Sum, Words

SPEND: Final = Sum("spend", {"costs": "SUM(b.amount)"})
SPENT: Final = Sum("spent", {"costs": "COUNT(*)"})
EARNED: Final = Sum("earned", {"earned": "SUM(b.margin)"})
EARNED_SOON: Final = Sum("earned_soon", {"earned": "SUM(CASE WHEN b.earned <= c.stop THEN b.margin END)"})
COHORT_ORDERS: Final = Sum("cohort_orders", {"earned": "COUNT(CASE WHEN b.is_order THEN 1 END)"})
COHORT_COSTED: Final = Sum("cohort_costed", {"earned": "COUNT(CASE WHEN b.is_costed THEN 1 END)"})

_COHORT: Final = Words("按客户首次出现的业务日", "by the business day the customer was first seen")
_NO_COST: Final = Gap(
    USERS_NEW, SPENT, Words("这段时间没有登记获客成本", "no acquisition cost is recorded for these customers")
)
_NO_MARGIN: Final = Gap(
    COHORT_ORDERS, COHORT_COSTED, Words("这些客户的订单成本都不知道", "the item cost of none of their orders is known")
)
_NO_NEW: Final = Words("没有新客", "there were no new customers")
_NOT_SPENT: Final = Words("没有获客成本", "no acquisition cost is recorded")

MEASURES: Final = (
    Measure(
        "cac",
        Words("获客成本", "Acquisition cost"),
        "minor",
        Words("期内获客成本 ÷ 新客", "acquisition cost of the period ÷ new customers"),
        Part((SPEND,)),
        Part((USERS_NEW,)),
        gaps=(_NO_COST,),
        time=_COHORT,
        nothing=_NO_NEW,
    ),
    Measure(
        "ltv",
        Words("至今客户价值", "Lifetime value to date"),
        "minor",
        Words(
            "期内新客至今带来的毛利 ÷ 新客（已实现，不是预测）",
            "gross profit to date of customers who came in the period ÷ those customers (realised, not predicted)",
        ),
        Part((EARNED,)),
        Part((USERS_NEW,)),
        gaps=(_NO_MARGIN,),
        time=_COHORT,
        nothing=_NO_NEW,
    ),
    Measure(
        "roi_short",
        Words("短期 ROI", "Short-term ROI"),
        "times",
        Words(
            "（期内新客在期内的毛利 − 获客成本）÷ 获客成本",
            "(gross profit of new customers within the period − acquisition cost) ÷ acquisition cost",
        ),
        Part((EARNED_SOON,), (SPEND,)),
        Part((SPEND,)),
        gaps=(_NO_MARGIN,),
        time=_COHORT,
        nothing=_NOT_SPENT,
    ),
    Measure(
        "roi_long",
        Words("长效 ROI", "Long-term ROI"),
        "times",
        Words(
            "（期内新客至今的毛利 − 获客成本）÷ 获客成本",
            "(gross profit to date of new customers − acquisition cost) ÷ acquisition cost",
        ),
        Part((EARNED,), (SPEND,)),
        Part((SPEND,)),
        gaps=(_NO_MARGIN,),
        time=_COHORT,
        nothing=_NOT_SPENT,
    ),
)


def retention(days: int) -> Measure:
    """retention(n): of the people who became a friend in the period, the share still one n days later."""
    base = friendships(days).name
    due = Sum(f"befriended_{days}", {base: "COUNT(*)"})
    kept = Sum(f"kept_{days}", {base: "COUNT(CASE WHEN b.kept THEN 1 END)"})
    return Measure(
        f"retention({days})",
        Words(f"{days} 天好友留存率", f"{days}-day friend retention"),
        "rate",
        Words(
            f"添加 {days} 天后仍是好友的人 ÷ 期内首次添加且已满 {days} 天的人",
            f"people still a friend {days} days later ÷ people first added in the period, {days} days or more ago",
        ),
        Part((kept,)),
        Part((due,)),
        time=Words(
            f"按首次添加的业务日；{days} 天为 {days}×24 小时",
            f"by the business day of the first add; {days} days are {days} × 24 hours",
        ),
        nothing=Words(f"还没有人添加满 {days} 天", f"nobody was added {days} days ago or more"),
    )


def base_of(name: str) -> Base:
    """A base by name, those made for a number of days included."""
    made, _, days = name.rpartition("_")
    return friendships(int(days)) if made == "friendships" else BASES[name]
