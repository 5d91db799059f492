"""What kinds of identity there are, how each is written, and how far each is believed."""

import re
from enum import IntEnum
from typing import NamedTuple

from potager.core import crypto
from potager.core.errors import Problem


class Tier(IntEnum):
    """How far an identity joins people, strongest first."""

    STRONG = 0
    CONTACT = 1
    DEVICE = 2


class IdentityRef(NamedTuple):
    """An identity as the outside names it. `realm` says where the value is unique: a corp, an app, a shop."""

    type: str
    realm: str
    value: str


class Handle(NamedTuple):
    """An identity as it is stored: `value` is normalised, and a lookup for sealed types."""

    type: str
    realm: str
    value: str


TIERS = {
    **dict.fromkeys(
        ("unionid", "openid", "external_userid", "user_id", "member_no", "customer_id", "household_id"), Tier.STRONG
    ),
    **dict.fromkeys(("phone", "email"), Tier.CONTACT),
    "anonymous_id": Tier.DEVICE,
}
SEALED = frozenset({"phone", "email"})
MAX_VALUE = 200
MAX_REALM = 64

_NOT_DIGITS = re.compile(r"\D+")


def handle_of(ref: IdentityRef) -> Handle:
    """The stored form of an identity; equal exactly when the identities are.

    Raises Problem("people.identity") naming the type and the cure.
    """
    kind = ref.type
    if kind in SEALED:
        return Handle(kind, "", crypto.lookup(kind, "", contact(kind, ref.value)).hex())
    value = ref.value.strip()
    if kind not in TIERS:
        raise _refused(
            kind,
            zh=f"身份类型只能是 {'、'.join(TIERS)}",
            en=f"an identity is one of {', '.join(TIERS)}",
        )
    if not 0 < len(value) <= MAX_VALUE or len(ref.realm) > MAX_REALM:
        raise _refused(
            kind,
            zh=f"身份值应为 1–{MAX_VALUE} 个字符，范围（realm）不超过 {MAX_REALM} 个字符",
            en=f"a value has 1–{MAX_VALUE} characters and a realm at most {MAX_REALM}",
        )
    return Handle(kind, ref.realm, value)


def contact(kind: str, value: str) -> str:
    """A phone as +country digits (+86 unless it says otherwise), an e-mail in lower case.

    Raises Problem("people.identity") when it is neither; the message never repeats the value.
    """
    return _phone(value) if kind == "phone" else _email(value)


def hint_of(kind: str, value: str) -> str:
    """What may be shown of a phone or e-mail: 138****0000, l***@example.com."""
    plain = contact(kind, value)
    return crypto.hint(kind, plain.removeprefix("+86"))


def _phone(value: str) -> str:
    digits = _NOT_DIGITS.sub("", value)
    international = value.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    if not international and len(digits) == 13 and digits.startswith("861"):
        international = True
    if not 5 <= len(digits) <= 15 or len(set(digits)) == 1:
        raise _refused(
            "phone",
            zh="手机号应为 5–15 位数字，例如 138 0013 8000",
            en="a phone has 5–15 digits, such as +8613800138000",
        )
    return f"+{digits}" if international else f"+86{digits.removeprefix('0')}"


def _email(value: str) -> str:
    text = value.strip().casefold()
    name, at, domain = text.rpartition("@")
    if not at or not name or "." not in domain or len(text) > MAX_VALUE or any(c.isspace() for c in text):
        raise _refused("email", zh="邮箱应写成 name@example.com", en="an e-mail looks like name@example.com")
    return text


def _refused(kind: str, *, zh: str, en: str) -> Problem:
    return Problem(
        "people.identity", zh=f"身份「{kind}」无效：{zh}", en=f"Identity “{kind}” is refused: {en}", place=kind
    )
