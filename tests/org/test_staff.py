"""org.staff: coming, changing places, leaving; and what leaving does to the account."""

import pytest

from potager.core import store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.org import accounts, departments, queries, staff, stores
from potager.org.access import SYSTEM, Actor
from potager.org.models import Account, Role, Staff
from potager.org.schemas import StaffChange
from tests.org.conftest import MANAGER, PASSWORD, READERS, trail

pytestmark = pytest.mark.usefixtures("writing")
OWNER = Actor("ning", Role.OWNER)


@pytest.fixture
def lin() -> Staff:
    departments.create(MANAGER, "sales", name="销售部")
    departments.create(MANAGER, "east", name="华东区", parent="sales")
    stores.create(MANAGER, "jingan", name="静安店", city="上海")
    return staff.create(MANAGER, "lin", name="林小雨", department="east", store="jingan")


def places() -> list[tuple]:
    return list(Staff.objects.order_by("key").values_list("key", "name", "department__key", "store__key", "active"))


class TestCreate:
    def test_a_staff_member_works_in_a_department_and_a_store(self, lin):
        assert places() == [("lin", "林小雨", "east", "jingan", True)]
        detail = {"name": "林小雨", "department": "east", "store": "jingan"}
        assert trail(action="staff") == [("staff.create", "staff:lin", detail)]

    def test_or_in_none(self):
        staff.create(MANAGER, "Wang.Qiang@shop-1", name="王强")
        assert places() == [("Wang.Qiang@shop-1", "王强", None, None, True)]

    def test_a_key_is_taken_once(self, lin):
        with pytest.raises(Conflict) as refused:
            staff.create(MANAGER, "lin", name="林大雨")
        assert (refused.value.code, refused.value.place) == ("staff.taken", "key")

    def test_places_must_be_known(self, lin):
        for field, code in (("department", "department.unknown"), ("store", "store.unknown")):
            with pytest.raises(Problem) as refused:
                staff.create(MANAGER, "wang", name="王强", **{field: "nowhere"})
            assert (refused.value.code, refused.value.place) == (code, field)
        assert len(places()) == 1


class TestChange:
    def test_only_what_is_named_changes(self, lin):
        staff.change(MANAGER, "lin", StaffChange(department="sales"))
        assert places() == [("lin", "林小雨", "sales", "jingan", True)]
        staff.change(MANAGER, "lin", StaffChange(store=None))
        assert places() == [("lin", "林小雨", "sales", None, True)]
        assert [detail for *_, detail in trail(action="staff.change")] == [
            {"department": ["east", "sales"]},
            {"store": ["jingan", None]},
        ]

    def test_null_means_none(self, lin):
        staff.change(MANAGER, "lin", StaffChange(name="林雨", department=None, store=None))
        assert places() == [("lin", "林雨", None, None, True)]
        assert trail()[-1][2] == {"name": ["林小雨", "林雨"], "department": ["east", None], "store": ["jingan", None]}

    def test_the_same_again_is_no_act(self, lin):
        before = trail()
        staff.change(MANAGER, "lin", StaffChange(name="林小雨", department="east", store="jingan"))
        assert trail() == before

    def test_there_must_be_one(self):
        with pytest.raises(NotFound):
            staff.change(MANAGER, "nobody", StaffChange(name="无"))


class TestDeactivate:
    def test_the_account_is_closed_in_the_same_act(self, lin):
        accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.STAFF, staff_key="lin")
        accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)
        staff.deactivate(MANAGER, "lin")
        assert places()[0][-1] is False
        assert Account.objects.get(login="lin-login").is_active is False
        assert trail()[-2:] == [
            ("staff.deactivate", "staff:lin", {}),
            ("account.change", "account:lin-login", {"is_active": False}),
        ]

    def test_without_an_account(self, lin):
        staff.deactivate(MANAGER, "lin")
        staff.deactivate(MANAGER, "lin")
        assert trail()[-1] == ("staff.deactivate", "staff:lin", {})
        assert len(trail(action="staff.deactivate")) == 1

    def test_the_last_owner_stays_and_so_does_their_record(self, lin):
        accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.OWNER, staff_key="lin")
        with pytest.raises(Conflict) as refused, store.write():
            staff.deactivate(SYSTEM, "lin")
        assert refused.value.code == "account.last_owner"
        assert (places()[0][-1], Account.objects.get().is_active) == (True, True)
        assert trail(action="staff.deactivate") == []

    def test_a_manager_does_not_close_an_owners_account(self, lin):
        accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.OWNER, staff_key="lin")
        accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)
        with pytest.raises(Forbidden, match="only an owner"):
            staff.deactivate(MANAGER, "lin")
        assert places()[0][-1] is True
        staff.deactivate(OWNER, "lin")
        assert Account.objects.get(login="lin-login").is_active is False

    def test_nobody_deactivates_themselves(self, lin):
        with pytest.raises(Conflict) as refused:
            staff.deactivate(Actor("lin-login", Role.MANAGER, lin.id), "lin")
        assert refused.value.code == "staff.self"
        assert places()[0][-1] is True


class TestReactivate:
    def test_the_person_is_back_the_account_is_for_the_owner_to_open(self, lin):
        accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.MANAGER, staff_key="lin")
        accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)
        staff.deactivate(OWNER, "lin")
        with pytest.raises(Conflict) as refused:
            accounts.change(OWNER, "lin-login", is_active=True)
        assert (refused.value.code, refused.value.place) == ("account.staff_inactive", "staff")
        staff.reactivate(MANAGER, "lin")
        staff.reactivate(MANAGER, "lin")
        assert places()[0][-1] is True
        assert Account.objects.get(login="lin-login").is_active is False
        assert len(trail(action="staff.reactivate")) == 1
        accounts.change(OWNER, "lin-login", is_active=True)
        assert Account.objects.get(login="lin-login").is_active is True

    def test_somebody_inactive_gets_no_account(self, lin):
        staff.deactivate(MANAGER, "lin")
        with pytest.raises(Conflict) as refused:
            accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.STAFF, staff_key="lin")
        assert refused.value.code == "account.staff_inactive"
        assert Account.objects.count() == 0


@pytest.mark.parametrize("actor", READERS)
def test_staff_and_readers_change_nothing(lin, actor):
    before = (places(), trail())
    for act in (
        lambda: staff.create(actor, "wang", name="王强"),
        lambda: staff.change(actor, "lin", StaffChange(name="王强")),
        lambda: staff.deactivate(actor, "lin"),
        lambda: staff.reactivate(actor, "lin"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (places(), trail()) == before


def test_staff_are_found_by_text_place_and_state(lin):
    staff.create(MANAGER, "wang", name="王强", department="sales")
    staff.create(MANAGER, "zhao", name="赵敏", store="jingan", active=False)

    def keys(**filters) -> list[str]:
        return [row.key for row in queries.staff(**filters)]

    assert keys() == ["lin", "wang", "zhao"]
    assert keys(search="小雨") == ["lin"]
    assert keys(search="WAN") == ["wang"]
    assert keys(department="sales") == ["lin", "wang"]
    assert keys(department="east") == ["lin"]
    assert keys(department="nowhere") == []
    assert keys(store="jingan") == ["lin", "zhao"]
    assert keys(store="jingan", active=True) == ["lin"]
    assert keys(active=False) == ["zhao"]
