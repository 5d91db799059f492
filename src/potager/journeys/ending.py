"""The end of runs before their time, and the facts that tell of entering and leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from potager.core import journal
from potager.core.bulk import update_rows
from potager.core.journal import Fact, from_us, to_us
from potager.journeys.gaps import give_back
from potager.journeys.models import Run
from potager.people.queries import first_identities
from potager.touch import intents


@dataclass(frozen=True, slots=True)
class Ending:
    """A run (with its journey loaded), when and why it ends."""

    run: Run
    at: datetime
    reason: str


def end_runs(endings: Sequence[Ending]) -> None:
    """End open runs now: nothing more is due, what is queued is cancelled, and the journal hears of it.

    The order everywhere: the journal is held, then runs are locked, then touches.
    """
    if not endings:
        return
    journal.hold()
    update_rows(
        Run._meta.db_table,
        {"due_us": "bigint", "ended_us": "bigint", "end_reason": "text", "lease_until_us": "bigint"},
        [(each.run.pk, None, to_us(each.at), each.reason, 0) for each in endings],
    )
    intents.cancel([each.run.pk for each in endings])
    give_back([each.run for each in endings if not each.run.arm])
    entered = [each.run for each in endings if each.run.arm]
    known = first_identities({run.subject_id for run in entered})
    facts: list[Fact] = []
    for each in endings:
        run = each.run
        if not run.arm:
            continue
        told = Telling(run.pk, run.journey.key, run.subject_id, known.get(run.subject_id), run.arm)
        if run.visit == 0 and not run.waiting:
            facts.append(told.entered(from_us(run.entered_us)))
        facts.append(told.exited(each.at, each.reason))
    if facts:
        journal.append(facts)


@dataclass(frozen=True, slots=True)
class Telling:
    """A run as the journal hears of it."""

    run_id: int
    journey: str
    cid: int
    iid: int | None
    arm: str

    def entered(self, at: datetime) -> Fact:
        return self._fact("journey_entered", "entered", at, {})

    def exited(self, at: datetime, reason: str) -> Fact:
        return self._fact("journey_exited", "exited", at, {"reason": reason})

    def _fact(self, type_: str, word: str, at: datetime, more: dict[str, object]) -> Fact:
        body = {"journey": self.journey, "run": self.run_id, "arm": self.arm, **more}
        return Fact("event", type_, "journeys", f"{self.run_id}:{word}", at, body, iid=self.iid, cid=self.cid)
