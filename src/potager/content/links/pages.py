"""What customers meet: the short address that leads on, the text this house shows, and word of how long it was read.

No sign-in, no cookie. Nothing in a request says where it leads: only what is stored does.
"""

import logging
from typing import Final

import msgspec
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from potager.content.links import html, opening
from potager.content.links.addresses import TOKEN
from potager.content.links.bots import is_machine
from potager.content.links.guessing import address_of, guesses
from potager.content.links.models import Kind, PersonalLink
from potager.core import clock
from potager.org.models import Account

logger = logging.getLogger("potager.content")
# A word of reading is {"visit": …, "seconds": …} and nothing longer.
_LONGEST_WORD: Final = 200


class _Word(msgspec.Struct, forbid_unknown_fields=True):
    visit: int
    seconds: int


@require_safe
def short(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>`: lead on to where the link points now."""
    row = _found(request, token)
    if isinstance(row, HttpResponse):
        return row
    if row.link.kind == Kind.PAGE:
        return sealed(HttpResponseRedirect(f"/c/{token}"))
    _note(request, row)
    return sealed(HttpResponseRedirect(row.link.target))


@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """`/c/<token>`: show the text; who reads it is counted by the seconds."""
    row = _found(request, token)
    if isinstance(row, HttpResponse):
        return row
    if row.link.kind == Kind.URL:
        return sealed(HttpResponseRedirect(f"/r/{token}"))
    visit = _note(request, row)
    answer = HttpResponse(html.article(row.link.title, row.link.body, token, visit))
    answer.headers["Content-Security-Policy"] = html.POLICY
    return sealed(answer)


@csrf_exempt
@require_POST
def read(request: HttpRequest, token: str) -> HttpResponse:
    """`/c/<token>/read`: word from an open page of how many seconds it was read in this visit so far."""
    row = _found(request, token)
    if isinstance(row, HttpResponse):
        return row
    try:
        size = int(request.headers.get("Content-Length") or 0)
        word = msgspec.json.decode(request.read(_LONGEST_WORD + 1), type=_Word) if size <= _LONGEST_WORD else None
    except (ValueError, msgspec.MsgspecError):
        word = None
    if word is None or not 0 < word.visit < 2**63 or word.seconds < 1:
        return sealed(HttpResponse(status=400))
    opening.read(token, word.visit, word.seconds)
    return sealed(HttpResponse(status=204))


def urls() -> list[URLPattern]:
    """Mounted at the root: the shorter an address, the more of a text message is left. Whatever is written behind one
    of the letters is a customer's, and never shows them the console."""
    return [path("r/<path:token>", short), path("c/<str:token>/read", read), path("c/<path:token>", page)]


def _found(request: HttpRequest, token: str) -> PersonalLink | HttpResponse:
    """The personal link, or what its reader is told instead."""
    address, now = address_of(request), clock.wall().timestamp()
    if guesses.is_over(address, now):
        return sealed(HttpResponse(html.notice("busy"), status=429, headers={"Retry-After": "60"}))
    row = None
    if TOKEN.fullmatch(token):
        row = PersonalLink.objects.select_related("link").filter(token=token).first()
    if row is None:
        guesses.wrong(address, now)
        return sealed(HttpResponse(html.notice("unknown"), status=404))
    if not opening.is_open(row.link):
        early = row.link.retired_at is None and row.link.from_day is not None and row.link.from_day > clock.today()
        return sealed(HttpResponse(html.notice("early" if early else "over"), status=410))
    return row


def _note(request: HttpRequest, row: PersonalLink) -> int | None:
    """Count who opens it; the visit when it was the person. Whatever goes wrong here keeps nobody from the content."""
    try:
        if is_machine(request.method or "", request.headers):
            opening.bot(row.token)
            return None
        # A colleague who tries the link in the browser of the console is no customer.
        if "sessionid" in request.COOKIES and isinstance(request.user, Account):
            return None
        found = opening.opened(row.token)
    except DatabaseError:
        logger.exception("an opening of link %s was not written down", row.link.key)
        return None
    return found.visit if found else None


def sealed(answer: HttpResponse) -> HttpResponse:
    """Every opening is asked for anew, leads no search engine here, and tells the page it leads to nothing."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
