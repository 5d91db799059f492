"""Operators: which a kind of value has, what they compare with, and the comparison itself in memory and in SQL.

Logic is two-valued: comparing a missing value is false, whatever the operator, save `missing` itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, TypeVar

from potager.core import money
from potager.core.errors import Problem
from potager.insight.fields import Field, Kind, Names, name_in, nearest, refusal
from potager.insight.lunar import lunar_day, lunar_days
from potager.insight.moment import CALENDAR, Moment, bounds_of, days_of, say_window
from potager.insight.slots import Slots, month_days


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    WITHIN = "within"
    ANNIVERSARY_WITHIN = "anniversary_within"
    LUNAR_ANNIVERSARY_WITHIN = "lunar_anniversary_within"
    EXISTS = "exists"
    MISSING = "missing"


_ORDER: Final = (Op.EQ, Op.NE, Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN)
_THERE: Final = (Op.EXISTS, Op.MISSING)
OPS: Final[Mapping[Kind, tuple[Op, ...]]] = {
    Kind.TEXT: (Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.CONTAINS, Op.STARTS_WITH, *_THERE),
    Kind.CHOICE: (Op.EQ, Op.NE, Op.IN, Op.NOT_IN, *_THERE),
    Kind.NUMBER: (*_ORDER, *_THERE),
    Kind.MONEY: (*_ORDER, *_THERE),
    Kind.BOOL: (Op.EQ, *_THERE),
    Kind.DATE: (*_ORDER, Op.WITHIN, Op.ANNIVERSARY_WITHIN, *_THERE),
    Kind.TIME: (*_ORDER, Op.WITHIN, *_THERE),
}
# What an attribute may be compared with: a person's dates may come round by the lunar calendar too.
OF_ATTRIBUTES: Final[Mapping[Kind, tuple[Op, ...]]] = {
    kind: (*ops, Op.LUNAR_ANNIVERSARY_WITHIN) if kind == Kind.DATE else ops for kind, ops in OPS.items()
}
# What a measure may be compared with: there is always an answer to "how many", so no exists or missing.
MEASURED: Final[Mapping[Kind, tuple[Op, ...]]] = {
    kind: tuple(op for op in ops if op not in _THERE) for kind, ops in OPS.items()
}
SIGN: Final[Mapping[Op, str]] = {
    Op.EQ: "=", Op.NE: "≠", Op.GT: ">", Op.GTE: "≥", Op.LT: "<", Op.LTE: "≤",
}  # fmt: skip
_ONE: Final = timedelta(days=1)
_MAX_LIST: Final = 1000
_LARGEST: Final = 2**53
N = TypeVar("N", int, float, int | float)


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison, its value already in the form values are stored in: minor units, dates, plain numbers."""

    kind: Kind
    op: Op
    value: Any = None
    currency: str = "CNY"

    def holds(self, found: Any, moment: Moment) -> bool:
        """Whether a found value (None = missing) passes."""
        if self.op == Op.MISSING:
            return found is None
        if found is None:
            return False
        if self.op == Op.EXISTS:
            return True
        if self.kind == Kind.TIME:
            found = moment.date_of(found)
        if self.op == Op.WITHIN:
            bounds = bounds_of(self.value, moment)
            return bool(bounds.first and bounds.last and bounds.first <= found <= bounds.last)
        if self.op == Op.ANNIVERSARY_WITHIN:
            return found.month * 100 + found.day in month_days(moment.day, self.value)
        if self.op == Op.LUNAR_ANNIVERSARY_WITHIN:
            return lunar_day(found) in lunar_days(moment.day, self.value)
        return _compare(self.op, found, self.value)

    def holds_number(self, found: int) -> bool:
        """Whether a number passes, whatever the moment."""
        return _compare(self.op, found, self.value)

    def sql(self, column: Any, slots: Slots, *, times: Any = None) -> Any:
        """The same as an Ibis expression; NULL counts as false. `times` multiplies the value: sum ≥ value * count.

        For lunar_anniversary_within the column is the date's lunar number (insight.lunar), for all else the value.
        """
        if self.op == Op.EXISTS:
            return column.notnull()
        if self.op == Op.MISSING:
            return column.isnull()
        if self.kind == Kind.TIME:
            return _time_sql(self.op, column, self.value, slots)
        if self.op in _CALENDAR:
            return _calendar_sql(self.op, column, self.value, slots)
        if self.op in {Op.IN, Op.NOT_IN}:
            return _SQL[self.op](column, list(self.value))
        if self.op == Op.BETWEEN:
            low, high = self.value if times is None else (each * times for each in self.value)
            return (column >= low) & (column <= high)
        return _SQL[self.op](column, self.value if times is None else self.value * times)

    def named(self, names: Names, language: str) -> "Test":
        """The same test with what its values are called in their place: for sentences only."""
        if not names or self.kind not in {Kind.TEXT, Kind.CHOICE}:
            return self
        if isinstance(self.value, tuple):
            return replace(self, value=tuple(name_in(names, each, language) for each in self.value))
        return replace(self, value=name_in(names, self.value, language)) if self.value is not None else self

    def say(self, language: str) -> str:
        """ "≥ ¥500", "是 上海、杭州 之一"."""
        return _say(self, language)


