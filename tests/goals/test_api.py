"""Goals over HTTP: set, read, change, tasks; who may; what is written down."""

import pytest
from django.test import Client

from potager.core import store
from potager.goals.models import Goal, GoalTask
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role, Staff
from tests.hand_made import customer, order, put

PASSWORD = "right-password"
GOAL = {
    "key": "november",
    "name": "十一月成交额",
    "start": "2026-10-20",
    "end": "2026-11-18",
    "target_minor": 600_000,
    "owner": "lin",
}


@pytest.fixture
def lin(house) -> Staff:
    return Staff.objects.create(key="lin", name="林然")


def signed_in(role: Role) -> Client:
    with store.write():
        account = accounts.create(SYSTEM, login=f"a-{role.value}", password=PASSWORD, role=role)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def manager(warehouse, lin) -> Client:
    return signed_in(Role.MANAGER)


def send(client: Client, method: str, path: str, body: dict):
    return getattr(client, method)(path, body, content_type="application/json")


def sales(warehouse) -> None:
    """Two people first seen and buying in September; one of them again and one new customer from 20 October on."""
    put(warehouse, "customer", [customer(1, "2026-09-22"), customer(2, "2026-09-25"), customer(3, "2026-10-21")])
    put(
        warehouse,
        "orders",
        [
            order("a", 1, "2026-09-22", 100_000),
            order("b", 2, "2026-09-26", 200_000),
            order("c", 1, "2026-10-25", 90_000),
            order("d", 3, "2026-10-31", 60_000),
        ],
    )


def test_a_goal_stands_where_its_facts_put_it(manager, warehouse):
    sales(warehouse)
    answer = send(manager, "post", "/api/goals/", GOAL)
    assert answer.status_code == 201
    goal = manager.get("/api/goals/november").json()
    assert goal == answer.json()
    assert (goal["actual_minor"], goal["attainment"], goal["state"]) == (150_000, 0.25, "running")
    # Noon of the 13th of 30 days.
    assert goal["elapsed"] == pytest.approx(12.5 / 30)
    assert goal["should_be_minor"] == 250_000
    assert goal["pace"] == pytest.approx(0.6)
    tree = {node["key"]: node for node in goal["tree"]}
    assert tree["buyers_new"]["actual"] == {"value": 1.0, "numerator": 1, "denominator": 1}
    assert tree["buyers_old"]["actual"]["value"] == 1
    assert tree["aov"]["actual"] == {"value": 75_000.0, "numerator": 150_000, "denominator": 2}
    # The same 13 days of the period before, 20 September to 2 October.
    assert tree["gmv"]["previous"]["value"] == 300_000
    assert tree["first_order_rate"]["previous"] == {"value": 1.0, "numerator": 2, "denominator": 2}
    # The period before sold ¥3,000 to two people: the split doubles the buyers.
    assert goal["levels"] == {
        "gmv": 600_000,
        "buyers": 4.0,
        "buyers_new": 4.0,
        "customers_new": 4.0,
        "first_order_rate": 1.0,
        "buyers_old": 0.0,
        "orders_per_buyer": 1.0,
        "aov": 150_000.0,
    }
    assert tree["buyers"]["should_be"] == pytest.approx(4 * 12.5 / 30)
    assert tree["aov"]["should_be"] == 150_000
    assert goal["requirement"]["missing_minor"] == 450_000
    assert goal["requirement"]["state"] == "out_of_reach"


def test_a_goal_read_as_of_an_earlier_day(manager, warehouse):
    sales(warehouse)
    send(manager, "post", "/api/goals/", GOAL)
    goal = manager.get("/api/goals/november?as_of=2026-10-26").json()
    assert (goal["actual_minor"], goal["elapsed"]) == (90_000, pytest.approx(7 / 30))
    before = manager.get("/api/goals/november?as_of=2026-10-01").json()
    assert (before["state"], before["actual_minor"], before["elapsed"], before["pace"]) == ("ahead", 0, 0.0, None)


