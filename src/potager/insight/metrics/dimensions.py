"""What measures can be cut by, each declared once."""

from collections.abc import Mapping
from typing import Final

from potager.insight.metrics.terms import Dimension, Words

GRAINS: Final = ("day", "week", "month", "quarter", "year")

_ALL: Final = (
    Dimension("day", Words("日", "Day"), Words("业务日", "business day")),
    Dimension("week", Words("周", "Week"), Words("周一开始的一周", "a week from Monday")),
    Dimension("month", Words("月", "Month"), Words("自然月", "calendar month")),
    Dimension("quarter", Words("季度", "Quarter"), Words("自然季度", "calendar quarter")),
    Dimension("year", Words("年", "Year"), Words("自然年", "calendar year")),
    Dimension(
        "source",
        Words("渠道来源", "Source"),
        Words("客户从哪里来；客户关系按建立时的来源", "where the customer came from; of a relation, where it began"),
    ),
    Dimension(
        "channel",
        Words("通道", "Channel"),
        Words("订单的销售渠道；触达的通道", "of orders the sales channel, of touches the way out"),
    ),
    Dimension(
        "contact_way",
        Words("渠道活码", "Contact way"),
        Words("客户扫的渠道活码", "the code the customer scanned"),
        absent=Words("还没有渠道活码的数据", "no contact ways are recorded in this house yet"),
    ),
    Dimension(
        "staff",
        Words("员工", "Staff"),
        Words(
            "客户的归属员工；客户关系与触达按当事员工",
            "the customer's owner; of relations and touches the staff member in question",
        ),
    ),
    Dimension(
        "department",
        Words("部门", "Department"),
        Words("上述员工今天所在的部门", "the department that staff member is in today"),
    ),
    Dimension(
        "store",
        Words("门店", "Store"),
        Words("订单的门店；客户关系按员工的门店", "of orders where they were placed, of relations the staff's store"),
    ),
    Dimension(
        "group",
        Words("社群", "Group"),
        Words("客户所在的社群", "the groups the customer is in"),
        absent=Words("还没有社群的数据", "no groups are recorded in this house yet"),
    ),
    Dimension(
        "layer",
        Words("分层", "Layer"),
        Words("时间段最后一天所在的层", "the layer on the last day of the period asked about"),
        takes=Words("分层模型", "a layer model"),
    ),
    Dimension(
        "layer_before",
        Words("期初分层", "Layer before"),
        Words("时间段开始前一天所在的层", "the layer on the day before the period asked about"),
        takes=Words("分层模型", "a layer model"),
    ),
    Dimension(
        "tag",
        Words("标签", "Tag"),
        Words("查询时刻的标签值；没有值的标签分有、无", "the tag's value as of the answer; yes or no without values"),
        takes=Words("标签", "a tag"),
    ),
    Dimension(
        "audience",
        Words("人群", "Audience"),
        Words("查询时刻在不在人群里", "whether in the audience as of the answer"),
        takes=Words("人群", "an audience"),
    ),
    Dimension(
        "attr",
        Words("属性", "Attribute"),
        Words("客户属性今天的值", "the customer's attribute as it is today"),
        takes=Words("客户属性", "an attribute"),
    ),
    Dimension(
        "product",
        Words("商品", "Product"),
        Words(
            "订单明细的商品；明细没有说明的金额归入「无」",
            "the product of the line; what lines leave open is under none",
        ),
    ),
    Dimension("category", Words("品类", "Category"), Words("商品的品类", "the category of the product")),
    Dimension("journey", Words("旅程", "Journey"), Words("发出触达的旅程", "the journey that sent the touch")),
    Dimension(
        "content",
        Words("内容", "Content"),
        Words("旅程里的哪一条消息", "which message: the step of the journey it belongs to"),
    ),
)
DIMENSIONS: Final[Mapping[str, Dimension]] = {each.key: each for each in _ALL}