_SQL: Final[Mapping[Op, Any]] = {
    Op.EQ: lambda c, v: c == v,
    Op.NE: lambda c, v: c != v,
    Op.GT: lambda c, v: c > v,
    Op.GTE: lambda c, v: c >= v,
    Op.LT: lambda c, v: c < v,
    Op.LTE: lambda c, v: c <= v,
    Op.IN: lambda c, v: c.isin(v),
    Op.NOT_IN: lambda c, v: c.notin(v),
    Op.CONTAINS: lambda c, v: c.contains(v),
    Op.STARTS_WITH: lambda c, v: c.startswith(v),
}


_CALENDAR: Final = frozenset({Op.WITHIN, Op.ANNIVERSARY_WITHIN, Op.LUNAR_ANNIVERSARY_WITHIN})


def _calendar_sql(op: Op, column: Any, value: Any, slots: Slots) -> Any:
    if op == Op.WITHIN:
        return column.between(slots.first(value), slots.last(value))
    if op == Op.ANNIVERSARY_WITHIN:
        return _is_among(column, column.month() * 100 + column.day(), slots.month_days(value))
    return _is_among(column, column, slots.lunar_days(value))


def _is_among(column: Any, number: Any, framed: Any) -> Any:
    return column.notnull() & framed.contains("," + number.cast("string") + ",")


def _compare(op: Op, found: Any, value: Any) -> bool:
    if op == Op.BETWEEN:
        return bool(value[0] <= found <= value[1])
    if op == Op.CONTAINS:
        return value in found
    if op == Op.STARTS_WITH:
        return bool(found.startswith(value))
    if op in {Op.IN, Op.NOT_IN}:
        return (found in value) == (op == Op.IN)
    return bool(_SQL[op](found, value))


def _time_sql(op: Op, column: Any, value: Any, slots: Slots) -> Any:
    """Instants compared by business date: the dates become the instants their days begin at."""
    if op == Op.WITHIN:
        return (column >= slots.start_of_first(value)) & (column < slots.end_of_last(value))
    if op == Op.BETWEEN:
        return (column >= slots.start_of(value[0])) & (column < slots.start_of(value[1] + _ONE))
    start, end = slots.start_of(value), slots.start_of(value + _ONE)
    if op == Op.EQ:
        return (column >= start) & (column < end)
    if op == Op.NE:
        return (column < start) | (column >= end)
    return {Op.GT: column >= end, Op.GTE: column >= start, Op.LT: column < start, Op.LTE: column < end}[op]


def make_test(
    field: Field,
    op: str,
    value: object,
    *,
    currency: str,
    place: str,
    ops: Mapping[Kind, tuple[Op, ...]] = OPS,
    key: str = "value",
) -> Test:
    """Check operator and value against the kind of a field.

    Raises Problem("insight.condition") whose place is `place.op` or `place.<key>`, the key the value stands under.
    """
    allowed = ops[field.kind]
    if op not in allowed:
        close = nearest(op, allowed)
        listed = "、".join(allowed)
        raise refusal(
            f"「{field.zh or field.key}」不能用「{op}」比较，可用：{listed}"
            + (f"；是不是「{close}」？" if close else ""),
            f"“{field.en or field.key}” cannot be compared with “{op}”; use one of {', '.join(allowed)}",
            f"{place}.op".lstrip("."),
        )
    found = Op(op)
    where = f"{place}.{key}".lstrip(".")
    if found in _THERE:
        if value is not None:
            raise refusal("判断有没有值时不需要填写 value", "exists and missing take no value", where)
        return Test(field.kind, found, None, currency)
    if found == Op.WITHIN:
        return Test(field.kind, found, _window(value, where), currency)
    if found in {Op.ANNIVERSARY_WITHIN, Op.LUNAR_ANNIVERSARY_WITHIN}:
        return Test(field.kind, found, _days(value, where), currency)
    return Test(field.kind, found, _values(found, field.kind, value, currency, where), currency)


