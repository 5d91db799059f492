"""org.accounts: creating, changing and signing in, with lockout on the wall clock."""

from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Role, Staff

PASSWORD = "right-password"


@pytest.fixture
def owner(db) -> Account:
    with store.write():
        return accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)


def sign_in(password: str = PASSWORD, login: str = "ning") -> Account | Problem:
    with store.write():
        return accounts.sign_in(login, password)


def test_the_right_password_signs_in_and_leaves_an_audit_row(owner):
    assert sign_in() == owner
    assert list(AuditRow.objects.values_list("action", "subject")) == [
        ("account.create", "account:ning"),
        ("account.sign_in", "account:ning"),
    ]


def test_passwords_are_stored_with_argon2(owner):
    assert owner.password.startswith("argon2$argon2id$")


def test_wrong_password_and_unknown_login_get_the_same_answer(owner):
    wrong, unknown = sign_in("wrong"), sign_in(login="nobody")
    assert isinstance(wrong, Problem)
    assert isinstance(unknown, Problem)
    assert (wrong.code, wrong.status, wrong.zh) == (unknown.code, unknown.status, unknown.zh)


def test_the_fifth_failure_locks_for_fifteen_minutes(owner, monkeypatch):
    for _ in range(5):
        assert sign_in("wrong").code == "auth.wrong"
    assert sign_in().code == "auth.locked"
    later = clock.wall() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert sign_in() == owner


def test_a_success_forgets_earlier_failures(owner):
    for _ in range(4):
        sign_in("wrong")
    sign_in()
    for _ in range(4):
        sign_in("wrong")
    assert sign_in() == owner


def test_an_account_switched_off_may_not_sign_in(owner):
    with store.write():
        accounts.create(SYSTEM, login="lan", password=PASSWORD, role=Role.MANAGER)
        accounts.change(SYSTEM, "lan", is_active=False)
    assert sign_in(login="lan").code == "auth.wrong"


def test_a_new_password_unlocks(owner):
    for _ in range(5):
        sign_in("wrong")
    with store.write():
        accounts.change(SYSTEM, "ning", password="another-password")
    assert sign_in("another-password") == owner


def test_the_last_owner_cannot_be_demoted_or_switched_off(owner):
    for change in ({"role": Role.MANAGER}, {"is_active": False}):
        with pytest.raises(Conflict) as refused, store.write():
            accounts.change(SYSTEM, "ning", **change)
        assert refused.value.code == "account.last_owner"
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == (Role.OWNER, True)


def test_a_login_is_taken_once(owner):
    with pytest.raises(Conflict, match="taken"), store.write():
        accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.MANAGER)
    assert Account.objects.count() == 1


def test_short_passwords_are_refused_with_the_field_named(db):
    with pytest.raises(Problem) as refused, store.write():
        accounts.create(SYSTEM, login="ning", password="short", role=Role.OWNER)
    assert (refused.value.code, refused.value.place) == ("account.weak_password", "password")
    assert Account.objects.count() == 0


def test_a_staff_account_names_its_staff_member(db):
    with store.write():
        staff = Staff.objects.create(key="xiaoyu", name="小雨")
        made = accounts.create(SYSTEM, login="xiaoyu", password=PASSWORD, role=Role.STAFF, staff_key="xiaoyu")
    assert made.staff == staff
    with pytest.raises(Problem, match="must name"), store.write():
        accounts.create(SYSTEM, login="b", password=PASSWORD, role=Role.STAFF)
    with pytest.raises(NotFound), store.write():
        accounts.create(SYSTEM, login="c", password=PASSWORD, role=Role.STAFF, staff_key="nobody")
