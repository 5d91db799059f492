"""How many people there are, who comes, who leaves, who does anything."""

from typing import Final

from potager.insight.metrics.terms import Measure, Part, Sum, Words

USERS: Final = Sum("users", {"known": "SUM(b.n)"})
USERS_NEW: Final = Sum("users_new", {"arrived": "COUNT(*)"})
FRIENDS: Final = Sum(
    "friends", {"followed": "COUNT(DISTINCT CASE WHEN b.until IS NULL OR b.until >= c.stop_ts THEN b.cid END)"}
)
RELATIONS_OPEN: Final = Sum("relations_open", {"followed": "COUNT(CASE WHEN b.since < c.start_ts THEN 1 END)"})
NEW_RELATIONS: Final = Sum("new_relations", {"begun": "COUNT(*)"})
LOSSES: Final = Sum("losses", {"ended": "COUNT(*)"})
ACTIVE: Final = Sum("active", {"acts": "COUNT(DISTINCT b.cid)"})
SCANNERS: Final = Sum("scanners", {"scans": "COUNT(DISTINCT b.cid)"})
SCANNERS_ADDED: Final = Sum("scanners_added", {"scans": "COUNT(DISTINCT CASE WHEN b.added THEN b.cid END)"})

_AT_END: Final = Words("时间段结束那一刻", "at the end of the period")

MEASURES: Final = (
    Measure(
        "users",
        Words("客户数", "Customers"),
        "people",
        Words("期末在册客户：未合并、未删除、此前已出现", "live customers first seen until the period's end"),
        Part((USERS,)),
        time=_AT_END,
    ),
    Measure(
        "users_new",
        Words("新客", "New customers"),
        "people",
        Words("期内首次出现的客户", "live customers first seen in the period"),
        Part((USERS_NEW,)),
    ),
    Measure(
        "friends",
        Words("好友客户", "Friends"),
        "people",
        Words("期末至少有一位员工是好友的客户", "customers with at least one follow relation at the period's end"),
        Part((FRIENDS,)),
        time=_AT_END,
    ),
    Measure(
        "new_relations",
        Words("新增客户关系", "New relations"),
        "relations",
        Words("期内开始的客户关系（客户 × 员工）", "follow relations (customer × staff) begun in the period"),
        Part((NEW_RELATIONS,)),
    ),
    Measure(
        "losses",
        Words("流失客户关系", "Lost relations"),
        "relations",
        Words("期内因删除而结束的客户关系", "follow relations ended by deletion in the period"),
        Part((LOSSES,)),
    ),
    Measure(
        "loss_rate",
        Words("流失率", "Loss rate"),
        "rate",
        Words("流失客户关系 ÷（期初客户关系 + 新增）", "lost relations ÷ (relations at the start + new relations)"),
        Part((LOSSES,)),
        Part((RELATIONS_OPEN, NEW_RELATIONS)),
        nothing=Words("没有客户关系", "there were no relations"),
    ),
    Measure(
        "active",
        Words("活跃客户", "Active customers"),
        "people",
        Words(
            "期内自己做过任何事的人：浏览、回复、阅读、添加、下单",
            "people who did anything themselves in the period: looked, replied, read, added, bought",
        ),
        Part((ACTIVE,)),
    ),
    Measure(
        "add_rate",
        Words("加粉率", "Add rate"),
        "rate",
        Words(
            "扫码后添加了员工的人 ÷ 期内扫码的人", "people who added staff after scanning ÷ people who scanned a code"
        ),
        Part((SCANNERS_ADDED,)),
        Part((SCANNERS,)),
        nothing=Words("没有人扫码", "nobody scanned a code"),
    ),
)
