"""Orders, money, profit."""

from typing import Final

from potager.insight.metrics.measures.people import USERS, USERS_NEW
from potager.insight.metrics.terms import Gap, Measure, Part, Sum, Words

ORDERS: Final = Sum("orders", {"orders": "COUNT(*)", "lines": "COUNT(DISTINCT (b.k1, b.k2))"})
GMV: Final = Sum("gmv", {"orders": "SUM(b.amount)", "lines": "SUM(b.amount)"})
ITEMS: Final = Sum("items", {"lines": "ROUND(SUM(b.qty))"})
BUYERS: Final = Sum("buyers", {"orders": "COUNT(DISTINCT b.cid)", "lines": "COUNT(DISTINCT b.cid)"})
# A buyer is new in the period she was first seen in, so that the first-order rate is a share of the new customers.
BUYERS_NEW: Final = Sum("buyers_new", {"orders": "COUNT(DISTINCT CASE WHEN b.first_day >= c.start THEN b.cid END)"})
BUYERS_OLD: Final = Sum("buyers_old", {"orders": "COUNT(DISTINCT CASE WHEN b.first_day < c.start THEN b.cid END)"})
BUYERS_AGAIN: Final = Sum("buyers_again", {"buyers": "COUNT(CASE WHEN b.n >= 2 THEN 1 END)"})
MARGIN: Final = Sum("margin", {"orders": "SUM(b.amount - b.cost)", "lines": "SUM(b.amount - b.cost)"})
COSTED: Final = Sum("costed", {"orders": "COUNT(b.cost)", "lines": "COUNT(b.cost)"})
COSTED_GMV: Final = Sum(
    "costed_gmv",
    {
        "orders": "SUM(CASE WHEN b.cost IS NOT NULL THEN b.amount END)",
        "lines": "SUM(CASE WHEN b.cost IS NOT NULL THEN b.amount END)",
    },
)
REFUNDS: Final = Sum("refunds", {"refunds": "SUM(b.amount)", "refund_lines": "SUM(b.amount)"})
REFUND_COUNT: Final = Sum("refund_count", {"refunds": "COUNT(*)"})
MARGIN_LOST: Final = Sum("margin_lost", {"refunds": "SUM(b.lost)", "refund_lines": "SUM(b.lost)"})

_PAID: Final = Words("订单按支付的业务日", "orders by the business day of payment")
_BOTH: Final = Words(
    "订单按支付的业务日，退款按退款自己的业务日", "orders by their day of payment, refunds by their own day"
)
UNKNOWN_COST: Final = Gap(
    ORDERS, COSTED, Words("这些订单的成本都不知道", "the item cost of none of these orders is known")
)
NO_BUYERS: Final = Words("没有人购买", "nobody bought")
NO_ORDERS: Final = Words("没有订单", "there were no orders")

