"""Conditions, tags, layers and audiences over HTTP, and who may."""

import csv
import io

import pytest
from django.test import Client

from potager.core import store
from potager.insight import refresh
from potager.insight.fields import VALUE_ATTRS
from potager.insight.models import Audience, TagDefinition
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Role
from potager.people.models import Identity
from potager.playbooks import loader

from .conftest import Plot, day

BUYERS = {"event": "order_paid"}


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role))
    return client


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(1, 2, 3)
    for cid in (1, 2, 3):
        Identity.objects.create(
            type="member_no", realm="shop", value=str(cid), customer_id=cid, home_cid=cid, first_us=0, source="store"
        )
    plot.order(1, "2026-10-01", 60_000)
    plot.order(1, "2026-10-30", 60_000)
    plot.order(2, "2026-10-30", 10_000)
    with store.write():
        loader.load(SYSTEM)
    refresh.run()
    return plot


@pytest.fixture
def owner(garden: Plot) -> Client:
    return client_of(Role.OWNER)


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    return getattr(client, method)(f"/api/insight{path}", body, content_type="application/json", **headers)


def test_count_gives_people_share_samples_and_sentence(owner):
    answer = send(owner, "post", "/count", {"condition": BUYERS}).json()
    assert {key: answer[key] for key in ("count", "total", "sentence")} == {
        "count": 2, "total": 3, "sentence": "购买过",
    }  # fmt: skip
    assert answer["share"] == pytest.approx(2 / 3)
    assert sorted(sample["name"] for sample in answer["samples"]) == ["客户1", "客户2"]
    assert answer["ms"] < 5000


def test_count_tells_what_was_read_and_what_is_odd(owner):
    never = {"all": [BUYERS, {"event": "order_paid", "op": "eq", "value": 0}]}
    answer = send(owner, "post", "/count", {"condition": {"any": [{"audience": "gone"}, never]}})
    assert answer.status_code == 422
    answer = send(owner, "post", "/count", {"condition": {"not": never}}).json()
    assert answer["rows"] > 0
    assert answer["findings"] == [{"code": "never", "place": "not", "message": "这里的要求互相矛盾，没有客户能满足"}]


def test_count_as_of_a_past_day(owner):
    body = {"condition": BUYERS, "as_of": "2026-10-15"}
    assert send(owner, "post", "/count", body, HTTP_ACCEPT_LANGUAGE="en").json()["count"] == 1


def test_a_mistake_names_its_leaf(owner):
    answer = send(owner, "post", "/count", {"condition": {"all": [BUYERS, {"event": "order_paid", "within": "x"}]}})
    assert (answer.status_code, answer.json()["place"]) == (422, "all[1].within")


def test_explain_says_what_each_leaf_found(owner):
    condition = {"all": [{"event": "order_paid", "op": "gte", "value": 2}, {"not": {"layer": "rfm", "in": ["none"]}}]}
    answer = send(owner, "post", "/explain", {"condition": condition, "cid": 1}).json()
    assert answer["ok"] is True
    assert [(leaf["path"], leaf["ok"], leaf["found"]) for leaf in answer["leaves"]] == [
        ("all[0]", True, "2 次"),
        ("all[1].not", False, "重要价值"),
    ]
    assert answer["leaves"][0]["since"] == "2026-10-30T04:00:00Z"


def test_the_catalogue_names_everything_in_both_languages(owner):
    answer = send(owner, "get", "/catalog").json()
    events = {each["key"]: each for each in answer["events"]}
    assert events["order_paid"]["name_zh"] == "购买"
    assert {prop["key"] for prop in events["product_viewed"]["props"]} == {"amount", "qty", "channel", "product"}
    assert {each["key"] for each in answer["attrs"]} == {
        "birthday", "source", "owner", "first_seen", "added", *VALUE_ATTRS,
    }  # fmt: skip
    assert [each["key"] for each in answer["layers"]] == ["aipl", "lifecycle", "rfm"]
    assert "exists" not in answer["measured_ops"]["number"]


def test_the_customer_list_by_condition(owner):
    answer = send(owner, "post", "/customers", {"condition": BUYERS, "sort": "id", "size": 1, "page": 2}).json()
    assert ([item["cid"] for item in answer["items"]], answer["total"]) == ([2], 2)


