"""Folders, personas, questions and sensitive words over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.content import faqs, folders, house_words, library_schemas, personas, present, queries, schemas, search
from potager.content.models import Folder
from potager.content.specs import FaqSpec, FolderSpec, PersonaSpec, WordSpec
from potager.core import store
from potager.core.paging import page_of
from potager.insight.present import language_of
from potager.org.access import actor_of

router = Router(tags=["content"])


@router.get("/folders", response=schemas.FolderList, summary="Folders of scripts by axis, in their order")
def list_folders(request: HttpRequest) -> schemas.FolderList:
    sizes = queries.folder_sizes(actor_of(request))
    return schemas.FolderList(items=[_folder_out(row, sizes.get(row.pk, 0)) for row in queries.folders()])


@router.post("/folders", response={201: schemas.FolderOut}, summary="Create a folder, or rename one")
def save_folder(request: HttpRequest, body: FolderSpec) -> Status[schemas.FolderOut]:
    actor = actor_of(request)
    with store.write():
        row = folders.save(actor, body)
    return Status(201, _folder_out(row, queries.folder_sizes(actor).get(row.pk, 0)))


@router.delete("/folders/{key}", response={204: None}, summary="Remove an empty folder")
def remove_folder(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        folders.remove(actor, key)
    return Status(204, None)


@router.get("/personas", response=library_schemas.PersonaList, summary="Personas with who speaks as them")
def list_personas(request: HttpRequest) -> library_schemas.PersonaList:
    actor_of(request)
    return library_schemas.PersonaList(items=[present.persona_out(row) for row in queries.personas()])


@router.put("/personas/{key}", response=library_schemas.PersonaOut, summary="Create or change a persona")
def save_persona(request: HttpRequest, key: str, body: PersonaSpec) -> library_schemas.PersonaOut:
    actor = actor_of(request)
    with store.write():
        personas.save(actor, body.model_copy(update={"key": key}))
    return present.persona_out(queries.persona(key))


@router.delete("/personas/{key}", response={204: None}, summary="Remove a persona no script speaks through")
def remove_persona(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        personas.remove(actor, key)
    return Status(204, None)


@router.get("/faqs", response=library_schemas.FaqPage, summary="Questions customers ask, with their answers")
def list_faqs(request: HttpRequest, asked: Query[library_schemas.FaqFilter]) -> library_schemas.FaqPage:
    actor_of(request)
    known = queries.faqs()
    rows, total = search.page_of(known, asked.search, "faq", asked) if asked.search.strip() else page_of(known, asked)
    return library_schemas.FaqPage(items=present.faqs_out(rows), total=total)


@router.put("/faqs/{key}", response=library_schemas.FaqOut, summary="Create or change a question")
def save_faq(request: HttpRequest, key: str, body: FaqSpec) -> library_schemas.FaqOut:
    actor = actor_of(request)
    with store.write():
        row = faqs.save(actor, body.model_copy(update={"key": key}))
    return present.faqs_out([row])[0]


@router.delete("/faqs/{key}", response={204: None}, summary="Remove a question")
def remove_faq(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        faqs.remove(actor, key)
    return Status(204, None)


@router.get(
    "/words",
    response=library_schemas.SensitiveWords,
    summary="Sensitive words as they work here, the house's own first",
)
def list_words(request: HttpRequest) -> library_schemas.SensitiveWords:
    actor_of(request)
    return library_schemas.SensitiveWords(items=present.words_out(language_of(request)))


@router.put("/words", response=library_schemas.SensitiveWords, summary="Add a word, or change what a shipped one does")
def save_word(request: HttpRequest, body: WordSpec) -> library_schemas.SensitiveWords:
    actor = actor_of(request)
    with store.write():
        house_words.save(actor, body)
    return library_schemas.SensitiveWords(items=present.words_out(language_of(request)))


@router.delete("/words", response={204: None}, summary="Take back what the house said of a word")
def remove_word(request: HttpRequest, word: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        house_words.remove(actor, word)
    return Status(204, None)


def _folder_out(row: Folder, n: int) -> schemas.FolderOut:
    return schemas.FolderOut(key=row.key, name_zh=row.name_zh, name_en=row.name_en or row.name_zh, axis=row.axis, n=n)
