"""Guesses of tokens: an address that asks for links nobody has is left unanswered for a while. In memory, bounded."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest

MOST: Final = 30
WINDOW_SECONDS: Final = 60.0
# Addresses remembered at once; the one that has not erred for longest is forgotten first.
ADDRESSES: Final = 4_096
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


@dataclass
class Guesses:
    """How often each address asked in vain within its current window of wall-clock seconds."""

    most: int = MOST
    addresses: int = ADDRESSES
    _wrong: "OrderedDict[str, tuple[float, int]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_over(self, address: str, now: float) -> bool:
        """Whether this address has guessed enough for now."""
        with self._lock:
            since, n = self._wrong.get(address, (now, 0))
            return n >= self.most and now - since < WINDOW_SECONDS

    def wrong(self, address: str, now: float) -> None:
        """Note that this address asked for what nobody has."""
        with self._lock:
            since, n = self._wrong.pop(address, (now, 0))
            self._wrong[address] = (since, n + 1) if now - since < WINDOW_SECONDS else (now, 1)
            while len(self._wrong) > self.addresses:
                self._wrong.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._wrong.clear()

    def __len__(self) -> int:
        return len(self._wrong)


guesses: Final = Guesses()


def address_of(request: HttpRequest) -> str:
    """Who asks. The house listens on this machine alone: what stands in front of it names the caller last."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return forwarded if peer in _LOOPBACK and forwarded else peer
