"""The URL map: rooms' routers under /api, from assembly."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI
from ninja.security import SessionAuth

from potager import __version__
from potager.assembly import ROUTERS
from potager.content.links import pages as link_pages
from potager.content.surveys import pages as survey_pages
from potager.core.errors import Problem
from potager.facts import ingest_api
from potager.web import console, session_api


class _SignedIn(SessionAuth):
    """The session cookie with CSRF protection; who it is, rooms ask `org.access.actor_of`."""


api = NinjaAPI(title="Potager 精耕", version=__version__, auth=_SignedIn(), docs_url=None)
api.add_router("", session_api.router)
for _name, _router in ROUTERS.items():
    api.add_router(f"/{_name}", _router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Refusals as {code, message, place}, the sentence in the reader's language (zh unless English is asked for)."""
    language = "en" if request.headers.get("Accept-Language", "zh").lower().startswith("en") else "zh"
    body = {"code": problem.code, "message": problem.say(language), "place": problem.place}
    return api.create_response(request, body, status=problem.status)


urlpatterns = [
    path("api/", api.urls),
    *ingest_api.urls(),
    *link_pages.urls(),
    *survey_pages.urls(),
    re_path(r"^(?P<path>.*)$", console.page),
]
