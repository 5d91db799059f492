"""A person's passages through journeys."""

from collections.abc import Collection, Mapping
from typing import Any

from potager.core import clock, journal
from potager.core.journal import from_us
from potager.journeys import intakes
from potager.journeys.ending import Ending, end_runs
from potager.journeys.models import Run, RunStep

ERASED = "erased"


def told(cids: Collection[int]) -> list[dict[str, Any]]:
    """Every run with its steps, oldest first."""
    rows = Run.objects.filter(subject_kind="customer", subject_id__in=cids)
    return [
        {
            "journey": run.journey.key,
            "version": run.version.n,
            "entered": from_us(run.entered_us),
            "ended": from_us(run.ended_us) if run.ended_us is not None else None,
            "end_reason": run.end_reason,
            "arm": run.arm,
            "context": run.context,
            "steps": [
                {"step": step.step, "at": from_us(step.at_us), "outcome": step.outcome, "detail": step.detail}
                for step in sorted(run.steps.all(), key=lambda step: step.visit)
            ],
        }
        for run in rows.select_related("journey", "version").prefetch_related("steps").order_by("entered_us", "id")
    ]


def erase(cids: Collection[int], keys: Mapping[str, str]) -> None:
    """End open runs, and keep of all of them where they went and when, not what was said on the way."""
    journal.hold()
    intakes.forget(cids)
    rows = Run.objects.filter(subject_kind="customer", subject_id__in=cids)
    now = clock.now()
    end_runs([Ending(run, now, ERASED) for run in rows.filter(ended_us=None).select_related("journey")])
    RunStep.objects.filter(run__in=rows).update(detail={})
    rows.update(context={})
    for old, new in keys.items():
        rows.filter(person_key=old).update(person_key=new)
