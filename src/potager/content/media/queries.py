"""Reads of the material library."""

from django.db.models import QuerySet

from potager.content.media.models import Material
from potager.core.errors import NotFound


def materials(*, search: str = "", kind: str | None = None, folder: str | None = None) -> QuerySet[Material]:
    """Newest first; `folder` "" asks for what lies nowhere."""
    rows = Material.objects.order_by("-added_at", "-id")
    if search.strip():
        rows = rows.filter(name__icontains=search.strip())
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows if folder is None else rows.filter(folder=folder)


def material(material_id: int) -> Material:
    """Raises NotFound."""
    row = Material.objects.filter(id=material_id).first()
    if row is None:
        raise NotFound("素材", "material", material_id)
    return row


def folders() -> list[str]:
    """Names of folders something lies in."""
    return list(Material.objects.exclude(folder="").order_by("folder").values_list("folder", flat=True).distinct())
