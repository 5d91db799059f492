"""A survey is opened and answered: what becomes of it, in one transaction."""

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F

from potager.content.surveys import answers, sealing
from potager.content.surveys.answers import Filled
from potager.content.surveys.models import Invitation, Response, Survey, SurveyVersion
from potager.content.surveys.queries import has_answered, spec_of
from potager.content.surveys.specs import CHOSEN, SurveySpec, property_of
from potager.content.surveys.writing import ANSWERED
from potager.core import clock, journal, store
from potager.core.errors import Problem
from potager.core.journal import Fact, to_us
from potager.core.store import Lane
from potager.insight import tags
from potager.insight.fields import TagOrigin
from potager.org.access import SYSTEM
from potager.people import attributes, customers
from potager.people.customers import Said

logger = logging.getLogger("potager.content")

OPENED: Final = "survey_opened"
SOURCE: Final = "survey"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a submission. done: it is answered, now or before; else faults say what to put right."""

    done: bool
    faults: dict[str, str] = field(default_factory=dict)


def new_slip() -> str:
    """The number of one form shown to somebody unnamed: sent twice, it is one answer."""
    return secrets.token_hex(12)


def is_answered(row: Survey, invitation: Invitation | None, spec: SurveySpec) -> bool:
    """Whether this person has no more to answer here."""
    if invitation is None:
        return False
    if Response.objects.filter(survey=row, slip=invitation.token).exists():
        return True
    return not spec.again and has_answered(row.pk, invitation.cid)


def opened(row: Survey, invitation: Invitation | None) -> None:
    """Note that somebody opened it: for a named person the first time a fact; else one more opening."""
    with store.write(Lane.INGEST):
        if invitation is None:
            Survey.objects.filter(id=row.pk).update(opens=F("opens") + 1)
            return
        journal.hold()
        held = Invitation.objects.select_for_update().filter(id=invitation.pk).first()
        if held is None or held.opened_us:
            return
        now = to_us(clock.now())
        # What was opened went out, whatever its channel has told so far.
        Invitation.objects.filter(id=held.pk).update(opened_us=now, sent_us=held.sent_us or now)
        if row.version is not None:
            body = _body(row, row.version.n, held)
            journal.append([_fact(OPENED, f"open:{held.pk}", body, held)])


def bot(row: Survey, invitation: Invitation | None) -> None:
    """Count a machine's opening, beside and never among those of people."""
    with store.write(Lane.INGEST):
        if invitation is None:
            Survey.objects.filter(id=row.pk).update(bots=F("bots") + 1)
        else:
            Invitation.objects.filter(id=invitation.pk).update(bots=F("bots") + 1)


def submit(version: SurveyVersion, invitation: Invitation | None, slip: str, filled: Filled) -> Outcome:
    """Keep an answer once: what it states of the customer, the tags it gives and the fact go with it.

    slip  of a form filled in without a name; an invitation is its own
    """
    spec = spec_of(version)
    found = answers.read(spec, filled)
    with store.write(Lane.INGEST):
        journal.hold()
        # Holding the order of facts, nobody else answers meanwhile: the second of two finds the first.
        held = Invitation.objects.filter(id=invitation.pk).first() if invitation is not None else None
        slip = held.token if held else slip
        if is_answered(version.survey, held, spec) or _is_kept(version, slip):
            return Outcome(done=True)
        if found.faults:
            return Outcome(done=False, faults=found.faults)
        kept = {
            question.key: sealing.kept(question, found.answers[question.key])
            for question in spec.questions
            if question.key in found.answers
        }
        row = Response.objects.create(
            survey=version.survey,
            version=version,
            slip=slip,
            iid=held.iid if held else None,
            cid=held.cid if held else None,
            answers=kept,
            at_us=to_us(clock.now()),
        )
        if held is not None:
            _note_opened(held, row.at_us)
            _tag(held.cid, spec, found.answers)
            _state(held, spec, found.answers)
        body = _body(version.survey, version.n, held) | _told(spec, found.answers)
        journal.append([_fact(ANSWERED, f"answer:{row.pk}", body, held)])
        return Outcome(done=True)


def _is_kept(version: SurveyVersion, slip: str) -> bool:
    return Response.objects.filter(survey=version.survey, slip=slip).exists()


def _note_opened(held: Invitation, now: int) -> None:
    """Who answers has opened it, whatever counted it as a machine."""
    opened_us, sent_us = held.opened_us or now, held.sent_us or now
    Invitation.objects.filter(id=held.pk).update(opened_us=opened_us, sent_us=sent_us)


def _told(spec: SurveySpec, given: dict[str, Any]) -> dict[str, Any]:
    """The coded answers as event properties. Texts and what is personal stay here."""
    told: dict[str, Any] = {}
    for question in spec.questions:
        answer = given.get(question.key)
        if answer is None or question.is_sealed or question.kind == "text":
            continue
        told[property_of(spec.key, question.key)] = ",".join(answer) if isinstance(answer, list) else answer
        if question.kind == "scale":
            told.setdefault("survey_score", answer)
    if spec.incentive:
        told["incentive"] = spec.incentive.key
    return told


def _tag(cid: int, spec: SurveySpec, given: dict[str, Any]) -> None:
    for question in spec.questions:
        answer = given.get(question.key)
        for option in question.options:
            if option.tag is None or option.key not in (answer if isinstance(answer, list) else [answer]):
                continue
            try:
                tags.add(SYSTEM, [cid], option.tag.tag, option.tag.value, origin=TagOrigin.SURVEY)
            except Problem as problem:
                # A tag that was deleted or got a rule since: the answer counts all the same.
                logger.warning("survey %s gives no tag %s: %s", spec.key, option.tag.tag, problem)


def _state(held: Invitation, spec: SurveySpec, given: dict[str, Any]) -> None:
    """State what the answers say of the customer."""
    declared = attributes.declared()
    values: dict[str, object] = {}
    for question in spec.questions:
        if not question.attribute or question.key not in given:
            continue
        answer = given[question.key]
        value = answers.said(question, answer) if question.kind in CHOSEN else answer
        try:
            attribute = declared[question.attribute]
            attributes.stored(attribute, value)
        except (KeyError, Problem) as problem:
            # An attribute that was changed since: the answer counts all the same.
            logger.warning("survey %s states no %s: %s", spec.key, question.attribute, problem)
        else:
            values[question.attribute] = value
    if values:
        customers.put(SYSTEM, [Said(held.iid, held.cid, clock.now(), values)])


def _body(row: Survey, version: int, held: Invitation | None) -> dict[str, Any]:
    about = {name: value for name in ("touch", "journey", "sender") if held and (value := getattr(held, name))}
    return {"survey": row.key, "title": row.title, "survey_version": version, **about}


def _fact(type_: str, message_id: str, body: dict[str, Any], held: Invitation | None) -> Fact:
    iid, cid = (held.iid, held.cid) if held else (None, None)
    return Fact("event", type_, SOURCE, message_id, clock.now(), body, iid=iid, cid=cid)
