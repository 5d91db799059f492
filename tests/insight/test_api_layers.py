"""Layer models over HTTP: preview, strategy cards, what their people bought, how long they stay."""

import pytest
import yaml
from django.test import Client

from potager.insight import files, refresh
from potager.insight.models import LayerModel, TagDefinition
from potager.org.models import Account, AuditRow, Role, Staff

from .conftest import Plot, define_layers

LIFE = {
    "layers": [
        {"key": "repeat", "zh": "复购", "when": {"event": "order_paid", "op": "gte", "value": 2}},
        {"key": "bought", "zh": "已购", "when": {"event": "order_paid"}},
    ],
    "else": {"key": "new", "zh": "未购"},
}


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=f"{role}", role=role))
    return client


@pytest.fixture
def garden(plot: Plot) -> Plot:
    """Customer 1 buys on 5 September and 8 October, 2 on 20 October; 3 never does. Refreshed every few days."""
    plot.customers(1, 2, 3)
    define_layers("life", "ordered", **LIFE)
    refresh.run("2026-08-31")
    key = plot.order(1, "2026-09-05", 10_000)
    refresh.run("2026-09-05")
    refresh.run("2026-09-30")
    plot.order(1, "2026-10-08", 20_000)
    refresh.run("2026-10-08")
    plot.order(2, "2026-10-20", 5_000)
    refresh.run("2026-10-20")
    with plot.warehouse.write() as writer:
        writer.execute("UPDATE orders SET cost = amount // 4 WHERE k1 = ?", [key[0]])
        writer.execute("UPDATE orders SET cost = 15000 WHERE amount = 20000")
    return plot


@pytest.fixture
def owner(garden: Plot) -> Client:
    return client_of(Role.OWNER)


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    return getattr(client, method)(f"/api/insight/layers{path}", body, content_type="application/json", **headers)


def test_preview_counts_the_first_condition_that_holds_and_the_rest(owner):
    whens = [{"event": "order_paid", "op": "gte", "value": 2}, {"event": "order_paid"}]
    answer = send(owner, "post", "/preview", {"whens": whens}).json()
    assert answer == {
        "sizes": [1, 1], "alone": [1, 2], "rest": 1, "total": 3, "sentences": ["购买 ≥ 2 次", "购买过"],
    }  # fmt: skip
    turned = send(owner, "post", "/preview", {"whens": whens[::-1]}).json()
    assert (turned["sizes"], turned["rest"]) == ([2, 0], 1)
    wrong = send(owner, "post", "/preview", {"whens": [whens[0], {"event": "order_payed"}]})
    assert (wrong.status_code, wrong.json()["place"]) == (422, "whens[1].event")
    assert send(client_of(Role.READ_ONLY), "post", "/preview", {"whens": whens}).status_code == 403


def test_the_trend_tells_of_those_who_stood_in_a_layer_when_the_period_began(owner):
    path = "/life/trend?start=2026-09-01&end=2026-10-31&grain=month"
    answer = send(owner, "get", path).json()
    assert [(each["start"], each["layer"], each["people"], each["buyers"], each["gmv_minor"], each["stayed"])
            for each in answer["items"]] == [
        # In September 1 still stood among those who never bought, and left them.
        ("2026-09-01", "new", 3, 1, 10_000, 2),
        ("2026-10-01", "bought", 1, 1, 20_000, None),
        ("2026-10-01", "new", 2, 1, 5_000, None),
    ]  # fmt: skip
    assert [(each["costed_minor"], each["profit_minor"]) for each in answer["items"]] == [
        (10_000, 7_500), (20_000, 5_000), (0, 0),
    ]  # fmt: skip
    assert send(client_of(Role.STAFF), "get", path).status_code == 403
    weeks = send(owner, "get", "/life/trend?start=2026-10-05&end=2026-10-18&grain=week").json()["items"]
    assert [(each["start"], each["layer"], each["people"], each["stayed"]) for each in weeks] == [
        ("2026-10-05", "bought", 1, 0), ("2026-10-05", "new", 2, 2),
        ("2026-10-12", "new", 2, None), ("2026-10-12", "repeat", 1, None),
    ]  # fmt: skip


def test_how_long_people_stay_in_a_layer(owner):
    answer = send(owner, "get", "/life/trend?start=2026-10-01&end=2026-10-31").json()["dwell"]
    assert answer == [
        # 1 bought on 5 September and again on 8 October; 2 bought once, on 20 October.
        {"layer": "bought", "now": 1, "age_days": 11.0, "left": 1, "stay_days": 33.0},
        {"layer": "new", "now": 1, "age_days": 61.0, "left": 2, "stay_days": 27.5},
        {"layer": "repeat", "now": 1, "age_days": 23.0, "left": 0, "stay_days": None},
    ]


def test_a_strategy_card_is_written_down_audited_and_goes_with_its_layer(owner, garden):
    Staff.objects.create(key="suqing", name="苏青")
    card = {"goal": "第二单", "sops": ["second-order"], "owner": "suqing", "review": "2026-12-01", "note": "样品"}
    assert send(owner, "put", "/life/cards/bought", card).json()["cards"] == {"bought": card}
    assert AuditRow.objects.filter(action="layers.card", subject="layers:life").count() == 1
    assert send(owner, "put", "/life/cards/bougth", card).json()["place"] == "cards.bougth"
    wrong = send(owner, "put", "/life/cards/new", {"owner": "suqin"}).json()
    assert (wrong["place"], "苏青" in wrong["message"] or "suqing" in wrong["message"]) == ("cards.new.owner", True)
    assert send(client_of(Role.READ_ONLY), "put", "/life/cards/new", {}).status_code == 403
    # Changing the model keeps the cards of the layers that stay; an empty card takes the old one away.
    spec = {"key": "life", "name_zh": "新老客", "kind": "ordered", "settings": LIFE}
    assert send(owner, "put", "/life", spec).json()["cards"] == {"bought": card}
    assert yaml.safe_load(files.export("layers", "life"))["cards"]["bought"]["goal"] == "第二单"
    assert files.plan(
        {"kind": "layers", "model": "ordered", "key": "life", "name_zh": "新老客", "settings": LIFE}
    ).change == ("unchanged")
    fewer = {**LIFE, "layers": LIFE["layers"][:1]}
    assert send(owner, "put", "/life", spec | {"settings": fewer}).json()["cards"] == {}
    assert LayerModel.objects.get(key="life").cards == {}
    assert send(owner, "put", "/life/cards/new", {"goal": "首单"}).json()["cards"]["new"]["goal"] == "首单"
    assert send(owner, "put", "/life/cards/new", {}).json()["cards"] == {}


def test_a_model_in_use_says_by_whom(owner, garden):
    TagDefinition.objects.create(key="vip", name_zh="老客", source="rule", rule={"layer": "life", "in": ["repeat"]})
    (model,) = send(owner, "get", "").json()["items"]
    assert model["used_by"] == ["tag:vip"]
    assert send(owner, "delete", "/life").status_code == 409


def test_quintiles_over_http(owner, garden):
    spec = {"key": "fifths", "name_zh": "RFM 五分", "kind": "rfm", "settings": {"thresholds": {"rule": "quintile"}}}
    assert send(owner, "post", "", spec).status_code == 201
    refresh.run()
    found = send(owner, "get", "/fifths").json()
    assert found["thresholds"]["cuts"] == {
        "r": [12, 12, 24, 24],
        "f": [1, 1, 2, 2],
        "m": [5_000, 5_000, 30_000, 30_000],
    }
    assert {each["key"]: each["n"] for each in found["layers"] if each["n"]} == {"fresh": 1, "attention": 1, "none": 1}
