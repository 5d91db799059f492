"""Reads of the organisation."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from potager.core.errors import NotFound
from potager.org.models import Account, AuditRow, Department, Staff, Store

_ACTIVE = Count("staff", filter=Q(staff__active=True))


def staff(*, search: str = "", department: str = "", store: str = "", active: bool | None = None) -> QuerySet[Staff]:
    """Staff with department and store, active first.

    search      part of a key or name
    department  a key: those in it or in a department below it
    store       a key
    active      whether they work here still; None means all
    """
    rows = Staff.objects.select_related("department", "store").order_by("-active", "key")
    if search:
        rows = rows.filter(Q(key__icontains=search) | Q(name__icontains=search))
    if department:
        rows = rows.filter(department_id__in=_within(department))
    if store:
        rows = rows.filter(store__key=store)
    return rows if active is None else rows.filter(active=active)


def roster(
    *, departments: Collection[str] = (), stores: Collection[str] = (), roles: Collection[str] = ()
) -> QuerySet[Staff]:
    """Who works here, by key, in any of these departments (or below them), of these stores, with an account of these
    roles; what is not said leaves nobody out."""
    rows = Staff.objects.filter(active=True).order_by("key")
    if departments:
        rows = rows.filter(department_id__in=set().union(*map(_within, departments)))
    if stores:
        rows = rows.filter(store__key__in=stores)
    return rows.filter(account__role__in=roles, account__is_active=True) if roles else rows


def stores() -> QuerySet[Store]:
    """Stores with `staff_count`, their active staff."""
    return Store.objects.annotate(staff_count=_ACTIVE).order_by("key")


def store(key: str) -> Store:
    """A store with `staff_count`. Raises NotFound."""
    row = stores().filter(key=key).first()
    if row is None:
        raise NotFound("门店", "store", key)
    return row


@dataclass(frozen=True, slots=True)
class Placed:
    """A department where it stands. `path` is its name behind those above it ("总部 / 华东"); `staff_count` counts
    the active staff in itself, not below."""

    department: Department
    path: str
    staff_count: int


def departments() -> list[Placed]:
    """The tree as a list: each department behind the one above it, those beside each other by name."""
    below: dict[int | None, list[Department]] = {}
    for row in Department.objects.select_related("parent").order_by("name", "key"):
        below.setdefault(row.parent_id, []).append(row)
    counts = dict(Department.objects.annotate(n=_ACTIVE).values_list("id", "n"))

    def walk(parent: int | None, above: str) -> Iterator[Placed]:
        for row in below.get(parent, ()):
            path = f"{above} / {row.name}" if above else row.name
            yield Placed(row, path, counts[row.id])
            yield from walk(row.id, path)

    return list(walk(None, ""))


def placed(key: str) -> Placed:
    """One department where it stands. Raises NotFound."""
    for each in departments():
        if each.department.key == key:
            return each
    raise NotFound("部门", "department", key)


def department(key: str) -> Department | None:
    return Department.objects.select_related("parent").filter(key=key).first()


def accounts() -> QuerySet[Account]:
    return Account.objects.select_related("staff").order_by("login")


def name_of(login: str) -> str:
    """What people call who acted under this login or staff key: the name of the staff member, or the login itself."""
    return names_of([login])[login]


def names_of(logins: Iterable[str]) -> dict[str, str]:
    """`name_of` for many at once."""
    wanted = set(logins)
    staff = Staff.objects.filter(Q(account__login__in=wanted) | Q(key__in=wanted)).select_related("account")
    found = {row.key: row.name for row in staff}
    found |= {row.account.login: row.name for row in staff if hasattr(row, "account")}
    return {login: found.get(login, login) for login in wanted}


def audit_rows(*, actor: str = "", action: str = "", subject: str = "") -> QuerySet[AuditRow]:
    """The trail, newest first; `action` and `subject` match by prefix ("audience.", "customer:12")."""
    rows = AuditRow.objects.order_by("-id")
    if actor:
        rows = rows.filter(actor=actor)
    if action:
        rows = rows.filter(action__startswith=action)
    return rows.filter(subject__startswith=subject) if subject else rows


def _within(key: str) -> set[int]:
    """The ids of a department and of all below it."""
    found: set[int] = set()
    level = set(Department.objects.filter(key=key).values_list("id", flat=True))
    while level:
        found |= level
        level = set(Department.objects.filter(parent_id__in=level).values_list("id", flat=True))
    return found
