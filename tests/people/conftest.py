"""Shared ground of the tests of people: staff, accounts, claims."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from potager.core import journal, store
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Role, Staff, Store
from potager.people.identify import IdentityRef, Resolved, resolve
from tests import journalled

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def user(value: str, realm: str = "shop") -> IdentityRef:
    return IdentityRef("user_id", realm, value)


def phone(value: str) -> IdentityRef:
    return IdentityRef("phone", "", value)


def member(value: str) -> IdentityRef:
    return IdentityRef("member_no", "shop", value)


def device(value: str) -> IdentityRef:
    return IdentityRef("anonymous_id", "shop", value)


def claim(*refs: IdentityRef, at: datetime = AT, source: str = "") -> Resolved:
    with store.write():
        (found,) = resolve([refs], at=[at], source=[source])
    return found


def facts(kind: str) -> list[journal.Fact]:
    return [entry.fact for entry in journalled.entries(0, 10_000) if entry.fact.kind == kind]


@pytest.fixture
def lin(house) -> Staff:
    shop = Store.objects.create(key="bund", name="外滩店", city="上海")
    return Staff.objects.create(key="lin", name="林然", store=shop)


def signed_in(role: Role, staff: Staff | None = None) -> Client:
    with store.write():
        account = accounts.create(
            SYSTEM, login=f"a-{role.value}", password="right-password", role=role, staff_key=staff and staff.key
        )
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def manager(house) -> Client:
    return signed_in(Role.MANAGER)
