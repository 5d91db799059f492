"""E-commerce calls as the entities they speak of: an order or a refund is one thing, told once or many times."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from potager.core import house, money
from potager.core.errors import Problem
from potager.core.journal import to_us

# The spec's names and our own, to the status they tell; "" where the properties must say it.
ORDER_EVENTS = {
    "order_paid": "paid",
    "order_completed": "paid",
    "order_updated": "",
    "order_created": "created",
    "order_cancelled": "cancelled",
}
REFUND_EVENTS = frozenset({"order_refunded"})
EVENT_OF_STATUS = {"paid": "order_paid", "created": "order_created", "cancelled": "order_cancelled"}


def order_body(name: str, properties: Mapping[str, Any], realm: str, at: datetime) -> dict[str, object]:
    """An order call as the body of a fact of kind order.

    amount   GMV before refunds: amount, total, revenue or value, a decimal in the house's currency
    version  properties.version, else the event's instant: the later statement replaces the earlier
    Raises Problem naming the property.
    """
    _same_currency(properties)
    products = properties.get("products")
    body: dict[str, object] = {
        "shop": _text(properties, "shop") or realm,
        "order_no": _needed(properties, "order_id", "order_no"),
        "version": _version(properties, at),
        "status": _status(name, properties),
        "amount": _amount(properties, "amount", "total", "revenue", "value"),
        "discount": _amount(properties, "discount", default=0),
        "channel": _text(properties, "channel"),
        "store": _text(properties, "store"),
    }
    if isinstance(products, list):
        body["items"] = [_line(number, each) for number, each in enumerate(products, start=1)]
    return body


def refund_body(properties: Mapping[str, Any], realm: str, at: datetime) -> dict[str, object]:
    """A refund call as the body of a fact of kind refund; without refund_id an order is refunded once, as a whole."""
    _same_currency(properties)
    order_no = _needed(properties, "order_id", "order_no")
    return {
        "shop": _text(properties, "shop") or realm,
        "refund_no": _text(properties, "refund_id") or order_no,
        "order_no": order_no,
        "version": _version(properties, at),
        "amount": _amount(properties, "amount", "total", "revenue", "value"),
    }


def minor(value: object, place: str) -> int:
    """A decimal amount of the house's currency in minor units. Raises Problem with the place."""
    try:
        return money.to_minor(str(value), house.facts().currency)
    except Problem as problem:
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=f"properties.{place}") from problem


def _line(number: int, product: object) -> dict[str, object]:
    place = f"products[{number - 1}]"
    if not isinstance(product, dict):
        raise _wrong(place, zh="商品应为对象", en="a product is an object")
    quantity = product.get("quantity", 1)
    if not isinstance(quantity, int | float) or isinstance(quantity, bool):
        raise _wrong(f"{place}.quantity", zh="数量应为数字", en="a quantity is a number")
    price, cost = product.get("price"), product.get("cost")
    return {
        "line": str(product.get("line") or number),
        "product": _needed(product, "product_id", "sku", place=f"{place}."),
        "qty": quantity,
        "amount": round(minor(price, f"{place}.price") * quantity) if price is not None else None,
        "cost": round(minor(cost, f"{place}.cost") * quantity) if cost is not None else None,
    }


def _status(name: str, properties: Mapping[str, Any]) -> str:
    status = _text(properties, "status") or ORDER_EVENTS[name]
    if status not in EVENT_OF_STATUS:
        raise _wrong("status", zh="状态应为 paid、created 或 cancelled", en="status is paid, created or cancelled")
    return status


def _version(properties: Mapping[str, Any], at: datetime) -> int:
    version = properties.get("version")
    if version is None:
        return to_us(at)
    if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version < 1 << 62:
        raise _wrong("version", zh="version 应为非负整数", en="version is an integer from 0")
    return version


def _amount(properties: Mapping[str, Any], *names: str, default: int | None = None) -> int:
    for name in names:
        if properties.get(name) is not None:
            return minor(properties[name], name)
    if default is not None:
        return default
    raise _wrong(names[0], zh=f"缺少金额（{'、'.join(names)}）", en=f"no amount is given ({', '.join(names)})")


def _same_currency(properties: Mapping[str, Any]) -> None:
    currency = house.facts().currency
    if (given := _text(properties, "currency")) and given.upper() != currency:
        raise _wrong("currency", zh=f"币种应为 {currency}", en=f"the currency is {currency}")


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    return "" if value is None else str(value).strip()[:200]


def _needed(properties: Mapping[str, Any], *names: str, place: str = "") -> str:
    for name in names:
        if text := _text(properties, name):
            return text
    raise _wrong(f"{place}{names[0]}", zh=f"缺少 {names[0]}", en=f"{names[0]} is missing")


def _wrong(place: str, *, zh: str, en: str) -> Problem:
    return Problem("ingest.field", zh=zh, en=en, place=f"properties.{place}")
