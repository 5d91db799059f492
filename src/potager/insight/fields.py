"""What conditions may speak of: attributes, events with their properties, tags, layers, audiences, lists, staff.

Pure data. `insight.catalogue.load` fills it from the operations store; tests write it by hand.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NoReturn
from zoneinfo import ZoneInfo

from potager.core.errors import Problem


class Kind(StrEnum):
    """How a value is compared. `time` is an instant compared by its business date."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Field:
    """A named value of a customer or of an event. `column` is where the warehouse keeps it."""

    key: str
    kind: Kind
    column: str
    zh: str = field(default="", repr=False, compare=False)
    en: str = field(default="", repr=False, compare=False)
    options: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key


@dataclass(frozen=True, slots=True)
class EventField:
    """An event and its properties. `table` is orders, refund or event. `items`: what a line of an order has."""

    key: str
    table: str
    props: Mapping[str, Field]
    zh: str = ""
    en: str = ""
    items: Mapping[str, Field] = field(default_factory=dict)

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key


class TagKind(StrEnum):
    """Where a tag's value comes from: staff's hand, one condition, a measure, or the first condition that holds."""

    MANUAL = "manual"
    RULE = "rule"
    METRIC = "metric"
    CASES = "cases"


class TagOrigin(StrEnum):
    """How a customer came by a tag that no rule sets: one by one in the chat or on a page, in bulk from an audience,
    a condition or a file, by a step of a journey, by opening a link, or by an answer to a survey."""

    HAND = "hand"
    BATCH = "batch"
    JOURNEY = "journey"
    LINK = "link"
    SURVEY = "survey"


# What people call a key: key → (zh, en). A key nobody named is its own name.
Names = Mapping[str, tuple[str, str]]


def name_in(names: Names, key: str, language: str) -> str:
    zh, en = names.get(key, ("", ""))
    return (zh if language == "zh" else en) or key


@dataclass(frozen=True, slots=True)
class TagField:
    """`kind` of the value is None for a tag one simply has or has not. `rule`: a condition, a measure, cases.

    labels  what its values are called
    """

    key: str
    source: TagKind
    kind: Kind | None = None
    rule: Mapping[str, object] | None = None
    zh: str = ""
    en: str = ""
    options: tuple[str, ...] = ()
    labels: Names = field(default_factory=dict)

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key


@dataclass(frozen=True, slots=True)
class LayerField:
    """A layer model and the names of its layers, best first. `rule` is JSON: ordered conditions, or RFM settings."""

    key: str
    layers: Names
    rule: Mapping[str, object] = field(default_factory=dict)
    zh: str = ""
    en: str = ""

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key

    def layer_label(self, layer: str, language: str) -> str:
        return name_in(self.layers, layer, language)


@dataclass(frozen=True, slots=True)
class AudienceField:
    """A frozen audience is a stored list; a live one has a rule; a scheduled one has a rule asked now and then.

    run, at  of a scheduled one: its newest list, and as of when that is
    """

    key: str
    frozen: bool
    rule: Mapping[str, object] | None = None
    zh: str = ""
    en: str = ""
    scheduled: bool = False
    run: int = 0
    at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return not (self.frozen or self.scheduled)

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key


@dataclass(frozen=True, slots=True)
class ListField:
    """An uploaded list: which upload is the newest, and from when it holds."""

    key: str
    upload: int
    at: datetime
    zh: str = ""
    en: str = ""

    def label(self, language: str) -> str:
        return (self.zh if language == "zh" else self.en) or self.key


ANY_EVENT = "*"
_EVENT_PROPS = {
    "amount": Field("amount", Kind.MONEY, "amount", "金额", "amount"),
    "qty": Field("qty", Kind.NUMBER, "qty", "数量", "quantity"),
    "channel": Field("channel", Kind.CHOICE, "channel", "通道", "channel"),
}
_ORDER_PROPS = {
    "amount": Field("amount", Kind.MONEY, "amount", "金额", "amount"),
    "discount": Field("discount", Kind.MONEY, "discount", "优惠", "discount"),
    "items": Field("items", Kind.NUMBER, "items", "件数", "items"),
    "channel": Field("channel", Kind.CHOICE, "channel", "销售渠道", "sales channel"),
    "store": Field("store", Kind.CHOICE, "store", "门店", "store"),
    "shop": Field("shop", Kind.CHOICE, "shop", "店铺", "shop"),
}
_ITEM_PROPS = {
    "product": Field("product", Kind.TEXT, "product", "商品", "product"),
    "name": Field("name", Kind.TEXT, "name", "商品名", "product name"),
    "category": Field("category", Kind.CHOICE, "category", "品类", "category"),
    "brand": Field("brand", Kind.CHOICE, "brand", "品牌", "brand"),
    "qty": Field("qty", Kind.NUMBER, "qty", "数量", "quantity"),
    "amount": Field("amount", Kind.MONEY, "amount", "商品金额", "item amount"),
}
_REFUND_PROPS = {"amount": Field("amount", Kind.MONEY, "amount", "退款额", "refunded amount")}


