"""The attribute leaf: what we know about a customer, as it is now."""

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Rows, Subject, Words, Written
from potager.insight.conditions.ops import OF_ATTRIBUTES, Op, Test, make_test, said_of, show
from potager.insight.fields import VALUE_ATTRS, Field, Kind, Names, name_in
from potager.insight.slots import Slots

if TYPE_CHECKING:
    from potager.insight.sql import Printer


class Attr(Written):
    """`{"attr": "city", "op": "in", "value": ["上海", "杭州"]}`."""

    KEY: ClassVar[str] = "attr"

    attr: str
    op: str = "eq"
    value: JsonValue = None

    def bind(self, binder: Binder, place: str) -> "AttrLeaf":
        fields = binder.fields
        known = fields.attr(self.attr, f"{place}.attr".lstrip("."))
        test = make_test(known, self.op, self.value, currency=fields.currency, place=place, ops=OF_ATTRIBUTES)
        return AttrLeaf(known, test, fields.names_of(known))


LUNAR: Final = "lunar"


@dataclass(frozen=True, slots=True)
class LunarDates(Rows):
    """Customers with the number of a date of theirs in the lunar calendar."""

    NAME: ClassVar[str] = "lunar"

    column: str

    def table(self, printer: "Printer", only: str | None) -> Any:
        customer = printer.customers({self.column: "date"}, only)
        days = printer.table(LUNAR, {"day": "date", "number": "int32"}, cid=False)
        return customer.join(days, customer[self.column] == days.day).select("cid", "number")


@dataclass(frozen=True, slots=True)
class AttrLeaf(BoundLeaf):
    field: Field
    test: Test
    names: Names = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def source(self) -> "str | LunarDates":
        if self.test.op == Op.LUNAR_ANNIVERSARY_WITHIN:
            return LunarDates(self.field.column)
        if self.field.key in VALUE_ATTRS:
            return "value"
        return "added" if self.field.key == "added" else "customer"

    @property
    def beside(self) -> tuple[str, ...]:
        return (LUNAR,) if isinstance(self.source, LunarDates) else ()

    def row(self, table: Any, slots: Slots) -> Any:
        if isinstance(self.source, LunarDates):
            return self.test.sql(table.number, slots)
        return self.test.sql(table[self.field.column], slots)

    def single(self, subject: Subject) -> Answer:
        value = subject.added_at if self.field.key == "added" else subject.attrs.get(self.field.key)
        ok = self.test.holds(value, subject.moment)
        if self.field.kind == Kind.TIME and value is not None:
            value = subject.moment.date_of(value)
        return Answer(ok, self._found(value, "zh"), self._found(value, "en"))

    def _found(self, value: Any, language: str) -> str:
        if value is not None and value in self.names:
            return name_in(self.names, value, language)
        return show(self.field.kind, value, language, self.test.currency)

    def say(self, words: Words, *, negated: bool = False) -> str:
        test = self.test.named(self.names, words.language)
        said = said_of(self.field.label(words.language), test, words.language)
        return words.pick(f"并非（{said}）", f"not ({said})") if negated else said
