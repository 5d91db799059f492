"""Surveys sent to a person, and what they answered."""

from collections.abc import Collection
from typing import Any

from potager.content.surveys import answers, sealing
from potager.content.surveys.models import Invitation, Response
from potager.content.surveys.queries import spec_of
from potager.core.journal import from_us


def told(cids: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Every answer in words and in clear, oldest first, and every survey sent."""
    given = Response.objects.filter(cid__in=cids).select_related("survey", "version").order_by("at_us", "id")
    sent = Invitation.objects.filter(cid__in=cids).select_related("survey").order_by("created_us", "id")
    return {
        "survey_answers": [
            {
                "survey": row.survey.title,
                "at": from_us(row.at_us),
                "answers": {
                    question.label: answers.said(question, sealing.opened(question, row.answers[question.key]))
                    for question in spec_of(row.version).questions
                    if question.key in row.answers
                },
            }
            for row in given
        ],
        "surveys_sent": [
            {
                "survey": row.survey.title,
                "channel": row.channel,
                "sent": from_us(row.sent_us) if row.sent_us else None,
                "opened": from_us(row.opened_us) if row.opened_us else None,
            }
            for row in sent
        ],
    }


def erase(cids: Collection[int]) -> None:
    """Forget every survey sent to the person and every answer: their addresses open nothing from now on."""
    Response.objects.filter(cid__in=cids).delete()
    Invitation.objects.filter(cid__in=cids).delete()
