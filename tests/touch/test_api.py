"""Touches over HTTP: who sees what, why it was not sent, the policy, the stop switch, phones."""

import pytest
from django.test import Client

from potager.core import clock, store
from potager.core.models import House
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role, Staff
from potager.touch import channels, settings, tasks
from potager.touch.channels.handout import Handout
from potager.touch.channels.simulator import SimulatedChannel, Simulator
from potager.touch.drafts import Intent
from potager.touch.models import StaffTask
from potager.touch.pump import pump
from potager.touch.simulator import launcher
from potager.touch.tasks import NewTask
from tests.touch.conftest import DAY, say
from tests.touch.test_intents import NIGHT, message


def signed_in(role: Role, staff: Staff | None = None) -> Client:
    with store.write():
        login = f"a-{role.value}"
        key = staff.key if staff else None
        account = accounts.create(SYSTEM, login=login, password="right-password", role=role, staff_key=key)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def manager(people) -> Client:
    return signed_in(Role.MANAGER)


def test_nobody_is_asked_to_sign_in(db):
    assert Client().get("/api/touch/touches").status_code == 401


class TestTouches:
    def test_a_deferred_touch_says_why_and_until_when(self, manager, people, paper):
        made = say(message(people[0]), at=NIGHT)[0]
        page = manager.get(f"/api/touch/touches?cid={people[0].id}").json()
        assert page == {
            "items": [
                {
                    "id": made.id,
                    "cid": people[0].id,
                    "customer_name": people[0].name,
                    "channel": "paper",
                    "purpose": "marketing",
                    "sender": "lin",
                    "sender_name": "林晓",
                    "journey": "welcome",
                    "run_id": 1,
                    "step": "a",
                    "visit": 1,
                    "arm": "",
                    "shadow": False,
                    "text": "你好，小雨",
                    "state": "deferred",
                    "rule": "quiet",
                    "why_zh": "客户当地 21:30–08:30 免打扰；推迟到 2026-11-02 08:30",
                    "why_en": "Quiet hours 21:30–08:30 on the customer's clock; deferred to 2026-11-02 08:30",
                    "asked_at": "2026-11-01T14:00:00Z",
                    "due_at": "2026-11-02T00:30:00Z",
                    "expires_at": "2026-11-02T14:00:00Z",
                    "cost_minor": 0,
                    "life": [{"state": "deferred", "at": "2026-11-01T14:00:00Z"}],
                }
            ],
            "total": 1,
        }

    def test_by_journey_and_state_and_only_own_customers(self, manager, people, paper, staff):
        other = Staff.objects.create(key="wang", name="王敏")
        people[1].owner = other
        people[1].save()
        say(message(people[0]), message(people[1], run=2), Intent(people[0].id, "paper", "{x}", run_id=3, step="b"))
        own = signed_in(Role.STAFF, staff)

        def cids(client, query):
            return [item["cid"] for item in client.get(f"/api/touch/touches?{query}").json()["items"]]

        assert cids(manager, "journey=welcome") == [people[1].id, people[0].id]
        assert cids(manager, "state=skipped") == [people[0].id]
        assert cids(own, "journey=welcome") == [people[0].id]


class TestTasks:
    @pytest.fixture
    def task(self, people) -> StaffTask:
        with store.write():
            now = clock.now()
            tasks.create([NewTask("t", "lin", "打电话", now, now + DAY, cid=people[0].id, instructions="问问肤质")])
        return StaffTask.objects.get()

    def test_listed_with_names_and_completed_once(self, task, people, staff):
        client = signed_in(Role.STAFF, staff)
        item = client.get("/api/touch/tasks?state=open&due=today").json()["items"][0]
        assert (item["customer_name"], item["staff_name"], item["instructions"]) == ("小雨", "林晓", "问问肤质")
        done = {"outcome": "done", "note": "聊过了"}
        answer = client.post(f"/api/touch/tasks/{task.id}/complete", done, content_type="application/json")
        assert (answer.status_code, answer.json()["state"], answer.json()["note"]) == (200, "done", "聊过了")
        again = client.post(f"/api/touch/tasks/{task.id}/complete", done, content_type="application/json")
        assert (again.status_code, again.json()["code"]) == (409, "task.closed")
        assert client.get("/api/touch/execution?days=1").json() == {
            "items": [{"staff": "lin", "staff_name": "林晓", "done": 1, "due": 1}],
            "total": 1,
        }

    def test_somebody_elses_does_not_exist(self, task):
        wang = signed_in(Role.STAFF, Staff.objects.create(key="wang", name="王敏"))
        answer = wang.post(f"/api/touch/tasks/{task.id}/complete", {"outcome": "done"}, content_type="application/json")
        assert answer.status_code == 404
        assert StaffTask.objects.get().state == "open"


