"""The organisation over HTTP: who may do what, and what refusals say."""

import pytest
from django.test import Client

from potager.core import store
from potager.org import accounts, staff
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Department, Role, Staff, Store
from tests.org.conftest import PASSWORD, signed_in

JSON = "application/json"
LIN = {
    "key": "lin",
    "name": "林小雨",
    "department": "华东区",
    "department_key": "east",
    "store": "静安店",
    "store_key": "jingan",
    "active": True,
}


@pytest.fixture
def manager(house) -> Client:
    return signed_in(Role.MANAGER)


@pytest.fixture
def organised(manager) -> Client:
    """销售部 › 华东区, 静安店, and 林小雨 in both."""
    for path, body in (
        ("departments", {"key": "sales", "name": "销售部"}),
        ("departments", {"key": "east", "name": "华东区", "parent": "sales"}),
        ("stores", {"key": "jingan", "name": "静安店", "city": "上海"}),
        ("staff", {"key": "lin", "name": "林小雨", "department": "east", "store": "jingan"}),
    ):
        assert manager.post(f"/api/org/{path}", body, content_type=JSON).status_code == 201
    return manager


def test_what_was_created_is_read_back(organised):
    assert organised.get("/api/org/departments").json() == [
        {"key": "sales", "name": "销售部", "parent": None, "path": "销售部", "staff_count": 0},
        {"key": "east", "name": "华东区", "parent": "sales", "path": "销售部 / 华东区", "staff_count": 1},
    ]
    assert organised.get("/api/org/stores").json() == [
        {"key": "jingan", "name": "静安店", "city": "上海", "staff_count": 1}
    ]
    assert organised.get("/api/org/staff").json() == {"items": [LIN], "total": 1, "page": 1, "size": 20}
    assert set(AuditRow.objects.exclude(actor="system").values_list("actor", flat=True)) == {"a-manager"}


def test_a_department_is_renamed_and_moved_in_one_request(organised):
    body = {"name": "华东大区", "parent": None}
    changed = organised.patch("/api/org/departments/east", body, content_type=JSON).json()
    assert changed == {"key": "east", "name": "华东大区", "parent": None, "path": "华东大区", "staff_count": 1}
    renamed = organised.patch("/api/org/departments/east", {"name": "华东"}, content_type=JSON).json()
    assert (renamed["name"], renamed["parent"]) == ("华东", None)
    moved = organised.patch("/api/org/departments/east", {"parent": "sales"}, content_type=JSON).json()
    assert (moved["name"], moved["parent"]) == ("华东", "sales")


def test_a_move_in_a_circle_undoes_the_rename_too(organised):
    body = {"name": "零售部", "parent": "east"}
    refused = organised.patch("/api/org/departments/sales", body, content_type=JSON)
    assert (refused.status_code, refused.json()["code"], refused.json()["place"]) == (
        409,
        "department.circle",
        "parent",
    )
    assert Department.objects.get(key="sales").name == "销售部"


def test_a_department_is_removed_only_when_empty(organised):
    refused = organised.delete("/api/org/departments/east")
    assert (refused.status_code, refused.json()["code"]) == (409, "department.not_empty")
    organised.patch("/api/org/staff/lin", {"department": None}, content_type=JSON)
    assert organised.delete("/api/org/departments/east").status_code == 204
    assert organised.delete("/api/org/departments/east").status_code == 404


def test_a_store_changes_its_name_and_city(organised):
    changed = organised.patch("/api/org/stores/jingan", {"name": "静安寺店"}, content_type=JSON).json()
    assert changed == {"key": "jingan", "name": "静安寺店", "city": "上海", "staff_count": 1}
    assert organised.patch("/api/org/stores/none", {"name": "无"}, content_type=JSON).status_code == 404


def test_a_staff_member_changes_place(organised):
    changed = organised.patch("/api/org/staff/lin", {"store": None, "department": "sales"}, content_type=JSON).json()
    assert changed == LIN | {"store": None, "store_key": None, "department": "销售部", "department_key": "sales"}


