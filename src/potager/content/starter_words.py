"""The shipped list of sensitive words: absolutes of advertising law, claims of medicine, promises nobody can keep."""

from collections.abc import Sequence
from typing import Final, Literal

ABSOLUTE: Final = "absolute"
MEDICAL: Final = "medical"
PROMISE: Final = "promise"
Shipped = tuple[Literal["absolute", "medical", "promise"], str, bool, tuple[str, ...]]

# What makes an ordinal or an advice of it: 第一次用, 最好先试.
_COUNTED: Final = (
    *("次", "步", "天", "周", "个", "瓶", "支", "单", "时间", "件", "句", "位", "遍", "课", "节", "章", "眼", "印象"),
    *("人称", "季度", "季", "年", "月", "期"),
)
_ADVISED: Final = ("先", "在", "不", "别", "避", "搭", "每", "用温", "隔", "当", "就", "提前", "早", "晚", "能", "是")

SHIPPED: Final[Sequence[Shipped]] = (
    (ABSOLUTE, "最好", True, _ADVISED),
    (ABSOLUTE, "第一", True, _COUNTED),
    *(
        (ABSOLUTE, word, True, ())
        for word in (
            *("国家级", "世界级", "全球级", "顶级", "顶尖", "极品", "极致", "唯一", "首个", "首选", "独家", "独一无二"),
            *(
                "最佳",
                "最优",
                "最强",
                "最高级",
                "最先进",
                "最便宜",
                "最低价",
                "最受欢迎",
                "最安全",
                "最有效",
                "最新科技",
            ),
            *("全网最", "全国最", "史上最", "销量冠军", "NO.1", "TOP1", "领导品牌", "王牌", "绝无仅有", "前所未有"),
            *("万能", "100%", "百分之百", "永久", "国家免检", "驰名商标", "特供", "专供", "填补国内空白"),
        )
    ),
    *(
        (MEDICAL, word, True, ())
        for word in (
            *("治疗", "治愈", "根治", "疗效", "药效", "药用", "处方", "医治", "消炎", "杀菌", "抗菌", "抗炎", "镇痛"),
            *("祛疤", "除疤", "生发", "防癌", "抗癌", "降血压", "降血糖", "降血脂", "排毒", "解毒", "活血", "化瘀"),
            *("药妆", "医学护肤", "医用级", "医学级", "无毒副作用", "无副作用", "零副作用", "增强免疫力", "细胞再生"),
        )
    ),
    *(
        (PROMISE, word, True, ())
        for word in ("稳赚", "包治", "包好", "无效退款", "零风险", "保证有效", "一次见效", "立竿见影", "签约保过")
    ),
    *(
        (ABSOLUTE, word, False, ())
        for word in ("限时", "最后一天", "最后机会", "仅此一次", "秒杀", "全网", "史上", "免费送", "0元", "零元")
    ),
    *((MEDICAL, word, False, ()) for word in ("修复", "抗敏", "祛痘", "美白", "防脱", "减肥", "瘦身", "安神")),
)
