"""Scripts: made, described, removed."""

from potager.content import search
from potager.content.models import Axis, Folder, Script, ScriptVersion, State
from potager.content.queries import folder, persona
from potager.content.specs import ScriptSpec
from potager.core import clock
from potager.core.errors import Conflict, NotFound, Problem
from potager.org import audit
from potager.org.access import Actor, require_write


def create(actor: Actor, spec: ScriptSpec) -> Script:
    """A script without a wording yet.

    Raises Conflict("script.taken") for a key there is already, NotFound for a folder or persona.
    """
    require_write(actor)
    if Script.objects.filter(key=spec.key).exists():
        raise Conflict("script.taken", zh=f"已有话术「{spec.key}」", en=f"There is a script “{spec.key}”", place="key")
    row = Script(key=spec.key)
    _describe(row, spec)
    audit.record(actor, "script.create", f"script:{row.key}")
    return row


def describe(actor: Actor, row: Script, spec: ScriptSpec) -> Script:
    """Change what a script is called and where it lies; its versions stay."""
    require_write(actor)
    _describe(row, spec)
    audit.record(actor, "script.describe", f"script:{row.key}")
    return row


def remove(actor: Actor, key: str) -> None:
    """Remove a script of which nothing was ever published.

    Raises NotFound, or Conflict("script.published"): what was said to customers is kept.
    """
    require_write(actor)
    row = Script.objects.filter(key=key).first()
    if row is None:
        raise NotFound("话术", "script", key)
    if row.versions.exclude(state__in=[State.DRAFT, State.IN_REVIEW]).exists():
        raise Conflict(
            "script.published",
            zh="发布过的话术要留下记录，不能删除：请停用它的版本",
            en="A script that was published is kept: withdraw its versions instead",
            place="key",
        )
    search.drop("script", [row.id])
    row.delete()
    audit.record(actor, "script.remove", f"script:{key}")


def index(row: Script) -> None:
    """Let the script be found by what it is called, where it lies and what it says: published, or being written."""
    spoken = row.versions.exclude(state=State.EXPIRED).order_by("kind", "n")
    places = [each.name_zh for each in (row.stage, row.psychology, row.product, row.persona) if each is not None]
    search.put("script", row.id, row.title, " ".join([*places, row.note, *(_said(each) for each in spoken)]))


def _said(version: ScriptVersion) -> str:
    return " ".join(version.texts.values())


def _describe(row: Script, spec: ScriptSpec) -> None:
    row.title, row.note = spec.title, spec.note
    row.stage = _folder(spec.stage, Axis.STAGE)
    row.psychology = _folder(spec.psychology, Axis.PSYCHOLOGY)
    row.product = _folder(spec.product, Axis.PRODUCT)
    row.persona = persona(spec.persona) if spec.persona else None
    row.changed_at = clock.now()
    row.save()
    index(row)


def _folder(key: str, axis: Axis) -> Folder | None:
    if not key:
        return None
    row = folder(key)
    if row.axis != axis:
        raise Problem(
            "script.folder",
            zh=f"「{row.name_zh}」不是{axis.label}的文件夹：请选这一类里的",
            en=f"“{row.name_en or row.key}” is no folder by {axis.value}: choose one of that kind",
            place=axis.value,
        )
    return row
