"""Uploaded lists: saved, replaced by a new file, renamed, removed."""

from typing import Final

from potager.core import clock, jobs
from potager.core.errors import Conflict, NotFound, Problem
from potager.insight import catalogue, present
from potager.insight.fields import Fields
from potager.insight.list_files import Read
from potager.insight.models import ListUpload, UploadedList
from potager.insight.specs import ListSpec
from potager.org import audit
from potager.org.access import Actor, require_write

_MOST_NAMED: Final = 5


def save(actor: Actor, spec: ListSpec, found: Read, file_name: str) -> UploadedList:
    """Keep a new list.

    Raises Conflict("list.taken") for a key there is already, Problem("list.empty") when the file names nobody.
    """
    require_write(actor)
    _refuse_empty(found)
    if UploadedList.objects.filter(key=spec.key).exists():
        raise Conflict("list.taken", zh=f"已有名单「{spec.key}」", en=f"There is a list “{spec.key}”", place="key")
    row = UploadedList.objects.create(**spec.model_dump(), created_at=clock.now())
    _upload(actor, row, found, file_name, "list.create")
    return row


def replace(actor: Actor, row: UploadedList, found: Read, file_name: str) -> UploadedList:
    """Let a list be whom a new file names, from now on.

    Raises Problem("list.empty") when the file names nobody.
    """
    require_write(actor)
    _refuse_empty(found)
    _upload(actor, row, found, file_name, "list.replace")
    return row


def describe(actor: Actor, row: UploadedList, spec: ListSpec) -> UploadedList:
    """Change what a list is called; its key stays."""
    require_write(actor)
    row.name_zh, row.name_en, row.note = spec.name_zh, spec.name_en, spec.note
    row.save(update_fields=["name_zh", "name_en", "note"])
    audit.record(actor, "list.describe", f"list:{row.key}")
    return row


def remove(actor: Actor, key: str) -> None:
    """Remove a list that nothing uses.

    Raises NotFound, or Conflict("definition.used") naming what uses it.
    """
    require_write(actor)
    row = UploadedList.objects.filter(key=key).first()
    if row is None:
        raise NotFound("名单", "list", key)
    fields = catalogue.load()
    if users := present.uses(fields).get(f"list:{key}"):
        raise Conflict(
            "definition.used",
            zh=f"名单「{row.name_zh}」还在使用：{'、'.join(_named(fields, users, 'zh'))}",
            en=f"List “{row.name_en or key}” is still in use by {', '.join(_named(fields, users, 'en'))}",
            place="key",
        )
    row.delete()
    audit.record(actor, "list.remove", f"list:{key}")


def _named(fields: Fields, users: list[str], language: str) -> list[str]:
    named = [present.name_of(each, fields, language) for each in users]
    more = len(named) - _MOST_NAMED
    return named if more <= 0 else [*named[:_MOST_NAMED], f"+{more}"]


def _refuse_empty(found: Read) -> None:
    if not found.members:
        raise Problem(
            "list.empty",
            zh=f"文件里没有认出任何客户（共 {found.rows} 行）；请检查列和身份类型",
            en=f"The file names no customer we know ({found.rows} lines): check the column and what it names people by",
            place="file",
        )


def _upload(actor: Actor, row: UploadedList, found: Read, file_name: str, action: str) -> None:
    ListUpload.objects.create(
        of_list=row,
        at=clock.now(),
        by=actor.login,
        file_name=file_name[:200],
        kind=found.kind,
        members=found.members.serialize(),
        n=len(found.members),
        missing=found.missing,
        doubled=found.doubled,
        misses=[[each.line, each.code, each.value] for each in found.misses],
    )
    told = {"file": file_name, "customers": len(found.members), "missing": found.missing, "doubled": found.doubled}
    audit.record(actor, action, f"list:{row.key}", told)
    jobs.enqueue("insight.refresh_now", lane="heavy", dedupe_key="insight.refresh_now")
