"""The import wizard over HTTP: upload, look, check, start, watch, fetch what was rejected."""

import itertools
from pathlib import Path

from django.http import FileResponse, HttpRequest
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from potager.core import store
from potager.core.errors import NotFound
from potager.core.paging import PageQuery, page_of
from potager.facts import queries
from potager.facts.imports import files, run
from potager.facts.imports.guess import guess
from potager.facts.imports.mapping import Kind
from potager.facts.imports.sniff import rows_of, shape_of
from potager.facts.schemas import CheckOut, ImportAsk, ImportOut, ImportPage, KindOut, PreviewOut
from potager.org.access import actor_of, require_write

router = Router(tags=["facts"])
_PREVIEW_ROWS = 20
# A dry run in a request must end within seconds; the command line checks whole files.
_CHECKED_ROWS = 100_000


@router.get("/kinds", response=list[KindOut], summary="What can be imported, and the fields of each kind")
def list_kinds(request: HttpRequest) -> list[KindOut]:
    actor_of(request)
    return [KindOut.of(kind) for kind in Kind]


@router.get("", response=ImportPage, summary="Imports, newest first")
def list_imports(request: HttpRequest, page: Query[PageQuery]) -> ImportPage:
    require_write(actor_of(request))
    rows, total = page_of(queries.imports(), page)
    return ImportPage(items=[ImportOut.of(row) for row in rows], total=total, page=page.page, size=page.size)


@router.post("", response={201: ImportOut}, summary="Upload a file: CSV, TSV, JSON Lines, XLSX or Parquet")
def upload(request: HttpRequest, file: File[UploadedFile]) -> Status[ImportOut]:
    actor = actor_of(request)
    require_write(actor)
    content = files.keep_blocks(file.chunks())
    with store.write():
        staged = run.stage(actor, file_name=Path(file.name or "file").name, content=content)
    return Status(201, ImportOut.of(staged))


@router.get("/{run_id}", response=ImportOut, summary="One import: progress, then result")
def get_import(request: HttpRequest, run_id: int) -> ImportOut:
    require_write(actor_of(request))
    return ImportOut.of(queries.import_run(run_id))


@router.post("/{run_id}/preview", response=PreviewOut, summary="What the file is, its first rows, a guessed mapping")
def preview(request: HttpRequest, run_id: int, body: ImportAsk) -> PreviewOut:
    require_write(actor_of(request))
    path = files.open_source(queries.import_run(run_id).content)
    shape = shape_of(path, body.mapping)
    rows = [list(row.cells) for row in itertools.islice(rows_of(path, shape), _PREVIEW_ROWS)]
    mapping = body.mapping if body.mapping.columns() else guess(body.kind, shape.columns)
    return PreviewOut.of(shape, _readable(rows), mapping)


@router.post("/{run_id}/check", response=CheckOut, summary="A dry run: what would load, what would be rejected and why")
def check(request: HttpRequest, run_id: int, body: ImportAsk) -> CheckOut:
    require_write(actor_of(request))
    staged = queries.import_run(run_id)
    return CheckOut.of(run.check(staged.content, body.kind, body.mapping, most=_CHECKED_ROWS), most=_CHECKED_ROWS)


@router.post("/{run_id}/start", response=ImportOut, summary="Start it in the background")
def start(request: HttpRequest, run_id: int, body: ImportAsk) -> ImportOut:
    actor = actor_of(request)
    require_write(actor)
    staged = queries.import_run(run_id)
    run.refuse_unfit(staged.content, body.kind, body.mapping)
    with store.write():
        begun = run.start(actor, staged, body.kind, body.mapping)
    return ImportOut.of(begun)


@router.get("/{run_id}/rejects", summary="The rejected rows of a finished import as CSV")
def rejects(request: HttpRequest, run_id: int) -> FileResponse:
    require_write(actor_of(request))
    path = files.rejects_file(queries.import_run(run_id).content, run_id)
    if not path.exists():
        raise NotFound("拒收文件", "rejects file", run_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejects-{run_id}.csv", content_type="text/csv")


def _readable(rows: list[list[str]]) -> list[list[str]]:
    """Bytes that could not be decoded would not survive JSON."""
    return [[cell.encode("utf-8", "replace").decode("utf-8") for cell in row] for row in rows]
