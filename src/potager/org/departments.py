"""Departments: the tree an organisation is. A key is given once; names and places in the tree may change."""

from collections.abc import Iterator

from potager.core.errors import Conflict, NotFound, Problem
from potager.org import audit, naming, queries
from potager.org.access import Actor
from potager.org.models import Department, Staff


def create(actor: Actor, key: str, *, name: str, parent: str | None = None) -> Department:
    """A new department, at the top or inside `parent` (a key).

    Raises Problem for a bad key or name, Conflict for a taken key, NotFound for an unknown parent.
    """
    naming.begin(actor)
    key, name = naming.check_key(key), naming.check_name(name)
    if Department.objects.filter(key=key).exists():
        raise naming.taken("department", "部门", "department", key)
    row = Department.objects.create(key=key, name=name, parent=named(parent))
    audit.record(actor, "department.create", f"department:{key}", {"name": name, "parent": parent})
    return row


def rename(actor: Actor, key: str, name: str) -> Department:
    """Give a department another name; the same name again changes nothing."""
    naming.begin(actor)
    row, name = _existing(key), naming.check_name(name)
    if row.name != name:
        audit.record(actor, "department.rename", f"department:{key}", {"from": row.name, "to": name})
        row.name = name
        row.save(update_fields=["name"])
    return row


def move(actor: Actor, key: str, parent: str | None) -> Department:
    """Put a department, with everything below it, inside another one or at the top (None).

    Raises Conflict("department.circle") when the new parent is the department itself or stands below it.
    """
    naming.begin(actor)
    row, above = _existing(key), named(parent)
    if row.parent == above:
        return row
    if row in _upwards(above):
        raise Conflict(
            "department.circle",
            zh=f"不能把「{row.name}」放到它自己或它的下级部门里面，请选别的上级",
            en=f"“{row.name}” cannot be put inside itself or a department below it: choose another parent",
            place="parent",
        )
    detail = {"from": row.parent.key if row.parent else None, "to": parent}
    audit.record(actor, "department.move", f"department:{key}", detail)
    row.parent = above
    row.save(update_fields=["parent"])
    return row


def remove(actor: Actor, key: str) -> None:
    """Remove a department nobody and nothing is in.

    Raises Conflict("department.not_empty") saying how many departments and staff it holds.
    """
    naming.begin(actor)
    row = _existing(key)
    below = Department.objects.filter(parent=row).count()
    members = Staff.objects.filter(department=row).count()
    if below or members:
        raise Conflict(
            "department.not_empty",
            zh=f"「{row.name}」里还有 {below} 个下级部门、{members} 位员工（含已停用的）：请先移到别的部门，再删除",
            en=f"“{row.name}” still holds {below} departments and {members} staff, inactive ones included: "
            "move them elsewhere first",
            place="key",
        )
    row.delete()
    audit.record(actor, "department.remove", f"department:{key}", {"name": row.name})


def named(key: str | None, place: str = "parent") -> Department | None:
    """The department of this key; None stands for none. Raises Problem("department.unknown") at `place`."""
    if key is None:
        return None
    row = queries.department(key)
    if row is None:
        raise Problem(
            "department.unknown",
            zh=f"没有部门「{key}」：请先新建它，或检查标识",
            en=f"There is no department “{key}”: create it first, or check the key",
            place=place,
        )
    return row


def _existing(key: str) -> Department:
    row = queries.department(key)
    if row is None:
        raise NotFound("部门", "department", key)
    return row


def _upwards(department: Department | None) -> Iterator[Department]:
    while department is not None:
        yield department
        department = department.parent
