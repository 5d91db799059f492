"""Affinity over HTTP: what the pages read and do, and who may."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from potager.core import choices, store
from potager.core.models import Job
from potager.insight import jobs
from potager.insight.affinity import mining, settings
from potager.insight.affinity.settings import SETTING
from potager.insight.models import Audience
from potager.org.models import Account, AuditRow, Role

from .conftest import DAY, asked


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role))
    return client


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    return getattr(client, method)(f"/api/insight/affinity{path}", body, content_type="application/json", **headers)


@pytest.fixture
def busy(shop):
    """Of 13 buyers of soap 12 have cream; 12 others have tea; 4 have oil and tea."""
    shop.products("soap", "tea", "oil", category="日用", brand="甲", price=2_000, cost=1_000)
    shop.products("cream", category="护肤", brand="乙", price=10_000, cost=4_000)
    shop.buys(*((cid, DAY, ["soap", "cream"]) for cid in range(1, 13)), (13, DAY, ["soap"]))
    shop.buys(*((cid, DAY, ["tea"]) for cid in range(21, 33)), *((cid, DAY, ["oil", "tea"]) for cid in range(41, 45)))
    shop.people(*range(1, 14))
    with store.write():
        choices.put(SETTING, asked(min_count=2).model_dump(mode="json"))
    mining.run()
    return shop


@pytest.fixture
def owner(busy) -> Client:
    return client_of(Role.OWNER)


def test_rules_with_names_counts_and_what_they_stand_at(owner):
    answer = send(owner, "get", "/rules?basket=customer&sort=lift").json()
    first = answer["items"][0]
    assert (answer["total"], answer["days"]) == (4, 365)
    assert (first["left"], first["right"]) == (
        [{"key": "cream", "name": "cream!"}], {"key": "soap", "name": "soap!"},
    )  # fmt: skip
    assert [first[name] for name in ("n", "n_left", "n_right", "baskets")] == [12, 12, 13, 29]
    assert first["lift"] == pytest.approx(29 / 13)
    run = answer["run"]
    assert (run["baskets"], run["items"], run["minimums"]) == (29, 4, [2, 2, 2])
    assert run["as_of"] == "2026-11-01T04:00:00Z"


NARROWED = {
    "item=oil": ["oil", "tea"],
    "min_lift=2": ["cream", "soap"],
    "min_n=5&sort=confidence": ["cream", "soap"],
    "max_q=0.0001": ["cream", "soap"],
    "sort=n&size=1": ["cream"],
    "sort=n&size=1&page=4": ["tea"],
    "by=category": ["护肤", "日用"],
}


def test_rules_are_narrowed(owner):
    found = {query: send(owner, "get", f"/rules?{query}").json()["items"] for query in NARROWED}
    assert {query: sorted(item["left"][0]["key"] for item in items) for query, items in found.items()} == NARROWED


def test_before_anything_was_mined_there_is_no_run(shop):
    answer = send(client_of(Role.OWNER), "get", "/rules").json()
    assert (answer["items"], answer["total"], answer["run"]) == ([], 0, None)
    assert send(client_of(Role.MANAGER), "get", "/next/1").status_code == 404


def test_rules_as_csv(owner):
    answer = send(owner, "get", "/rules/csv?item=cream&sort=n")
    assert answer["Content-Disposition"] == 'attachment; filename="affinity-product-customer.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["买了", "也买", "同时买"]
    assert [row[:6] for row in rows[1:]] == [
        ["cream!", "soap!", "12", "12", "13", "29"], ["soap!", "cream!", "12", "13", "12", "29"],
    ]  # fmt: skip


def test_items_are_found_by_key_or_name(owner):
    found = send(owner, "get", "/items").json()["items"]
    assert [(each["key"], each["name"], each["buyers"]) for each in found] == [
        ("tea", "tea!", 16), ("soap", "soap!", 13), ("cream", "cream!", 12), ("oil", "oil!", 4),
    ]  # fmt: skip
    assert [each["key"] for each in send(owner, "get", "/items?search=REAM").json()["items"]] == ["cream"]
    brands = send(owner, "get", "/items?by=brand").json()["items"]
    assert [(each["key"], each["buyers"]) for each in brands] == [("甲", 29), ("乙", 12)]


def test_the_next_product_and_its_reason(owner, busy):
    answer = send(owner, "get", "/next/13").json()
    (item,) = answer["items"]
    assert (item["product"]["name"], item["kind"], item["due"]) == ("cream!", "rule", None)
    assert (item["because"], item["last_day"]) == ([{"key": "soap", "name": "soap!"}], "2026-10-01")
    assert item["score"] == pytest.approx(item["confidence"] * item["lift"])


def test_what_was_bought_since_is_no_longer_recommended(owner, busy):
    with busy.warehouse.write() as writer:
        writer.execute("UPDATE affinity_run SET as_of = as_of - INTERVAL 1 DAY WHERE name = 'next'")
    assert send(owner, "get", "/next/13").json()["total"] == 1
    busy.buys((13, DAY + timedelta(days=31), ["cream"]), status="created")
    assert send(owner, "get", "/next/13").json()["total"] == 1
    busy.buys((13, DAY + timedelta(days=31), ["cream"]))
    assert send(owner, "get", "/next/13").json()["total"] == 0


LOOKALIKE = {"have": ["soap"], "lack": ["cream"], "size": 5}


def test_lookalikes_are_ranked_and_kept(owner):
    answer = send(owner, "post", "/lookalike", LOOKALIKE).json()
    assert answer["sentence"] == "买过 soap!、没买过 cream!，最像 cream! 的买家"
    assert (answer["buyers"], answer["candidates"], [each["cid"] for each in answer["people"]]) == (12, 1, [13])
    assert answer["people"][0]["name"] == "客户13"
    assert answer["features"] == [
        {
            "kind": "source",
            "name": "store",
            "buyers_share": 1.0,
            "others_share": 1.0,
            "weight": pytest.approx(2.12, abs=0.01),
        },
    ]
    english = send(owner, "post", "/lookalike", LOOKALIKE, headers={"Accept-Language": "en"}).json()
    assert english["sentence"] == "bought soap!, not cream!, most like the buyers of cream!"
    kept = send(owner, "post", "/lookalike/freeze", {**LOOKALIKE, "key": "like-cream", "name_zh": "像买面霜的人"})
    assert (kept.status_code, kept.json()) == (201, {"key": "like-cream", "customers": 1})
    row = Audience.objects.get(key="like-cream")
    assert row.note == "以货筛人：买过 soap!、没买过 cream!，最像 cream! 的买家，前 1 人"
    members = owner.get("/api/insight/audiences/like-cream/members").json()
    assert [each["cid"] for each in members["items"]] == [13]
    audit = AuditRow.objects.get(action="audience.freeze")
    assert audit.detail["customers"] == 1
    again = send(owner, "post", "/lookalike/freeze", {**LOOKALIKE, "key": "like-cream", "name_zh": "再来"})
    assert (again.status_code, again.json()["code"]) == (409, "audience.taken")


def test_a_bundle_is_simulated(owner):
    answer = send(owner, "post", "/bundle", {"products": ["soap", "cream"], "price": "110"}).json()
    assert (answer["have_all"], answer["price_minor"], answer["apart_minor"]) == (12, 11_000, 12_000)
    assert (answer["margin_minor"], answer["margin_apart_minor"], answer["discount_minor"]) == (6_000, 7_000, 1_000)
    assert answer["break_even"] == pytest.approx(1 / 6)
    (group,) = answer["groups"]
    assert (group["have"], group["people"], group["both"], group["of"]) == (
        [{"key": "soap", "name": "soap!"}],
        1,
        12,
        13,
    )
    refused = send(owner, "post", "/bundle", {"products": ["soap"], "price": "110"})
    assert (refused.status_code, refused.json()["place"]) == (422, "products")
    assert (
        send(owner, "post", "/bundle", {"products": ["soap", "tea"], "price": "1.234"}).json()["code"]
        == "money.malformed"
    )


def test_settings_are_checked_audited_and_followed(owner):
    now = send(owner, "get", "/settings").json()
    assert now["min_count"] == 2
    changed = send(owner, "put", "/settings", {**now, "exclude_products": ["tea"], "min_support": "0.01"})
    assert changed.json()["exclude_products"] == ["tea"]
    assert set(AuditRow.objects.get(action="affinity.settings").detail) == {"exclude_products", "min_support"}
    assert Job.objects.filter(kind="insight.affinity_now").count() == 1
    jobs.KINDS["insight.affinity_now"]({})
    assert {each["left"][0]["key"] for each in send(owner, "get", "/rules").json()["items"]} == {"soap", "cream"}
    assert send(owner, "put", "/settings", {**now, "max_left": 9}).status_code == 422


def test_mining_again_is_asked_for_once(owner):
    assert send(owner, "post", "/refresh").status_code == 202
    assert send(owner, "post", "/refresh").status_code == 202
    assert Job.objects.filter(kind="insight.affinity_now").count() == 1


def test_the_daily_job_rests_when_everything_stands(owner):
    assert jobs.KINDS["insight.affinity"]({}) == 0
    with store.write():
        choices.put(SETTING, settings.current().model_copy(update={"min_count": 3}).model_dump(mode="json"))
    assert jobs.KINDS["insight.affinity"]({}) == 7


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("get", "/rules", None), ("get", "/rules/csv", None), ("get", "/items", None), ("post", "/lookalike", LOOKALIKE),
     ("post", "/bundle", {"products": ["soap", "cream"], "price": "1"})],
)  # fmt: skip
def test_staff_see_only_their_own_customers(shop, method, path, body):
    answer = send(client_of(Role.STAFF), method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert send(Client(), method, path, body).status_code == 401


def test_staff_and_readers_change_nothing(busy):
    reader = client_of(Role.READ_ONLY)
    assert send(reader, "get", "/rules").status_code == 200
    assert send(reader, "post", "/lookalike/freeze", {**LOOKALIKE, "key": "x", "name_zh": "x"}).status_code == 403
    assert send(reader, "put", "/settings", {}).status_code == 403
    assert send(reader, "post", "/refresh").status_code == 403
    assert send(client_of(Role.STAFF), "get", "/next/13").status_code == 404
