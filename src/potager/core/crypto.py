"""Sealed personal data: looked up by HMAC, opened only with the key, shown as a hint.

lookup  HMAC-SHA256(key, type|realm|normalised value): equal values meet without being readable
sealed  AES-256-GCM, key id in front, the lookup as associated data so a sealed value cannot be moved to another row
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from potager.core.errors import Problem
from potager.core.settings import environment

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Keys:
    """The house's secret material. `root` is 32 bytes; the others are derived from it."""

    id: str
    lookup: bytes
    seal: bytes
    django: str


@cache
def keys() -> Keys:
    """From POTAGER_KEY (64 hex digits) or the 0600 file `key` in POTAGER_HOME, made on first use."""
    root = _root()

    def derive(purpose: str) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)

    return Keys(
        id=hashlib.sha256(derive("id")).hexdigest()[:8],
        lookup=derive("lookup"),
        seal=derive("seal"),
        django=derive("django").hex(),
    )


def lookup(kind: str, realm: str, value: str) -> bytes:
    """32 bytes that are equal exactly for equal (kind, realm, normalised value)."""
    return hmac.new(keys().lookup, f"{kind}|{realm}|{value}".encode(), hashlib.sha256).digest()


def seal(value: str, context: bytes) -> bytes:
    """key id (8 ASCII) + nonce + ciphertext; opens only with the same `context`."""
    nonce = os.urandom(_NONCE)
    return keys().id.encode() + nonce + AESGCM(keys().seal).encrypt(nonce, value.encode(), context)


def unseal(sealed: bytes, context: bytes) -> str:
    """The value in clear. Raises Problem("crypto.key") when it was sealed with another key."""
    if sealed[:8].decode("ascii", "replace") != keys().id:
        raise Problem(
            "crypto.key",
            zh="这条数据是用另一把密钥加密的：请放回原来的密钥文件",
            en="This value was sealed with another key: put the original key file back",
            status=500,
        )
    nonce, body = sealed[8 : 8 + _NONCE], sealed[8 + _NONCE :]
    return AESGCM(keys().seal).decrypt(nonce, body, context).decode()


def hint(kind: str, value: str) -> str:
    """What a person may see of a sealed value: 138****0000, l***@example.com."""
    if kind == "email" and "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    if len(value) < 8:
        return "*" * len(value)
    return f"{value[:3]}****{value[-4:]}"


def _root() -> bytes:
    given = os.environ.get("POTAGER_KEY", "")
    if not given:
        path = environment().home / "key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(os.urandom(32).hex())
        given = path.read_text()
    try:
        root = bytes.fromhex(given.strip())
    except ValueError:
        root = b""
    if len(root) != 32:
        raise Problem(
            "crypto.key",
            zh="密钥应为 64 个十六进制字符（POTAGER_KEY 或数据目录里的 key 文件）",
            en="The key must be 64 hexadecimal digits (POTAGER_KEY, or the file `key` in the data directory)",
        )
    return root
