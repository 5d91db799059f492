"""Typed custom attributes: what may be stated of a customer, and in which form it is kept."""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from potager.core import crypto, house, money
from potager.core.errors import Conflict, Problem
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.people.models import Attribute

_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED = frozenset({"name", "owner", "source", "phone", "email", "state", "first_seen", "created_at", "cid", "live"})
_YES, _NO = {"true", "yes", "y", "1", "是", "有"}, {"false", "no", "n", "0", "否", "无"}


def define(
    actor: Actor,
    key: str,
    *,
    name_zh: str,
    name_en: str = "",
    kind: str,
    options: list[str] | None = None,
    personal: bool = False,
) -> Attribute:
    """Declare an attribute, or change an existing one's names and add options.

    Kind and `personal` are fixed once declared: stored values would no longer mean what they say.
    """
    require_write(actor)
    if not _KEY.fullmatch(key) or key in RESERVED:
        raise Problem(
            "people.attribute_key",
            zh=f"属性键「{key}」应为小写字母开头的字母、数字或下划线，且不能是保留字",
            en=f"The attribute key “{key}” must be lower-case letters, digits or _, a letter first, and not reserved",
            place="key",
        )
    if kind not in Attribute.Kind.values or (kind == Attribute.Kind.CHOICE) != bool(options):
        raise Problem(
            "people.attribute_kind",
            zh=f"属性类型应为 {'、'.join(Attribute.Kind.values)}；只有单选需要选项",
            en=f"An attribute is one of {', '.join(Attribute.Kind.values)}; choice, and only choice, has options",
            place="kind",
        )
    fixed = {"kind": kind, "personal": personal}
    attribute, created = Attribute.objects.get_or_create(key=key, defaults=fixed | {"name_zh": name_zh})
    if not created and (attribute.kind, attribute.personal) != (kind, personal):
        raise Conflict(
            "people.attribute_fixed",
            zh=f"属性「{key}」的类型和隐私设置不能再改：请新建一个属性",
            en=f"Kind and privacy of “{key}” cannot change: declare another attribute",
            place="kind",
        )
    attribute.name_zh, attribute.name_en, attribute.options = name_zh, name_en, list(options or [])
    attribute.save()
    audit.record(actor, "attribute.define", f"attribute:{key}", {"kind": kind, "personal": personal})
    return attribute


def declared() -> dict[str, Attribute]:
    """The declared attributes by key."""
    return {attribute.key: attribute for attribute in Attribute.objects.order_by("key")}


def personal_keys() -> frozenset[str]:
    """Attributes that are sealed and never journalled."""
    return frozenset(Attribute.objects.filter(personal=True).values_list("key", flat=True))


def stored(attribute: Attribute, value: object) -> object:
    """The form in which a value is kept: JSON, and sealed when personal. Nothing and '' are None.

    Raises Problem("people.attribute") naming the attribute and the cure.
    """
    if value is None or value == "":
        return None
    plain = _READERS[attribute.kind](attribute, value)
    return sealed(attribute.key, plain) if attribute.personal else plain


def sealed(key: str, plain: object) -> dict[str, str]:
    """A personal value as it is kept: unreadable, comparable by its lookup, with a hint."""
    text = str(plain)
    return {
        "sealed": base64.b64encode(crypto.seal(text, _context(key))).decode(),
        "lookup": crypto.lookup("attribute", key, text).hex(),
        "hint": crypto.hint("", text),
    }


def opened(key: str, kept: Mapping[str, str]) -> str:
    """The value of `sealed` in clear."""
    return crypto.unseal(base64.b64decode(kept["sealed"]), _context(key))


def _context(key: str) -> bytes:
    return f"attribute|{key}".encode()


def _text(attribute: Attribute, value: object) -> str:
    text = str(value).strip()
    if isinstance(value, (dict, list)) or len(text) > 500:
        raise _refused(attribute, zh="应为不超过 500 字的文本", en="must be text of at most 500 characters")
    return text


def _number(attribute: Attribute, value: object) -> int | float:
    try:
        number = Decimal("NaN" if isinstance(value, bool) else str(value).strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _refused(attribute, zh="应为数字，例如 12.5", en="must be a number, such as 12.5")
    return int(number) if number == number.to_integral_value() and abs(number) < 2**53 else float(number)


def _money(attribute: Attribute, value: object) -> int:
    try:
        return money.to_minor(str(value), house.facts().currency)
    except Problem as problem:
        raise _refused(attribute, zh=problem.zh, en=problem.en) from problem


def _date(attribute: Attribute, value: object) -> str:
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-")[:10]).isoformat()
    except ValueError as error:
        raise _refused(attribute, zh="应为日期，例如 2026-11-01", en="must be a date, such as 2026-11-01") from error


def _bool(attribute: Attribute, value: object) -> bool:
    text = str(value).strip().casefold()
    if text in _YES | _NO:
        return text in _YES
    raise _refused(attribute, zh="应为 是/否 或 true/false", en="must be true or false")


def _choice(attribute: Attribute, value: object) -> str:
    text = str(value).strip()
    if text not in attribute.options:
        allowed = attribute.options[:20]
        raise _refused(attribute, zh=f"只能取 {'、'.join(allowed)}", en=f"must be one of {', '.join(allowed)}")
    return text


_READERS: Mapping[str, Callable[[Attribute, object], object]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "bool": _bool,
    "choice": _choice,
}


def _refused(attribute: Attribute, *, zh: str, en: str) -> Problem:
    return Problem(
        "people.attribute",
        zh=f"属性「{attribute.name_zh}」（{attribute.key}）的值无效：{zh}",
        en=f"The value of attribute “{attribute.key}” is refused: {en}",
        place=f"attrs.{attribute.key}",
    )
