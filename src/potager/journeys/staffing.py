"""Staff members in the journeys that are about them: entering, and what came of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from potager.core import clock, journal
from potager.core.journal import from_us, to_us
from potager.evidence import arms
from potager.journeys.live import Live
from potager.journeys.models import Journey, Run
from potager.org.access import Actor
from potager.org.models import Staff
from potager.touch import queries
from potager.touch.models import StaffTask

RECENT = timedelta(days=30)
T = StaffTask.State


@dataclass(frozen=True, slots=True)
class Done:
    """Tasks of a staff member, or of a slot: asked for, and how they ended. Those still open count for no rate."""

    asked: int
    done: int
    not_done: int
    expired: int

    @property
    def rate(self) -> float | None:
        closed = self.done + self.not_done + self.expired
        return self.done / closed if closed else None


def enter(live: Live, people: Sequence[Staff], key: str, at: datetime) -> int:
    """Start a run for each of them under this name; who has one under it keeps that. Returns how many began.

    Nobody is left alone for comparison: colleagues of one team hear of each other's tasks. Inside store.write.
    """
    entry_key = "" if live.definition.entry == "once" else key
    mine = Run.objects.filter(journey_id=live.journey_id, subject_kind="staff", entry_key=entry_key)
    known = set(mine.values_list("subject_id", flat=True))
    seq = journal.last_seq()
    rows = [
        Run(
            journey_id=live.journey_id,
            version_id=live.version_id,
            subject_kind="staff",
            subject_id=each.pk,
            entry_key=entry_key,
            person_key=f"staff:{each.pk}",
            arm=arms.TREATED,
            step=live.definition.first,
            due_us=to_us(at),
            cause_seq=seq,
            entered_us=to_us(at),
        )
        for each in people
        if each.pk not in known
    ]
    return len(Run.objects.bulk_create(rows))


def by_member(actor: Actor, journey: Journey) -> list[tuple[str, str, Done]]:
    """(key, name, what came of the tasks) of each staff member asked in the last 30 days whom the actor may see."""
    counted = _counted(_asked(actor, journey), "staff")
    names = dict(Staff.objects.filter(key__in=list(counted)).values_list("key", "name"))
    return [(key, names.get(key, key), done) for key, done in sorted(counted.items())]


def by_slot(actor: Actor, journey: Journey) -> list[tuple[datetime, Done]]:
    """(slot, what came of its tasks) over the last 30 days, the newest first."""
    began = Run.objects.filter(id=OuterRef("run_id")).values("entered_us")
    counted = _counted(_asked(actor, journey).annotate(slot=Subquery(began)), "slot")
    return [(from_us(slot), done) for slot, done in sorted(counted.items(), reverse=True)]


def _asked(actor: Actor, journey: Journey) -> QuerySet[StaffTask]:
    return queries.tasks_of(actor).filter(
        journey=journey.key, due_us__gte=to_us(clock.now() - RECENT), state__in=[T.OPEN, T.DONE, T.NOT_DONE, T.EXPIRED]
    )


def _counted(rows: QuerySet[Any], by: str) -> dict[Any, Done]:
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, state, n in rows.order_by().values_list(by, "state").annotate(n=Count("id")):
        counts[key][state] = n
    return {key: Done(sum(of.values()), of[T.DONE], of[T.NOT_DONE], of[T.EXPIRED]) for key, of in counts.items()}
