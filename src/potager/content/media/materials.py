"""Materials: added, described, removed."""

from potager.content.media import files, queries
from potager.content.media.models import Material
from potager.content.media.schemas import MaterialSpec
from potager.core import clock
from potager.org import audit
from potager.org.access import Actor, require_write


def add(actor: Actor, came: files.Incoming, name: str) -> Material:
    """Keep what came. A content there is already stays the material it is, with its file made whole.

    The row comes before the file, as in `remove`: of two acts on one content the second waits at the row.
    """
    require_write(actor)
    row, is_new = Material.objects.select_for_update().get_or_create(
        content=came.content,
        defaults={
            "kind": came.form.kind,
            "mime": came.form.mime,
            "size": came.size,
            "name": name,
            "added_at": clock.now(),
            "added_by": actor.login,
        },
    )
    came.put()
    if is_new:
        audit.record(actor, "material.add", f"material:{row.pk}")
    return row


def describe(actor: Actor, material_id: int, spec: MaterialSpec) -> Material:
    """Rename it, put it elsewhere, tag it. Raises NotFound."""
    require_write(actor)
    row = queries.material(material_id)
    row.name, row.folder, row.tags = spec.name, spec.folder, list(dict.fromkeys(spec.tags))
    row.save(update_fields=["name", "folder", "tags"])
    audit.record(actor, "material.describe", f"material:{row.pk}")
    return row


def remove(actor: Actor, material_id: int) -> None:
    """Remove a material and its file. Raises NotFound."""
    require_write(actor)
    row = queries.material(material_id)
    audit.record(actor, "material.remove", f"material:{row.pk}")
    row.delete()
    files.path_of(row.content).unlink(missing_ok=True)
