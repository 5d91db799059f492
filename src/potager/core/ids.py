"""Stable identifiers: 128-bit content keys as two signed 64-bit halves, and short random keys."""

import hashlib
import secrets
import struct
from typing import NamedTuple

_HALVES = struct.Struct(">qq")


class Key(NamedTuple):
    """A 128-bit key as two signed 64-bit integers: exact in SQLite, PostgreSQL, Arrow and DuckDB alike."""

    k1: int
    k2: int


def key_of(*parts: str) -> Key:
    """The key of a tuple of strings; ("a", "bc") and ("ab", "c") differ."""
    encoded = [part.encode() for part in parts]
    framed = b"".join([len(raw).to_bytes(4, "big") + raw for raw in encoded])
    return Key(*_HALVES.unpack(hashlib.blake2b(framed, digest_size=16).digest()))


def bucket_of(salt: str, subject: str, buckets: int = 10_000) -> int:
    """A stable bucket in [0, buckets) for (salt, subject): arms, samples and shares are drawn with it."""
    raw = hashlib.blake2b(f"{salt}\x00{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big") % buckets


def new_token(prefix: str) -> str:
    """A secret nobody can guess, for write keys and share links: prefix_ + 32 url-safe characters."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"
