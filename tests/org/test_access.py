"""org.access and org.audit: who is asking, and that no act goes unwritten."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from potager.core import store
from potager.core.errors import Forbidden, Problem
from potager.org import accounts, audit
from potager.org.access import SYSTEM, Actor, actor_of, require_owner, require_write
from potager.org.models import Account, AuditRow, Role, Staff
from tests.org.conftest import PASSWORD


def asking(user: object) -> Actor:
    request = RequestFactory().get("/")
    request.user = user
    return actor_of(request)


def test_an_account_acts_in_its_role_for_its_staff_member(db):
    with store.write():
        lin = Staff.objects.create(key="lin", name="林小雨")
        account = accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.STAFF, staff_key="lin")
    assert asking(account) == Actor("lin-login", Role.STAFF, lin.id)
    assert Account.objects.get_by_natural_key("lin-login") == account


@pytest.mark.parametrize("user", [AnonymousUser(), Account(login="lin", role=Role.OWNER, is_active=False)])
def test_nobody_and_the_disabled_must_sign_in(user):
    with pytest.raises(Problem) as refused:
        asking(user)
    assert (refused.value.code, refused.value.status) == ("auth.required", 401)


@pytest.mark.parametrize(
    ("role", "writes", "owns", "sees_all"),
    [
        (Role.OWNER, True, True, True),
        (Role.MANAGER, True, False, True),
        (Role.STAFF, False, False, False),
        (Role.READ_ONLY, False, False, True),
    ],
)
def test_what_each_role_may(role, writes, owns, sees_all):
    actor = Actor("somebody", role)
    assert actor.sees_all is sees_all
    for may, door in ((writes, require_write), (owns, require_owner)):
        if may:
            door(actor)
        else:
            with pytest.raises(Forbidden):
                door(actor)


def test_an_act_is_written_down_in_its_own_transaction_or_not_at_all(db):
    with pytest.raises(RuntimeError, match="belongs inside"):
        audit.record(SYSTEM, "store.create", "store:jingan")
    assert AuditRow.objects.count() == 0


def test_the_trail_forgets_what_was_said_of_erased_customers_and_nothing_else(db):
    with store.write():
        audit.record(SYSTEM, "tag.add", "tag:vip", {"value": "过敏", "customers": 1, "customer": 7})
        audit.record(SYSTEM, "tag.add", "tag:vip", {"value": "干性", "customers": 1, "customer": 8})
        audit.record(SYSTEM, "tag.add", "tag:vip", {"value": "油性", "customers": 7})
        audit.forget_values([7])
    assert list(AuditRow.objects.order_by("id").values_list("detail", flat=True)) == [
        {"customers": 1, "customer": 7},
        {"value": "干性", "customers": 1, "customer": 8},
        {"value": "油性", "customers": 7},
    ]