def test_staff_are_filtered(organised):
    organised.post("/api/org/staff", {"key": "wang", "name": "王强"}, content_type=JSON)
    organised.post("/api/org/staff/wang/deactivate")

    def keys(**query) -> list[str]:
        return [each["key"] for each in organised.get("/api/org/staff", query).json()["items"]]

    assert keys(department="sales") == ["lin"]
    assert keys(store="jingan") == ["lin"]
    assert keys(active="false") == ["wang"]
    assert keys(search="王") == ["wang"]


def test_somebody_deactivated_is_signed_out_at_once(organised):
    member = signed_in(Role.STAFF, Staff.objects.get(key="lin"))
    with store.write():
        accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)
    assert member.get("/api/org/staff").status_code == 200
    assert organised.post("/api/org/staff/lin/deactivate").json() == LIN | {"active": False}
    assert member.get("/api/org/staff").status_code == 401
    assert Account.objects.get(login="a-staff").is_active is False
    assert organised.post("/api/org/staff/lin/reactivate").json() == LIN
    assert member.get("/api/org/staff").status_code == 401


def test_a_bad_key_is_refused_in_the_readers_language(manager):
    body = {"key": "静安", "name": "静安店"}
    refused = manager.post("/api/org/stores", body, content_type=JSON)
    assert (refused.status_code, refused.json()["code"], refused.json()["place"]) == (422, "org.key", "key")
    assert refused.json()["message"].startswith("标识「静安」只能用")
    english = manager.post("/api/org/stores", body, content_type=JSON, headers={"Accept-Language": "en"})
    assert english.json()["message"].startswith("The key “静安” must be")


@pytest.mark.parametrize("role", [Role.STAFF, Role.READ_ONLY])
def test_staff_and_readers_read_and_write_nothing(organised, role):
    with store.write():
        member = staff.create(SYSTEM, "xiaoyu", name="小雨") if role == Role.STAFF else None
    client = signed_in(role, member)
    before = AuditRow.objects.count()
    for path in ("departments", "stores", "staff"):
        assert client.get(f"/api/org/{path}").status_code == 200
        assert client.post(f"/api/org/{path}", {"key": "x", "name": "x"}, content_type=JSON).status_code == 403
    for path in ("departments/east", "stores/jingan", "staff/lin"):
        assert client.patch(f"/api/org/{path}", {"name": "x"}, content_type=JSON).status_code == 403
    assert client.delete("/api/org/departments/east").status_code == 403
    for act in ("deactivate", "reactivate"):
        assert client.post(f"/api/org/staff/lin/{act}").status_code == 403
    assert AuditRow.objects.count() == before
    assert Store.objects.get().name == "静安店"


def test_nobody_signed_in_reads_nothing(db):
    for path in ("departments", "stores", "staff"):
        assert Client().get(f"/api/org/{path}").status_code == 401


def test_accounts_are_the_owners(organised):
    owner = signed_in(Role.OWNER)
    body = {"login": "lin-login", "password": PASSWORD, "role": "staff", "staff": "lin"}
    assert organised.post("/api/org/accounts", body, content_type=JSON).status_code == 403
    assert organised.get("/api/org/accounts").status_code == 403
    assert organised.patch("/api/org/accounts/a-owner", {"role": "staff"}, content_type=JSON).status_code == 403
    assert owner.post("/api/org/accounts", body, content_type=JSON).json()["staff"] == "lin"
    assert owner.patch("/api/org/accounts/lin-login", {"role": "read_only"}, content_type=JSON).json()["role"] == (
        "read_only"
    )
    assert owner.patch("/api/org/accounts/nobody", {"role": "read_only"}, content_type=JSON).status_code == 404
    assert [each["login"] for each in owner.get("/api/org/accounts").json()] == ["a-manager", "a-owner", "lin-login"]


def test_the_trail_is_read_by_who_may_write(organised):
    found = organised.get("/api/org/audit", {"subject": "staff:", "action": "staff.", "actor": "a-manager"}).json()
    assert [(each["action"], each["subject"]) for each in found["items"]] == [("staff.create", "staff:lin")]
    everything = organised.get("/api/org/audit").json()
    assert (everything["total"], everything["items"][0]["subject"]) == (5, "staff:lin")
    assert signed_in(Role.READ_ONLY).get("/api/org/audit").status_code == 403
