"""留白保险: a real message to a person of a control group would spoil the experiment; only duty overrides it.

A run brings its arm. Whom a message outside every run must spare is asked of those who keep the global holdout, a
room above this one: assembly says who.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Verdict, Words

UNTREATED = frozenset({"control", "holdout"})
# Person keys → those of them whom the global holdout holds.
Asked = Callable[[Collection[str]], Collection[str]]


@dataclass
class _Keeper:
    held_out: Asked = frozenset


_keeper = _Keeper()


def set_holdout(held_out: Asked) -> None:
    """Called once by assembly: who knows whom the global holdout holds."""
    _keeper.held_out = held_out


class HoldoutFuse(Rule[Collection[str]]):
    """Its ground: the keys of the people held out, among those reached outside runs."""

    NAME = "holdout"
    RANK = 30

    def ground(self, cases: Sequence[Case], scene: Scene) -> Collection[str]:  # noqa: ARG002 -- one protocol
        asked = {case.person_key for case in cases if not case.run_id and _may_spoil(case)}
        return _keeper.held_out(asked) if asked else frozenset()

    def judge(self, case: Case, ground: Collection[str], book: Book) -> Verdict | None:  # noqa: ARG002
        held = case.arm in UNTREATED or (not case.run_id and case.person_key in ground)
        return Verdict("drop", self.NAME) if held and _may_spoil(case) else None

    def why(self, detail: Detail) -> Words:  # noqa: ARG002 -- there are no numbers
        return Words("客户在对照组，真实发送会毁掉实验", "A control person: sending would spoil it")


def _may_spoil(case: Case) -> bool:
    return not case.shadow and case.purpose != "transactional"
