"""Somebody for each role, and what the trail says."""

import pytest
from django.test import Client

from potager.core import store
from potager.org import accounts
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow, Role, Staff

PASSWORD = "right-password"
MANAGER = Actor("mei", Role.MANAGER)
READERS = (Actor("xiaoyu", Role.STAFF, 1), Actor("ken", Role.READ_ONLY))


def trail(*, action: str = "") -> list[tuple[str, str, dict]]:
    """The acts written down so far, in order, as (action, subject, detail)."""
    rows = AuditRow.objects.filter(action__startswith=action).order_by("id")
    return list(rows.values_list("action", "subject", "detail"))


def signed_in(role: Role, staff: Staff | None = None) -> Client:
    with store.write():
        account = accounts.create(
            SYSTEM, login=f"a-{role.value}", password=PASSWORD, role=role, staff_key=staff and staff.key
        )
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def writing(db):
    """The test is one write transaction, as a request is."""
    with store.write():
        yield
