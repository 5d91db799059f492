"""The time kept between two entries of one person."""

from collections.abc import Sequence

from django.db.models import Max

from potager.core.bulk import update_rows
from potager.journeys.models import JourneySubject, Run


def give_back(runs: Sequence[Run]) -> None:
    """These runs ended without an entry: the gap counts from the entry before them, where there was one."""
    journeys, cids = {run.journey_id for run in runs}, {run.subject_id for run in runs}
    subjects = {(run.journey_id, run.subject_kind, run.subject_id) for run in runs}
    rows = JourneySubject.objects.filter(journey_id__in=journeys, subject_id__in=cids)
    gaps = {row.pk: (row.journey_id, row.subject_kind, row.subject_id) for row in rows}
    gaps = {pk: subject for pk, subject in gaps.items() if subject in subjects}
    if not gaps:
        return
    entered = Run.objects.filter(journey_id__in=journeys, subject_id__in=cids).exclude(arm="", ended_us__isnull=False)
    entries = entered.values_list("journey_id", "subject_kind", "subject_id").annotate(at=Max("entered_us"))
    last = {(journey, kind, cid): at for journey, kind, cid, at in entries}
    JourneySubject.objects.filter(id__in=[pk for pk, subject in gaps.items() if subject not in last]).delete()
    update_rows(
        JourneySubject._meta.db_table,
        {"last_entry_us": "bigint"},
        [(pk, last[subject]) for pk, subject in gaps.items() if subject in last],
    )
