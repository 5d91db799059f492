"""Where customers come from 渠道来源: keys with names. A source nobody named is shown by its key."""

import re

from potager.core.errors import Problem
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.people.models import Source

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def put(actor: Actor, key: str, *, name_zh: str, name_en: str = "") -> Source:
    """Name a source, or rename it. Raises Problem("people.source_key") for a key that is none."""
    require_write(actor)
    if not _KEY.fullmatch(key):
        raise Problem(
            "people.source_key",
            zh=f"来源键「{key}」应为小写字母、数字、点、横线或下划线，最长 64 个字符",
            en=f"The source key “{key}” must be small letters, digits, dot, dash or underscore, at most 64 characters",
            place="key",
        )
    source, _ = Source.objects.update_or_create(key=key, defaults={"name_zh": name_zh, "name_en": name_en})
    audit.record(actor, "source.put", f"source:{key}", {"name_zh": name_zh, "name_en": name_en})
    return source
