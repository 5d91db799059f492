"""Customer value over HTTP, and who may."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from potager.core import clock
from potager.org.models import Account, AuditRow, Role, Staff
from potager.people.models import Customer

from .conftest import Planted


def client_of(role: Role, **more) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role, **more))
    return client


def get(client: Client, path: str = "", **headers: str):
    return client.get(f"/api/insight/value{path}", **headers)


@pytest.fixture
def owner(house) -> Client:
    return client_of(Role.OWNER)


def test_before_any_fit_there_is_nothing_and_it_says_so(warehouse, owner):
    answer = get(owner).json()
    assert answer["report"] is None
    assert answer["problem"] is None
    assert answer["settings"] == {"days": 90, "months": 12, "discount": 0.01, "margin": None}


def test_what_cannot_be_fitted_is_said_in_the_readers_language(warehouse, owner):
    assert owner.post("/api/insight/value/fit").json()["problem"]["code"] == "no_one"
    assert get(owner).json()["problem"]["sentence"] == "还没有人买过，没有可以拟合的订单"
    english = get(owner, HTTP_ACCEPT_LANGUAGE="en").json()["problem"]["sentence"]
    assert english == "Nobody has bought yet: there are no orders to fit"


def test_a_fit_is_asked_for_and_read(seldom: Planted, owner):
    answer = owner.post("/api/insight/value/fit").json()
    report = answer["report"]
    assert report["customers"] == 1500
    assert [each["name"] for each in report["buying"]] == ["r", "alpha", "a", "b"]
    assert [each["name"] for each in report["spending"]] == ["p", "q", "gamma"]
    assert report["clv_minor"]["low"] < report["clv_minor"]["point"] < report["clv_minor"]["high"]
    buckets = report["holdout"]["buckets"]
    assert sum(each["customers"] for each in buckets) == report["holdout"]["customers"]
    assert [each["least"] for each in buckets[1:]] == [each["most"] + 1 for each in buckets[:-1]]
    assert get(owner).json() == answer
    assert datetime.fromisoformat(answer["as_of"]) == clock.now()


def test_settings_are_followed_by_the_next_fit(seldom: Planted, owner):
    owner.post("/api/insight/value/fit")
    body = {"days": 30, "months": 6, "discount": 0.02, "margin": 0.5}
    answer = owner.put("/api/insight/value/settings", body, content_type="application/json").json()
    assert answer["settings"] == body
    assert answer["report"]["settings"]["days"] == 90
    report = owner.post("/api/insight/value/fit").json()["report"]
    assert (report["settings"], report["margin_from"]) == (body, "set")
    assert AuditRow.objects.filter(action="value.settings").count() == 1


def test_settings_out_of_bounds_name_their_place(warehouse, owner):
    body = {"days": 3, "months": 6, "discount": 0.02, "margin": None}
    answer = owner.put("/api/insight/value/settings", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "body", "days"]


def test_one_customer_is_read_by_who_may_see_them(seldom: Planted, owner):
    seldom.fit()
    staff = Staff.objects.create(key="lisi", name="李四")
    for cid in (1, 2):
        Customer.objects.create(
            id=cid, name=f"客户{cid}", created_at=clock.now(), first_seen_at=clock.now(), person_key=f"p{cid}",
            owner=staff if cid == 1 else None,
        )  # fmt: skip
    answer = get(owner, "/customers/1").json()
    assert (answer["cid"], answer["clv_low_minor"] <= answer["clv_minor"] <= answer["clv_high_minor"]) == (1, True)
    assert datetime.fromisoformat(answer["as_of"]) == datetime(2026, 6, 30, 12, tzinfo=UTC)
    lisi = client_of(Role.STAFF, staff=staff)
    assert get(lisi, "/customers/1").json() == answer
    assert get(lisi, "/customers/2").status_code == 404
    assert get(lisi).status_code == 403
    assert get(Client(), "/customers/1").status_code == 401


def test_who_only_reads_does_not_fit_or_set(warehouse, house):
    reader = client_of(Role.READ_ONLY)
    assert get(reader).status_code == 200
    assert reader.post("/api/insight/value/fit").status_code == 403
    body = {"days": 30, "months": 6, "discount": 0.02, "margin": 0.5}
    assert reader.put("/api/insight/value/settings", body, content_type="application/json").status_code == 403
    assert get(reader).json()["settings"]["days"] == 90


def test_the_catalogue_offers_value_to_the_rule_builder(warehouse, owner):
    attrs = {each["key"]: each for each in owner.get("/api/insight/catalog").json()["attrs"]}
    assert (attrs["value.clv"]["kind"], attrs["value.clv"]["name_zh"]) == ("money", "客户终身价值")
    assert "between" in attrs["value.p_alive"]["ops"]
