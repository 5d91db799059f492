"""Every read of surveys."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from potager.content.surveys.models import Invitation, Response, Survey, SurveyVersion
from potager.content.surveys.specs import SurveySpec, read
from potager.core import clock
from potager.core.errors import NotFound
from potager.org.access import Actor
from potager.people.queries import visible_to

# Answers are read for results a few thousand at a time.
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """People: sent, opened, answered, each among the one before, by their own addresses. opens, unnamed: openings of
    the common address and the answers given there; bots: openings by machines, which count nowhere else."""

    sent: int = 0
    opened: int = 0
    answered: int = 0
    opens: int = 0
    unnamed: int = 0
    bots: int = 0


def surveys(*, search: str = "") -> QuerySet[Survey]:
    """Surveys, the last changed first."""
    rows = Survey.objects.select_related("version")
    if text := search.strip():
        rows = rows.filter(Q(title__icontains=text) | Q(key__icontains=text))
    return rows.order_by("-changed_at", "-id")


def survey(key: str) -> Survey:
    """Raises NotFound."""
    row = surveys().filter(key=key).first()
    if row is None:
        raise NotFound("问卷", "survey", key)
    return row


def spec_of(version: SurveyVersion) -> SurveySpec:
    """What a version asks."""
    return read(version.definition)


def current(row: Survey) -> SurveySpec:
    """The draft, or what is published."""
    return read(row.draft) if row.version is None or row.draft is not None else spec_of(row.version)


def is_open(row: Survey, day: date) -> bool:
    """Whether a survey is answered on a business day."""
    return row.closed_at is None and row.version is not None and is_on(spec_of(row.version), day)


def is_on(spec: SurveySpec, day: date) -> bool:
    """Whether a business day is among those of a survey."""
    return (spec.from_day is None or spec.from_day <= day) and (spec.until_day is None or day <= spec.until_day)


def usable(keys: Collection[str]) -> dict[str, Survey]:
    """Of these surveys those that are answered today, by key."""
    rows = surveys().filter(key__in=keys, closed_at=None).exclude(version=None)
    today = clock.today()
    return {row.key: row for row in rows if is_open(row, today)}


def has_answered(survey_id: int, cid: int) -> bool:
    """Whether a customer has answered."""
    return Response.objects.filter(survey_id=survey_id, cid=cid).exists()


def numbers(actor: Actor, rows: Collection[Survey]) -> Mapping[int, Numbers]:
    """By survey id, of the customers the actor may know of; what is unnamed is known to all."""
    ids = [row.pk for row in rows]
    invited, answers = Invitation.objects.filter(survey_id__in=ids), Response.objects.filter(survey_id__in=ids)
    if not actor.sees_all:
        seen = visible_to(actor).values("id")
        invited, answers = invited.filter(cid__in=seen), answers.filter(Q(cid__in=seen) | Q(cid=None))
    sent: dict[int, dict[str, Any]] = {
        each["survey_id"]: dict(each)
        for each in invited.values("survey_id").annotate(
            sent=Count("cid", filter=Q(sent_us__gt=0), distinct=True),
            opened=Count("cid", filter=Q(opened_us__gt=0), distinct=True),
            bots=Count("id", filter=Q(bots__gt=0)),
        )
    }
    done: dict[int, dict[str, Any]] = {
        each["survey_id"]: dict(each)
        for each in answers.values("survey_id").annotate(
            answered=Count("cid", distinct=True), unnamed=Count("id", filter=Q(cid=None))
        )
    }
    return {
        row.pk: Numbers(
            sent=sent.get(row.pk, {}).get("sent", 0),
            opened=sent.get(row.pk, {}).get("opened", 0),
            bots=sent.get(row.pk, {}).get("bots", 0) + row.bots,
            opens=row.opens,
            answered=done.get(row.pk, {}).get("answered", 0),
            unnamed=done.get(row.pk, {}).get("unnamed", 0),
        )
        for row in rows
    }


@dataclass(slots=True)
class Tally:
    """The answers to one question: how many, how often each value, and the latest texts."""

    n: int
    counts: Counter[str | int]
    texts: list[str]


def tallies(survey_id: int, spec: SurveySpec, *, texts: int = 20) -> dict[str, Tally]:
    """Per question of the newest version, over all answers that fit it, whichever version they were given to.

    Personal answers are counted and never shown.
    """
    found = {question.key: Tally(0, Counter(), []) for question in spec.questions}
    kinds = {question.key: question for question in spec.questions}
    rows: QuerySet[Response, Any] = Response.objects.filter(survey_id=survey_id).order_by("-at_us", "-id")
    for answers in rows.values_list("answers", flat=True).iterator(_AT_ONCE):
        for key, answer in answers.items():
            if key not in kinds:
                continue
            tally, question = found[key], kinds[key]
            if question.is_sealed or isinstance(answer, dict):
                tally.n += 1
            elif question.values:
                fits = [each for each in (answer if isinstance(answer, list) else [answer]) if each in question.values]
                tally.n += bool(fits)
                tally.counts.update(fits)
            else:
                tally.n += 1
                if len(tally.texts) < texts:
                    tally.texts.append(str(answer))
    return found


def responses(survey_id: int) -> QuerySet[Response]:
    """Every answer, the oldest first."""
    return Response.objects.filter(survey_id=survey_id).select_related("version").order_by("at_us", "id")
