"""Links over HTTP: who may, what is answered, what is refused in which words."""

import pytest
from django.test import Client

from potager.content.links import opening
from potager.content.links.models import PersonalLink
from potager.facts import loader, timeline
from potager.insight.models import TagDefinition
from potager.org.models import Role, Staff
from tests.content.conftest import client_of, send
from tests.content.links.conftest import OWNER, SPRING, made, page, person, phone, sent

NEW = {"key": "spring", "kind": "url", "title": "春季手册", "target": SPRING}


@pytest.fixture
def owner(house) -> Client:
    return client_of(Role.OWNER)


def test_a_link_from_its_making_to_who_opened_it(owner, wall):
    TagDefinition.objects.create(key="warm", name_zh="有意向", source="manual")
    made_ = send(owner, "post", "/links", NEW | {"tags": [{"tag": "warm"}]})
    assert made_.status_code == 201, made_.content
    assert made_.json() | {"changed_at": ""} == {
        "key": "spring",
        "kind": "url",
        "title": "春季手册",
        "target": SPRING,
        "body": "",
        "tags": [{"tag": "warm", "value": None}],
        "task": "",
        "from_day": None,
        "until_day": None,
        "state": "open",
        "changed_at": "",
        "changed_by": "owner",
        "numbers": {
            "sent": 0,
            "opened": 0,
            "rate": None,
            "low": None,
            "high": None,
            "opens": 0,
            "bots": 0,
            "readers": 0,
            "seconds": None,
        },
        "journeys": [],
        "senders": [],
    }
    one = person()
    url = send(owner, "post", "/links/spring/hand-out", {"cid": one.id}).json()["url"]
    assert phone().get(url.removeprefix("http://127.0.0.1:8000")).headers["Location"] == SPRING
    (row,) = send(owner, "get", "/links?search=春季").json()["items"]
    assert (row["numbers"]["sent"], row["numbers"]["opened"], row["numbers"]["rate"]) == (1, 1, 1.0)
    (seen,) = send(owner, "get", "/links/spring/people").json()["items"]
    assert (seen["cid"], seen["name"], seen["opens"], seen["seconds"]) == (one.id, "客户1", 1, None)
    assert send(owner, "get", "/links/spring/people?opened=false").json() == {"items": [], "total": 0}


def test_parts_are_named(owner, wall):
    Staff.objects.create(key="lin", name="林晓")
    row = sent(page(), person(), sender="lin")
    opening.opened(row.token)
    detail = send(owner, "get", "/links/care").json()
    assert [(part["key"], part["name"], part["opened"]) for part in detail["senders"]] == [("lin", "林晓", 1)]
    assert [(part["key"], part["sent"]) for part in detail["journeys"]] == [("welcome", 1)]
    assert detail["body"].startswith("第一步")
    (seen,) = send(owner, "get", "/links/care/people").json()["items"]
    assert seen["seconds"] == 0


def test_changing_retiring_and_bringing_back(owner):
    send(owner, "post", "/links", NEW)
    assert send(owner, "put", "/links/spring", NEW | {"title": "夏季手册"}).json()["title"] == "夏季手册"
    assert send(owner, "post", "/links/spring/retire").json()["state"] == "retired"
    assert send(owner, "get", "/links?state=open").json() == {"items": [], "total": 0}
    refused = send(owner, "post", "/links/spring/hand-out", {"cid": person().id})
    assert (refused.status_code, refused.json()["code"]) == (409, "link.closed")
    assert send(owner, "post", "/links/spring/revive").json()["state"] == "open"


def test_a_refusal_names_the_field_in_the_readers_language(owner):
    wrong = NEW | {"target": "javascript:alert(1)"}
    zh, en = send(owner, "post", "/links", wrong), send(owner, "post", "/links", wrong, HTTP_ACCEPT_LANGUAGE="en")
    assert (zh.status_code, zh.json()["place"]) == (422, "target")
    assert zh.json()["message"].startswith("网址要以 http:// 或 https:// 开头")
    assert en.json()["message"].startswith("The address begins with http://")


def test_staff_send_what_is_open_to_their_own_customers(house):
    lin = Staff.objects.create(key="lin", name="林晓")
    staff = client_of(Role.STAFF, lin)
    mine, other = person(1, lin), person(2)
    link = made()
    assert send(staff, "post", "/links", NEW).status_code == 403
    assert send(staff, "put", "/links/spring", NEW).status_code == 403
    assert send(staff, "post", "/links/spring/retire").status_code == 403
    assert send(staff, "post", "/links/spring/hand-out", {"cid": other.id}).status_code == 404
    assert send(staff, "post", "/links/spring/hand-out", {"cid": mine.id}).status_code == 200
    assert PersonalLink.objects.get().sender == "lin"
    sent(link, other, 2)
    assert send(staff, "get", "/links/spring").json()["numbers"]["sent"] == 1
    link.until_day = "2026-10-31"
    link.save()
    assert send(staff, "get", "/links/spring").status_code == 404


def test_a_reader_sees_and_sends_nothing(house):
    viewer = client_of(Role.READ_ONLY)
    made()
    assert send(viewer, "get", "/links").json()["total"] == 1
    assert send(viewer, "post", "/links/spring/hand-out", {"cid": person().id}).status_code == 403
    assert send(viewer, "get", "/link-base").status_code == 403


def test_the_owner_sets_what_short_links_begin_with(owner):
    assert send(owner, "get", "/link-base").json() == {
        "base": "http://127.0.0.1:8000",
        "default": "http://127.0.0.1:8000",
    }
    assert send(owner, "put", "/link-base", {"base": "http://localhost:9000"}).json()["base"] == "http://localhost:9000"
    refused = send(owner, "put", "/link-base", {"base": "https://other.example"})
    assert (refused.status_code, refused.json()["place"]) == (422, "base")
    assert send(client_of(Role.MANAGER), "put", "/link-base", {"base": ""}).status_code == 403


def test_the_timeline_of_a_customer_says_what_they_opened(warehouse, wall):
    row = sent(page(), person())
    visit = opening.opened(row.token).visit
    wall.later(60)
    opening.read(row.token, visit, 45)
    loader.load_all()
    moments = timeline.timeline(OWNER, row.cid)
    assert [(each.zh, each.detail["title"]) for each in moments] == [
        ("阅读文章", "敏感肌怎么护理"),
        ("打开链接", "敏感肌怎么护理"),
    ]
    assert moments[0].detail["seconds"] == 45
