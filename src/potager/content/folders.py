"""Folders of scripts along the three axes."""

from django.db.models import Max, Q

from potager.content.models import Folder, Script
from potager.content.queries import folder
from potager.content.specs import FolderSpec
from potager.core.errors import Conflict
from potager.org import audit
from potager.org.access import Actor, require_write


def save(actor: Actor, spec: FolderSpec) -> Folder:
    """Create a folder, the last of its axis, or rename one.

    Raises Conflict("folder.axis") for a key of another axis.
    """
    require_write(actor)
    row = Folder.objects.filter(key=spec.key).first()
    if row is None:
        last = Folder.objects.filter(axis=spec.axis).aggregate(last=Max("position"))["last"]
        row = Folder.objects.create(**spec.model_dump(), position=0 if last is None else last + 1)
        audit.record(actor, "folder.create", f"folder:{row.key}")
        return row
    if row.axis != spec.axis:
        raise Conflict(
            "folder.axis",
            zh=f"「{row.name_zh}」是另一类文件夹：请在那一类里新建一个",
            en=f"“{row.name_en or row.key}” sorts by something else: make a new folder there",
            place="axis",
        )
    row.name_zh, row.name_en = spec.name_zh, spec.name_en
    row.save(update_fields=["name_zh", "name_en"])
    audit.record(actor, "folder.change", f"folder:{row.key}")
    return row


def remove(actor: Actor, key: str) -> None:
    """Remove an empty folder.

    Raises NotFound, or Conflict("folder.used") naming a script in it.
    """
    require_write(actor)
    row = folder(key)
    inside = Script.objects.filter(Q(stage=row) | Q(psychology=row) | Q(product=row)).order_by("id").first()
    if inside is not None:
        raise Conflict(
            "folder.used",
            zh=f"文件夹里还有话术「{inside.title}」：先把它移到别处",
            en=f"The script “{inside.title}” is still in it: move it elsewhere first",
            place="key",
        )
    row.delete()
    audit.record(actor, "folder.remove", f"folder:{key}")
