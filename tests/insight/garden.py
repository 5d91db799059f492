"""A small warehouse by hand: the tables conditions read, filled from the same subjects the single interpreter sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from potager.insight import lunar
from potager.insight.conditions.base import Bond, Happening, Held, Relative, Spell, Subject
from potager.insight.fields import (
    VALUE_ATTRS,
    AudienceField,
    Field,
    Fields,
    Kind,
    LayerField,
    ListField,
    TagField,
    TagKind,
    event_field,
)
from potager.insight.moment import Moment
from potager.insight.programs import Definition, Output, compile_level
from potager.insight.slots import Binding
from potager.insight.statements import Query, members_statement, run

ATTRS = {
    "city": Field("city", Kind.CHOICE, "a_city", "城市", "city"),
    "age": Field("age", Kind.NUMBER, "a_age", "年龄", "age"),
    "credit": Field("credit", Kind.MONEY, "a_credit", "余额", "credit"),
    "birthday": Field("birthday", Kind.DATE, "a_birthday", "生日", "birthday"),
    "vip": Field("vip", Kind.BOOL, "a_vip", "是否会员", "member"),
    "note": Field("note", Kind.TEXT, "a_note", "备注", "note"),
}
_VIEW_PROPS = (
    Field("product", Kind.TEXT, "p_product", "商品", "product"),
    Field("seconds", Kind.NUMBER, "p_seconds", "停留秒数", "seconds"),
    Field("shared", Kind.BOOL, "p_shared", "是否分享", "shared"),
)
_GROUP_PROPS = (
    Field("group_chat", Kind.TEXT, "p_group_chat", "群聊", "group chat"),
    Field("purpose", Kind.TEXT, "p_purpose", "群定位", "purpose"),
)
EVENTS = {
    "order_paid": event_field("order_paid"),
    "order_refunded": event_field("order_refunded"),
    "product_viewed": event_field("product_viewed", _VIEW_PROPS, "浏览商品", "product view"),
    "message_replied": event_field("message_replied", (), "回复消息", "reply"),
    "group_joined": event_field("group_joined", _GROUP_PROPS, "进群", "group joined"),
    "group_left": event_field("group_left", _GROUP_PROPS, "退群", "group left"),
}
FIELDS = Fields(
    attrs=ATTRS,
    events=EVENTS,
    tags={
        "skin": TagField("skin", TagKind.MANUAL, Kind.CHOICE, None, "肤质", "skin type"),
        "score": TagField("score", TagKind.MANUAL, Kind.NUMBER, None, "评分", "score"),
        "friendly": TagField("friendly", TagKind.MANUAL, None, None, "好说话", "friendly"),
        "buyer": TagField("buyer", TagKind.RULE, None, {"event": "order_paid"}, "买过", "buyer"),
        "spent": TagField(
            "spent", TagKind.METRIC, Kind.MONEY,
            {"event": "order_paid", "measure": {"sum": "amount"}, "within": "90d"}, "近90天金额", "spent",
        ),
        "heat": TagField(
            "heat", TagKind.CASES, Kind.CHOICE,
            {
                "cases": [
                    {"value": "hot", "when": {"event": "product_viewed", "within": "7d", "op": "gte", "value": 2}},
                    {"value": "warm", "when": {"event": "product_viewed", "within": "30d"}},
                ],
                "else": "cold",
            },
            "热度", "heat",
        ),
    },
    layers={
        "rfm": LayerField("rfm", {"champion": ("重要价值", "champion"), "none": ("未购", "none")}, {}, "RFM", "RFM"),
    },
    audiences={"spring": AudienceField("spring", frozen=True, zh="春季", en="spring")},
    staff={"zhangsan": "张三", "lisi": "李四"},
    lists={"vip": ListField("vip", 1, datetime(2026, 10, 1, tzinfo=UTC), "贵宾", "VIPs")},
)  # fmt: skip
TYPES = {"product_viewed": 1, "message_replied": 2, "group_joined": 3, "group_left": 4}
CHANNELS = {"wecom": 1, "sms": 2}

# Some that no catalogue knows are bought too.
PRODUCTS = {"p1": ("面霜", "护肤", "静"), "p2": ("精华", "护肤", None), "p3": ("唇膏", "彩妆", "静")}

SCHEMA = """
CREATE TABLE event (cid INTEGER, ts TIMESTAMP, day DATE, type SMALLINT, channel SMALLINT, amount BIGINT, qty DOUBLE,
                    p_product VARCHAR, p_seconds DOUBLE, p_shared BOOLEAN, p_group_chat VARCHAR, p_purpose VARCHAR);
