"""The mapping of a file: which column is what. Written as YAML by hand or by the console's wizard."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from potager.core.errors import Problem
from potager.people import attributes

ColumnOrColumns = str | list[str]


class Kind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    ORDER_ITEMS = "order_items"
    REFUNDS = "refunds"
    PRODUCTS = "products"
    EVENTS = "events"
    COSTS = "costs"


class IdentityColumn(BaseModel):
    """A column that names the person. realm says where its values are unique: a shop, an app, a corp."""

    model_config = ConfigDict(extra="forbid")
    type: str
    column: str
    realm: str = ""


class FileMapping(BaseModel):
    """See docs/guide/import.md; every field has a default but `fields`.

    fields      our field → column, or several columns that together are the value
    constants   our field → the same value for every row
    generated   keys the file does not have: made from the whole row, so that the same row has the same key again
    values      our field → what the file writes → what it means, such as status: {已付款: paid}
    attributes  customer attribute → column          properties  event property → column
    """

    model_config = ConfigDict(extra="forbid")
    source: str = Field("import", min_length=1, max_length=64)
    timezone: str | None = None
    time_formats: list[str] = []
    encoding: Literal["auto", "utf-8", "gb18030", "utf-16"] = "auto"
    delimiter: str = "auto"
    header: bool | Literal["auto"] = "auto"
    sheet: str | None = None
    fields: dict[str, ColumnOrColumns] = {}
    constants: dict[str, str] = {}
    generated: list[Literal["order_no", "refund_no"]] = []
    identities: list[IdentityColumn] = []
    values: dict[str, dict[str, str]] = {}
    attributes: dict[str, str] = {}
    properties: dict[str, str] = {}
    duplicates: Literal["drop", "keep"] = "drop"
    negatives: Literal["refund", "keep", "reject"] = "refund"
    rounding: Literal["refuse", "half_up"] = "refuse"
    anonymous: Literal["reject", "keep"] = "reject"
    derive_orders: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"unknown time zone {value!r}, an example is Asia/Shanghai")
        return value

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str) -> str:
        if value != "auto" and len(value) != 1:
            raise ValueError("the delimiter is one character, or auto")
        return value

    @field_validator("constants", mode="before")
    @classmethod
    def _constants_as_text(cls, value: object) -> object:
        return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _mapped_once(self) -> "FileMapping":
        said = [*self.fields, *self.constants, *self.generated]
        if twice := {name for name in said if said.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: either a column, a constant or generated")
        return self

    def columns(self) -> list[str]:
        """Every column the mapping names, once, in a stable order."""
        named: list[str] = []
        for each in self.fields.values():
            named += [each] if isinstance(each, str) else each
        named += [identity.column for identity in self.identities]
        named += [*self.attributes.values(), *self.properties.values()]
        return list(dict.fromkeys(named))


# Keys that may be made from the whole row, by kind. Lines and events without one always are.
GENERATED: Mapping[Kind, frozenset[str]] = {
    Kind.ORDERS: frozenset({"order_no"}),
    Kind.REFUNDS: frozenset({"refund_no"}),
}
# What each kind understands; the first set must be there, as a column or a constant.
FIELDS: Mapping[Kind, tuple[frozenset[str], frozenset[str]]] = {
    kind: (frozenset(required), frozenset(optional))
    for kind, required, optional in (
        (Kind.CUSTOMERS, (), ("name", "owner", "source", "first_seen", "updated_at")),
        (
            Kind.ORDERS,
            ("order_no", "ts", "amount"),
            ("shop", "version", "status", "discount", "cost", "channel", "store", "refund_of"),
        ),
        (
            Kind.ORDER_ITEMS,
            ("order_no", "amount"),
            ("ts", "shop", "line", "version", "product", "qty", "cost", "channel", "store"),
        ),
        (Kind.REFUNDS, ("refund_no", "order_no", "ts", "amount"), ("shop", "version")),
        (Kind.PRODUCTS, ("product",), ("name", "category", "brand", "price", "cost", "life_days", "version")),
        (Kind.EVENTS, ("event", "ts"), ("message_id", "channel", "amount", "qty")),
        (Kind.COSTS, ("day", "amount"), ("source", "channel", "version")),
    )
}
PERSONAL_KINDS = frozenset({Kind.CUSTOMERS, Kind.ORDERS, Kind.ORDER_ITEMS, Kind.REFUNDS, Kind.EVENTS})


def parse(raw: object) -> FileMapping:
    """A mapping from plain data. Raises Problem("import.mapping") with the place and the reason."""
    try:
        return FileMapping.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Problem(
            "import.mapping",
            zh=f"映射的「{place}」不对：{first['msg']}",
            en=f"The mapping's “{place}” is wrong: {first['msg']}",
            place=place,
        ) from error


def parse_yaml(text: str) -> FileMapping:
    """A mapping from a YAML file's text."""
    try:
        raw: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Problem(
            "import.yaml", zh=f"映射文件不是有效的 YAML：{error}", en=f"The mapping is no valid YAML: {error}"
        ) from error
    return parse(raw or {})


def check(mapping: FileMapping, kind: Kind, columns: Sequence[str]) -> None:
    """Refuse a mapping that cannot work for this kind and these columns, saying what is missing or what is near."""
    required, optional = FIELDS[kind]
    known = required | optional
    given = {**mapping.fields, **mapping.constants}
    for name in given:
        if name not in known:
            raise _unknown("字段", "field", name, known, "fields")
    for name in mapping.generated:
        if name not in GENERATED.get(kind, ()):
            raise Problem(
                "import.generated",
                zh=f"导入 {kind.value} 时，「{name}」不能由整行生成",
                en=f"Importing {kind.value}, “{name}” cannot be made from the row",
                place="generated",
            )
    missing = sorted(required - given.keys() - set(mapping.generated))
    if kind == Kind.ORDER_ITEMS and mapping.derive_orders and "ts" not in given:
        missing.append("ts")
    if missing:
        raise Problem(
            "import.missing_field",
            zh=f"导入 {kind.value} 还需要指定：{'、'.join(missing)}",
            en=f"Importing {kind.value} also needs: {', '.join(missing)}",
            place="fields",
        )
    for key in mapping.attributes:
        if key not in (declared := attributes.declared()):
            raise _unknown("客户属性", "attribute", key, declared, "attributes")
    for column in mapping.columns():
        if column not in columns:
            raise _unknown("列", "column", column, columns, "fields")
    needs_person = kind in {Kind.CUSTOMERS, Kind.ORDERS, Kind.EVENTS} or (
        kind == Kind.ORDER_ITEMS and mapping.derive_orders
    )
    if needs_person and not mapping.identities and (kind == Kind.CUSTOMERS or mapping.anonymous == "reject"):
        raise Problem(
            "import.identities",
            zh="请至少指定一列客户身份（identities），例如会员号、unionid 或手机号",
            en="Name at least one identity column (identities), such as a member number, unionid or phone",
            place="identities",
        )


def _unknown(zh: str, en: str, name: str, known: Iterable[str], place: str) -> Problem:
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5) or get_close_matches(
        name.lower(), [each.lower() for each in names], n=1, cutoff=0.5
    )
    hint_zh = f"，是不是「{near[0]}」？" if near else f"；可用的有：{'、'.join(names)}"
    hint_en = f"; did you mean “{near[0]}”?" if near else f"; there are: {', '.join(names)}"
    return Problem(
        f"import.unknown_{en}",
        zh=f"没有叫「{name}」的{zh}{hint_zh}",
        en=f"There is no {en} “{name}”{hint_en}",
        place=place,
    )
