"""Write keys: which programs may send facts over HTTP, and as whom."""

import hashlib
import re
from dataclasses import dataclass

from django.db.models import QuerySet

from potager.core import clock
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.ids import new_token
from potager.facts.models import WriteKey
from potager.org import audit
from potager.org.access import Actor, require_owner

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key and its secret, which is shown this once and stored nowhere."""

    key: WriteKey
    secret: str


def issue(actor: Actor, key: str, *, name: str, realm: str = "") -> Issued:
    """Make a write key. `realm` defaults to the key.

    Raises Problem("write_key.key") for a slug that is none, Conflict when it is taken (also by a revoked key).
    """
    require_owner(actor)
    if not _KEY.fullmatch(key):
        raise Problem(
            "write_key.key",
            zh=f"写入密钥的标识「{key}」应为小写字母、数字和横线，最长 40 个字符",
            en=f"The key “{key}” must be small letters, digits and dashes, at most 40 characters",
            place="key",
        )
    if WriteKey.objects.filter(key=key).exists():
        raise Conflict("write_key.taken", zh=f"标识「{key}」已经用过", en=f"The key “{key}” is taken", place="key")
    secret = new_token("wk")
    row = WriteKey.objects.create(
        key=key,
        name=name or key,
        realm=realm or key,
        secret_hash=_hash(secret),
        hint=f"{secret[:6]}…{secret[-4:]}",
        created_at=clock.wall(),
        created_by=actor.login,
    )
    audit.record(actor, "write_key.issue", f"write_key:{key}", {"realm": row.realm})
    return Issued(row, secret)


def revoke(actor: Actor, key: str) -> WriteKey:
    """Refuse the key from now on. Raises NotFound; revoking twice changes nothing."""
    require_owner(actor)
    row = WriteKey.objects.filter(key=key).first()
    if row is None:
        raise NotFound("写入密钥", "write key", key)
    if row.revoked_at is None:
        row.revoked_at = clock.wall()
        row.save()
        audit.record(actor, "write_key.revoke", f"write_key:{key}")
    return row


def listed() -> QuerySet[WriteKey]:
    """All keys, the ones in use first."""
    return WriteKey.objects.order_by("revoked_at", "key")


def holder(secret: str) -> WriteKey | None:
    """The key this secret belongs to, unless it was revoked."""
    return WriteKey.objects.filter(secret_hash=_hash(secret), revoked_at__isnull=True).first() if secret else None


def _hash(secret: str) -> str:
    """A plain hash suffices: the secret is 192 random bits, not something a person chose."""
    return hashlib.sha256(secret.encode()).hexdigest()
