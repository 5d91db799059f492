"""What a way out is: one small protocol, and the ways this house has (given by assembly).

A channel is one module and one test. It never writes touches: it takes messages, says what became of them, and the
outbox and the receipts write that down. Its calls happen outside every write transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from potager.touch.life import State


class Unavailable(Exception):
    """The channel certainly got nothing; try again later."""


class Uncertain(Exception):
    """The call broke off half-way: the channel may have got it. To be looked up."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the channel can do and know.

    receipts       the states it tells of; others are shown as "—", never as 0
    looks_up       it can say for certain whether it has a message with a token
    cancels        it can take back what was handed over and not yet sent
    needs_sender   a staff member must speak
    per_minute     messages per minute of wall time, None without limit
    text_limit     characters of one message
    mass           its messages count under the platform's limit of mass messages per customer
    """

    name_zh: str
    name_en: str
    receipts: frozenset[State]
    looks_up: bool
    cancels: bool
    needs_sender: bool
    per_minute: int | None = None
    text_limit: int = 4_000
    mass: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a batch. `token` makes handing over the same message twice harmless, where the channel can."""

    token: str
    touch: int
    cid: int
    person_key: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """The same text from the same sender to one or more people."""

    sender: str
    text: str
    journey: str
    to: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message: taken, refused for good, or to be tried again."""

    token: str
    outcome: Literal["accepted", "refused", "retry"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """News of a message the channel took."""

    token: str
    state: State
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person did towards us: answered, asked to be left alone, deleted the sender, added them again.

    text  the words of an answer, where the channel tells them: read once for words of opting out, never kept
    """

    id: str
    kind: Literal["reply", "opt_out", "delete", "add"]
    person_key: str
    sender: str
    at: datetime
    token: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """A page of what the channel has to tell after a cursor, and the cursor after it."""

    cursor: int
    receipts: Sequence[Receipt] = ()
    inbound: Sequence[Inbound] = ()


class Channel(Protocol):
    """A way out."""

    key: str
    capabilities: Capabilities

    def send(self, batches: Sequence[Batch], at: datetime) -> list[Result]:
        """Hand messages over at business time `at`; one result per token. Raises Unavailable or Uncertain."""
        ...

    def lookup(self, tokens: Collection[str]) -> set[str]:
        """Which of these the channel has. Raises Unavailable."""
        ...

    def cancel(self, tokens: Collection[str], at: datetime) -> set[str]:
        """Take back what was not sent yet; returns the tokens taken back. Raises Unavailable."""
        ...

    def news(self, after: int, limit: int) -> News:
        """What happened after the cursor. Raises Unavailable."""
        ...


@dataclass
class _Registry:
    channels: dict[str, Channel] = field(default_factory=dict)


_registry = _Registry()


def set_channels(channels: Sequence[Channel]) -> None:
    """Called once by assembly: the ways out of this house."""
    _registry.channels = {channel.key: channel for channel in channels}


def installed() -> Mapping[str, Channel]:
    """The ways out by key."""
    return _registry.channels
