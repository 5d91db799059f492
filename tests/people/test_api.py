"""Customers over HTTP: lists, the 360° head, changes, and who may."""

import pytest

from potager.core import store
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow, Role
from potager.people import attributes, customers, households, queries, relations
from potager.people.customers import Said
from potager.people.households import Membership
from potager.people.models import Customer, Identity
from potager.people.relations import Follow
from tests.people.conftest import AT, claim, member, phone, signed_in, user


@pytest.fixture
def three(lin):
    """安然 owned by 林然, 陈一 followed by her, 周到 nobody's."""
    found = [
        claim(user("u1"), phone("13800138001"), source="store"),
        claim(user("u2"), member("M2"), source="live"),
        claim(user("u3"), source="store"),
    ]
    with store.write():
        attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
        attributes.define(SYSTEM, "id_card", name_zh="身份证", kind="text", personal=True)
        said = [
            {"name": "安然", "owner": "lin", "city": "上海"},
            {"name": "陈一", "id_card": "310101199001011234"},
            {"name": "周到"},
        ]
        customers.put(SYSTEM, [Said(one.iid, one.cid, AT, each) for one, each in zip(found, said, strict=True)])
        relations.begin([Follow(found[1].iid, found[1].cid, lin.id, AT, "live")])
        households.join([Membership(one.iid, one.cid, "h1", "buyer") for one in found[:2]])
    return [one.cid for one in found]


def names(client, **query) -> list[str]:
    answer = client.get("/api/people/customers", {"sort": "id"} | query)
    assert answer.status_code == 200, answer.content
    assert answer.json()["total"] == len(answer.json()["items"])
    return [item["name"] for item in answer.json()["items"]]


def send(client, method, path, body=None):
    return getattr(client, method)(f"/api/people{path}", body, content_type="application/json")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["安然", "陈一", "周到"]),
        ({"sort": "-id"}, ["周到", "陈一", "安然"]),
        ({"search": "陈"}, ["陈一"]),
        ({"search": "138 0013 8001"}, ["安然"]),
        ({"search": "M2"}, ["陈一"]),
        ({"search": "13800138002"}, []),
        ({"source": "store"}, ["安然", "周到"]),
        ({"owner": "lin"}, ["安然"]),
        ({"store": "bund"}, ["安然", "陈一"]),
        ({"state": "merged"}, []),
    ],
)
def test_the_list_is_filtered_and_ordered(manager, three, query, expected):
    assert names(manager, **query) == expected


def test_the_list_is_paged(manager, three):
    answer = manager.get("/api/people/customers", {"sort": "id", "page": 2, "size": 2}).json()
    assert (answer["total"], [item["cid"] for item in answer["items"]]) == (3, three[2:])
    assert manager.get("/api/people/customers", {"sort": "shoe"}).json()["code"] == "people.sort"


def test_staff_see_whom_they_own_or_follow(lin, three):
    client = signed_in(Role.STAFF, lin)
    assert names(client) == ["安然", "陈一"]
    assert client.get(f"/api/people/customers/{three[2]}").status_code == 404
    assert send(client, "patch", f"/customers/{three[1]}", {"attrs": {"city": "苏州"}}).status_code == 200
    assert send(client, "post", f"/customers/{three[0]}/merge", {"with_cid": three[1]}).status_code == 403


def test_a_staff_actor_without_a_staff_member_sees_nobody(three):
    assert queries.visible_to(Actor("x", Role.STAFF)).count() == 0


def test_readers_see_all_and_change_nothing(three):
    client = signed_in(Role.READ_ONLY)
    assert len(names(client)) == 3
    iid = Identity.objects.get(type="phone").id
    for method, path, body in (
        ("patch", f"/customers/{three[0]}", {"name": "x"}),
        ("post", f"/customers/{three[0]}/identities/{iid}/reveal", None),
        ("post", f"/customers/{three[0]}/consents", {}),
        ("post", "/customers", {"identities": [{"type": "user_id", "value": "x"}]}),
        ("put", "/sources/store", {"name_zh": "门店"}),
        ("get", "/reviews", None),
    ):
        assert send(client, method, path, body).status_code == 403
    assert Customer.objects.get(id=three[0]).name == "安然"