MEASURES: Final = (
    Measure(
        "buyers",
        Words("购买人数", "Buyers"),
        "people",
        Words("期内有支付订单的人", "people with a paid order in the period"),
        Part((BUYERS,)),
        time=_PAID,
    ),
    Measure(
        "buyers_new",
        Words("新客购买人数", "New buyers"),
        "people",
        Words("期内首次出现且期内购买的人", "buyers first seen in the period"),
        Part((BUYERS_NEW,)),
        time=_PAID,
    ),
    Measure(
        "buyers_old",
        Words("老客购买人数", "Buyers known before"),
        "people",
        Words("此前已出现、期内购买的人", "buyers first seen before the period"),
        Part((BUYERS_OLD,)),
        time=_PAID,
    ),
    Measure(
        "orders",
        Words("支付订单", "Paid orders"),
        "orders",
        Words("期内支付的订单；按商品、品类时为含该商品的订单", "paid orders; by product, those that hold it"),
        Part((ORDERS,)),
        time=_PAID,
    ),
    Measure(
        "items",
        Words("件数", "Items"),
        "pieces",
        Words("支付订单明细的数量之和，取整", "sum of the quantities on the lines of paid orders, to the whole"),
        Part((ITEMS,)),
        time=_PAID,
    ),
    Measure(
        "gmv",
        Words("成交额 GMV", "GMV"),
        "minor",
        Words(
            "支付订单金额之和，退款前；按商品时为明细金额",
            "Σ amount of paid orders, before refunds; by product, of their lines",
        ),
        Part((GMV,)),
        time=_PAID,
    ),
    Measure(
        "refunds",
        Words("退款", "Refunds"),
        "minor",
        Words(
            "期内退款之和；按商品时按明细金额分摊", "Σ refunds of the period; by product, shared over the order's lines"
        ),
        Part((REFUNDS,)),
        time=Words("按退款自己的业务日", "by the business day of the refund"),
    ),
    Measure(
        "refund_rate",
        Words("退款率", "Refund rate"),
        "rate",
        Words("退款 ÷ 同期 GMV（可能是更早的订单）", "refunds ÷ GMV of the same period (perhaps of earlier orders)"),
        Part((REFUNDS,)),
        Part((GMV,)),
        time=_BOTH,
        nothing=NO_ORDERS,
    ),
    Measure(
        "net_gmv",
        Words("净成交额", "Net GMV"),
        "minor",
        Words("GMV − 退款", "GMV − refunds"),
        Part((GMV,), (REFUNDS,)),
        time=_BOTH,
    ),
    Measure(
        "gross_profit",
        Words("毛利", "Gross profit"),
        "minor",
        Words(
            "Σ（金额 − 商品成本）− 退款失去的毛利；成本未知的订单不计",
            "Σ (amount − item cost) − the lost margin of refunds; only orders whose item cost is known",
        ),
        Part((MARGIN,), (MARGIN_LOST,)),
        gaps=(UNKNOWN_COST,),
        time=_BOTH,
    ),
    Measure(
        "margin_rate",
        Words("毛利率", "Gross margin"),
        "rate",
        Words("毛利 ÷ 成本已知的 GMV", "gross profit ÷ GMV whose item cost is known"),
        Part((MARGIN,), (MARGIN_LOST,)),
        Part((COSTED_GMV,)),
        time=_BOTH,
        nothing=Words("没有成本已知的订单", "no order's item cost is known"),
    ),
    Measure(
        "aov",
        Words("客单价", "Average order value"),
        "minor",
        Words("GMV ÷ 支付订单", "GMV ÷ paid orders"),
        Part((GMV,)),
        Part((ORDERS,)),
        time=_PAID,
        nothing=NO_ORDERS,
    ),
    Measure(
        "orders_per_buyer",
        Words("人均订单", "Orders per buyer"),
        "times",
        Words("支付订单 ÷ 购买人数", "paid orders ÷ buyers"),
        Part((ORDERS,)),
        Part((BUYERS,)),
        time=_PAID,
        nothing=NO_BUYERS,
    ),
    Measure(
        "conversion",
        Words("购买转化率", "Conversion"),
        "rate",
        Words("期内购买人数 ÷ 期末客户数", "buyers of the period ÷ customers at its end"),
        Part((BUYERS,)),
        Part((USERS,)),
        time=_PAID,
        nothing=Words("没有客户", "there were no customers"),
    ),
    Measure(
        "first_order_rate",
        Words("新客首单率", "First-order rate of new customers"),
        "rate",
        Words("新客购买人数 ÷ 新客", "new buyers ÷ new customers"),
        Part((BUYERS_NEW,)),
        Part((USERS_NEW,)),
        time=_PAID,
        nothing=Words("没有新客", "there were no new customers"),
    ),
    Measure(
        "repeat_rate",
        Words("复购率", "Repeat rate"),
        "rate",
        Words("期内有两单及以上的人 ÷ 购买人数", "people with two or more orders in the period ÷ buyers"),
        Part((BUYERS_AGAIN,)),
        Part((BUYERS,)),
        time=_PAID,
        nothing=NO_BUYERS,
    ),
)
