"""Whom messages reached, and what they did with them."""

from typing import Final

from potager.insight.metrics.terms import Measure, Part, Sum, Words

REACH: Final = Sum("reach", {"touches": "COUNT(DISTINCT b.cid)"})
TELLING_READS: Final = Sum("telling_reads", {"touches": "COUNT(CASE WHEN b.tells_reads THEN 1 END)"})
READS: Final = Sum("reads", {"touches": "COUNT(CASE WHEN b.is_read THEN 1 END)"})
TELLING_REPLIES: Final = Sum("telling_replies", {"touches": "COUNT(CASE WHEN b.tells_replies THEN 1 END)"})
REPLIES: Final = Sum("replies", {"touches": "COUNT(CASE WHEN b.is_replied THEN 1 END)"})

_REACHED: Final = Words("按触达到达的业务日", "by the business day the touch reached its person")

MEASURES: Final = (
    Measure(
        "reach",
        Words("触达人数", "Reach"),
        "people",
        Words("收到至少一条触达的人：员工确认或送达", "people with a touch confirmed by its sender or delivered"),
        Part((REACH,)),
        time=_REACHED,
    ),
    Measure(
        "read_rate",
        Words("阅读率", "Read rate"),
        "rate",
        Words(
            "已读触达 ÷ 到达触达，只计会回报已读的通道",
            "touches read ÷ touches that arrived, on channels that tell of it",
        ),
        Part((READS,)),
        Part((TELLING_READS,)),
        time=_REACHED,
        nothing=Words("没有经会回报已读的通道到达的触达", "no touch arrived on a channel that tells of reads"),
    ),
    Measure(
        "reply_rate",
        Words("回复率", "Reply rate"),
        "rate",
        Words(
            "被回复触达 ÷ 到达触达，只计会回报回复的通道",
            "touches replied to ÷ touches that arrived, on channels that tell of it",
        ),
        Part((REPLIES,)),
        Part((TELLING_REPLIES,)),
        time=_REACHED,
        nothing=Words("没有经会回报回复的通道到达的触达", "no touch arrived on a channel that tells of replies"),
    ),
)
