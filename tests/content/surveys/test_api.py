"""Surveys over HTTP: counts, results, the table; and what is told to, and forgotten of, a person."""

import pytest
from django.test import Client

from potager.content.surveys import privacy
from potager.content.surveys.models import Invitation, Response
from potager.org.models import Account, AuditRow
from tests.content.surveys.conftest import FULL, invited, person, phone, published, spec


def signed(role: str) -> Client:
    client = Client()
    client.force_login(Account.objects.create(login=role, role=role))
    return client


@pytest.fixture
def answered(survey) -> Invitation:
    """One of three who got it opened it only, one answered."""
    one, two, _ = (invited(person(n)) for n in (1, 2, 3))
    phone().get(f"/q/{two.token}")
    phone().post(f"/q/{one.token}", {**FULL, "a_score": "2", "a_why": "=慢"})
    return one


def test_a_survey_is_made_seen_and_published(known):
    client = signed("manager")
    body = spec().model_dump(mode="json", exclude_defaults=True)
    made = client.post("/api/content/surveys", body, content_type="application/json")
    assert (made.status_code, made.json()["state"], made.json()["is_changed"]) == (201, "draft", True)
    assert client.post("/api/content/surveys", body, content_type="application/json").status_code == 409
    shown = client.post("/api/content/surveys/preview", body, content_type="application/json").json()["html"]
    assert "您愿意向朋友推荐我们吗？" in shown
    assert client.post("/api/content/surveys/nps/publish").json()["version"] == 1
    url = client.put("/api/content/surveys/nps", {**body, "anonymous": True}, content_type="application/json").json()[
        "url"
    ]
    assert url == ""
    assert "/q/" in client.post("/api/content/surveys/nps/publish").json()["url"]


def test_it_counts_people_among_those_before_and_answers_by_question(answered):
    client = signed("read_only")
    (row,) = client.get("/api/content/surveys").json()["items"]
    assert row["numbers"] == {
        "sent": 3,
        "opened": 2,
        "answered": 1,
        "rate": 0.5,
        "opens": 0,
        "unnamed": 0,
        "bots": 0,
    }
    told = client.get("/api/content/surveys/nps/results").json()
    score, why, skin, mobile = told["items"]
    assert (told["answers"], score["n"], score["score"]["nps"], score["mean"]) == (1, 1, -100, 2)
    assert [(bar["label"], bar["n"], bar["share"]) for bar in skin["bars"]] == [("干皮", 1, 1), ("油皮", 0, 0)]
    assert why["texts"] == ["=慢"]
    assert (mobile["n"], mobile["texts"], mobile["bars"], mobile["is_personal"]) == (1, [], [], True)
    assert signed("staff").get("/api/content/surveys/nps/results").status_code == 403


def test_the_table_is_exported_and_the_trail_says_so(answered):
    assert signed("read_only").get("/api/content/surveys/nps/answers.csv").status_code == 403
    lines = signed("owner").get("/api/content/surveys/nps/answers.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "客户编号,时间,版本,您愿意向朋友推荐我们吗？,哪里让您失望？,您的肤质,手机号"
    assert lines[1].startswith(f"{answered.cid},2026-11-01 12:00:00,1,2,'=慢,干皮,")
    assert "13800138001" not in lines[1]
    assert AuditRow.objects.get(action="survey.export").detail == {"answers": 1}


def test_a_person_is_told_their_answers_in_clear_and_forgotten_whole(answered):
    told = privacy.told([answered.cid])
    assert told["survey_answers"][0]["answers"] == {
        "您愿意向朋友推荐我们吗？": "2",
        "哪里让您失望？": "=慢",
        "您的肤质": "干皮",
        "手机号": "+8613800138001",
    }
    assert [each["survey"] for each in told["surveys_sent"]] == ["一分钟问卷"]
    privacy.erase([answered.cid])
    assert (Response.objects.count(), Invitation.objects.filter(cid=answered.cid).count()) == (0, 0)
    assert phone().get(f"/q/{answered.token}").status_code == 404


def test_results_follow_the_questions_asked_now(answered):
    published(questions=[*spec().model_dump(mode="json", exclude_defaults=True)["questions"][2:3]])
    told = signed("manager").get("/api/content/surveys/nps/results").json()
    assert [(item["key"], item["n"]) for item in told["items"]] == [("skin", 1)]
