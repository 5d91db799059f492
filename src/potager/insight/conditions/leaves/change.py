"""The change leaf: a measure of a window against the same measure of the equal window before it (环比)."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal

from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Subject, Words, Written
from potager.insight.conditions.event_words import say_feature
from potager.insight.conditions.features import ZERO, Aggregate, Feature, Measure, Window
from potager.insight.conditions.leaves.event import MeasuredEvent, bind_feature
from potager.insight.conditions.ops import MEASURED, Test, make_test, show
from potager.insight.conditions.paths import join
from potager.insight.fields import Field, Kind, refusal
from potager.insight.slots import Slots

By = Literal["rate", "difference"]


class Change(Written):
    """`{"change": {"event": "order_paid", "measure": {"sum": "amount"}, "within": "30d"}, "op": "lte", "value": -0.5}`.

    by rate: (now - before) / before, -0.5 is half as much; by difference: now - before, in the unit of the measure.
    """

    KEY: ClassVar[str] = "change"

    change: MeasuredEvent
    by: By = "rate"
    op: str
    value: JsonValue

    def bind(self, binder: Binder, place: str) -> "ChangeLeaf":
        fields, here = binder.fields, join(place, "change")
        now = bind_feature(self.change, fields, here)
        if now.measure not in _COMPARED:
            listed = ", ".join(sorted(_COMPARED))
            raise refusal(f"只能比较 {listed} 的变化", f"Only {listed} can be compared", join(here, "measure"))
        if not now.window.has_before:
            raise refusal(
                "这里需要一个前面还有同样长的时间窗，例如 30d、last_month",
                "A window with an equal one before it is needed here, such as 30d or last_month",
                join(here, "within"),
            )
        kind = Kind.NUMBER if self.by == "rate" else now.kind
        compared = Field("change", kind, "", "这个变化", "this change")
        test = make_test(compared, self.op, self.value, currency=fields.currency, place=place, ops=MEASURED)
        return ChangeLeaf(Pair(now), self.by, test)


_COMPARED: Final = ZERO - {Measure.ACTIVE_WEEKS}


@dataclass(frozen=True, slots=True)
class Pair:
    """A feature, and the same over the equal window before."""

    now: Feature

    @property
    def before(self) -> Feature:
        return replace(self.now, window=replace(self.now.window, before=True))

    @property
    def table(self) -> str:
        return self.now.table

    @property
    def key(self) -> str:
        return self.now.key

    @property
    def window(self) -> Window:
        return self.before.window

    @property
    def kind(self) -> Kind:
        return self.now.kind

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        return self.now.aggregates + self.before.aggregates


@dataclass(frozen=True, slots=True)
class ChangeLeaf(BoundLeaf):
    pair: Pair
    by: By
    test: Test

    @property
    def measured(self) -> Pair:
        return self.pair

    @property
    def default(self) -> bool:
        """Without any event both are 0: the difference is 0, the rate is missing."""
        return self.by == "difference" and self.test.holds_number(0)

    def row(self, table: Any, slots: Slots) -> Any:
        now, before = (table.column(each).fill_null(0) for each in self.pair.aggregates)
        if self.by == "difference":
            test = self.test.sql(now - before, slots)
            return ~test if self.default else test
        rate = (now - before).cast("float64") / before.cast("float64").nullif(0)
        return self.test.sql(rate, slots)

    def single(self, subject: Subject) -> Answer:
        rows = self.pair.now.rows(subject)
        now, before = (each.value(each.rows(subject), subject.moment) for each in (self.pair.now, self.pair.before))
        value = self._value(now, before)
        zh, en = (self._found(now, before, value, language) for language in ("zh", "en"))
        return Answer(self.test.holds(value, subject.moment), zh, en, rows[-1].at if rows else None)

    def _value(self, now: Any, before: Any) -> Any:
        if self.by == "difference":
            return now - before
        return None if before == 0 else float(now - before) / float(before)

    def _found(self, now: Any, before: Any, value: Any, language: str) -> str:
        kind, currency = self.pair.kind, self.test.currency
        then, since = (show(kind, each, language, currency) for each in (before, now))
        if self.by == "difference" or value is None:
            return f"{then} → {since}"
        return f"{then} → {since}（{value:+.0%}）" if language == "zh" else f"{then} → {since} ({value:+.0%})"

    def say(self, words: Words, *, negated: bool = False) -> str:
        measure, test = say_feature(self.pair.now, words), self.test.say(words.language)
        if self.by == "rate":
            said = words.pick(
                f"{measure}的环比变化率 {test}", f"rate of change of {measure} against the window before {test}"
            )
        else:
            said = words.pick(
                f"{measure}比上一周期的增减 {test}", f"difference of {measure} from the window before {test}"
            )
        return words.pick(f"并非（{said}）", f"not ({said})") if negated else said
