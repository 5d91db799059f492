"""The event leaf: what a customer did, how often, how much, how long ago."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Discriminator, JsonValue, model_validator
from pydantic import Field as Schema
from pydantic import Tag as Variant
from pydantic_core import PydanticCustomError

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Node, Subject, Words, Written
from potager.insight.conditions.event_words import say_event
from potager.insight.conditions.features import ZERO, Feature, Measure, Window
from potager.insight.conditions.ops import MEASURED, Op, Test, make_test, show
from potager.insight.conditions.paths import join
from potager.insight.conditions.where import Every, HasItem, WhereNode, bind_where
from potager.insight.fields import EventField, Field, Fields, Kind, nearest, refusal
from potager.insight.moment import CALENDAR, SINCE_ADDED, is_window
from potager.insight.slots import Slots


class MeasureOf(Node):
    """A measure of one property: exactly one key."""

    sum: str | None = None
    avg: str | None = None
    min: str | None = None
    max: str | None = None
    distinct: str | None = None
    first: str | None = None
    last: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "MeasureOf":
        if len(self.model_fields_set) != 1 or not any(self.model_dump().values()):
            raise PydanticCustomError("one_measure", "exactly one of sum, avg, min, max, distinct, first, last")
        return self


class Between(Node):
    """Fixed business dates, both inclusive; either may be left open."""

    from_: date | None = Schema(None, alias="from")
    to: date | None = None


def _form(value: object) -> str:
    return "<name>" if isinstance(value, str) else "<of>"


Within: TypeAlias = (
    Annotated[Annotated[str, Variant("<name>")] | Annotated[Between, Variant("<of>")], Discriminator(_form)] | None
)
Bare = Literal["count", "active_days", "active_weeks", "days_since_first", "days_since_last", "first", "last"]


class MeasuredEvent(Node):
    """What is measured: the part shared by the event leaf, the change leaf and metric tags."""

    event: str
    where: tuple[WhereNode, ...] = ()
    items: tuple[WhereNode, ...] | None = None
    measure: Annotated[
        Annotated[Bare, Variant("<name>")] | Annotated[MeasureOf, Variant("<of>")], Discriminator(_form)
    ] = "count"
    within: Within = None


class Event(MeasuredEvent, Written):
    """`{"event": "order_paid", "measure": {"sum": "amount"}, "within": "90d", "op": "gte", "value": "500.00"}`.

    Without op and value: at least once.
    """

    KEY: ClassVar[str] = "event"

    op: str = "gte"
    value: JsonValue = None

    def bind(self, binder: Binder, place: str) -> "EventLeaf":
        fields = binder.fields
        feature = bind_feature(self, fields, place)
        if self.value is None and self.op == "gte" and feature.measure == Measure.COUNT:
            return EventLeaf(feature, Test(Kind.NUMBER, Op.GTE, 1, fields.currency))
        measured = Field("measure", feature.kind, "", "这个量", "this measure")
        test = make_test(measured, self.op, self.value, currency=fields.currency, place=place, ops=MEASURED)
        return EventLeaf(feature, test)


def bind_feature(written: MeasuredEvent, fields: Fields, place: str) -> Feature:
    """Check event, properties, measure and window against the house's fields."""
    event = fields.event(written.event, join(place, "event"))
    clauses = bind_where(
        written.where, lambda key, at: fields.prop(event, key, at), currency=fields.currency, place=join(place, "where")
    )
    if written.items is not None:
        clauses += (_bind_items(written.items, event, fields, join(place, "items")),)
    measure, measured = _measure(written, fields, place)
    window = bind_window(written.within, join(place, "within"))
    return Feature(event.table, event.key, clauses, measure, measured, window, event.label("zh"), event.label("en"))


def _bind_items(written: tuple[WhereNode, ...], event: EventField, fields: Fields, place: str) -> HasItem:
    if not event.items:
        raise refusal("只有购买（order_paid）有商品明细", "Only order_paid has items", place)
    parts = bind_where(written, lambda key, at: fields.item(event, key, at), currency=fields.currency, place=place)
    return HasItem(Every(parts))


