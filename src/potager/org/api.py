"""Departments, staff, stores, accounts and the audit trail over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.core import store
from potager.core.paging import PageQuery, page_of
from potager.org import accounts, departments, queries, staff, stores
from potager.org.access import actor_of, require_owner, require_write
from potager.org.schemas import (
    AccountChange,
    AccountCreate,
    AccountOut,
    AuditOut,
    AuditPage,
    DepartmentChange,
    DepartmentCreate,
    DepartmentOut,
    StaffChange,
    StaffCreate,
    StaffOut,
    StaffPage,
    StaffQuery,
    StoreChange,
    StoreCreate,
    StoreOut,
)

router = Router(tags=["org"])


@router.get("/staff", response=StaffPage, summary="Staff, active first")
def list_staff(request: HttpRequest, query: Query[StaffQuery]) -> StaffPage:
    actor_of(request)
    found = queries.staff(search=query.search, department=query.department, store=query.store, active=query.active)
    rows, total = page_of(found, query)
    return StaffPage(items=[StaffOut.of(row) for row in rows], total=total, page=query.page, size=query.size)


@router.post("/staff", response={201: StaffOut}, summary="Add a staff member")
def create_staff(request: HttpRequest, body: StaffCreate) -> Status[StaffOut]:
    actor = actor_of(request)
    with store.write():
        made = staff.create(actor, body.key, name=body.name, department=body.department, store=body.store)
    return Status(201, StaffOut.of(made))


@router.patch("/staff/{key}", response=StaffOut, summary="Change a staff member's name, department or store")
def change_staff(request: HttpRequest, key: str, body: StaffChange) -> StaffOut:
    actor = actor_of(request)
    with store.write():
        return StaffOut.of(staff.change(actor, key, body))


@router.post("/staff/{key}/deactivate", response=StaffOut, summary="Deactivate a staff member and their account")
def deactivate_staff(request: HttpRequest, key: str) -> StaffOut:
    actor = actor_of(request)
    with store.write():
        return StaffOut.of(staff.deactivate(actor, key))


@router.post("/staff/{key}/reactivate", response=StaffOut, summary="Reactivate a staff member; not the account")
def reactivate_staff(request: HttpRequest, key: str) -> StaffOut:
    actor = actor_of(request)
    with store.write():
        return StaffOut.of(staff.reactivate(actor, key))


@router.get("/stores", response=list[StoreOut], summary="Stores with their active staff")
def list_stores(request: HttpRequest) -> list[StoreOut]:
    actor_of(request)
    return [StoreOut.of(row) for row in queries.stores()]


@router.post("/stores", response={201: StoreOut}, summary="Create a store")
def create_store(request: HttpRequest, body: StoreCreate) -> Status[StoreOut]:
    actor = actor_of(request)
    with store.write():
        stores.create(actor, body.key, name=body.name, city=body.city)
    return Status(201, StoreOut.of(queries.store(body.key)))


@router.patch("/stores/{key}", response=StoreOut, summary="Change a store's name or city")
def change_store(request: HttpRequest, key: str, body: StoreChange) -> StoreOut:
    actor = actor_of(request)
    with store.write():
        stores.change(actor, key, name=body.name, city=body.city)
    return StoreOut.of(queries.store(key))


@router.get("/departments", response=list[DepartmentOut], summary="The organisation tree, flat, parents first")
def list_departments(request: HttpRequest) -> list[DepartmentOut]:
    actor_of(request)
    return [DepartmentOut.of(each) for each in queries.departments()]


@router.post("/departments", response={201: DepartmentOut}, summary="Create a department")
def create_department(request: HttpRequest, body: DepartmentCreate) -> Status[DepartmentOut]:
    actor = actor_of(request)
    with store.write():
        departments.create(actor, body.key, name=body.name, parent=body.parent)
    return Status(201, DepartmentOut.of(queries.placed(body.key)))


@router.patch("/departments/{key}", response=DepartmentOut, summary="Rename or move a department")
def change_department(request: HttpRequest, key: str, body: DepartmentChange) -> DepartmentOut:
    actor = actor_of(request)
    with store.write():
        if body.name is not None:
            departments.rename(actor, key, body.name)
        if "parent" in body.model_fields_set:
            departments.move(actor, key, body.parent)
    return DepartmentOut.of(queries.placed(key))


@router.delete("/departments/{key}", response={204: None}, summary="Remove an empty department")
def remove_department(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        departments.remove(actor, key)
    return Status(204, None)


@router.get("/accounts", response=list[AccountOut], summary="Accounts (owner only)")
def list_accounts(request: HttpRequest) -> list[AccountOut]:
    require_owner(actor_of(request))
    return [AccountOut.of(row) for row in queries.accounts()]


@router.post("/accounts", response={201: AccountOut}, summary="Create an account (owner only)")
def create_account(request: HttpRequest, body: AccountCreate) -> Status[AccountOut]:
    actor = actor_of(request)
    require_owner(actor)
    with store.write():
        made = accounts.create(actor, login=body.login, password=body.password, role=body.role, staff_key=body.staff)
    return Status(201, AccountOut.of(made))


@router.patch("/accounts/{login}", response=AccountOut, summary="Change role, password or access (owner only)")
def change_account(request: HttpRequest, login: str, body: AccountChange) -> AccountOut:
    actor = actor_of(request)
    require_owner(actor)
    with store.write():
        changed = accounts.change(actor, login, role=body.role, password=body.password, is_active=body.is_active)
    return AccountOut.of(changed)


@router.get("/audit", response=AuditPage, summary="Who did what, newest first")
def list_audit(
    request: HttpRequest, page: Query[PageQuery], actor: str = "", action: str = "", subject: str = ""
) -> AuditPage:
    require_write(actor_of(request))
    rows, total = page_of(queries.audit_rows(actor=actor, action=action, subject=subject), page)
    names = queries.names_of(row.actor for row in rows)
    return AuditPage(items=[AuditOut.of(row, names) for row in rows], total=total, page=page.page, size=page.size)
