"""Tests of one event by its properties: `where` as written, and bound as clauses.

    {"event": "order_paid",
     "where": [{"prop": "store", "value": "静安店"}, {"any": [{"prop": "amount", "op": "gte", "value": "500.00"}, …]}],
     "items": [{"prop": "category", "value": "奶粉"}, {"prop": "qty", "op": "gte", "value": 2}]}

A list asks for all of its tests. Of `items`, one line of the order must pass them all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeAlias

from pydantic import Discriminator, JsonValue
from pydantic import Field as Schema
from pydantic import Tag as Variant

from potager.insight.conditions.base import Node, Words
from potager.insight.conditions.ops import Test, make_test, said_of
from potager.insight.fields import Field
from potager.insight.moment import Moment


class Where(Node):
    """A test of one property of the event."""

    prop: str
    op: str = "eq"
    value: JsonValue = None


class WhereAll(Node):
    """Every test holds for the event."""

    all_: "tuple[WhereNode, ...]" = Schema(alias="all")


class WhereAny(Node):
    """At least one test holds for the event."""

    any_: "tuple[WhereNode, ...]" = Schema(alias="any")


class WhereNot(Node):
    """The test does not hold for the event."""

    not_: "WhereNode" = Schema(alias="not")


def _variant(value: object) -> str:
    keys = value.keys() if isinstance(value, Mapping) else getattr(value, "model_fields_set", ())
    return next((f"<{key}>" for key in ("all", "any", "not") if key in keys or f"{key}_" in keys), "<prop>")


WhereNode: TypeAlias = Annotated[
    Annotated[Where, Variant("<prop>")]
    | Annotated[WhereAll, Variant("<all>")]
    | Annotated[WhereAny, Variant("<any>")]
    | Annotated[WhereNot, Variant("<not>")],
    Discriminator(_variant),
]
for _model in (WhereAll, WhereAny, WhereNot):
    _model.model_rebuild()


class Fact(Protocol):
    """One event as clauses see it."""

    @property
    def items(self) -> Sequence[Mapping[str, Any]]: ...

    def value(self, wanted: Field) -> Any:
        """The property's value, None when missing."""
        ...


@dataclass(frozen=True, slots=True)
class Filter:
    """One property and its test."""

    field: Field
    test: Test

    def passes(self, fact: Fact, moment: Moment) -> bool:
        return self.test.holds(fact.value(self.field), moment)


@dataclass(frozen=True, slots=True)
class Every:
    parts: "tuple[Clause, ...]"

    def passes(self, fact: Fact, moment: Moment) -> bool:
        return all(part.passes(fact, moment) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    parts: "tuple[Clause, ...]"

    def passes(self, fact: Fact, moment: Moment) -> bool:
        return any(part.passes(fact, moment) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Neither:
    part: "Clause"

    def passes(self, fact: Fact, moment: Moment) -> bool:
        return not self.part.passes(fact, moment)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    values: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]] = ()

    def value(self, wanted: Field) -> Any:
        return self.values.get(wanted.key)


@dataclass(frozen=True, slots=True)
class HasItem:
    """The order has a line that passes."""

    line: Every

    def passes(self, fact: Fact, moment: Moment) -> bool:
        return any(self.line.passes(Item(values), moment) for values in fact.items)


Clause: TypeAlias = Filter | Every | Either | Neither | HasItem


def bind_where(
    written: Sequence[WhereNode], field_of: Callable[[str, str], Field], *, currency: str, place: str
) -> tuple[Clause, ...]:
    """The tests bound, all of them required. `field_of` gives the field of a property named at a place.

    Raises Problem("insight.condition").
    """

    def one(node: WhereNode, here: str) -> Clause:
        match node:
            case WhereAll(all_=parts):
                return Every(tuple(one(part, f"{here}.all[{i}]") for i, part in enumerate(parts)))
            case WhereAny(any_=parts):
                return Either(tuple(one(part, f"{here}.any[{i}]") for i, part in enumerate(parts)))
            case WhereNot(not_=part):
                return Neither(one(part, f"{here}.not"))
            case Where():
                field = field_of(node.prop, f"{here}.prop")
                return Filter(field, make_test(field, node.op, node.value, currency=currency, place=here))

    return tuple(one(node, f"{place}[{i}]") for i, node in enumerate(written))


def filters(clauses: Sequence[Clause]) -> Iterator[Filter]:
    """Every test of the event's own properties; those of its items are elsewhere."""
    for clause in clauses:
        match clause:
            case Filter():
                yield clause
            case Every(parts) | Either(parts):
                yield from filters(parts)
            case Neither(part):
                yield from filters((part,))
            case HasItem():
                pass


def say_where(clauses: Sequence[Clause], words: Words) -> str:
    """The tests in words: "门店是 静安店 且 （金额 ≥ ¥500 或 …）"."""
    return words.pick(" 且 ", " and ").join(_say(clause, words) for clause in clauses)


def _say(clause: Clause, words: Words) -> str:
    match clause:
        case Filter(field, test):
            named = test.named(words.fields.names_of(field), words.language)
            return said_of(field.label(words.language), named, words.language)
        case HasItem(line):
            inside = say_where(line.parts, words)
            return words.pick(f"其中有{inside}的商品", f"with an item whose {inside}") if inside else _any_item(words)
        case Neither(part):
            return words.pick(f"并非（{_say(part, words)}）", f"not ({_say(part, words)})")
        case Every(parts) | Either(parts):
            if not parts:
                return words.pick("任意", "any") if isinstance(clause, Every) else words.pick("都不是", "none")
            link = words.pick(" 且 ", " and ") if isinstance(clause, Every) else words.pick(" 或 ", " or ")
            said = link.join(_say(part, words) for part in parts)
            return said if len(parts) == 1 else words.pick(f"（{said}）", f"({said})")


def _any_item(words: Words) -> str:
    return words.pick("有商品明细", "with items")
