"""The random leaf: a share of customers by a stable hash, the same ones each time for the same salt.

A customer's place is the MD5 of "salt:cid" read as a fraction of 1: independent of arrival, of other customers and
of other salts. Shares that do not overlap select different people, so "0 to 50" and "50 to 100" split everybody in two.
"""

from dataclasses import dataclass
from hashlib import md5
from typing import Any, ClassVar, Final

from pydantic import Field as Schema

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Node, Subject, Words, Written
from potager.insight.conditions.paths import join
from potager.insight.fields import refusal
from potager.insight.slots import Slots

_ALL: Final = 2**32


class Share(Node):
    """From `from` until before `to`, in percent of all."""

    salt: str = Schema(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
    from_: float = Schema(0, alias="from", ge=0, le=100)
    to: float = Schema(ge=0, le=100)


class Random(Written):
    """`{"random": {"salt": "spring-2026", "to": 10}}`: a tenth of all customers."""

    KEY: ClassVar[str] = "random"

    random: Share

    def bind(self, binder: Binder, place: str) -> "RandomLeaf":  # noqa: ARG002  (needs nothing of the house)
        share = self.random
        if share.from_ >= share.to:
            raise refusal("随机比例的起点应小于终点", "The share must begin before it ends", join(place, "random.to"))
        return RandomLeaf(share.salt, share.from_, share.to)


@dataclass(frozen=True, slots=True)
class RandomLeaf(BoundLeaf):
    salt: str
    first: float
    last: float

    @property
    def source(self) -> str:
        return "customer"

    def row(self, table: Any, slots: Slots) -> Any:  # noqa: ARG002
        import ibis

        digest = (ibis.literal(f"{self.salt}:") + table.cid.cast("string")).hexdigest("md5")
        return (digest >= _edge(self.first)) & (digest < _edge(self.last))

    def single(self, subject: Subject) -> Answer:
        digest = md5(f"{self.salt}:{subject.cid}".encode(), usedforsecurity=False).hexdigest()
        at = f"{int(digest[:8], 16) / _ALL:.2%}"
        ok = _edge(self.first) <= digest < _edge(self.last)
        return Answer(ok, f"落在 {at}", f"at {at}")

    def say(self, words: Words, *, negated: bool = False) -> str:
        if self.first == 0:
            said = words.pick(f"随机 {self.last:g}% 的客户", f"a random {self.last:g}% of customers")
        else:
            span = f"{self.first:g}%–{self.last:g}%"
            said = words.pick(f"随机分到 {span} 的客户", f"customers drawn between {span}")
        said += words.pick(f"（{self.salt}）", f" ({self.salt})")
        return words.pick(f"并非{said}", f"not {said}") if negated else said


def _edge(percent: float) -> str:
    """The first 32 bits of the digests at this share, as text: digests are compared as texts."""
    return "g" if percent >= 100 else f"{int(percent / 100 * _ALL):08x}"