def _values(op: Op, kind: Kind, value: object, currency: str, place: str) -> object:
    if op in {Op.IN, Op.NOT_IN}:
        if not isinstance(value, Sequence) or isinstance(value, str) or not 0 < len(value) <= _MAX_LIST:
            raise refusal("这里需要一个列表，1 到 1000 项", "A list of 1 to 1000 values is needed here", place)
        return tuple(_scalar(kind, each, currency, f"{place}[{i}]") for i, each in enumerate(value))
    if op == Op.BETWEEN:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            raise refusal("between 需要两个值：[最小, 最大]", "between needs two values: [low, high]", place)
        low, high = (_scalar(kind, each, currency, f"{place}[{i}]") for i, each in enumerate(value))
        if low > high:
            raise refusal("between 的最小值大于最大值", "The low end of between is above the high end", place)
        return low, high
    return _scalar(kind, value, currency, place)


def _scalar(kind: Kind, value: object, currency: str, place: str) -> Any:
    if kind in {Kind.TEXT, Kind.CHOICE}:
        return _text(value, place)
    if kind == Kind.BOOL:
        if not isinstance(value, bool):
            raise refusal("这里需要 true 或 false", "true or false is needed here", place)
        return value
    if kind in {Kind.DATE, Kind.TIME}:
        return _date(value, place)
    if kind == Kind.MONEY:
        if isinstance(value, bool | float) or not isinstance(value, str | int):
            raise refusal(
                '金额要写成文字或整数，例如 "500.00"', 'Write money as text or a whole number: "500.00"', place
            )
        try:
            return _not_too_large(money.to_minor(value, currency), place)
        except Problem as problem:
            raise refusal(problem.zh, problem.en, place) from problem
    return _number(value, place)


