"""org.queries: what people are called."""

import pytest

from potager.org import queries
from potager.org.models import Account, Role, Staff

pytestmark = pytest.mark.django_db


def test_who_acted_is_said_by_name():
    wang = Staff.objects.create(key="wang", name="王安")
    Account.objects.create(login="an.wang", role=Role.STAFF, staff=wang)
    Account.objects.create(login="boss", role=Role.OWNER)
    assert [queries.name_of(login) for login in ("an.wang", "wang", "boss", "system")] == [
        "王安",
        "王安",
        "boss",
        "system",
    ]


def test_many_names_are_read_at_once(django_assert_num_queries):
    wang = Staff.objects.create(key="wang", name="王安")
    Account.objects.create(login="an.wang", role=Role.STAFF, staff=wang)
    Staff.objects.create(key="li", name="李宁")
    with django_assert_num_queries(1):
        found = queries.names_of(["an.wang", "li", "li", "nobody"])
    assert found == {"an.wang": "王安", "li": "李宁", "nobody": "nobody"}
