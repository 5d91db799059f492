"""What customers meet at `/q/<token>`: the survey of one person or of anybody. No sign-in, no cookie, no script."""

import logging
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from potager.content.links.addresses import TOKEN
from potager.content.links.bots import is_machine
from potager.content.links.guessing import Guesses, address_of, guesses
from potager.content.links.pages import sealed
from potager.content.surveys import answering, html
from potager.content.surveys.models import Invitation, Survey, SurveyVersion
from potager.content.surveys.queries import is_on, spec_of
from potager.content.surveys.specs import SurveySpec
from potager.core import clock
from potager.org.models import Account

logger = logging.getLogger("potager.content")
# Unnamed answers from one address in a minute; a school or an office behind one address gets through.
unnamed: Final = Guesses(most=60)
_SLIP: Final = 32


@dataclass(frozen=True, slots=True)
class _Asked:
    """A survey somebody may answer now; invitation: None for the address of anybody."""

    survey: Survey
    version: SurveyVersion
    spec: SurveySpec
    invitation: Invitation | None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """`/q/<token>`: show the questions, take the answers."""
    found = _found(request, token)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "POST":
        return _submit(request, found)
    if answering.is_answered(found.survey, found.invitation, found.spec):
        return _shown(html.thanks(found.spec))
    _note(request, found)
    return _shown(html.form(found.spec, found.version.n, "" if found.invitation else answering.new_slip()))


def urls() -> list[URLPattern]:
    """Mounted at the root, as links are."""
    return [path("q/<path:token>", page)]


def _found(request: HttpRequest, token: str) -> _Asked | HttpResponse:
    """The survey, or what its reader is told instead."""
    address, now = address_of(request), clock.wall().timestamp()
    if guesses.is_over(address, now):
        return _busy()
    invitation = survey = None
    if TOKEN.fullmatch(token):
        invitation = Invitation.objects.select_related("survey__version").filter(token=token).first()
        survey = invitation.survey if invitation else _open_to_all(token)
    if survey is None or survey.version is None:
        guesses.wrong(address, now)
        return _shown(html.notice("unknown"), 404)
    spec, today = spec_of(survey.version), clock.today()
    if survey.closed_at is not None or not is_on(spec, today):
        early = survey.closed_at is None and spec.from_day is not None and today < spec.from_day
        return _shown(html.notice("early" if early else "over"), 410)
    return _Asked(survey, survey.version, spec, invitation)


def _open_to_all(token: str) -> Survey | None:
    row = Survey.objects.select_related("version").filter(token=token).exclude(version=None).first()
    return row if row is not None and row.version is not None and spec_of(row.version).anonymous else None


def _submit(request: HttpRequest, asked: _Asked) -> HttpResponse:
    if _is_colleague(request):
        return _shown(html.notice("colleague"), 403)
    address, now = address_of(request), clock.wall().timestamp()
    if asked.invitation is None:
        if unnamed.is_over(address, now):
            return _busy()
        unnamed.wrong(address, now)
    version = _version(asked, request.POST.get("v", ""))
    slip = request.POST.get("slip", "")[:_SLIP] or answering.new_slip()
    spec = spec_of(version)
    filled = {each.key: request.POST.getlist(html.FIELD + each.key)[: len(each.values) or 1] for each in spec.questions}
    outcome = answering.submit(version, asked.invitation, slip, lambda key: filled[key])
    if outcome.done:
        return _shown(html.thanks(spec))
    return _shown(html.form(spec, version.n, slip, filled=filled, faults=outcome.faults), 422)


def _version(asked: _Asked, n: str) -> SurveyVersion:
    """The version whose questions somebody was shown: it may have been replaced while they answered."""
    shown = asked.survey.versions.filter(n=int(n)).first() if n.isascii() and n.isdigit() and len(n) < 9 else None
    return shown or asked.version


def _note(request: HttpRequest, asked: _Asked) -> None:
    """Count who opens it. Whatever goes wrong here keeps nobody from answering."""
    try:
        if is_machine(request.method or "", request.headers):
            answering.bot(asked.survey, asked.invitation)
        elif not _is_colleague(request):
            answering.opened(asked.survey, asked.invitation)
    except DatabaseError:
        logger.exception("an opening of survey %s was not written down", asked.survey.key)


def _is_colleague(request: HttpRequest) -> bool:
    return "sessionid" in request.COOKIES and isinstance(request.user, Account)


def _busy() -> HttpResponse:
    answer = _shown(html.notice("busy"), 429)
    answer.headers["Retry-After"] = "60"
    return answer


def _shown(text: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(text, status=status)
    answer.headers["Content-Security-Policy"] = html.POLICY
    return sealed(answer)
