"""What a simulation tells: counted while it goes, nothing of it is stored."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from potager.core import clock
from potager.core.errors import Problem


@dataclass(slots=True)
class Foreseen:
    """What would have become of a journey's people from `since` until `until`.

    hash       of the definition that was simulated
    reached    how far it came: before `until` when its time was over
    share      of the people who came, how many were followed (1: all)
    entries    business date → entries; refused: why others did not enter → people
    steps      step → times it was passed; ends: reason → passages; inside: passages still open
    sends      business date and hour (2026-11-01 09) → messages sent
    withheld   messages to people left alone for comparison
    verdicts   what became of each message at last: (decision, rule) → messages; pending: deferred past the end
    deferred   rule → how often it let a message wait
    work       staff key → business date → tasks and messages they would have had in hand
    empty      variable without a value → messages
    problems   place → what kept people from going on
    """

    hash: str
    since: datetime
    until: datetime
    reached: datetime
    share: float = 1.0
    entries: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    inside: int = 0
    converted: int = 0
    sends: Counter[str] = field(default_factory=Counter)
    withheld: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    pending: int = 0
    deferred: Counter[str] = field(default_factory=Counter)
    work: Mapping[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    empty: Counter[str] = field(default_factory=Counter)
    problems: dict[str, Problem] = field(default_factory=dict)

    def largest_day(self) -> tuple[str, str, int] | None:
        """(staff key, date, tasks and messages) of the fullest day anybody would have had; None without work."""
        days = [(n, staff, day) for staff, by_day in self.work.items() for day, n in by_day.items()]
        if not days:
            return None
        n, staff, day = max(days, key=lambda each: (each[0], each[2], each[1]))
        return staff, day, n

    def told(self, language: str) -> dict[str, Any]:
        """As JSON."""
        return {
            "hash": self.hash,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "reached": self.reached.isoformat(),
            "share": self.share,
            "entries": dict(sorted(self.entries.items())),
            "refused": dict(self.refused),
            "steps": dict(self.steps),
            "ends": dict(self.ends),
            "inside": self.inside,
            "converted": self.converted,
            "sends": dict(sorted(self.sends.items())),
            "withheld": self.withheld,
            "verdicts": [{"decision": said, "rule": rule, "messages": n} for (said, rule), n in self.verdicts.items()],
            "pending": self.pending,
            "deferred": dict(self.deferred),
            "work": {staff: dict(sorted(days.items())) for staff, days in sorted(self.work.items())},
            "empty": dict(self.empty),
            "problems": [{"place": place, "message": each.say(language)} for place, each in self.problems.items()],
        }


def hour_of(at: datetime) -> str:
    """The business hour of an instant."""
    return f"{at.astimezone(clock.zone()):%Y-%m-%d %H}"


def day_of(at: datetime) -> str:
    return clock.business_date(at).isoformat()