def test_a_tag_with_its_coverage_and_reason(owner):
    tags = {each["key"]: each for each in send(owner, "get", "/tags").json()["items"]}
    assert (tags["repeat_buyer"]["count"], tags["repeat_buyer"]["sentence"]) == (1, "近 365 天购买 ≥ 2 次")
    assert tags["spent_365"]["sentence"] == "近 365 天购买的金额合计"
    assert [(each["key"], each["name_zh"], each["name_en"], each["n"]) for each in tags["activity"]["values"]] == [
        ("hot", "高", "High", 2), ("cold", "低", "Low", 1),
    ]  # fmt: skip
    assert tags["activity"]["sentence"].startswith("高：近 30 天购买")
    assert tags["activity"]["sentence"].endswith("；其余：低")
    assert [each["name_zh"] for each in tags["skin_type"]["options"]] == ["干性", "油性", "混合性", "敏感性", "中性"]
    assert tags["buyer"]["used_by"] == ["audience:warm_leads"]
    reason = send(owner, "get", "/tags/repeat_buyer/reason?cid=1").json()
    assert (reason["has"], reason["leaves"][0]["found"]) == (True, "2 次")
    assert send(owner, "get", "/tags/spent_365/reason?cid=1").json()["value"] == "¥1,200"
    assert send(owner, "get", "/tags/activity/reason?cid=3").json()["value"] == "低"
    said = send(owner, "get", "/tags/activity/reason?cid=3", HTTP_ACCEPT_LANGUAGE="en").json()
    assert said["value"] == "Low"


def test_a_measure_of_nothing_is_a_value(owner, garden):
    """Zero days since the last order says most of all."""
    garden.order(3, "2026-11-01", 1_000)
    refresh.run()
    known = {each["key"]: each["value"] for each in send(owner, "get", "/customers/3").json()["tags"]}
    assert known["days_since_order"] == "0"


def test_a_tag_is_created_changed_and_removed(owner):
    spec = {"key": "big", "name_zh": "大单", "source": "rule", "rule": {"event": "order_paid", "op": "gte", "value": 9}}
    assert send(owner, "post", "/tags", spec).status_code == 201
    assert send(owner, "put", "/tags/big", spec | {"rule": {"tag": "big"}}).json()["place"] == ""
    assert send(owner, "put", "/tags/big", spec | {"name_zh": "很大"}).json()["name_zh"] == "很大"
    assert send(owner, "delete", "/tags/big").status_code == 204
    assert not TagDefinition.objects.filter(key="big").exists()
    refused = send(owner, "delete", "/tags/buyer")
    assert (refused.status_code, refused.json()["code"]) == (409, "definition.used")
    actions = AuditRow.objects.exclude(actor="system").values_list("action", flat=True)
    assert list(actions) == ["tag.create", "tag.change", "tag.remove"]


def test_tags_by_hand_for_some_and_for_all_a_condition_selects(owner):
    add = "/tags/skin_type/add"
    assert send(owner, "post", add, {"cids": [3], "value": "dry"}).json() == {"changed": 1}
    assert send(owner, "post", add, {"condition": BUYERS, "value": "oily"}).json() == {"changed": 2}
    assert send(owner, "post", add, {"value": "dry"}).status_code == 422
    known = send(owner, "get", "/customers/3").json()
    assert [(each["key"], each["value"]) for each in known["tags"]] == [
        ("activity", "低"), ("skin_type", "干性"),
    ]  # fmt: skip
    reason = send(owner, "get", "/tags/skin_type/reason?cid=3").json()
    assert (reason["has"], reason["value"], reason["by"]) == (True, "干性", known["tags"][1]["by"])
    assert {"key": "dry", "name_zh": "干性", "name_en": "Dry"} in next(
        each["options"] for each in send(owner, "get", "/catalog").json()["tags"] if each["key"] == "skin_type"
    )
    assert [each["layer"] for each in known["layers"]] == ["outside", "old_no_order", "none"]
    assert send(owner, "post", "/tags/skin_type/remove", {"cids": [1, 3]}).json() == {"changed": 2}


def test_layers_with_sizes_thresholds_flow_and_history(owner, garden):
    (rfm,) = (each for each in send(owner, "get", "/layers").json()["items"] if each["key"] == "rfm")
    assert {each["key"]: each["n"] for each in rfm["layers"] if each["n"]} == {"champion": 1, "nurture": 1, "none": 1}
    assert rfm["thresholds"] == {
        "day": "2026-11-01", "buyers": 2, "days": 2.0, "orders": 1.5, "amount_minor": 65_000.0, "cuts": None,
    }  # fmt: skip
    from potager.core import clock

    garden.order(3, "2026-11-02", 90_000, hour=-3)
    with clock.frozen(day("2026-11-02")):
        refresh.run()
        flow = send(owner, "get", "/layers/rfm/flow?start=2026-11-01&end=2026-11-02").json()
    moves = {(each["from_layer"], each["to_layer"]): each["n"] for each in flow["items"]}
    assert (flow["total"], moves["none", "develop"]) == (3, 1)
    history = send(owner, "get", "/layers/rfm/history?start=2026-10-31&end=2026-11-02").json()["items"]
    assert [(each["day"], each["sizes"].get("none", 0)) for each in history] == [("2026-11-01", 1), ("2026-11-02", 0)]


