"""Contact policy: may this message go to this person now?

A list of small rules (`touch.rules`, one file each), asked in order; the first that objects decides, and its verdict
is kept with the touch: send · defer until T · skip this message · drop the run. A `defer` past the end of the send
window is a `skip`. Here is what a rule is, and how a batch is judged; pure.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from potager.core.journal import from_us
from potager.touch.people import Known
from potager.touch.places import Book

Decision = Literal["send", "defer", "skip", "drop"]
Detail = Mapping[str, object]
G = TypeVar("G")


class Case(Protocol):
    """What is judged: an intent about to be written, or a touch whose time has come (a row has these fields)."""

    @property
    def run_id(self) -> int: ...
    @property
    def cid(self) -> int: ...
    @property
    def person_key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def arm(self) -> str: ...
    @property
    def shadow(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def missing(self) -> Sequence[str]: ...
    @property
    def zone(self) -> str: ...
    @property
    def expires_us(self) -> int: ...
    @property
    def journey(self) -> str: ...
    @property
    def priority(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, by which rule, with the numbers that made it say so."""

    decision: Decision
    rule: str = ""
    detail: Detail = field(default_factory=dict)
    until: datetime | None = None


SEND = Verdict("send")


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in both languages; empty when there is nothing to explain."""

    zh: str = ""
    en: str = ""


class Setting(NamedTuple):
    """What an operator may set for a rule: its key in the policy, the type, and a pydantic Field with the default."""

    key: str
    kind: Any
    field: Any


@dataclass(frozen=True, slots=True)
class Scene:
    """What all rules are given of a batch.

    now     business time of the verdicts
    known   cid → the customer it is now; deleted and unknown ones may be missing
    policy  the policy in force
    """

    now: datetime
    known: Mapping[int, Known]
    policy: Any

    def setting(self, rule: "Rule[Any]") -> Any:
        """What the operator set for this rule, or its default."""
        assert rule.SETTING is not None
        return getattr(self.policy, rule.SETTING.key)


class Rule(ABC, Generic[G]):
    """One reason not to send.

    NAME     the verdict's name, stored with the touch; also the name of its file
    RANK     its place in the order; ranks differ
    SETTING  what an operator may set, None when nothing
    """

    NAME: ClassVar[str]
    RANK: ClassVar[int]
    SETTING: ClassVar[Setting | None] = None

    def since(self, scene: Scene) -> datetime | None:  # noqa: ARG002 -- most rules count no places
        """After which instant this rule counts the places taken (`Book`); None when it counts none."""
        return None

    @abstractmethod
    def ground(self, cases: Sequence[Case], scene: Scene) -> G:
        """What the verdicts stand on, read once for all cases."""

    @abstractmethod
    def judge(self, case: Case, ground: G, book: Book) -> Verdict | None:
        """The objection, or None."""

    @abstractmethod
    def why(self, detail: Detail) -> Words:
        """The objection in words an operator can act on, from the numbers stored with it."""


Grounds = Sequence[tuple[Rule[Any], Any]]


def judge(case: Case, grounds: Grounds, book: Book) -> Verdict:
    """The verdict on one message by rules and their grounds, in this order; `send` takes a place in the book."""
    for rule, ground in grounds:
        verdict = rule.judge(case, ground, book)
        if verdict is None:
            continue
        if verdict.until is not None and verdict.until >= from_us(case.expires_us):
            return Verdict("skip", verdict.rule, {**verdict.detail, "too_late": verdict.until.isoformat()})
        return verdict
    book.take(case)
    return SEND


def judge_all(cases: Sequence[Case], grounds: Grounds, book: Book) -> list[Verdict]:
    """Verdicts in the order of the cases. Of higher priority first, else as they stand: what is judged earlier counts
    against what comes after."""
    order = sorted(range(len(cases)), key=lambda at: -cases[at].priority)
    said = {at: judge(cases[at], grounds, book) for at in order}
    return [said[at] for at in range(len(cases))]
