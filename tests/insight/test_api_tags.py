"""Groups of tags and bulk changes over HTTP: what is answered, who may, what is refused."""

import pytest
from django.test import Client

from potager.core import clock, store
from potager.facts import loader
from potager.insight import definitions
from potager.insight.models import ManualTag
from potager.insight.specs import TagSpec
from potager.org.access import SYSTEM
from potager.org.models import Account, Role
from potager.people.identify import IdentityRef, resolve


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role))
    return client


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    return getattr(client, method)(f"/api/insight{path}", body, content_type="application/json", **headers)


@pytest.fixture
def owner(warehouse) -> Client:
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="gold", name_zh="金卡", group="等级"))
        definitions.save_tag(SYSTEM, TagSpec(key="silver", name_zh="银卡", group="等级"))
        resolve(
            [[IdentityRef("member_no", "shop", str(n))] for n in range(3)], at=[clock.now()] * 3, source=["store"] * 3
        )
    loader.load_all()
    return client_of(Role.OWNER)


def test_a_batch_is_looked_at_done_listed_and_undone(owner):
    everybody = {"condition": {"all": []}}
    seen = send(owner, "post", "/tags/gold/batches/preview", everybody).json()
    assert seen == {"people": 3, "change": 3, "same": 0, "replaced": 0}
    done = send(owner, "post", "/tags/gold/batches", everybody)
    assert (done.status_code, done.json()["changed"], done.json()["of"]) == (201, 3, "全部客户")
    again = send(owner, "post", "/tags/gold/batches/preview", everybody).json()
    assert again == {"people": 3, "change": 0, "same": 3, "replaced": 0}
    listed = send(owner, "get", "/tags/gold/batches").json()
    assert [(each["id"], each["undone_at"]) for each in listed["items"]] == [(done.json()["id"], None)]
    undone = send(owner, "post", f"/tag-batches/{done.json()['id']}/undo")
    assert undone.json() == {"back": 3, "left": 0}
    assert ManualTag.objects.count() == 0
    assert send(owner, "post", f"/tag-batches/{done.json()['id']}/undo").status_code == 409


def test_a_mistake_in_the_condition_is_told_with_its_place(owner):
    wrong = send(owner, "post", "/tags/gold/batches", {"condition": {"audience": "vip"}})
    assert (wrong.status_code, wrong.json()["place"]) == (422, "audience")
    assert send(owner, "post", "/tags/gone/batches/preview", {"condition": {"all": []}}).status_code == 404


def test_groups_are_made_changed_ordered_and_removed(owner):
    made = send(owner, "post", "/tag-groups", {"key": "care", "name_zh": "护肤", "name_en": "Care", "colour": "cyan"})
    assert (made.status_code, made.json()["exclusive"]) == (201, False)
    taken = send(owner, "post", "/tag-groups", {"key": "care", "name_zh": "护肤"})
    assert taken.json()["code"] == "tag_group.taken"
    changed = send(owner, "put", "/tag-groups/等级", {"key": "等级", "name_zh": "会员等级", "exclusive": True})
    assert changed.json()["name_zh"] == "会员等级"
    order = send(owner, "post", "/tag-groups/order", {"keys": ["care", "等级"]}).json()
    assert [each["key"] for each in order["items"]] == ["care", "等级"]
    assert send(owner, "delete", "/tag-groups/等级").json()["code"] == "tag_group.used"
    assert send(owner, "delete", "/tag-groups/care").status_code == 204
    assert send(owner, "get", "/tag-groups").json()["total"] == 1
    assert send(owner, "put", "/tag-groups/none", {"key": "none", "name_zh": "无"}).status_code == 404


def test_a_colour_the_console_has_not_is_refused(owner):
    wrong = send(owner, "post", "/tag-groups", {"key": "care", "name_zh": "护肤", "colour": "#ff0000"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("role", [Role.STAFF, Role.READ_ONLY])
def test_crowds_are_for_managers(owner, role):
    client = client_of(role)
    for path in ("/tags/gold/batches", "/tags/gold/batches/preview"):
        assert send(client, "post", path, {"condition": {"all": []}}).status_code == 403
    assert send(client, "post", "/tag-groups", {"key": "x", "name_zh": "x"}).status_code == 403
    assert send(client, "post", "/tag-batches/1/undo").status_code == 403
    assert send(client, "get", "/tag-groups").status_code == 200