def test_levels_may_be_given(manager):
    answer = send(manager, "post", "/api/goals/", {**GOAL, "levels": {"customers_new": 40}})
    assert answer.json()["levels"] == {"customers_new": 40.0}
    tree = {node["key"]: node["target"] for node in answer.json()["tree"]}
    assert (tree["gmv"], tree["customers_new"], tree["aov"]) == (600_000, 40, None)


def test_a_goal_is_changed_and_archived_with_an_audit_row_each(manager):
    send(manager, "post", "/api/goals/", GOAL)
    changed = send(manager, "put", "/api/goals/november", {**GOAL, "target_minor": 700_000})
    assert changed.json()["target_minor"] == 700_000
    assert manager.delete("/api/goals/november").status_code == 204
    assert manager.get("/api/goals/").json() == {"items": [], "total": 0}
    assert [each["key"] for each in manager.get("/api/goals/?archived=true").json()["items"]] == ["november"]
    actions = AuditRow.objects.filter(subject="goal:november").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["goal.create", "goal.change", "goal.archive"]
    after = AuditRow.objects.get(action="goal.change").detail
    assert (after["before"]["target_minor"], after["after"]["target_minor"]) == (600_000, 700_000)


def test_tasks_have_an_owner_a_deadline_and_a_state(manager):
    send(manager, "post", "/api/goals/", GOAL)
    late = {"node": "customers_new", "title": "门店活码上架", "owner": "lin", "due": "2026-10-30"}
    soon = {"node": "aov", "title": "组合装海报", "owner": "lin", "due": "2026-11-05"}
    first = send(manager, "post", "/api/goals/november/tasks", soon).json()
    second = send(manager, "post", "/api/goals/november/tasks", late).json()
    assert (first["state"], second["state"]) == ("open", "late")
    done = send(manager, "patch", f"/api/goals/november/tasks/{second['id']}", {"done": True}).json()
    assert (done["state"], done["done_at"]) == ("done", "2026-11-01T04:00:00Z")
    shown = manager.get("/api/goals/november").json()["tasks"]
    assert [(task["title"], task["state"]) for task in shown] == [("门店活码上架", "done"), ("组合装海报", "open")]
    reopened = send(manager, "patch", f"/api/goals/november/tasks/{second['id']}", {"done": False}).json()
    assert reopened["done_at"] is None
    assert manager.delete(f"/api/goals/november/tasks/{first['id']}").status_code == 204
    assert GoalTask.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"key": "Nov 2026"}, "goal.key", "key"),
        ({"end": "2026-10-01"}, "goal.period", "end"),
        ({"target_minor": 0}, "goal.target", "target_minor"),
        ({"owner": "nobody"}, "goal.owner", "owner"),
        ({"levels": {"aov": -1}}, "goal.level", "levels.aov"),
    ],
)
def test_a_malformed_goal_is_refused_where_it_is_wrong(manager, wrong, code, place):
    answer = send(manager, "post", "/api/goals/", {**GOAL, **wrong})
    assert (answer.status_code, answer.json()["code"], answer.json()["place"]) == (422, code, place)
    assert not Goal.objects.exists()


def test_a_key_is_used_once(manager):
    send(manager, "post", "/api/goals/", GOAL)
    again = send(manager, "post", "/api/goals/", GOAL)
    assert (again.status_code, again.json()["code"]) == (409, "goal.taken")
    assert Goal.objects.count() == 1


def test_what_does_not_exist_is_not_found(manager):
    assert manager.get("/api/goals/none").status_code == 404
    assert send(manager, "put", "/api/goals/none", GOAL).status_code == 404
    assert manager.delete("/api/goals/none").status_code == 404
    assert send(manager, "patch", "/api/goals/none/tasks/1", {"done": True}).status_code == 404


def test_readers_may_look_and_not_touch(warehouse, lin):
    reader = signed_in(Role.READ_ONLY)
    assert reader.get("/api/goals/").json() == {"items": [], "total": 0}
    assert send(reader, "post", "/api/goals/", GOAL).status_code == 403
    assert Client().get("/api/goals/").status_code == 401
    assert not Goal.objects.exists()
