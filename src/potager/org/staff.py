"""Staff: who works here and where. A key is given once; nobody is deleted, what they did stays theirs."""

from potager.core.errors import Conflict, Forbidden, NotFound
from potager.org import accounts, audit, departments, naming, stores
from potager.org.access import Actor
from potager.org.models import Account, Role, Staff
from potager.org.schemas import StaffChange


def create(
    actor: Actor, key: str, *, name: str, department: str | None = None, store: str | None = None, active: bool = True
) -> Staff:
    """A new staff member in a department and a store (keys), or in none.

    Raises Problem for a bad key or name and for an unknown department or store, Conflict for a taken key.
    """
    naming.begin(actor)
    key, name = naming.check_key(key), naming.check_name(name)
    if Staff.objects.filter(key=key).exists():
        raise naming.taken("staff", "员工", "staff member", key)
    row = Staff.objects.create(
        key=key,
        name=name,
        department=departments.named(department, "department"),
        store=stores.named(store),
        active=active,
    )
    audit.record(actor, "staff.create", f"staff:{key}", {"name": name, "department": department, "store": store})
    return row


def change(actor: Actor, key: str, change: StaffChange) -> Staff:
    """Change what the request names: name, department, store. A null department or store means none."""
    naming.begin(actor)
    row = _existing(key)
    before = (row.name, row.department, row.store)
    if change.name is not None:
        row.name = naming.check_name(change.name)
    if "department" in change.model_fields_set:
        row.department = departments.named(change.department, "department")
    if "store" in change.model_fields_set:
        row.store = stores.named(change.store)
    now = (row.name, row.department, row.store)
    if now != before:
        row.save()
        detail = {
            field: [_written(old), _written(new)]
            for field, old, new in zip(("name", "department", "store"), before, now, strict=True)
            if old != new
        }
        audit.record(actor, "staff.change", f"staff:{key}", detail)
    return row


def deactivate(actor: Actor, key: str) -> Staff:
    """Somebody works here no longer; their account, where there is one, cannot sign in from this moment on.

    Raises Conflict for the actor's own record and for the account of the last owner, Forbidden for an owner's account
    when the actor is none.
    """
    naming.begin(actor)
    row = _existing(key)
    if not row.active:
        return row
    if row.id == actor.staff_id:
        raise Conflict(
            "staff.self",
            zh="不能停用您自己：请让另一位所有者或经理来做",
            en="You cannot deactivate yourself: ask another owner or manager",
            place="key",
        )
    account = Account.objects.filter(staff=row, is_active=True).first()
    if account is not None and account.role == Role.OWNER and actor.role != Role.OWNER:
        raise Forbidden(
            zh="这位员工用所有者账号登录：只有所有者可以停用",
            en="This staff member signs in as an owner: only an owner may deactivate them",
        )
    row.active = False
    row.save(update_fields=["active"])
    audit.record(actor, "staff.deactivate", f"staff:{key}")
    if account is not None:
        accounts.change(actor, account.login, is_active=False)
    return row


def reactivate(actor: Actor, key: str) -> Staff:
    """Somebody works here again. Whether they may sign in again is for an owner to say."""
    naming.begin(actor)
    row = _existing(key)
    if not row.active:
        row.active = True
        row.save(update_fields=["active"])
        audit.record(actor, "staff.reactivate", f"staff:{key}")
    return row


def _existing(key: str) -> Staff:
    row = Staff.objects.select_related("department", "store").filter(key=key).first()
    if row is None:
        raise NotFound("员工", "staff member", key)
    return row


def _written(value: object) -> str | None:
    return value if isinstance(value, str) else getattr(value, "key", None)
