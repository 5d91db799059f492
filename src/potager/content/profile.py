"""What a script of kind 3.0 may say of a customer: layers, the last order, the next best product, attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from potager.core import clock
from potager.insight import catalogue, queries, tables
from potager.insight.affinity import queries as affinity
from potager.insight.affinity.settings import Grain
from potager.insight.conditions.ops import show
from potager.insight.fields import Fields, Kind
from potager.people import attributes
from potager.people.models import Customer

# Paid orders of one customer: how many, and the last with what was in it.
_LAST: Final = """
WITH mine AS (SELECT k1, k2, ts, day, amount FROM orders WHERE cid = $cid AND status = 'paid'),
last AS (SELECT * FROM mine ORDER BY ts DESC, k1, k2 LIMIT 1)
SELECT (SELECT count(*)::BIGINT FROM mine) AS orders, l.day, l.amount,
    (SELECT list(coalesce(p.name, i.product) ORDER BY i.amount DESC, i.line) FROM order_item i
     LEFT JOIN product p ON p.product = i.product WHERE i.k1 = l.k1 AND i.k2 = l.k2) AS products
FROM last l
"""
_MOST_PRODUCTS: Final = 2


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands in braces: the name in code, and what operators call it in either language."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer as scripts see them. is_old: has a paid order. values: by either name of a variable."""

    is_old: bool
    values: Mapping[str, str]


_OWN: Final = (
    Variable("customer_name", "客户昵称", "Customer's name"),
    Variable("staff_name", "员工姓名", "Staff member's name"),
    Variable("store_name", "门店", "Store"),
    Variable("last_product", "上次商品", "Last product"),
    Variable("last_order_day", "上次下单日", "Day of the last order"),
    Variable("last_amount", "上次金额", "Amount of the last order"),
    Variable("days_since_order", "距上次天数", "Days since the last order"),
    Variable("order_count", "下单次数", "Number of orders"),
    Variable("next_product", "下一件商品", "Next best product"),
)


def variables() -> list[Variable]:
    """Every variable a script may use: our own, one for each layer model, one for each attribute not personal."""
    layers = [Variable(f"layer.{key}", _word(each.zh), each.en or key) for key, each in catalogue.load().layers.items()]
    declared = [
        Variable(row.key, _word(row.name_zh), row.name_en or row.key)
        for row in attributes.declared().values()
        if not row.personal
    ]
    return [*_OWN, *layers, *declared]


def of(customer: Customer, language: str) -> Profile:
    """What is known of a customer now; what is not known is absent. Asks the warehouse: outside store.write."""
    fields = catalogue.load()
    found: dict[str, Any] = {"customer_name": customer.name}
    if customer.owner is not None:
        store = customer.owner.store
        found |= {"staff_name": customer.owner.name, "store_name": store.name if store else None}
    last = _last_order(customer.pk)
    if last:
        found |= _ordered(last, fields, language)
    if following := affinity.next_of(customer.pk):
        product = following[0]["product"]
        found["next_product"] = affinity.names(Grain.PRODUCT, [product])[product]
    for model, layer, _ in queries.layers_of(customer.pk):
        if model in fields.layers:
            found[f"layer.{model}"] = fields.layers[model].layer_label(layer, language)
    known = variables()
    for each in known:
        if each.key in customer.attrs and each.key not in found:
            found[each.key] = customer.attrs[each.key]
    values: dict[str, str] = {}
    for each in known:
        value = found.get(each.key)
        if value is not None and str(value).strip():
            values[each.key] = values[each.zh] = str(value)
    return Profile(bool(last), values)


def _word(name: str) -> str:
    """A name as it stands in braces: without spaces."""
    return name.replace(" ", "")


def _last_order(cid: int) -> Mapping[str, Any] | None:
    rows = tables.opened().query(_LAST, {"cid": cid}).to_pylist()
    return rows[0] if rows else None


def _ordered(last: Mapping[str, Any], fields: Fields, language: str) -> dict[str, object]:
    day: date = last["day"]
    joined = "、" if language == "zh" else ", "
    return {
        "last_product": joined.join(last["products"][:_MOST_PRODUCTS]) if last["products"] else None,
        "last_order_day": f"{day.month} 月 {day.day} 日" if language == "zh" else day.isoformat(),
        "last_amount": show(Kind.MONEY, last["amount"], language, fields.currency),
        "days_since_order": (clock.today() - day).days,
        "order_count": last["orders"],
    }