def event_field(key: str, props: Iterable[Field] = (), zh: str = "", en: str = "") -> EventField:
    """An event with the properties every event has, and its own."""
    if key == "order_paid":
        return EventField(key, "orders", _ORDER_PROPS, zh or "购买", en or "paid order", _ITEM_PROPS)
    if key == "order_refunded":
        return EventField(key, "refund", _REFUND_PROPS, zh or "退款", en or "refund")
    return EventField(key, "event", _EVENT_PROPS | {prop.key: prop for prop in props}, zh, en)


BUILT_IN_ATTRS: Mapping[str, Field] = {
    "source": Field("source", Kind.CHOICE, "source", "渠道来源", "source"),
    "owner": Field("owner", Kind.CHOICE, "owner", "归属员工", "owner"),
    "first_seen": Field("first_seen", Kind.DATE, "first_day", "首次出现日期", "first seen"),
    # The first follow relation, or the first time we saw them if nobody ever added them.
    "added": Field("added", Kind.TIME, "added_at", "成为客户日期", "added"),
}

# What the models expect of a customer who ever bought, as last fitted (insight.value). Columns of customer_value.
VALUE_ATTRS: Mapping[str, Field] = {
    "value.p_alive": Field("value.p_alive", Kind.NUMBER, "p_alive", "仍是客户的概率", "probability of still buying"),
    "value.expected_orders": Field(
        "value.expected_orders", Kind.NUMBER, "expected_orders", "预计购买次数", "expected purchases"
    ),
    "value.expected_profit": Field(
        "value.expected_profit", Kind.MONEY, "expected_profit", "预计毛利", "expected profit"
    ),
    "value.clv": Field("value.clv", Kind.MONEY, "clv", "客户终身价值", "lifetime value"),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything a condition may name in this house."""

    currency: str = "CNY"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    attrs: Mapping[str, Field] = field(default_factory=dict)
    events: Mapping[str, EventField] = field(default_factory=dict)
    tags: Mapping[str, TagField] = field(default_factory=dict)
    layers: Mapping[str, LayerField] = field(default_factory=dict)
    audiences: Mapping[str, AudienceField] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, ListField] = field(default_factory=dict)

    def names_of(self, value: Field) -> Names:
        """What the values of an attribute or property are called, where they are keys of something with a name."""
        match value.key:
            case "owner" | "staff" | "sender":
                return {key: (name, name) for key, name in self.staff.items()}
            case "source":
                return {key: (name, "") for key, name in self.sources.items()}
            case "tag":
                return {tag.key: (tag.zh, tag.en) for tag in self.tags.values()}
            case "audience":
                return {audience.key: (audience.zh, audience.en) for audience in self.audiences.values()}
            case _:
                return {}

    def attr(self, key: str, place: str) -> Field:
        found = self.attrs.get(key) or BUILT_IN_ATTRS.get(key) or VALUE_ATTRS.get(key)
        return found or _missing("属性", "attribute", key, [*self.attrs, *BUILT_IN_ATTRS, *VALUE_ATTRS], place)

    def event(self, key: str, place: str) -> EventField:
        if key == ANY_EVENT:
            return event_field(ANY_EVENT, zh="任意行为", en="any event")
        return self.events.get(key) or _missing("事件", "event", key, self.events, place)

    def prop(self, event: EventField, key: str, place: str) -> Field:
        return event.props.get(key) or _missing("事件属性", "event property", key, event.props, place)

    def item(self, event: EventField, key: str, place: str) -> Field:
        return event.items.get(key) or _missing("商品属性", "item property", key, event.items, place)

    def tag(self, key: str, place: str) -> TagField:
        return self.tags.get(key) or _missing("标签", "tag", key, self.tags, place)

    def layer(self, key: str, place: str) -> LayerField:
        return self.layers.get(key) or _missing("分层模型", "layer model", key, self.layers, place)

    def audience(self, key: str, place: str) -> AudienceField:
        return self.audiences.get(key) or _missing("人群", "audience", key, self.audiences, place)

    def uploaded(self, key: str, place: str) -> ListField:
        return self.lists.get(key) or _missing("名单", "list", key, self.lists, place)


def nearest(key: str, known: Iterable[str]) -> str | None:
    """The known name most like a mistyped one."""
    close = difflib.get_close_matches(key, list(known), n=1, cutoff=0.5)
    return close[0] if close else None


def refusal(zh: str, en: str, place: str) -> Problem:
    """A condition that cannot be answered: where in the tree, and the cure."""
    return Problem("insight.condition", zh=zh, en=en, place=place)


def _missing(zh: str, en: str, key: str, known: Iterable[str], place: str) -> NoReturn:
    close = nearest(key, known)
    raise refusal(
        f"没有{zh}「{key}」" + (f"，是不是「{close}」？" if close else ""),
        f"There is no {en} “{key}”" + (f"; did you mean “{close}”?" if close else ""),
        place,
    )
