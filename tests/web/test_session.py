"""Signing in over HTTP, first run, and what an answer always carries."""

import pytest
from django.test import Client

from potager.assembly import PERIODIC
from potager.core import store
from potager.core.models import Job
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Account, Role

PASSWORD = "right-password"


@pytest.fixture
def owner(house) -> Account:
    with store.write():
        return accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)


@pytest.fixture
def browser() -> Client:
    """A client that must pass CSRF, as a browser must."""
    client = Client(enforce_csrf_checks=True)
    client.get("/api/house")
    return client


def post(client: Client, path: str, body: dict, method: str = "post"):
    token = client.cookies["csrftoken"].value
    return getattr(client, method)(path, body, content_type="application/json", headers={"X-CSRFToken": token})


def test_sign_in_look_and_sign_out(owner, browser):
    assert browser.get("/api/session").json()["code"] == "auth.required"
    answer = post(browser, "/api/session", {"login": "ning", "password": PASSWORD})
    assert answer.json() == {"login": "ning", "role": "owner", "staff": None, "staff_name": None}
    assert browser.get("/api/session").status_code == 200
    assert post(browser, "/api/session", {}, "delete").status_code == 204
    assert browser.get("/api/session").status_code == 401


def test_a_wrong_password_is_refused_in_the_readers_language(owner, browser):
    body = {"login": "ning", "password": "wrong"}
    assert post(browser, "/api/session", body).json()["message"] == "登录名或密码不对，请检查后再试"
    english = browser.post(
        "/api/session",
        body,
        content_type="application/json",
        headers={"X-CSRFToken": browser.cookies["csrftoken"].value, "Accept-Language": "en-GB"},
    )
    assert english.json()["message"] == "Wrong login or password; check and try again"


def test_failures_are_counted_although_the_answer_is_a_refusal(owner, browser):
    for _ in range(5):
        post(browser, "/api/session", {"login": "ning", "password": "wrong"})
    answer = post(browser, "/api/session", {"login": "ning", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "auth.locked")


def test_writes_without_the_csrf_token_are_refused(owner, browser):
    bare = browser.post("/api/session", {"login": "ning", "password": PASSWORD}, content_type="application/json")
    assert bare.status_code == 403
    post(browser, "/api/session", {"login": "ning", "password": PASSWORD})
    bare = browser.post("/api/org/accounts", {"login": "x"}, content_type="application/json")
    assert bare.status_code == 403
    assert Account.objects.count() == 1


def test_first_run_founds_the_house_once(db, browser):
    assert browser.get("/api/house").json()["founded"] is False
    body = {"name": "沐岚", "zone": "Asia/Shanghai", "currency": "CNY", "login": "ning", "password": PASSWORD}
    founded = post(browser, "/api/house", body)
    assert founded.status_code == 201
    assert (founded.json()["name"], founded.json()["world_at"]) == ("沐岚", None)
    again = post(browser, "/api/house", {**body, "login": "thief"})
    assert (again.status_code, again.json()["code"]) == (409, "house.founded")
    assert list(Account.objects.values_list("login", flat=True)) == ["ning"]
    again_and_again = Job.objects.filter(dedupe_key__startswith="every:").values_list("kind", flat=True)
    assert sorted(again_and_again) == sorted(each.kind for each in PERIODIC)


def test_first_run_with_an_unknown_zone_leaves_nothing_behind(db, browser):
    body = {"name": "沐岚", "zone": "Mars/Olympus", "currency": "CNY", "login": "ning", "password": PASSWORD}
    refused = post(browser, "/api/house", body)
    assert (refused.status_code, refused.json()["place"]) == (422, "zone")
    assert browser.get("/api/house").json()["founded"] is False
    assert Account.objects.count() == Job.objects.count() == 0


def test_only_owners_manage_accounts(owner, browser):
    with store.write():
        accounts.create(SYSTEM, login="lan", password=PASSWORD, role=Role.MANAGER)
    post(browser, "/api/session", {"login": "lan", "password": PASSWORD})
    assert browser.get("/api/org/accounts").json()["code"] == "forbidden"
    new = {"login": "hua", "password": PASSWORD, "role": "owner"}
    assert post(browser, "/api/org/accounts", new).status_code == 403
    assert not Account.objects.filter(login="hua").exists()


def test_answers_forbid_framing_and_foreign_scripts(db, browser):
    policy = browser.get("/api/house").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
