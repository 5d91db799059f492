"""The material library over HTTP."""

from pathlib import Path

from django.http import FileResponse, HttpRequest
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from potager.content.media import files, materials, queries
from potager.content.media.models import Kind, Material
from potager.content.media.schemas import MaterialFilter, MaterialOut, MaterialPage, MaterialSpec
from potager.core import store
from potager.core.paging import page_of
from potager.org.access import actor_of, require_write

router = Router(tags=["content"])
_LONGEST = Material._meta.get_field("name").max_length or 0


@router.get("/materials", response=MaterialPage, summary="Pictures, videos and files of the house, newest first")
def list_materials(request: HttpRequest, asked: Query[MaterialFilter]) -> MaterialPage:
    actor_of(request)
    rows, total = page_of(queries.materials(**asked.model_dump(include={"search", "kind", "folder"})), asked)
    return MaterialPage(items=[MaterialOut.of(row) for row in rows], total=total, folders=queries.folders())


@router.post("/materials", response={201: MaterialOut}, summary="Upload a picture, a video or a file")
def add_material(request: HttpRequest, file: File[UploadedFile]) -> Status[MaterialOut]:
    actor = actor_of(request)
    require_write(actor)
    name = Path(file.name or "file")
    kept = f"{name.stem[: _LONGEST - len(name.suffix)]}{name.suffix}"[-_LONGEST:]
    with files.incoming(file.chunks()) as came, store.write():
        row = materials.add(actor, came, kept)
    return Status(201, MaterialOut.of(row))


@router.put("/materials/{int:material_id}", response=MaterialOut, summary="Rename a material, file it, tag it")
def describe_material(request: HttpRequest, material_id: int, body: MaterialSpec) -> MaterialOut:
    actor = actor_of(request)
    with store.write():
        row = materials.describe(actor, material_id, body)
    return MaterialOut.of(row)


@router.delete("/materials/{int:material_id}", response={204: None}, summary="Remove a material and its file")
def remove_material(request: HttpRequest, material_id: int) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        materials.remove(actor, material_id)
    return Status(204, None)


@router.get("/materials/{int:material_id}/file", summary="The bytes: a picture to look at, anything else to save")
def get_material_file(request: HttpRequest, material_id: int) -> FileResponse:
    actor_of(request)
    row = queries.material(material_id)
    path = files.open_kept(row.content)
    # Only pictures told from their bytes open in the browser: an uploaded page must not run as the house's own.
    return FileResponse(path.open("rb"), as_attachment=row.kind != Kind.IMAGE, filename=row.name, content_type=row.mime)