_NUMERIC = frozenset({Kind.MONEY, Kind.NUMBER})


def _measure(written: MeasuredEvent, fields: Fields, place: str) -> tuple[Measure, Field | None]:
    if isinstance(written.measure, str):
        return Measure(written.measure), None
    ((name, key),) = written.measure.model_dump(exclude_unset=True).items()
    here = join(place, f"measure.{name}")
    prop = fields.prop(fields.event(written.event, place), key, here)
    if name in {"sum", "avg", "min", "max"} and prop.kind not in _NUMERIC:
        raise refusal(
            f"「{prop.zh or key}」不是数字或金额，不能求 {name}", f"“{key}” is no number: no {name} of it", here
        )
    if name in {"first", "last"} and prop.column == "channel" and written.event != "order_paid":
        raise refusal("通道不能求首次或最近一次", "A channel has no first or last", here)
    if prop.kind == Kind.TIME:
        raise refusal("时间属性暂不能作为度量", "A time cannot be measured", here)
    return Measure(name), prop


def bind_window(within: str | Between | None, place: str) -> Window:
    if isinstance(within, Between):
        if within.from_ and within.to and within.from_ > within.to:
            raise refusal("开始日期晚于结束日期", "The first date is after the last", place)
        return Window(None, within.from_, within.to)
    if within is not None and not is_window(within):
        close = nearest(within, [*CALENDAR, SINCE_ADDED])
        cure_zh = f"，是不是「{close}」？" if close else "，可用：90d、24h、this_month、last_week、since_added 等"
        cure_en = f"; did you mean “{close}”?" if close else "; use 90d, 24h, this_month, last_week, since_added …"
        raise refusal(f"没有时间窗「{within}」{cure_zh}", f"There is no window “{within}”{cure_en}", place)
    return Window(within)


@dataclass(frozen=True, slots=True)
class EventLeaf(BoundLeaf):
    feature: Feature
    test: Test

    @property
    def measured(self) -> Feature:
        return self.feature

    @property
    def default(self) -> bool:
        """Its answer for a customer without any such event."""
        return self.feature.measure in ZERO and self.test.holds_number(0)

    def row(self, table: Any, slots: Slots) -> Any:
        """True for customers whose answer differs from `default`. `table` gives columns by aggregate."""
        first, *rest = (table.column(each) for each in self.feature.aggregates)
        measure = self.feature.measure
        if measure in {Measure.DAYS_SINCE_FIRST, Measure.DAYS_SINCE_LAST}:
            return self.test.sql(slots.today().delta(first, unit="day"), slots)
        if measure == Measure.AVG:
            # Money is compared exactly: sum against value * count, never a rounded quotient.
            there = rest[0] > 0
            if self.feature.kind == Kind.MONEY:
                return there & self.test.sql(first, slots, times=rest[0])
            return there & self.test.sql(first / rest[0].nullif(0), slots)
        if measure in {Measure.FIRST, Measure.LAST} and self.feature.prop is not None:
            first = first["v"]
        test = self.test.sql(first.fill_null(0) if measure in ZERO else first, slots)
        return ~test if self.default else test

    def single(self, subject: Subject) -> Answer:
        rows = self.feature.rows(subject)
        value = self.feature.value(rows, subject.moment)
        ok = self.test.holds(value, subject.moment)
        return Answer(ok, self._found(value, "zh"), self._found(value, "en"), rows[-1].at if rows else None)

    def _found(self, value: Any, language: str) -> str:
        unit = {"zh": ("次", "天", "周"), "en": ("×", "days", "weeks")}[language]
        measure = self.feature.measure
        text = show(self.feature.kind, value, language, self.test.currency)
        if value is None:
            return text
        if measure == Measure.COUNT:
            return f"{text} {unit[0]}"
        if measure in {Measure.ACTIVE_DAYS, Measure.DAYS_SINCE_FIRST, Measure.DAYS_SINCE_LAST}:
            return f"{text} {unit[1]}"
        if measure == Measure.ACTIVE_WEEKS:
            return f"{text} {unit[2]}"
        return text

    def say(self, words: Words, *, negated: bool = False) -> str:
        return say_event(self, words, negated=negated)
