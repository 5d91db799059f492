"""The event leaf in words: "近 90 天购买 ≥ 2 次", "距上次购买 > 30 天"."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from potager.insight.conditions.base import Words
from potager.insight.conditions.features import Feature, Measure
from potager.insight.conditions.ops import Op, Test
from potager.insight.conditions.where import say_where
from potager.insight.moment import say_window

if TYPE_CHECKING:
    from potager.insight.conditions.leaves.event import EventLeaf


def say_event(leaf: "EventLeaf", words: Words, *, negated: bool) -> str:
    """The leaf as a person would say it."""
    if _is_never(leaf.test) and leaf.feature.measure == Measure.COUNT:
        return _did(leaf, words, not_=not negated)
    if _is_once(leaf.test) and leaf.feature.measure == Measure.COUNT:
        return _did(leaf, words, not_=negated)
    said = _measured(leaf, words)
    return words.pick(f"并非（{said}）", f"not ({said})") if negated else said


def _is_once(test: Test) -> bool:
    return (test.op, test.value) in {(Op.GTE, 1), (Op.GT, 0), (Op.NE, 0)}


def _is_never(test: Test) -> bool:
    return (test.op, test.value) in {(Op.EQ, 0), (Op.LT, 1), (Op.LTE, 0)}


def say_feature(feature: Feature, words: Words) -> str:
    """A measure without comparison, as the name of a metric: "近 365 天购买的金额合计"."""
    bare = {
        Measure.COUNT: ("{span}{event}次数", "number of {event}{span}"),
        Measure.DAYS_SINCE_LAST: ("距{span}最近一次{event}的天数", "days since the last {event}{span}"),
        Measure.DAYS_SINCE_FIRST: ("距{span}第一次{event}的天数", "days since the first {event}{span}"),
    }
    form = _forms(feature).get(feature.measure, ("", ""))
    pair = bare.get(feature.measure, form) if feature.prop is None else form
    return _filled(pair, feature, words, "").strip()


def say_what(feature: Feature, words: Words) -> str:
    """What happens, without how often and when: 购买（金额 ≥ ¥500）."""
    name = words.pick(feature.zh, feature.en) or feature.key
    if not feature.where:
        return name
    joined = say_where(feature.where, words)
    return words.pick(f"{name}（{joined}）", f"{name} ({joined})")


def say_span(feature: Feature, words: Words) -> str:
    """The window in front of a sentence: "近 90 天", "2026-06-01 至 2026-06-18", or nothing."""
    window = feature.window
    if window.name:
        return say_window(window.name, words.language)
    if window.first and window.last:
        return words.pick(f"{window.first} 至 {window.last}", f"from {window.first} to {window.last}")
    if window.first:
        return words.pick(f"{window.first} 以来", f"since {window.first}")
    return words.pick(f"截至 {window.last}", f"until {window.last}") if window.last else ""


def _did(leaf: "EventLeaf", words: Words, *, not_: bool) -> str:
    span, event = say_span(leaf.feature, words), say_what(leaf.feature, words)
    if words.zh:
        return f"{span}没有{event}" if not_ else f"{span}{event}" + ("过" if not span else "")
    return f"{'no ' if not_ else ''}{event}{' ' + span if span else ''}"


_OF_DAYS = {
    Measure.DAYS_SINCE_LAST: ("距{span}最近一次{event} {test} 天", "last {event}{span} {test} days ago"),
    Measure.DAYS_SINCE_FIRST: ("距{span}第一次{event} {test} 天", "first {event}{span} {test} days ago"),
    Measure.ACTIVE_DAYS: ("{span}有{event}的天数 {test}", "days with {event}{span} {test}"),
    Measure.ACTIVE_WEEKS: ("{span}有{event}的周数 {test}", "weeks with {event}{span} {test}"),
    Measure.COUNT: ("{span}{event} {test} 次", "{event}{span} {test} times"),
    Measure.FIRST: ("{span}第一次{event}的日期 {test}", "date of the first {event}{span} {test}"),
    Measure.LAST: ("{span}最近一次{event}的日期 {test}", "date of the last {event}{span} {test}"),
}
_OF_VALUES = {
    Measure.SUM: ("{span}{event}的{prop}合计 {test}", "total {prop} of {event}{span} {test}"),
    Measure.AVG: ("{span}{event}的平均{prop} {test}", "average {prop} of {event}{span} {test}"),
    Measure.MIN: ("{span}{event}的最低{prop} {test}", "lowest {prop} of {event}{span} {test}"),
    Measure.MAX: ("{span}{event}的最高{prop} {test}", "highest {prop} of {event}{span} {test}"),
    Measure.DISTINCT: ("{span}{event}的不同{prop}数 {test}", "distinct {prop} of {event}{span} {test}"),
    Measure.FIRST: ("{span}第一次{event}的{prop}{test}", "{prop} of the first {event}{span} {test}"),
    Measure.LAST: ("{span}最近一次{event}的{prop}{test}", "{prop} of the last {event}{span} {test}"),
}


def _forms(feature: Feature) -> Mapping[Measure, tuple[str, str]]:
    return _OF_VALUES if feature.prop else _OF_DAYS


def _measured(leaf: "EventLeaf", words: Words) -> str:
    return _filled(_forms(leaf.feature)[leaf.feature.measure], leaf.feature, words, leaf.test.say(words.language))


def _filled(form: tuple[str, str], feature: Feature, words: Words, test: str) -> str:
    span = say_span(feature, words)
    return form[0 if words.zh else 1].format(
        span=span if words.zh or not span else f" {span}",
        event=say_what(feature, words),
        prop=feature.prop.label(words.language) if feature.prop else "",
        test=test,
    )