def test_an_audience_lives_and_is_frozen(owner, garden):
    spec = {"key": "buyers", "name_zh": "买家", "condition": BUYERS}
    created = send(owner, "post", "/audiences", spec)
    assert (created.status_code, created.json()["n"]) == (201, None)
    assert send(owner, "post", "/audiences/buyers/freeze", {"key": "fixed", "name_zh": "固定"}).json()["n"] == 2
    garden.order(3, "2026-10-31", 5)
    refresh.run()
    sizes = {each["key"]: each["n"] for each in send(owner, "get", "/audiences").json()["items"]}
    assert (sizes["buyers"], sizes["fixed"]) == (3, 2)
    members = send(owner, "get", "/audiences/fixed/members?size=1").json()
    assert (len(members["items"]), members["total"]) == (1, 2)
    assert send(owner, "put", "/audiences/fixed", spec | {"key": "fixed"}).status_code == 409
    assert send(owner, "post", "/count", {"condition": {"audience": "fixed"}}).json()["count"] == 2
    assert send(owner, "delete", "/audiences/fixed").status_code == 204


def test_an_export_is_written_down(owner):
    Audience.objects.create(key="b", name_zh="b", condition=BUYERS, created_at=day("2026-10-01"))
    text = send(owner, "get", "/audiences/b/csv").content.decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(text))] == ["姓名", "客户1", "客户2"]
    assert AuditRow.objects.get(action="audience.export").detail == {
        "customers": 2, "format": "csv", "columns": ["客户编号", "姓名", "来源", "归属员工"],
    }  # fmt: skip


def test_staff_see_their_own_and_change_no_definitions(garden):
    staff = client_of(Role.STAFF)
    assert send(staff, "post", "/count", {"condition": BUYERS}).status_code == 403
    assert send(staff, "post", "/customers", {"condition": BUYERS}).json()["total"] == 0
    assert send(staff, "get", "/customers/1").status_code == 404
    assert send(staff, "post", "/tags", {"key": "x", "name_zh": "x"}).status_code == 403
    assert send(staff, "post", "/tags/skin_type/add", {"cids": [1], "value": "dry"}).json() == {"changed": 0}
    assert send(Client(), "get", "/catalog").status_code == 401


def test_a_refresh_on_request(owner, garden):
    garden.order(3, "2026-10-31", 5)
    answer = send(owner, "post", "/refresh").json()
    assert answer["mode"] == "merge"
    assert answer["changes"] > 0
    assert send(owner, "get", "/schema").json()["condition"]["$defs"]


def test_a_layer_model_is_created_changed_and_removed(owner):
    spec = {
        "key": "simple",
        "name_zh": "简单",
        "kind": "ordered",
        "settings": {"layers": [{"key": "yes", "zh": "买过", "when": BUYERS}], "else": {"key": "no", "zh": "没买"}},
    }
    created = send(owner, "post", "/layers", spec)
    assert (created.status_code, created.json()["sentences"]) == (201, {"yes": "购买过"})
    refresh.run()
    sizes = send(owner, "get", "/layers/simple").json()["layers"]
    assert [(each["key"], each["n"]) for each in sizes] == [("yes", 2), ("no", 1)]
    assert send(owner, "put", "/layers/simple", spec | {"name_zh": "更简单"}).json()["name_zh"] == "更简单"
    assert send(owner, "delete", "/layers/simple").status_code == 204
    assert send(owner, "get", "/layers/simple").status_code == 404
    assert send(owner, "get", "/layers/rfm/flow?start=2026-11-02&end=2026-11-01").json()["place"] == "end"


def test_an_audience_and_a_tag_are_read_and_changed_one_by_one(owner):
    assert send(owner, "get", "/audiences/warm_leads").json()["n"] == 0
    changed = {"key": "warm_leads", "name_zh": "新名字", "condition": BUYERS}
    assert send(owner, "put", "/audiences/warm_leads", changed).json()["sentence"] == "购买过"
    assert send(owner, "get", "/tags/buyer").json()["count"] == 2
    assert send(owner, "get", "/tags/nothing").status_code == 404
    assert send(owner, "get", "/audiences/nothing").status_code == 404
    assert send(owner, "get", "/tags/skin_type/reason?cid=1").json()["has"] is False
    assert send(owner, "post", "/tags/skin_type/add", {"cids": [1], "value": "dry"}).json() == {"changed": 1}
    assert send(owner, "get", "/tags/skin_type/reason?cid=1").json()["by"] == "owner"