def test_the_head_shows_hints_relations_household_and_consents(manager, three):
    send(manager, "post", f"/customers/{three[1]}/consents", {"channel": "sms"})
    card = manager.get(f"/api/people/customers/{three[1]}").json()
    assert card["attrs"] == {"id_card": "310****1234"}
    assert [(one["type"], one["shown"], one["sealed"]) for one in card["identities"]] == [
        ("user_id", "u2", False),
        ("member_no", "M2", False),
    ]
    assert [(one["staff"]["key"], one["state"], one["source"]) for one in card["relations"]] == [
        ("lin", "active", "live")
    ]
    assert card["households"] == [
        {"key": "h1", "name": "", "role": "buyer", "others": [{"cid": three[0], "name": "安然", "role": "buyer"}]}
    ]
    assert [(one["channel"], one["purpose"], one["allowed"]) for one in card["consents"]] == [
        ("sms", "marketing", False)
    ]


def test_only_what_is_sent_changes(manager, three):
    card = send(manager, "patch", f"/customers/{three[0]}", {"attrs": {"city": "苏州"}}).json()
    assert (card["name"], card["owner"]["key"], card["attrs"]) == ("安然", "lin", {"city": "苏州"})
    card = send(manager, "patch", f"/customers/{three[0]}", {"owner": None}).json()
    assert (card["name"], card["owner"]) == ("安然", None)
    refused = send(manager, "patch", f"/customers/{three[0]}", {"attrs": {"town": "x"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "people.attribute")


def test_a_customer_is_entered_by_identities(manager, three):
    body = {"identities": [{"type": "phone", "value": "13900000001"}], "name": "新客", "source": "store"}
    answer = send(manager, "post", "/customers", body)
    assert (answer.status_code, answer.json()["name"], answer.json()["source"]) == (201, "新客", "store")
    assert answer.json()["identities"][0]["shown"] == "139****0001"
    known = send(manager, "post", "/customers", {"identities": [{"type": "user_id", "realm": "shop", "value": "u1"}]})
    assert known.json()["cid"] == three[0]


def test_revealing_is_audited(manager, three):
    iid = Identity.objects.get(type="phone").id
    answer = send(manager, "post", f"/customers/{three[0]}/identities/{iid}/reveal")
    assert answer.json() == {"value": "+8613800138001"}
    answer = send(manager, "post", f"/customers/{three[1]}/attributes/id_card/reveal")
    assert answer.json() == {"value": "310101199001011234"}
    assert list(AuditRow.objects.filter(action="customer.reveal").values_list("subject", "detail")) == [
        (f"customer:{three[0]}", {"iid": iid, "type": "phone"}),
        (f"customer:{three[1]}", {"attribute": "id_card"}),
    ]
    assert send(manager, "post", f"/customers/{three[1]}/identities/{iid}/reveal").status_code == 404
    assert send(manager, "post", f"/customers/{three[0]}/attributes/city/reveal").status_code == 404


def test_merge_undo_and_split(manager, three):
    card = send(manager, "post", f"/customers/{three[1]}/merge", {"with_cid": three[0]}).json()
    assert (card["cid"], card["merged_cids"]) == (three[0], [three[1]])
    assert manager.get(f"/api/people/customers/{three[1]}").json()["cid"] == three[0]
    (done,) = card["merges"]
    assert send(manager, "delete", f"/merges/{done['id']}").status_code == 204
    iid = Identity.objects.get(value="M2").id
    cids = send(manager, "post", f"/customers/{three[1]}/split", {"iids": [iid]}).json()["cids"]
    assert (len(cids), three[1] in cids) == (2, True)


def test_reviews_are_listed_and_decided(manager, three):
    claim(user("u3"), phone("13800138001"))
    (item,) = manager.get("/api/people/reviews").json()["items"]
    assert item["contact"]["shown"] == "138****8001"
    assert [one["name"] for one in item["customers"]] == ["安然", "周到"]
    assert send(manager, "post", f"/reviews/{item['id']}", {"same": True}).json()["state"] == "merged"
    assert manager.get("/api/people/reviews").json()["total"] == 0
    assert names(manager, search="周到") == []


def test_attributes_and_sources_are_declared(manager, three):
    body = {"name_zh": "肤质", "kind": "choice", "options": ["dry"]}
    assert send(manager, "put", "/attributes/skin", body).json()["options"] == ["dry"]
    assert [one["key"] for one in manager.get("/api/people/attributes").json()] == ["city", "id_card", "skin"]
    assert send(manager, "put", "/sources/store", {"name_zh": "门店"}).status_code == 200
    assert send(manager, "put", "/sources/门店", {"name_zh": "门店"}).json()["code"] == "people.source_key"
    assert manager.get("/api/people/sources").json() == [{"key": "store", "name_zh": "门店", "name_en": ""}]
