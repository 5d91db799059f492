"""Surveys over HTTP."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from potager.content.surveys import exporting, html, personal, queries, schemas, writing
from potager.content.surveys.models import Survey
from potager.content.surveys.specs import SurveySpec
from potager.core import store
from potager.core.errors import Problem
from potager.core.paging import page_of
from potager.org import queries as org
from potager.org.access import Actor, actor_of, require_all
from potager.people import queries as people

router = Router(tags=["content"])


@router.get("/surveys", response=schemas.SurveyPage, summary="Surveys with how many opened and answered them")
def list_surveys(request: HttpRequest, asked: Query[schemas.SurveyFilter]) -> schemas.SurveyPage:
    actor = actor_of(request)
    rows, total = page_of(queries.surveys(search=asked.search), asked)
    numbers = queries.numbers(actor, rows)
    names = org.names_of({row.changed_by for row in rows})
    return schemas.SurveyPage(items=[schemas.SurveyOut.of(row, numbers[row.pk], names) for row in rows], total=total)


@router.post("/surveys", response={201: schemas.SurveyDetail}, summary="Begin a survey")
def create_survey(request: HttpRequest, body: SurveySpec) -> Status[schemas.SurveyDetail]:
    actor = actor_of(request)
    with store.write():
        row = writing.create(actor, body)
    return Status(201, _detail(actor, row))


@router.post("/surveys/preview", response=schemas.SurveyPreview, summary="What customers would see")
def preview_survey(request: HttpRequest, body: SurveySpec) -> schemas.SurveyPreview:
    actor_of(request)
    return schemas.SurveyPreview(html=html.form(body, 0, is_preview=True))


@router.get("/surveys/{key}", response=schemas.SurveyDetail, summary="A survey with what is being edited")
def get_survey(request: HttpRequest, key: str) -> schemas.SurveyDetail:
    return _detail(actor_of(request), queries.survey(key))


@router.put("/surveys/{key}", response=schemas.SurveyDetail, summary="Change the draft of a survey")
def change_survey(request: HttpRequest, key: str, body: SurveySpec) -> schemas.SurveyDetail:
    actor = actor_of(request)
    queries.survey(key)
    if body.key != key:
        raise Problem("survey.key", zh="问卷的标识不能改", en="The key of a survey does not change", place="key")
    with store.write():
        row = writing.save_draft(actor, body)
    return _detail(actor, row)


@router.post("/surveys/{key}/publish", response=schemas.SurveyDetail, summary="Ask the draft from now on")
def publish_survey(request: HttpRequest, key: str) -> schemas.SurveyDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.publish(actor, key)
    return _detail(actor, row)


@router.post("/surveys/{key}/close", response=schemas.SurveyDetail, summary="Let nobody answer any more")
def close_survey(request: HttpRequest, key: str) -> schemas.SurveyDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.close(actor, key)
    return _detail(actor, row)


@router.post("/surveys/{key}/reopen", response=schemas.SurveyDetail, summary="Let a survey be answered again")
def reopen_survey(request: HttpRequest, key: str) -> schemas.SurveyDetail:
    actor = actor_of(request)
    with store.write():
        row = writing.reopen(actor, key)
    return _detail(actor, row)


@router.get("/surveys/{key}/results", response=schemas.SurveyResults, summary="The answers, question by question")
def get_survey_results(request: HttpRequest, key: str) -> schemas.SurveyResults:
    require_all(actor_of(request))
    row = queries.survey(key)
    if row.version is None:
        return schemas.SurveyResults(answers=0, items=[])
    spec = queries.spec_of(row.version)
    found = queries.tallies(row.pk, spec)
    items = [schemas.SurveyResult.of(question, found[question.key]) for question in spec.questions]
    return schemas.SurveyResults(answers=queries.responses(row.pk).count(), items=items)


@router.get("/surveys/{key}/answers.csv", summary="Every answer as a table", include_in_schema=True)
def export_survey(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    row = queries.survey(key)
    with store.write():
        text = exporting.table(actor, row)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.csv"'
    return answer


@router.post("/surveys/{key}/hand-out", response=schemas.SurveyAddress, summary="The address for one customer, to send")
def hand_out_survey(request: HttpRequest, key: str, body: schemas.SurveyHandOut) -> schemas.SurveyAddress:
    actor = actor_of(request)
    customer = people.customer(actor, body.cid)
    with store.write():
        url = personal.hand_out(actor, key, customer)
    return schemas.SurveyAddress(url=url)


def _detail(actor: Actor, row: Survey) -> schemas.SurveyDetail:
    return schemas.SurveyDetail.whole(row, queries.numbers(actor, [row])[row.pk], org.names_of({row.changed_by}))
