"""What departments, stores and staff have in common: a key that never changes, and a name people read."""

import re

from potager.core import store
from potager.core.errors import Conflict, Problem
from potager.org.access import Actor, require_write

KEY_LENGTH, NAME_LENGTH, CITY_LENGTH = 64, 100, 50
# What WeCom allows as a userid, so that staff and departments keep the keys they have there.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]*")


def begin(actor: Actor) -> None:
    """Open a change of the organisation: by whom it may be made, and one at a time.

    Moves of two departments, or a removal beside an arrival, are each right alone and wrong together.
    """
    require_write(actor)
    store.serialise("org")


def check_key(key: str) -> str:
    """The key as given. Raises Problem("org.key") for one that could not stay the same everywhere."""
    if len(key) > KEY_LENGTH or not _KEY.fullmatch(key):
        raise Problem(
            "org.key",
            zh=f"标识「{key}」只能用英文字母、数字和 _ . @ -，以字母或数字开头，最长 {KEY_LENGTH} 个字符",
            en=f"The key “{key}” must be letters, digits and _ . @ -, a letter or digit first, "
            f"at most {KEY_LENGTH} characters",
            place="key",
        )
    return key


def check_name(name: str) -> str:
    """The name without spaces around it. Raises Problem("org.name") when there is none or it is too long."""
    return _text(name, "name", "名称", NAME_LENGTH, needed=True)


def check_city(city: str) -> str:
    """The city without spaces around it, "" where there is none."""
    return _text(city, "city", "城市", CITY_LENGTH, needed=False)


def taken(kind: str, what_zh: str, what_en: str, key: str) -> Conflict:
    """The refusal of a key somebody has."""
    return Conflict(
        f"{kind}.taken",
        zh=f"已有标识为「{key}」的{what_zh}，请换一个标识，或直接修改它",
        en=f"There is a {what_en} “{key}” already: choose another key, or change that one",
        place="key",
    )


def _text(value: str, place: str, word: str, most: int, *, needed: bool) -> str:
    text = value.strip()
    if needed and not text:
        raise Problem(f"org.{place}", zh=f"请填写{word}", en=f"Fill in the {place}", place=place)
    if len(text) > most:
        raise Problem(
            f"org.{place}",
            zh=f"{word}最长 {most} 个字，现在是 {len(text)} 个",
            en=f"The {place} has {len(text)} characters; at most {most} are kept",
            place=place,
        )
    return text
