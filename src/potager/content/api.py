"""Scripts over HTTP: the library, versions, preview and use. Personas, questions and words are in api_library."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.content import (
    checking,
    library_schemas,
    present,
    profile,
    queries,
    schemas,
    scripts,
    search,
    speaking,
    versions,
)
from potager.content.api_library import router as library
from potager.content.links import personal as links
from potager.content.links.api import router as tracked
from potager.content.media.api import router as media
from potager.content.models import Kind, Persona, ScriptVersion
from potager.content.queries import persona
from potager.content.specs import DraftSpec, KindKey, ScriptSpec
from potager.content.surveys import personal as surveys
from potager.content.surveys.api import router as asked_of_customers
from potager.core import clock, store
from potager.core.errors import NotFound
from potager.core.paging import page_of
from potager.insight.present import language_of
from potager.org.access import Actor, actor_of, require_write
from potager.people import queries as people

router = Router(tags=["content"])
router.add_router("", library)
router.add_router("", tracked)
router.add_router("", asked_of_customers)
router.add_router("", media)


@router.get("/scripts", response=schemas.ScriptPage, summary="Scripts with the stand of their kinds and win rates")
def list_scripts(request: HttpRequest, asked: Query[schemas.ScriptFilter]) -> schemas.ScriptPage:
    actor = actor_of(request)
    narrowed = asked.model_dump(include={"stage", "psychology", "product", "persona", "state"})
    known = queries.scripts(actor, **narrowed)
    rows, total = (
        search.page_of(known, asked.search, "script", asked) if asked.search.strip() else page_of(known, asked)
    )
    return schemas.ScriptPage(items=present.scripts_out(actor, rows), total=total)


@router.post("/scripts", response={201: schemas.ScriptDetail}, summary="Create a script, without a wording yet")
def create_script(request: HttpRequest, body: ScriptSpec) -> Status[schemas.ScriptDetail]:
    actor = actor_of(request)
    with store.write():
        scripts.create(actor, body)
    return Status(201, _detail(actor, body.key))


@router.post("/scripts/check", response=schemas.ScriptCheck, summary="Sensitive words in texts, with place and cure")
def check_texts(request: HttpRequest, body: schemas.ScriptCheckIn) -> schemas.ScriptCheck:
    require_write(actor_of(request))
    return schemas.ScriptCheck(findings=_findings(request, body, _persona(body.persona)))


@router.post("/scripts/preview", response=schemas.ScriptPreview, summary="Texts as one customer would read them")
def preview_texts(request: HttpRequest, body: schemas.ScriptPreviewIn) -> schemas.ScriptPreview:
    actor, language = actor_of(request), language_of(request)
    customer = people.customer(actor, body.cid)
    person = profile.of(customer, language)
    texts = body.of(body.kind)
    link, survey = (each.post(texts.values()).letter(real=False).url for each in (links, surveys))
    said = speaking.say(body.kind, texts, person, link, survey)
    return schemas.ScriptPreview(
        customer=customer.name,
        is_old=person.is_old,
        variant=said.variant,
        text=said.text,
        missing=list(said.missing),
        values=[
            schemas.VariableValue(key=each.key, name_zh=each.zh, name_en=each.en, value=person.values.get(each.key))
            for each in profile.variables()
        ],
        findings=_findings(request, body, _persona(body.persona)),
    )


@router.get("/variables", response=schemas.ScriptVariables, summary="What texts may say of a customer")
def list_variables(request: HttpRequest) -> schemas.ScriptVariables:
    actor_of(request)
    found = [schemas.ScriptVariable(key=each.key, name_zh=each.zh, name_en=each.en) for each in profile.variables()]
    return schemas.ScriptVariables(items=found)


@router.get("/scripts/{key}", response=schemas.ScriptDetail, summary="A script with all its versions")
def get_script(request: HttpRequest, key: str) -> schemas.ScriptDetail:
    return _detail(actor_of(request), key)


@router.put("/scripts/{key}", response=schemas.ScriptDetail, summary="Rename a script or put it elsewhere")
def describe_script(request: HttpRequest, key: str, body: ScriptSpec) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        scripts.describe(actor, queries.script(actor, key), body)
    return _detail(actor, key)


@router.delete("/scripts/{key}", response={204: None}, summary="Remove a script that was never published")
def remove_script(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        scripts.remove(actor, key)
    return Status(204, None)


@router.put("/scripts/{key}/drafts/{kind}", response=schemas.ScriptDetail, summary="Write the draft of a kind")
def write_draft(request: HttpRequest, key: str, kind: KindKey, body: DraftSpec) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        versions.save_draft(actor, queries.script(actor, key), Kind(kind), body)
    return _detail(actor, key)


@router.post("/versions/{int:version_id}/submit", response=schemas.ScriptDetail, summary="Ask for a review")
def submit_version(request: HttpRequest, version_id: int) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        row = versions.submit(actor, version_id)
    return _detail(actor, row.script.key)


@router.post("/versions/{int:version_id}/publish", response=schemas.ScriptDetail, summary="Publish what was reviewed")
def publish_version(request: HttpRequest, version_id: int) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        row = versions.publish(actor, version_id)
    return _detail(actor, row.script.key)


@router.post("/versions/{int:version_id}/return", response=schemas.ScriptDetail, summary="Give a version back")
def return_version(request: HttpRequest, version_id: int, body: schemas.ReviewRemark) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        row = versions.give_back(actor, version_id, body.remark)
    return _detail(actor, row.script.key)


@router.post("/versions/{int:version_id}/withdraw", response=schemas.ScriptDetail, summary="Let a version expire now")
def withdraw_version(request: HttpRequest, version_id: int) -> schemas.ScriptDetail:
    actor = actor_of(request)
    with store.write():
        row = versions.withdraw(actor, version_id)
    return _detail(actor, row.script.key)


@router.post("/versions/{int:version_id}/use", response=schemas.ScriptUsed, summary="Say a version to a customer")
def use_version(request: HttpRequest, version_id: int, body: schemas.ScriptUse) -> schemas.ScriptUsed:
    actor, language = actor_of(request), language_of(request)
    customer = people.customer(actor, body.cid)
    row = _known_version(actor, version_id)
    person = profile.of(customer, language)
    with store.write():
        said = speaking.say(
            row.kind,
            row.texts,
            person,
            lambda link: links.hand_out(actor, link, customer),
            lambda key: surveys.hand_out(actor, key, customer),
        )
        speaking.use(actor, row, customer, said)
    return schemas.ScriptUsed(text=said.text)


@router.get(
    "/search",
    response=library_schemas.LibraryHits,
    summary="Usable scripts and questions for what a customer just said",
)
def search_library(
    request: HttpRequest, q: str, kind: search.Found | None = None, size: int = 20
) -> library_schemas.LibraryHits:
    actor, started = actor_of(request), clock.wall()
    found = present.hits(actor, q, kind, max(1, min(size, 50)))
    return library_schemas.LibraryHits(items=found, ms=round((clock.wall() - started).total_seconds() * 1000))


def _detail(actor: Actor, key: str) -> schemas.ScriptDetail:
    row = queries.script(actor, key)
    return present.detail_out(actor, row, needs_another=versions.needs_another())


def _persona(key: str) -> Persona | None:
    return persona(key) if key else None


def _known_version(actor: Actor, version_id: int) -> ScriptVersion:
    row = ScriptVersion.objects.select_related("script").filter(id=version_id).first()
    if row is None or not queries.visible_to(actor).filter(id=row.script_id).exists():
        raise NotFound("话术版本", "version of a script", version_id)
    return row


def _findings(
    request: HttpRequest, body: schemas.ScriptCheckIn, as_whom: Persona | None
) -> list[schemas.ScriptFinding]:
    texts = {name: text for name, text in body.model_dump(include={"text", "new", "old"}).items() if text}
    return [schemas.ScriptFinding.of(each, language_of(request)) for each in checking.check(texts, as_whom)]