def _number(value: object, place: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal("这里需要一个数字", "A number is needed here", place)
    return _not_too_large(value, place)


def _not_too_large(value: N, place: str) -> N:
    """Numbers no larger than those a double tells apart; neither infinite nor not a number."""
    if not -_LARGEST <= value <= _LARGEST:
        raise refusal("这个数字太大", "This number is too large", place)
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or len(value) > 500 or any(ord(char) < 32 for char in value):
        raise refusal(
            "这里需要一段文字，不超过 500 字，不含控制字符",
            "Text of at most 500 characters without control characters is needed here",
            place,
        )
    return value


def _date(value: object, place: str) -> date:
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refusal("这里需要一个日期，例如 2026-11-01", "A date such as 2026-11-01 is needed here", place)


def _window(value: object, place: str) -> str:
    if isinstance(value, str) and (value in CALENDAR or days_of(value)):
        return value
    raise refusal(
        f"这里需要按天的时间窗：30d 或 {'、'.join(CALENDAR)}",
        f"A window of days is needed here: 30d, or one of {', '.join(CALENDAR)}",
        place,
    )


def _days(value: object, place: str) -> tuple[int, int]:
    """N is today and the N days after it; [a, b] from a to b days from today."""
    ends = (0, value) if not isinstance(value, Sequence) or isinstance(value, str) else tuple(value)
    if len(ends) != 2 or any(isinstance(each, bool) or not isinstance(each, int) for each in ends):
        raise refusal("这里需要天数，例如 7，或 [-3, 7]", "A number of days is needed here: 7, or [-3, 7]", place)
    first, last = ends
    if not -365 <= first <= last <= 365:
        raise refusal(
            "天数应在 0 到 365 之间；[从, 到] 在 -365 到 365 之间，从不大于到",
            "A number of days from 0 to 365 is needed here, or [from, to] within -365 and 365",
            place,
        )
    return first, last


_GLUED: Final = frozenset({
    Op.IN, Op.NOT_IN, Op.EXISTS, Op.MISSING, Op.WITHIN, Op.ANNIVERSARY_WITHIN, Op.LUNAR_ANNIVERSARY_WITHIN,
    Op.CONTAINS, Op.STARTS_WITH,
})  # fmt: skip
_WORDED: Final = frozenset({Kind.TEXT, Kind.CHOICE, Kind.BOOL})


def said_of(label: str, test: Test, language: str) -> str:
    """ "城市是 上海", "年龄 ≥ 18": Chinese leaves a space only before a sign."""
    glued = language == "zh" and (test.op in _GLUED or (test.kind in _WORDED and test.op in {Op.EQ, Op.NE}))
    return f"{label}{'' if glued else ' '}{test.say(language)}"


def show(kind: Kind, value: Any, language: str, currency: str) -> str:
    """A stored value as a person writes it: 50000 → ¥500, 3.0 → 3."""
    if value is None:
        return "没有值" if language == "zh" else "no value"
    if kind == Kind.MONEY:
        if isinstance(value, Fraction):
            value = round(value)
        text = money.show(int(value), currency)
        return text.rstrip("0").rstrip(".") if "." in text and text.endswith("00") else text
    if kind == Kind.BOOL:
        return {("zh", True): "是", ("zh", False): "否"}.get((language, value), "yes" if value else "no")
    if isinstance(value, Fraction):
        value = float(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _say(test: Test, language: str) -> str:
    zh = language == "zh"

    def one(value: Any) -> str:
        return show(test.kind, value, language, test.currency)

    if test.op in SIGN:
        if test.kind in {Kind.TEXT, Kind.CHOICE, Kind.BOOL} and test.op in {Op.EQ, Op.NE}:
            word = {("zh", Op.EQ): "是", ("zh", Op.NE): "不是", ("en", Op.EQ): "is", ("en", Op.NE): "is not"}
            return f"{word[language, test.op]} {one(test.value)}"
        return f"{SIGN[test.op]} {one(test.value)}"
    if test.op == Op.BETWEEN:
        low, high = test.value
        return f"{one(low)}–{one(high)}" if zh else f"between {one(low)} and {one(high)}"
    if test.op in {Op.IN, Op.NOT_IN}:
        listed = ("、" if zh else ", ").join(one(value) for value in test.value)
        if zh:
            return f"{'是' if test.op == Op.IN else '不是'} {listed}" + (" 之一" if len(test.value) > 1 else "")
        return f"{'is one of' if test.op == Op.IN else 'is none of'} {listed}"
    return _say_special(test, language)


def _say_anniversary(lunar: bool, first: int, last: int, *, zh: bool) -> str:
    name = ("农历周年" if lunar else "周年") if zh else ("lunar anniversary" if lunar else "anniversary")
    if first == last:
        when = {0: ("是今天", "today")}.get(first) or (
            (f"在 {first} 天后", f"in {first} days") if first > 0 else (f"在 {-first} 天前", f"{-first} days ago")
        )
    elif first == 0:
        when = (f"在 {last} 天内", f"within {last} days")
    else:
        when = (f"在今天 {first:+d} 到 {last:+d} 天之间", f"between {first:+d} and {last:+d} days from today")
    return f"的{name}{when[0]}" if zh else f"has its {name} {when[1]}"


def _say_special(test: Test, language: str) -> str:
    zh = language == "zh"
    if test.op == Op.WITHIN:
        window = say_window(test.value, language)
        return f"在{window}内" if zh else window
    if test.op in {Op.ANNIVERSARY_WITHIN, Op.LUNAR_ANNIVERSARY_WITHIN}:
        return _say_anniversary(test.op == Op.LUNAR_ANNIVERSARY_WITHIN, *test.value, zh=zh)
    words = {
        Op.CONTAINS: ("包含「{}」", "contains “{}”"),
        Op.STARTS_WITH: ("以「{}」开头", "starts with “{}”"),
        Op.EXISTS: ("有值", "is known"),
        Op.MISSING: ("没有值", "is not known"),
    }
    return words[test.op][0 if zh else 1].format(test.value)