CREATE TABLE order_item (k1 BIGINT, k2 BIGINT, product VARCHAR, qty DOUBLE, amount BIGINT);
CREATE TABLE product (product VARCHAR, name VARCHAR, category VARCHAR, brand VARCHAR);
CREATE TABLE orders (k1 BIGINT, k2 BIGINT, cid INTEGER, ts TIMESTAMP, day DATE, status VARCHAR, amount BIGINT,
                     discount BIGINT, items INTEGER, channel VARCHAR, store VARCHAR, shop VARCHAR);
CREATE TABLE refund (cid INTEGER, ts TIMESTAMP, day DATE, amount BIGINT);
CREATE TABLE customer (cid INTEGER, live BOOLEAN, first_seen TIMESTAMP, first_day DATE, source VARCHAR, owner VARCHAR,
                       a_city VARCHAR, a_age DOUBLE, a_credit BIGINT, a_birthday DATE, a_vip BOOLEAN, a_note VARCHAR);
CREATE TABLE customer_value (cid INTEGER, p_alive DOUBLE, expected_orders DOUBLE, expected_profit BIGINT, clv BIGINT);
CREATE TABLE relation (cid INTEGER, staff VARCHAR, since TIMESTAMP, until TIMESTAMP, source VARCHAR);
CREATE TABLE manual_tag (cid INTEGER, tag VARCHAR, value VARCHAR, since TIMESTAMP, until TIMESTAMP);
CREATE TABLE layer_history (model VARCHAR, cid INTEGER, layer VARCHAR, from_day DATE, to_day DATE);
"""


@dataclass
class Garden:
    """Customers as subjects, and the same as tables. `dead` are not live; `named` are on uploaded lists."""

    zone: ZoneInfo
    people: dict[int, Subject] = field(default_factory=dict)
    dead: frozenset[int] = frozenset()
    audiences: Mapping[str, Sequence[int]] = field(default_factory=lambda: {"spring": []})
    homes: Sequence[tuple[int, int, str]] = ()
    named: Mapping[str, Sequence[int]] = field(default_factory=lambda: {"vip": []})

    def __post_init__(self) -> None:
        self.db = duckdb.connect(":memory:")
        self.db.execute(SCHEMA)
        for product, (name, category, brand) in PRODUCTS.items():
            self._insert("product", product, name, category, brand)
        for cid, subject in self.people.items():
            self._plant(cid, subject)

    def _insert(self, table: str, *values: Any) -> None:
        self.db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", list(values))

    def _plant(self, cid: int, subject: Subject) -> None:
        attrs = subject.attrs
        self._insert(
            "customer", cid, cid not in self.dead, utc(attrs.get("first_seen_at")), attrs.get("first_seen"),
            attrs.get("source"), attrs.get("owner"), *(attrs.get(key) for key in ATTRS),
        )  # fmt: skip
        if attrs.get("value.p_alive") is not None:
            self._insert("customer_value", cid, *(attrs.get(key) for key in VALUE_ATTRS))
        for n, one in enumerate(subject.events):
            at, props = utc(one.at), one.props
            if one.type == "order_paid":
                for item in one.items:
                    self._insert("order_item", cid, n, item["product"], item.get("qty"), item.get("amount"))
                self._insert(
                    "orders", cid, n, cid, at, one.day, "paid", props.get("amount"), props.get("discount"),
                    props.get("items"), props.get("channel"), props.get("store"), props.get("shop"),
                )  # fmt: skip
            elif one.type == "order_refunded":
                self._insert("refund", cid, at, one.day, props.get("amount"))
            else:
                self._insert(
                    "event", cid, at, one.day, TYPES[one.type], CHANNELS.get(props.get("channel", "")),
                    props.get("amount"), props.get("qty"), props.get("product"), props.get("seconds"),
                    props.get("shared"), props.get("group_chat"), props.get("purpose"),
                )  # fmt: skip
        for bond in subject.bonds:
            self._insert("relation", cid, bond.staff, utc(bond.since), utc(bond.until), bond.source)
        for held in subject.tags:
            self._insert("manual_tag", cid, held.tag, held.value, utc(held.since), utc(held.until))
        for spell in subject.layers:
            self._insert("layer_history", spell.model, cid, spell.layer, spell.first, spell.end)

    @property
    def query(self) -> Query:
        def read(sql: str, beside: Mapping[str, pa.Table]) -> pa.Table:
            for name, rows in beside.items():
                self.db.register(name, rows)
            return self.db.sql(sql).to_arrow_table()

        return read

    @property
    def lists(self) -> dict[str, pa.Table]:
        """What stands beside the warehouse: see insight.beside."""
        households, cids, roles = zip(*self.homes, strict=True) if self.homes else ((), (), ())
        home = {"household": pa.array(households, pa.int64()), "cid": pa.array(cids, pa.int32())}
        return {
            "lunar": lunar.table(),
            "household": pa.table(home | {"role": pa.array(roles, pa.string())}),
            **{f"list:{key}": pa.table({"cid": pa.array(cids, pa.int32())}) for key, cids in self.named.items()},
            **{
                f"audience:{key}": pa.table({"cid": pa.array(cids, pa.int32())}) for key, cids in self.audiences.items()
            },
        }

    def members(self, bound: Any, moment: Moment) -> set[int]:
        """The set answer to one condition, as a count asks for it."""
        found = run(members_statement(bound), Binding(moment, TYPES, CHANNELS), self.query, self.lists)
        return set(found["cid"].to_pylist())

    def members_of_all(self, bounds: Sequence[Any], moment: Moment) -> list[set[int]]:
        """The set answers to many conditions planned together, as a refresh asks for them."""
        binding = Binding(moment, TYPES, CHANNELS)
        definitions = tuple(Definition(Output.AUDIENCE, f"a{n}", (("", bound),)) for n, bound in enumerate(bounds))
        program = compile_level.__wrapped__(definitions, only=False)
        for name, rows in self.lists.items():
            self.db.register(name, rows)
        for scan in program.scans:
            self.db.execute(f"CREATE OR REPLACE TABLE {scan.kept} AS {scan.statement.filled(binding)}")
        if program.flags is not None:
            self.db.execute(f"CREATE OR REPLACE TABLE flags AS {program.flags.filled(binding)}")
        [(_, statement)] = program.wide
        rows = self.db.sql(statement.filled(binding)).to_arrow_table().to_pylist()
        return [{row["cid"] for row in rows if row[f"audience:a{n}"]} for n in range(len(bounds))]


def utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def line(product: str, qty: float | None = 1, amount: int | None = 100) -> dict[str, Any]:
    """A line of an order, with what the catalogue knows of its product."""
    name, category, brand = PRODUCTS.get(product, (None, None, None))
    return {
        "product": product, "name": name, "category": category, "brand": brand, "qty": qty, "amount": amount,
    }  # fmt: skip


def paid(at: datetime, zone: ZoneInfo, amount: int, **props: Any) -> Happening:
    return Happening("order_paid", at, at.astimezone(zone).date(), {"amount": amount, **props})


def at_home(people: dict[int, Subject], homes: Sequence[tuple[int, int, str]], dead: Any) -> dict[int, Subject]:
    """The same people, knowing who they live with."""
    known: dict[int, Subject] = {}
    for cid, subject in people.items():
        roles: dict[int, frozenset[str]] = {}
        for household, member, role in homes:
            if member == cid:
                roles[household] = roles.get(household, frozenset()) | {role}
        known[cid] = replace(subject, cid=cid, roles=roles, relatives=partial(_relatives, known, homes, dead, cid))
    return known


def _relatives(known, homes, dead, cid):
    mine = {household for household, member, _ in homes if member == cid}
    return [
        Relative(household, role, known[member])
        for household, member, role in homes
        if household in mine and member != cid and member not in dead
    ]


__all__ = ["FIELDS", "Bond", "Garden", "Happening", "Held", "Relative", "Spell", "Subject", "date", "line", "paid"]
