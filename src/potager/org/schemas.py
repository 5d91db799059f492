"""What crosses HTTP about the organisation."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from potager.core.paging import PageQuery
from potager.org.models import Account, AuditRow, Role, Staff, Store
from potager.org.queries import Placed


class StaffOut(BaseModel):
    """`department` and `store` are names to read, `…_key` what a change refers to."""

    key: str
    name: str
    department: str | None
    department_key: str | None
    store: str | None
    store_key: str | None
    active: bool

    @classmethod
    def of(cls, staff: Staff) -> "StaffOut":
        return cls(
            key=staff.key,
            name=staff.name,
            department=staff.department.name if staff.department else None,
            department_key=staff.department.key if staff.department else None,
            store=staff.store.name if staff.store else None,
            store_key=staff.store.key if staff.store else None,
            active=staff.active,
        )


class StaffPage(BaseModel):
    items: list[StaffOut]
    total: int
    page: int
    size: int


class StaffQuery(PageQuery):
    """Which staff: part of a key or name, a department's key (with those below it), a store's key, whether active."""

    search: str = ""
    department: str = ""
    store: str = ""
    active: bool | None = None


class StaffCreate(BaseModel):
    """`key` is the platform's user id (WeCom userid) and never changes; `department` and `store` are keys."""

    key: str
    name: str
    department: str | None = None
    store: str | None = None


class StaffChange(BaseModel):
    """What is left out stays; a null department or store means none."""

    name: str | None = None
    department: str | None = None
    store: str | None = None


class StoreOut(BaseModel):
    key: str
    name: str
    city: str
    staff_count: int

    @classmethod
    def of(cls, store: Store) -> "StoreOut":
        return cls(key=store.key, name=store.name, city=store.city, staff_count=getattr(store, "staff_count", 0))


class StoreCreate(BaseModel):
    key: str
    name: str
    city: str = ""


class StoreChange(BaseModel):
    name: str | None = None
    city: str | None = None


class DepartmentOut(BaseModel):
    """`path` is the name behind those above it, for display; `staff_count` the active staff in itself, not below."""

    key: str
    name: str
    parent: str | None
    path: str
    staff_count: int

    @classmethod
    def of(cls, placed: Placed) -> "DepartmentOut":
        row = placed.department
        return cls(
            key=row.key,
            name=row.name,
            parent=row.parent.key if row.parent else None,
            path=placed.path,
            staff_count=placed.staff_count,
        )


class DepartmentCreate(BaseModel):
    """`parent` is the key of the department above; none at the top."""

    key: str
    name: str
    parent: str | None = None


class DepartmentChange(BaseModel):
    """What is left out stays; a null parent means the top."""

    name: str | None = None
    parent: str | None = None


class AccountOut(BaseModel):
    login: str
    role: Role
    staff: str | None
    is_active: bool
    locked_until: datetime | None
    last_login: datetime | None

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        return cls(
            login=account.login,
            role=Role(account.role),
            staff=account.staff.key if account.staff else None,
            is_active=account.is_active,
            locked_until=account.locked_until,
            last_login=account.last_login,
        )


class AccountCreate(BaseModel):
    login: str = Field(min_length=2, max_length=64)
    password: str = Field(max_length=200)
    role: Role
    staff: str | None = None


class AccountChange(BaseModel):
    role: Role | None = None
    password: str | None = Field(None, max_length=200)
    is_active: bool | None = None


class AuditOut(BaseModel):
    """A row of the trail. actor_name: the staff member behind the login, or the login itself."""

    id: int
    at: datetime
    actor: str
    actor_name: str
    action: str
    subject: str
    detail: dict[str, object]

    @classmethod
    def of(cls, row: AuditRow, names: Mapping[str, str]) -> "AuditOut":
        return cls(
            id=row.id,
            at=row.at,
            actor=row.actor,
            actor_name=names[row.actor],
            action=row.action,
            subject=row.subject,
            detail=row.detail,
        )


class AuditPage(BaseModel):
    items: list[AuditOut]
    total: int
    page: int
    size: int
