"""Audiences as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from potager.core.errors import Problem
from potager.insight import audience_history, queries, schemas
from potager.insight.audience_history import LastRun
from potager.insight.conditions import bind_rule
from potager.insight.conditions.base import Words
from potager.insight.conditions.logic import say
from potager.insight.fields import Fields
from potager.insight.models import Audience
from potager.insight.present import names, users_of, uses


@dataclass(frozen=True, slots=True)
class _Stand:
    """How many, as of when, and how that came about."""

    n: int | None = None
    as_of: datetime | None = None
    version: int | None = None
    computed_at: datetime | None = None
    ms: int | None = None


def audience_list(fields: Fields, language: str) -> list[schemas.AudienceOut]:
    """Every audience, the newest first."""
    rows = list(Audience.objects.order_by("-created_at", "key"))
    newest, known, runs = queries.versions(), queries.stands(), audience_history.last_runs()
    trends = audience_history.trends({row.key: row.created_at for row in rows if row.kind != "frozen"})
    used, words = uses(fields), Words(language, fields)
    found = []
    for row in rows:
        run = runs.get(row.key) if row.kind == "scheduled" and row.ran_at is not None else None
        stand = _stand(row, newest.get(row.key), known.get(f"audience:{row.key}"), run)
        found.append(
            schemas.AudienceOut(
                **names(row.key, row.name_zh, row.name_en),
                kind=row.kind,
                schedule=row.schedule,
                next_run=row.due_at,
                late_from=run.planned if run is not None and run.is_late else None,
                condition=row.condition,
                note=row.note,
                sentence=_sentence(row, fields, words),
                frozen_at=row.frozen_at,
                created_at=row.created_at,
                n=stand.n,
                as_of=stand.as_of,
                version=stand.version,
                computed_at=stand.computed_at,
                ms=stand.ms,
                trend=[schemas.AudienceDay(day=day, n=n) for day, n in trends.get(row.key, [])],
                used_by=users_of(used.get(f"audience:{row.key}", []), fields, language),
            )
        )
    return found


def _stand(
    row: Audience,
    newest: tuple[int, int, datetime] | None,
    result: queries.Stand | None,
    run: LastRun | None,
) -> _Stand:
    if row.kind == "frozen":
        return _Stand(len(BitMap.deserialize(bytes(row.members))) if row.members else 0, row.frozen_at)
    if row.kind == "scheduled" and row.runs == 0:
        return _Stand()
    version, n, as_of = newest or (None, None, None)
    if run is not None:
        return _Stand(n, run.as_of, version, run.computed_at, run.ms)
    if result is not None:
        return _Stand(n, result.as_of, version, result.computed_at, result.ms)
    return _Stand(n, as_of, version)


def _sentence(row: Audience, fields: Fields, words: Words) -> str:
    try:
        return say(bind_rule(row.condition, fields), words)
    except Problem:
        # What a list was taken from may be removed; the list stays.
        if row.kind != "frozen":
            raise
        return words.pick("取自一个已经删除的定义", "taken from a definition that was removed")