class TestPolicy:
    def test_shipped_policy_is_sane(self, manager):
        assert manager.get("/api/touch/policy").json() == {
            "quiet": {"start": "21:30:00", "end": "08:30:00", "purposes": ["marketing"]},
            "caps": [
                {"limit": 1, "hours": 24, "per": None, "channel": None, "purpose": "marketing"},
                {"limit": 4, "hours": 168, "per": None, "channel": None, "purpose": "marketing"},
            ],
            "platform": {"per": "month", "limit": None},
            "budget": {"month_minor": None, "purposes": ["marketing", "service"]},
            "exclusion": {"hours": 0, "groups": [], "purposes": ["marketing"]},
            "window_hours": 24,
            "zone_attr": "time_zone",
            "costs": {"sim_sms": 5},
            "best_hour": 10,
            "breaker": {"calls": 20, "share": 0.5, "seconds": 60},
            "opt_out_words": {"*": ["退订", "拒收", "T", "TD", "N", "STOP", "unsubscribe"]},
        }

    def test_setting_it_is_audited_with_what_changed(self, manager):
        new = manager.get("/api/touch/policy").json() | {"window_hours": 48}
        assert manager.put("/api/touch/policy", new, content_type="application/json").json() == new
        audit = AuditRow.objects.get(action="touch.policy")
        assert audit.detail == {"window_hours": {"from": 24, "to": 48}}

    @pytest.mark.parametrize(
        "wrong", [{"window_hours": 0}, {"caps": [{"limit": 0, "hours": 24}]}, {"quiet": {"start": "25:00"}}, {"x": 1}]
    )
    def test_nonsense_is_refused_and_nothing_changes(self, manager, wrong):
        before = settings.policy()
        assert manager.put("/api/touch/policy", wrong, content_type="application/json").status_code == 422
        assert settings.policy() == before

    def test_only_managers_and_owners_change_it(self, people):
        reader = signed_in(Role.READ_ONLY)
        assert reader.put("/api/touch/policy", {}, content_type="application/json").status_code == 403
        assert reader.put("/api/touch/stop", {"stopped": True}, content_type="application/json").status_code == 403
        assert settings.is_stopped() is False

    def test_the_stop_switch(self, manager):
        assert manager.get("/api/touch/stop").json() == {"stopped": False}
        for stopped in (True, False):
            manager.put("/api/touch/stop", {"stopped": stopped}, content_type="application/json")
            assert manager.get("/api/touch/stop").json() == {"stopped": stopped}
        assert list(AuditRow.objects.filter(action__startswith="touch.").values_list("action", flat=True)) == [
            "touch.stop",
            "touch.resume",
        ]


class TestChannels:
    @pytest.fixture
    def all_channels(self, tmp_path):
        before = list(channels.installed().values())
        channels.set_channels([Handout(), SimulatedChannel("sms", Simulator(tmp_path))])
        yield
        channels.set_channels(before)

    def test_simulated_ones_are_offered_in_a_world_only(self, manager, all_channels):
        def keys():
            return [item["key"] for item in manager.get("/api/touch/channels").json()["items"]]

        assert keys() == ["handout", "sim_sms"]
        House.objects.update(world_at=None)
        assert keys() == ["handout"]

    def test_they_say_what_they_can_know(self, manager, all_channels):
        handout = manager.get("/api/touch/channels").json()["items"][0]
        assert handout["receipts"] == ["handed_over", "staff_confirmed", "expired", "failed"]


class TestPhones:
    @pytest.fixture
    def simulator(self, tmp_path):
        before = list(channels.installed().values())
        with launcher.running(tmp_path):
            simulator = Simulator(tmp_path)
            channels.set_channels([SimulatedChannel("message", simulator)])
            yield simulator
            simulator.forget()
        channels.set_channels(before)

    def test_what_arrived_and_an_answer(self, manager, people, simulator):
        say(Intent(people[0].id, "sim_message", "你好，{客户昵称}", run_id=1, step="a"))
        pump()
        phone = manager.get(f"/api/touch/phone/{people[0].id}").json()
        token = phone["items"][0]["token"]
        assert phone == {
            "cid": people[0].id,
            "name": "小雨",
            "items": [
                {
                    "at": "2026-11-01T04:00:00Z",
                    "direction": "in",
                    "kind": "message",
                    "sender": "lin",
                    "sender_name": "林晓",
                    "text": "你好，小雨",
                    "token": token,
                }
            ],
        }
        act = {"kind": "reply", "sender": "lin", "text": "你好呀", "token": token}
        answer = manager.post(f"/api/touch/phone/{people[0].id}/act", act, content_type="application/json")
        assert [item["text"] for item in answer.json()["items"]] == ["你好，小雨", "你好呀"]
        pump()
        assert manager.get("/api/touch/touches").json()["items"][0]["state"] == "replied"

    def test_only_in_a_world_and_only_people_one_may_see(self, manager, people, simulator):
        assert manager.get("/api/touch/phone/999999").json()["code"] == "not_found"
        House.objects.update(world_at=None)
        answer = manager.get(f"/api/touch/phone/{people[0].id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "touch.no_world")

    def test_without_the_simulator_it_says_so(self, manager, people, tmp_path):
        before = list(channels.installed().values())
        for installed in ([], [SimulatedChannel("message", Simulator(tmp_path / "none"))]):
            channels.set_channels(installed)
            phone = manager.get(f"/api/touch/phone/{people[0].id}")
            act = manager.post(
                f"/api/touch/phone/{people[0].id}/act", {"kind": "delete"}, content_type="application/json"
            )
            assert [(each.status_code, each.json()["code"]) for each in (phone, act)] == [
                (503, "touch.no_simulator")
            ] * 2
        channels.set_channels(before)
