"""Write keys over HTTP: the owner issues and revokes them, the secret is seen once."""

import pytest
from django.test import Client

from potager.core import store
from potager.facts import write_keys
from potager.facts.models import WriteKey
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role


def signed_in(role: Role) -> Client:
    with store.write():
        account = accounts.create(SYSTEM, login=f"a-{role.value}", password="right-password", role=role)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def owner(house) -> Client:
    return signed_in(Role.OWNER)


def issue(client: Client, key: str, **fields):
    return client.post("/api/facts/write-keys", {"key": key, **fields}, content_type="application/json")


def test_the_secret_is_in_the_first_answer_only(owner):
    answer = issue(owner, "shop", name="商城", realm="mini").json()
    assert (answer["key"], answer["name"], answer["realm"]) == ("shop", "商城", "mini")
    row = WriteKey.objects.get()
    assert write_keys.holder(answer["secret"]) == row
    assert answer["secret"] not in str(row.__dict__)
    (listed,) = owner.get("/api/facts/write-keys").json()
    assert listed == {key: value for key, value in answer.items() if key != "secret"}
    assert listed["hint"] == f"{answer['secret'][:6]}…{answer['secret'][-4:]}"


def test_a_revoked_key_is_refused_and_its_name_stays_taken(owner):
    secret = issue(owner, "shop").json()["secret"]
    revoked = owner.delete("/api/facts/write-keys/shop").json()["revoked_at"]
    assert owner.delete("/api/facts/write-keys/shop").json()["revoked_at"] == revoked
    assert write_keys.holder(secret) is None
    assert issue(owner, "shop").status_code == 409
    assert owner.delete("/api/facts/write-keys/none").status_code == 404
    assert list(AuditRow.objects.filter(subject="write_key:shop").values_list("action", flat=True)) == [
        "write_key.issue",
        "write_key.revoke",
    ]


def test_a_key_that_is_no_slug_is_refused(owner):
    assert issue(owner, "我的店").json()["code"] == "write_key.key"
    assert WriteKey.objects.count() == 0


@pytest.mark.parametrize("role", [Role.MANAGER, Role.READ_ONLY])
def test_only_the_owner_sees_and_issues_keys(house, role):
    client = signed_in(role)
    assert client.get("/api/facts/write-keys").status_code == 403
    assert issue(client, "shop").status_code == 403
    assert client.delete("/api/facts/write-keys/shop").status_code == 403
    assert WriteKey.objects.count() == 0
