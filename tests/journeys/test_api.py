"""Journeys over HTTP: the canvas, drafts, publishing, people and traces, and who may."""

import pytest

from potager.journeys import intakes
from potager.org.models import Account, AuditRow, Role
from tests.journeys.conftest import BYE, HELLO, small

PAUSE = {"id": "pause", "wait": {"for": "5d"}}
VIEWED = {"event": "product_viewed", "measure": "count", "op": "gte", "value": 1}


@pytest.fixture
def web(garden, client):
    """The garden with a signed-in manager."""
    client.force_login(Account.objects.create(login="boss", role=Role.MANAGER))
    garden.client = client
    return garden


def ask(web, method: str, path: str, body=None, *, status: int = 200):
    call = getattr(web.client, method)
    url = f"/api/journeys{path}"
    answer = call(url) if body is None and method == "get" else call(url, body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_journey_from_draft_to_trace(web):
    steps = [HELLO, PAUSE, {"id": "who", "branch": [{"if": VIEWED, "go": "bye", "name": "看过"}], "next": "end"}, BYE]
    draft = ask(web, "put", "/welcome/draft", {"definition": small(steps=steps)})
    assert draft["problems"] == []
    preview = ask(web, "get", "/welcome/preview")
    assert (preview["first"], preview["inside"], preview["problems"]) == (True, 0, [])
    assert (preview["control"], preview["control_before"]) == (0, None)
    shown = ask(web, "post", "/welcome/publish", {"people": "finish"})
    assert (shown["journey"]["state"], shown["journey"]["version"], shown["showing"]) == ("live", 1, "live")
    assert next((n["id"], n["kind"], n["line"]) for n in shown["nodes"]) == ("hello", "message", "你好{客户昵称|朋友}")
    assert {(e["frm"], e["to"], e["label"]) for e in shown["edges"]} == {
        ("hello", "pause", ""),
        ("pause", "who", ""),
        ("who", "bye", "看过"),
        ("who", "end", "else"),
        ("bye", "end", ""),
    }

    cid = web.person("小林")
    web.tell("friend_added", cid, staff="chen")
    web.tell("product_viewed", cid, product="P")
    web.later(seconds=1)
    nodes = {node["id"]: node for node in ask(web, "get", "/welcome")["nodes"]}
    assert [nodes[step]["here"] for step in ("hello", "pause")] == [0, 1]
    assert nodes["hello"]["passed"] == 1
    web.send()
    web.later(days=5)
    web.order(cid)

    (row,) = ask(web, "get", "")["items"]
    assert (row["inside"], row["entered_30d"], row["converted_30d"]) == (0, 1, 1)
    (run,) = ask(web, "get", "/welcome/runs?state=converted")["items"]
    assert (run["customer_name"], run["end_reason"], run["next_at"]) == ("小林", "done", None)
    assert ask(web, "get", f"/customers/{cid}")["total"] == 1
    trace = ask(web, "get", f"/runs/{run['id']}")
    told = [(step["step"], step["kind"], step["outcome"]) for step in trace["steps"]]
    assert told == [
        ("hello", "message", "queued"),
        ("pause", "wait", "waited"),
        ("who", "branch", "看过"),
        ("bye", "message", "queued"),
    ]
    assert trace["steps"][0]["touch"]["text"] == "你好小林"
    assert "浏览商品" in trace["steps"][2]["sentence"]
    (arm,) = ask(web, "get", "/welcome/results")["arms"]
    assert (arm["arm"], arm["entered"], arm["people"], arm["converted"]) == ("treated", 1, 1, 1)


def test_a_broken_draft_is_kept_with_its_problems_and_not_published(web):
    draft = ask(web, "put", "/welcome/draft", {"definition": small(steps=[{**HELLO, "next": "gone"}])})
    assert [(p["code"], p["place"]) for p in draft["problems"]] == [("journey.target", "steps.hello")]
    refused = ask(web, "post", "/welcome/publish", {"people": "finish"}, status=422)
    assert (refused["code"], refused["place"]) == ("journey.target", "steps.hello")
    assert ask(web, "get", "/welcome")["showing"] == "draft"


def test_pause_resume_stop_are_audited(web):
    web.publish(steps=[HELLO, PAUSE])
    assert ask(web, "post", "/welcome/pause")["journey"]["state"] == "paused"
    assert ask(web, "post", "/welcome/pause", status=409)["code"] == "journey.state"
    assert ask(web, "post", "/welcome/resume", {"overdue": "late"})["journey"]["state"] == "live"
    assert ask(web, "post", "/welcome/stop")["journey"]["state"] == "stopped"
    assert ask(web, "post", "/stop-all", {"stopped": True})["all_stopped"] is True
    done = list(AuditRow.objects.filter(actor="boss").order_by("id").values_list("action", flat=True))
    assert done == ["journey.pause", "journey.resume", "journey.stop", "journey.stop_all"]


def test_a_manual_start_shows_the_count_first(web):
    web.publish(triggers=[{"manual": True}], steps=[HELLO])
    seen, _ = web.person(), web.person()
    web.tell("product_viewed", seen, product="P")
    web.later(seconds=1)
    assert ask(web, "post", "/welcome/start/count", {"condition": VIEWED}) == {"people": 1}
    begun = ask(web, "post", "/welcome/start", {"condition": VIEWED})
    assert (begun["state"], begun["by"], begun["total"], begun["at"]) == ("choosing", "boss", 0, "2026-11-01T04:00:01Z")
    (under_way,) = ask(web, "get", "/welcome/intakes")
    assert under_way == begun
    intakes.work_off(begun["id"])
    (over,) = ask(web, "get", "/welcome/intakes")
    assert (over["state"], over["total"], over["looked"], over["entered"]) == ("done", 1, 1, 1)
    assert ask(web, "post", f"/welcome/intakes/{begun['id']}/cancel", status=409)["code"] == "journey.intake_over"
    web.later(seconds=1)
    assert web.texts(seen) == ["你好小林"]


def test_a_start_is_called_off_and_a_bad_condition_refused_at_once(web):
    web.publish(triggers=[{"manual": True}], steps=[HELLO])
    refused = ask(web, "post", "/welcome/start", {"condition": {"tag": "gone"}}, status=422)
    assert refused["code"] == "insight.condition"
    begun = ask(web, "post", "/welcome/start", {"condition": {"all": []}})
    assert ask(web, "post", f"/welcome/intakes/{begun['id']}/cancel")["state"] == "cancelled"
    assert AuditRow.objects.filter(action="journey.start_cancel", actor="boss").exists()
    web.client.force_login(Account.objects.create(login="looks", role=Role.READ_ONLY))
    ask(web, "post", "/welcome/start", {"condition": {"all": []}}, status=403)
    ask(web, "post", f"/welcome/intakes/{begun['id']}/cancel", status=403)


def test_files_schema_variables_and_versions(web):
    web.publish(steps=[HELLO])
    text = ask(web, "get", "/welcome/file")["text"]
    assert ask(web, "post", "/apply", {"text": text}) == {"key": "welcome", "text": ""}
    changed = ask(web, "post", "/apply", {"text": text.replace("再见", "再会").replace("你好", "您好")})
    assert "+    text: 您好" in changed["text"]
    assert ask(web, "get", "/welcome?draft=true")["showing"] == "draft"
    assert ask(web, "get", "/welcome?version=1")["showing"] == "version"
    assert ask(web, "get", "/welcome?version=9", status=404)["code"] == "not_found"
    assert ask(web, "get", "/gone", status=404)["code"] == "not_found"
    assert "steps" in ask(web, "get", "/schema")["properties"]
    assert {"customer_name", "product_name"} <= {each["name"] for each in ask(web, "get", "/variables")}
    assert ask(web, "post", "/validate", {"definition": small()}) == []


def test_readers_change_nothing_and_staff_see_their_own(web):
    web.publish(steps=[HELLO, PAUSE])
    cid = web.person()
    web.tell("friend_added", cid)
    web.client.force_login(Account.objects.create(login="reader", role=Role.READ_ONLY))
    for path in ("pause", "stop", "publish", "start"):
        body = {"condition": VIEWED} if path == "start" else {"people": "finish"}
        assert ask(web, "post", f"/welcome/{path}", body, status=403)["code"] == "forbidden"
    assert ask(web, "get", "/welcome/runs")["total"] == 1
    web.client.force_login(Account.objects.create(login="clerk", role=Role.STAFF))
    assert ask(web, "get", "/welcome/runs")["total"] == 0
    web.client.logout()
    assert ask(web, "get", "", status=401)
