"""Accounts, a script and its versions for the tests of content."""

import pytest
from django.test import Client

from potager.content import scripts, versions
from potager.content.models import Kind, Script, ScriptVersion
from potager.content.specs import DraftSpec, ScriptSpec
from potager.core import store
from potager.org.access import Actor
from potager.org.models import Account, Role, Staff

OWNER, MANAGER = Actor("owner", Role.OWNER), Actor("manager", Role.MANAGER)


def written(text: str = "您好", *, kind: Kind = Kind.STAGE, key: str = "hello", **more: object) -> ScriptVersion:
    """A draft of a script, which is made by its first."""
    texts = {"new": text, "old": text} if kind == Kind.PSYCHOLOGY else {"text": text}
    with store.write():
        row = Script.objects.filter(key=key).first() or scripts.create(OWNER, ScriptSpec(key=key, title=f"话术{key}"))
        return versions.save_draft(OWNER, row, kind, DraftSpec(**{**texts, **more}))


def published(text: str = "您好", **more: object) -> ScriptVersion:
    """The same, submitted by the owner and published by a manager."""
    row = written(text, **more)
    with store.write():
        versions.submit(OWNER, row.pk)
        return versions.publish(MANAGER, row.pk)


def client_of(role: Role, staff: Staff | None = None) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=role.value, role=role, staff=staff))
    return client


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    return getattr(client, method)(f"/api/content{path}", body, content_type="application/json", **headers)


@pytest.fixture
def two(house) -> None:
    """A house in which two accounts may write."""
    for login, role in (("owner", Role.OWNER), ("manager", Role.MANAGER)):
        Account.objects.create(login=login, role=role)
