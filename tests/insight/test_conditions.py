"""insight.conditions: reading a condition, refusing a wrong one at its place with its cure, and saying it aloud."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from potager.core.errors import Problem
from potager.insight import single
from potager.insight.conditions import bind, bind_rule, dump, json_schema, parse, sentence
from potager.insight.conditions.base import Bond, Held, Spell, Subject
from potager.insight.fields import Kind, TagField, TagKind
from potager.insight.moment import Moment

from .garden import FIELDS

WHOLE = {
    "all": [
        {"event": "order_paid", "within": "90d", "op": "gte", "value": 2},
        {"event": "order_paid", "measure": {"sum": "amount"}, "within": "90d", "op": "gte", "value": "500.00"},
        {"not": {"audience": "spring"}},
        {"any": [{"attr": "city", "op": "in", "value": ["上海", "杭州"]}, {"tag": "buyer"}]},
        {"layer": "rfm", "in": ["none"]},
        {"relation": {"staff": "zhangsan", "state": "active", "added_within": "7d"}},
        {"event": "product_viewed", "where": [{"prop": "product", "value": "面霜"}], "within": {"from": "2026-06-01"}},
    ]
}

TWICE = "paid order in the last 90 days ≥ 2 times"


def test_what_was_written_is_given_back_unchanged():
    assert dump(parse(WHOLE)) == WHOLE


@pytest.mark.parametrize(
    ("written", "place", "cure"),
    [
        ({"al": []}, "", "「all」"),
        ([], "", "attr、audience"),
        ({"all": {"attr": "city"}}, "all", "需要一个列表"),
        ({"not": {"all": [3]}}, "not.all[0]", "需要一个条件"),
        ({"all": [{"event": "order_paid", "foo": 1}]}, "all[0].foo", "「foo」"),
        ({"all": [{"attr": "city"}, {"layer": "rfm"}]}, "all[1].in", "缺少「in」"),
        ({"event": "order_paid", "measure": {"sm": "amount"}}, "measure.sm", "「sm」"),
        ({"event": "order_paid", "measure": "cnt"}, "measure", "这里只能是"),
        ({"all": [{"any": []}, {"event": "order_payd"}]}, "all[1].event", "「order_paid」"),
        ({"all": [{"any": []}, {"event": "order_paid", "within": "this_mnth"}]}, "all[1].within", "「this_month」"),
        ({"event": "order_paid", "where": [{"prop": "stor", "value": "x"}]}, "where[0].prop", "「store」"),
        ({"event": "order_paid", "measure": {"sum": "store"}, "value": 1}, "measure.sum", "不是数字"),
        ({"event": "order_paid", "measure": {"sum": "amount"}, "value": 1.5}, "value", "500.00"),
        ({"event": "order_paid", "measure": {"sum": "amount"}, "value": "1.005"}, "value", "小数"),
        ({"event": "order_paid", "within": {"from": "2026-06-18", "to": "2026-06-01"}}, "within", "晚于"),
        ({"event": "message_replied", "measure": {"last": "channel"}, "value": "sms"}, "measure.last", "通道"),
        ({"attr": "city", "op": "gte", "value": "x"}, "op", "eq、ne"),
        ({"attr": "city", "op": "in", "value": []}, "value", "列表"),
        ({"attr": "city", "value": "a\x02b"}, "value", "控制字符"),
        ({"attr": "age", "op": "between", "value": [3, 1]}, "value", "大于"),
        ({"attr": "age", "op": "gt", "value": True}, "value", "数字"),
        ({"attr": "age", "op": "exists", "value": 1}, "value", "不需要"),
        ({"attr": "vip", "value": "yes"}, "value", "true"),
        ({"attr": "birthday", "op": "within", "value": "24h"}, "value", "30d"),
        ({"attr": "birthday", "op": "anniversary_within", "value": 400}, "value", "365"),
        ({"attr": "birthday", "value": "2026-13-01"}, "value", "日期"),
        ({"not": {"tag": "byer"}}, "not.tag", "「buyer」"),
        ({"tag": "buyer", "op": "eq", "value": "x"}, "op", "没有值"),
        ({"tag": "skin", "op": "missing"}, "op", "not"),
        ({"layer": "rfm", "in": ["champions"]}, "in[0]", "「champion」"),
        ({"audience": "sprin"}, "audience", "「spring」"),
        ({"relation": {"staff": "zhangsa"}}, "relation.staff", "「zhangsan」"),
        ({"relation": {"added_within": "soon"}}, "relation.added_within", "30d"),
    ],
)
def test_a_mistake_is_refused_at_its_place_with_the_cure(written, place, cure):
    with pytest.raises(Problem) as refused:
        bind_rule(written, FIELDS)
    assert (refused.value.code, refused.value.place) == ("insight.condition", place)
    assert cure in refused.value.zh


def test_a_condition_too_deep_is_refused_before_it_is_read():
    written: dict = {"all": []}
    for _ in range(30):
        written = {"not": written}
    with pytest.raises(Problem, match="too large"):
        parse(written)


def test_tags_that_refer_to_each_other_are_refused():
    from dataclasses import replace

    from potager.insight.fields import TagField, TagKind

    tags = {"a": TagField("a", TagKind.RULE, None, {"tag": "b"}), "b": TagField("b", TagKind.RULE, None, {"tag": "a"})}
    with pytest.raises(Problem, match="a → b → a"):
        bind_rule({"tag": "a"}, replace(FIELDS, tags=tags))


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ({"all": []}, "全部客户", "all customers"),
        ({"any": []}, "没有客户", "no customers"),
        (
            {"all": [WHOLE["all"][0], WHOLE["all"][1], WHOLE["all"][2]]},
            "近 90 天购买 ≥ 2 次 且 近 90 天购买的金额合计 ≥ ¥500 且 不在人群「春季」里",
            f"{TWICE} and total amount of paid order in the last 90 days ≥ ¥500 and not in audience “spring”",
        ),
        (
            {"all": [WHOLE["all"][3], WHOLE["all"][4]]},
            "（城市是 上海、杭州 之一 或 有标签「买过」） 且 RFM是 未购",
            "(city is one of 上海, 杭州 or with tag “buyer”) and RFM is none",
        ),
        (WHOLE["all"][5], "近 7 天新加，是张三的好友", "a friend of 张三, added in the last 7 days"),
        (WHOLE["all"][6], "2026-06-01 以来浏览商品（商品是 面霜）", "product view (product is 面霜) since 2026-06-01"),
        ({"event": "order_paid"}, "购买过", "paid order"),
        (
            {"event": "order_paid", "within": "7d", "op": "eq", "value": 0},
            "近 7 天没有购买",
            "no paid order in the last 7 days",
        ),
        ({"not": {"event": "order_paid", "within": "7d"}}, "近 7 天没有购买", "no paid order in the last 7 days"),
        (
            {"event": "order_paid", "measure": "days_since_last", "op": "gt", "value": 30},
            "距最近一次购买 > 30 天",
            "last paid order > 30 days ago",
        ),
        (
            {"attr": "birthday", "op": "anniversary_within", "value": 7},
            "生日的周年在 7 天内",
            "birthday has its anniversary within 7 days",
        ),
        ({"attr": "age", "op": "between", "value": [18, 30]}, "年龄 18–30", "age between 18 and 30"),
        (
            {"not": {"any": [{"tag": "buyer"}, {"tag": "skin"}]}},
            "并非（有标签「买过」 或 有标签「肤质」）",
            "not (with tag “buyer” or with tag “skin type”)",
        ),
        ({"tag": "skin", "op": "not_in", "value": ["dry"]}, "标签「肤质」不是 dry", "tag “skin type” is none of dry"),
        (
            {"event": "message_replied", "within": "24h", "measure": "active_days", "op": "gte", "value": 1},
            "最近 24 小时有回复消息的天数 ≥ 1",
            "days with reply in the last 24 hours ≥ 1",
        ),
        (
            {"event": "order_paid", "within": "since_added", "op": "gte", "value": 2},
            "成为好友以来购买 ≥ 2 次",
            "paid order since being added ≥ 2 times",
        ),
        ({"event": "order_paid", "within": "last_week"}, "上周购买", "paid order last week"),
        ({"attr": "first_seen", "op": "within", "value": "1d"}, "首次出现日期在今天内", "first seen today"),
        ({"attr": "note", "op": "contains", "value": "急"}, "备注包含「急」", "note contains “急”"),
        ({"attr": "city", "op": "missing"}, "城市没有值", "city is not known"),
        ({"attr": "vip", "value": True}, "是否会员是 是", "member is yes"),
        ({"not": {"attr": "city", "value": "上海"}}, "并非（城市是 上海）", "not (city is 上海)"),
        ({"tag": "spent", "op": "lt", "value": "9.90"}, "标签「近90天金额」 < ¥9.90", "tag “spent” < ¥9.90"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_person_would_say_it(written, zh, en):
    condition = parse(written)
    assert sentence(condition, "zh", FIELDS) == zh
    assert sentence(condition, "en", FIELDS) == en


def test_the_json_schema_is_published_with_every_node():
    nodes = {"Attr", "Event", "Tag", "Layer", "Audience", "Relation", "All", "AnyCondition", "Not"}
    assert nodes <= json_schema()["$defs"].keys()


def test_equal_conditions_are_equal_values_whatever_their_labels():
    relabelled = bind(parse({"attr": "city", "value": "上海"}), FIELDS)
    assert relabelled == bind(parse({"attr": "city", "op": "eq", "value": "上海"}), FIELDS)


NAMED = replace(
    FIELDS,
    tags={
        **FIELDS.tags,
        "activity": TagField(
            "activity", TagKind.MANUAL, Kind.CHOICE, options=("hot", "cold"), labels={"hot": ("高活跃", "Active")}
        ),
    },
    sources={"store": "门店"},
)


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ({"tag": "activity", "op": "eq", "value": "hot"}, "标签「activity」是 高活跃", "tag “activity” is Active"),
        (
            {"tag": "activity", "op": "in", "value": ["hot", "cold"]},
            "标签「activity」是 高活跃、cold 之一",
            "tag “activity” is one of Active, cold",
        ),
        ({"attr": "owner", "value": "lisi"}, "归属员工是 李四", "owner is 李四"),
        ({"attr": "source", "op": "ne", "value": "store"}, "渠道来源不是 门店", "source is not store"),
    ],
)
def test_a_sentence_says_names_and_not_keys(written, zh, en):
    assert sentence(parse(written), "zh", NAMED) == zh
    assert sentence(parse(written), "en", NAMED) == en


def test_a_reason_says_names_and_not_keys():
    noon = datetime(2026, 11, 1, 4, tzinfo=UTC)
    subject = Subject(
        Moment(noon, NAMED.zone),
        {"owner": "lisi", "source": "store"},
        bonds=[Bond("zhangsan", noon), Bond("gone", noon + timedelta(seconds=-1))],
        tags=[Held("activity", "hot", noon)],
        layers=[Spell("rfm", "champion", date(2026, 10, 1))],
    )
    written = {
        "all": [
            {"attr": "owner", "value": "lisi"},
            {"attr": "source", "op": "exists"},
            {"relation": {}},
            {"tag": "activity", "op": "eq", "value": "hot"},
            {"layer": "rfm", "in": ["champion"]},
        ]
    }
    verdict = single.evaluate(bind_rule(written, NAMED), subject, NAMED)
    champion = NAMED.layers["rfm"].layer_label("champion", "zh")
    assert [leaf.found for leaf in verdict.leaves] == ["李四", "门店", "gone、张三", "高活跃", champion]
    assert champion != "champion"
