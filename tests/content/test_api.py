"""The library over HTTP: who may, what is answered, what is refused in which words."""

import pytest
from django.test import Client

from potager.content.models import Script
from potager.core import clock, store
from potager.facts import loader
from potager.org.models import Role, Staff
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer
from tests.content.conftest import client_of, send


@pytest.fixture
def owner(warehouse) -> Client:
    with store.write():
        resolve([[IdentityRef("member_no", "shop", "1")]], at=[clock.now()], source=["store"])
    loader.load_all()
    return client_of(Role.OWNER)


def create(client: Client, key: str = "hi", **more) -> dict:
    answer = send(client, "post", "/scripts", {"key": key, "title": "加好友第一句", **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def draft(client: Client, text: str = "您好，{客户昵称|朋友}", key: str = "hi") -> int:
    detail = send(client, "put", f"/scripts/{key}/drafts/profile", {"text": text}).json()
    return detail["kinds"][0]["open"]["id"]


def test_a_script_goes_from_folder_to_use(owner):
    manager = client_of(Role.MANAGER)
    folder = send(owner, "post", "/folders", {"key": "welcome", "axis": "stage", "name_zh": "欢迎"})
    assert (folder.status_code, folder.json()["n"]) == (201, 0)
    create(owner, stage="welcome")
    version = draft(owner)
    waiting = send(owner, "post", f"/versions/{version}/submit").json()["kinds"][0]["open"]
    assert (waiting["state"], waiting["is_own"], waiting["submitted_by"]) == ("in_review", True, "owner")
    own = send(owner, "post", f"/versions/{version}/publish")
    assert (own.status_code, own.json()["message"]) == (403, "请另一位经理或所有者审核：自己提交的话术不能自己发布")
    done = send(manager, "post", f"/versions/{version}/publish").json()
    assert (done["kinds"][0]["current"]["state"], done["kinds"][0]["open"]) == ("published", None)
    (row,) = send(owner, "get", "/scripts?stage=welcome&state=published").json()["items"]
    assert row["stage"] == {"key": "welcome", "name_zh": "欢迎", "name_en": "欢迎"}
    assert row["kinds"][0]["current"]["win_rate"] == {
        "uses": 0, "judged": 0, "wins": 0, "rate": None, "low": None, "high": None,
    }  # fmt: skip
    cid = Customer.objects.get().id
    said = send(owner, "post", f"/versions/{version}/use", {"cid": cid})
    assert said.json() == {"text": "您好，朋友"}
    loader.load_all()
    detail = send(owner, "get", "/scripts/hi").json()
    assert detail["kinds"][0]["current"]["win_rate"]["uses"] == 1
    assert [folder["n"] for folder in send(owner, "get", "/folders").json()["items"]] == [1]


def test_a_preview_shows_variables_holes_and_findings(owner):
    cid = Customer.objects.get().id
    body = {"cid": cid, "kind": "psychology", "new": "{下一件商品}是国家级好物", "old": "老客"}
    seen = send(owner, "post", "/scripts/preview", body).json()
    assert (seen["is_old"], seen["variant"], seen["text"]) == (False, "new", "是国家级好物")
    assert seen["missing"] == ["下一件商品"]
    (finding,) = seen["findings"]
    assert (finding["place"], finding["start"], finding["where"], finding["blocking"]) == (
        "new", 8, "给新客的正文第 9 字", True,
    )  # fmt: skip
    english = send(owner, "post", "/scripts/check", {"text": "国家级"}, HTTP_ACCEPT_LANGUAGE="en").json()
    assert english["findings"][0]["where"] == "the text, character 1"
    assert send(owner, "post", "/scripts/preview", {"cid": 99, "kind": "stage", "text": "a"}).status_code == 404


def test_search_finds_usable_scripts_and_questions(owner):
    create(owner)
    version = draft(owner, "敏感肌先在耳后试用")
    send(owner, "put", "/faqs/sting", {"key": "sting", "question": "敏感肌会刺痛吗", "answers": ["先试用"]})
    assert [hit["kind"] for hit in send(owner, "get", "/search?q=敏感肌").json()["items"]] == ["faq"]
    client = client_of(Role.MANAGER)
    send(owner, "post", f"/versions/{version}/submit")
    send(client, "post", f"/versions/{version}/publish")
    hits = send(owner, "get", "/search?q=敏感肌").json()["items"]
    assert [(hit["kind"], hit["key"], hit["text"]) for hit in hits] == [
        ("faq", "sting", "先试用"),
        ("script", "hi", "敏感肌先在耳后试用"),
    ]
    assert [hit["key"] for hit in send(owner, "get", "/search?q=敏感肌&kind=script").json()["items"]] == ["hi"]
    assert [row["key"] for row in send(owner, "get", "/scripts?search=耳后").json()["items"]] == ["hi"]
    assert send(owner, "get", "/scripts?search=面膜").json() == {"items": [], "total": 0}
    assert [row["key"] for row in send(owner, "get", "/faqs?search=刺痛").json()["items"]] == ["sting"]


def test_a_question_with_a_blocked_word_is_refused_with_its_place(owner):
    body = {"key": "cure", "question": "能祛痘吗", "answers": ["能", "可以根治"]}
    refused = send(owner, "put", "/faqs/cure", body)
    assert (refused.status_code, refused.json()["place"]) == (422, "answers.1[2]")
    assert refused.json()["message"].startswith("有不能用的词：第 2 条回答第 3 字的「根治」")


def test_personas_name_staff_and_stay_while_used(owner):
    Staff.objects.create(key="lin", name="林晓")
    body = {"key": "mu", "name_zh": "小沐", "voice": "温和", "donts": ["宝子"], "staff": ["lin"]}
    saved = send(owner, "put", "/personas/mu", body).json()
    assert (saved["staff"], saved["scripts"]) == ([{"key": "lin", "name": "林晓"}], 0)
    assert send(owner, "put", "/personas/mu", {**body, "staff": ["nobody"]}).json()["code"] == "persona.staff"
    create(owner, persona="mu")
    version = draft(owner, "宝子们好")
    refused = send(owner, "post", f"/versions/{version}/submit")
    assert (refused.status_code, refused.json()["place"]) == (422, "text[0]")
    assert send(owner, "delete", "/personas/mu").json()["code"] == "persona.used"
    send(owner, "delete", "/scripts/hi")
    assert send(owner, "delete", "/personas/mu").status_code == 204


def test_folders_sort_by_their_axis_and_stay_while_used(owner):
    send(owner, "post", "/folders", {"key": "price", "axis": "psychology", "name_zh": "在意价格"})
    wrong = send(owner, "post", "/scripts", {"key": "hi", "title": "a", "stage": "price"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "script.folder")
    moved = send(owner, "post", "/folders", {"key": "price", "axis": "stage", "name_zh": "在意价格"})
    assert moved.json()["code"] == "folder.axis"
    create(owner, psychology="price")
    assert send(owner, "delete", "/folders/price").json()["code"] == "folder.used"
    assert send(owner, "post", "/scripts", {"key": "hi", "title": "b"}).json()["code"] == "script.taken"
    renamed = send(owner, "put", "/scripts/hi", {"key": "hi", "title": "改名"}).json()
    assert (renamed["title"], renamed["psychology"]) == ("改名", None)
    assert send(owner, "delete", "/folders/price").status_code == 204


def test_words_are_listed_as_they_work_here(owner):
    send(owner, "put", "/words", {"word": "亲亲", "level": "blocking"})
    send(owner, "put", "/words", {"word": "国家级", "level": "allowed"})
    words = {each["word"]: each for each in send(owner, "get", "/words").json()["items"]}
    assert (words["亲亲"]["shipped"], words["亲亲"]["reason"]) == (False, "house")
    assert (words["国家级"]["shipped"], words["国家级"]["level"]) == (True, "allowed")
    assert send(owner, "delete", "/words?word=国家级").status_code == 204
    assert send(owner, "delete", "/words?word=国家级").status_code == 404


WRITES = (
    ("post", "/folders", {"key": "f", "axis": "stage", "name_zh": "f"}),
    ("delete", "/folders/f", None),
    ("put", "/personas/p", {"key": "p", "name_zh": "p"}),
    ("delete", "/personas/p", None),
    ("put", "/faqs/q", {"key": "q", "question": "q", "answers": ["a"]}),
    ("delete", "/faqs/q", None),
    ("put", "/words", {"word": "w", "level": "warning"}),
    ("delete", "/words?word=w", None),
    ("post", "/scripts", {"key": "s", "title": "s"}),
    ("delete", "/scripts/hi", None),
    ("put", "/scripts/hi", {"key": "hi", "title": "s"}),
    ("put", "/scripts/hi/drafts/stage", {"text": "s"}),
    ("post", "/scripts/check", {"text": "s"}),
    *(("post", f"/versions/{{version}}/{verb}", {}) for verb in ("submit", "publish", "return", "withdraw")),
)


def test_readers_and_staff_read_and_write_nothing(owner):
    create(owner)
    version = draft(owner)
    manager = client_of(Role.MANAGER)
    send(owner, "post", f"/versions/{version}/submit")
    send(manager, "post", f"/versions/{version}/publish")
    before = Script.objects.values().get()
    for role in (Role.READ_ONLY, Role.STAFF):
        client = client_of(role)
        for path in ("/scripts", "/scripts/hi", "/folders", "/personas", "/faqs", "/words", "/search?q=a"):
            assert send(client, "get", path).status_code == 200, path
        for method, path, body in WRITES:
            answer = send(client, method, path.format(version=version), body)
            assert answer.status_code == 403, (role, method, path, answer.content)
    reader = Client()
    assert reader.get("/api/content/scripts").status_code == 401
    assert Script.objects.values().get() == before


def test_staff_see_what_they_may_use_and_readers_use_nothing(owner):
    create(owner)
    version = draft(owner)
    staff, viewer = client_of(Role.STAFF), client_of(Role.READ_ONLY)
    assert send(staff, "get", "/scripts").json()["total"] == 0
    assert send(staff, "get", "/scripts/hi").status_code == 404
    assert send(staff, "post", f"/versions/{version}/use", {"cid": Customer.objects.get().id}).status_code == 404
    used = send(viewer, "post", f"/versions/{version}/use", {"cid": Customer.objects.get().id})
    assert used.status_code == 403
