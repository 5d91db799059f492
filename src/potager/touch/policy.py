"""Contact policy: may this message go to this person now? Pure.

A list of small rules, asked in order; the first that objects decides, and its verdict is kept with the touch:
send · defer until T · skip this message · drop the run. A `defer` past the end of the send window is a `skip`.
"""

from bisect import bisect_right, insort
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from potager.touch.settings import Cap, Policy

Decision = Literal["send", "defer", "skip", "drop"]
UNTREATED = frozenset({"control", "holdout"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message whose time has come, with all the rules ask about.

    gone       the customer was deleted
    opted_out  the person does not want messages of this purpose through this channel
    held_out   the person is in a control group (the arm of the run, or the global holdout)
    missing    variables without value and default
    lacking    what the channel needs and the touch has not ("channel", "sender"), "" when nothing
    """

    person_key: str
    channel: str
    purpose: str
    now: datetime
    expires: datetime
    zone: ZoneInfo
    shadow: bool = False
    gone: bool = False
    opted_out: bool = False
    held_out: bool = False
    missing: tuple[str, ...] = ()
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, by which rule, with the numbers that made it say so."""

    decision: Decision
    rule: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    until: datetime | None = None


SEND = Verdict("send")


@dataclass(frozen=True, slots=True)
class Place:
    """A place taken under the frequency caps: one message to one person at one time."""

    at: datetime
    channel: str
    purpose: str
    shadow: bool = False


class Book:
    """Who has had which messages lately. A shadow message takes no place from a real one, but sees both kinds."""

    def __init__(self, places: Mapping[str, Sequence[Place]]) -> None:
        self._places = {person: sorted(taken, key=_when) for person, taken in places.items()}

    def times(self, who: Candidate, cap: Cap) -> list[datetime]:
        """When the messages that count under the cap, and are not past its window, went out."""
        taken = self._places.get(who.person_key, [])
        recent = taken[bisect_right(taken, who.now - cap.window, key=_when) :]
        return [p.at for p in recent if cap.counts(p.channel, p.purpose) and (who.shadow or not p.shadow)]

    def take(self, who: Candidate) -> None:
        place = Place(who.now, who.channel, who.purpose, who.shadow)
        insort(self._places.setdefault(who.person_key, []), place, key=_when)


def _when(place: Place) -> datetime:
    return place.at


class Rule(Protocol):
    """One reason not to send."""

    name: str

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:
        """The objection, or None."""
        ...


class CustomerGone:
    """A deleted customer gets nothing more."""

    name = "gone"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        return Verdict("drop", self.name) if who.gone else None


class Consent:
    """退订: no messages of a purpose the person refused through this channel."""

    name = "consent"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        if not who.opted_out:
            return None
        return Verdict("skip", self.name, {"channel": who.channel, "purpose": who.purpose})


class HoldoutFuse:
    """留白保险: a real message to a person of a control group would spoil the experiment; only duty overrides it."""

    name = "holdout"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        if who.shadow or who.purpose == "transactional" or not who.held_out:
            return None
        return Verdict("drop", self.name)


class Sendable:
    """The channel exists here and has what it needs."""

    name = "channel"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        if not who.lacking:
            return None
        return Verdict("skip", self.name, {"channel": who.channel, "lacking": who.lacking})


class FrequencyCaps:
    """频控, exact: the places taken are read and written in the transaction of the intent."""

    name = "cap"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:
        worst: Verdict | None = None
        for cap in policy.caps:
            if not cap.counts(who.channel, who.purpose):
                continue
            times = book.times(who, cap)
            if len(times) < cap.limit:
                continue
            # There is room again when so many have left the window that one fewer than the limit is inside.
            until = times[len(times) - cap.limit] + cap.window
            if worst is None or worst.until is None or until > worst.until:
                numbers = {"limit": cap.limit, "hours": cap.hours, "sent": len(times)}
                worst = Verdict("defer", self.name, numbers, until)
        return worst


class QuietTime:
    """免打扰时段 on the person's own clock."""

    name = "quiet"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        quiet = policy.quiet_for(who.purpose)
        if quiet is None or not quiet.holds(who.now, who.zone):
            return None
        numbers = {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "zone": who.zone.key}
        return Verdict("defer", self.name, numbers, quiet.over(who.now, who.zone))


class Content:
    """A message with a hole in it is not sent."""

    name = "content"

    def judge(self, who: Candidate, policy: Policy, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        return Verdict("skip", self.name, {"missing": list(who.missing)}) if who.missing else None


RULES: tuple[Rule, ...] = (
    CustomerGone(),
    Consent(),
    HoldoutFuse(),
    Sendable(),
    FrequencyCaps(),
    QuietTime(),
    Content(),
)


def judge(who: Candidate, policy: Policy, book: Book, rules: Collection[Rule] = RULES) -> Verdict:
    """The verdict on one message; `send` takes a place in the book."""
    for rule in rules:
        verdict = rule.judge(who, policy, book)
        if verdict is None:
            continue
        if verdict.until is not None and verdict.until >= who.expires:
            return Verdict("skip", verdict.rule, {**verdict.detail, "too_late": verdict.until.isoformat()})
        return verdict
    book.take(who)
    return SEND


def judge_all(candidates: Sequence[Candidate], policy: Policy, book: Book) -> list[Verdict]:
    """Verdicts in order: an earlier message of the batch counts against the later ones."""
    return [judge(who, policy, book) for who in candidates]
