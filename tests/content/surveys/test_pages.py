"""surveys.pages: a customer opens their survey and answers it, once."""

import re
from datetime import date

import pytest
from django.test import Client

from potager.content.surveys import writing
from potager.content.surveys.models import Invitation, Response, Survey
from potager.core import store
from potager.facts import loader
from potager.insight.models import ManualTag
from potager.people.models import Customer
from tests.content.links.conftest import PHONE, person, phone
from tests.content.surveys.conftest import FULL, OWNER, facts, invited, published


@pytest.fixture
def anran(survey) -> Invitation:
    return invited(person())


def answer(token: str, given: dict | None = None, client: Client | None = None):
    return (client or phone()).post(f"/q/{token}", FULL if given is None else given)


def slip_of(text: str) -> str:
    return re.search(r'name="slip" value="(\w*)"', text)[1]


def test_a_survey_is_opened_once_and_answered_once(anran):
    strict = Client(enforce_csrf_checks=True, headers={"User-Agent": PHONE})
    for _ in range(2):
        text = strict.get(f"/q/{anran.token}").content.decode()
    assert "您愿意向朋友推荐我们吗？" in text
    assert "<script" not in text
    assert [body["survey"] for body in facts("survey_opened")] == ["nps"]
    done = answer(anran.token, client=strict)
    assert (done.status_code, "收到啦" in done.content.decode()) == (200, True)
    assert "收到啦" in answer(anran.token, {"a_score": "0"}).content.decode()
    assert "收到啦" in phone().get(f"/q/{anran.token}").content.decode()
    row = Response.objects.get()
    assert (row.cid, row.answers["score"], row.answers["skin"]) == (anran.cid, 9, "dry")
    assert facts("survey_answered") == [
        {
            "survey": "nps",
            "title": "一分钟问卷",
            "survey_version": 1,
            "nps_score": 9,
            "survey_score": 9,
            "nps_skin": "dry",
            **({"sender": anran.sender} if anran.sender else {}),
        }
    ]


def test_what_it_says_of_the_customer_is_stated_and_a_phone_is_sealed(anran):
    answer(anran.token)
    assert Customer.objects.get(id=anran.cid).attrs == {"skin_type": "干皮"}
    assert list(ManualTag.objects.values_list("tag", "origin")) == [("dry", "survey")]
    kept = Response.objects.get().answers["phone"]
    assert set(kept) == {"sealed", "lookup", "hint"}
    assert kept["hint"].endswith("8001")
    assert "8613800138001" not in str(kept)
    assert "138" not in str(facts("survey_answered"))


def test_a_try_that_missed_something_keeps_what_was_filled_in(anran):
    again = answer(anran.token, {"a_score": "3", "a_skin": "oily", "a_phone": "12<"})
    text = again.content.decode()
    assert again.status_code == 422
    assert "还有 2 道题要看一下" in text
    assert 'value="12&lt;"' in text
    assert 'name="a_skin" value="oily" checked' in text
    assert Response.objects.count() == 0
    assert facts("survey_answered") == []


def test_one_customer_answers_once_whichever_message_asks(anran):
    answer(anran.token)
    second = Invitation.objects.create(
        token="second000000", survey=anran.survey, touch=7, iid=anran.iid, cid=anran.cid, created_us=1
    )
    assert "收到啦" in phone().get("/q/second000000").content.decode()
    answer(second.token, {**FULL, "a_score": "1", "a_why": "慢"})
    assert Response.objects.count() == 1
    published(again=True)
    assert "推荐我们吗" in phone().get("/q/second000000").content.decode()
    answer(second.token, {**FULL, "a_score": "1", "a_why": "慢"})
    assert [row.answers["score"] for row in Response.objects.order_by("id")] == [9, 1]


def test_who_was_shown_an_older_version_answers_that(anran):
    published(questions=[{"key": "rate", "kind": "stars", "label": "几颗星？"}])
    answer(anran.token, {**FULL, "v": "1"})
    row = Response.objects.get()
    assert (row.version.n, row.answers["score"]) == (1, 9)


def test_closed_over_and_early_take_no_answers(anran):
    with store.write():
        writing.close(OWNER, "nps")
    assert (answer(anran.token).status_code, Response.objects.count()) == (410, 0)
    with store.write():
        writing.reopen(OWNER, "nps")
    published(until_day=date(2026, 10, 31))
    assert "问卷已经结束" in phone().get(f"/q/{anran.token}").content.decode()
    published(from_day=date(2026, 11, 2))
    assert "问卷还没有开始" in phone().get(f"/q/{anran.token}").content.decode()
    assert Response.objects.count() == 0


def test_machines_and_colleagues_count_as_nobody(anran, django_user_model):
    phone().head(f"/q/{anran.token}")
    Client(headers={"User-Agent": "curl/8.5.0"}).get(f"/q/{anran.token}")
    assert (Invitation.objects.get().bots, Invitation.objects.get().opened_us) == (2, 0)
    colleague = phone()
    colleague.force_login(django_user_model.objects.create(login="lin", role="manager"))
    colleague.get(f"/q/{anran.token}")
    assert answer(anran.token, client=colleague).status_code == 403
    assert (facts("survey_opened"), Response.objects.count()) == ([], 0)


def test_guesses_are_left_unanswered(survey):
    client = phone()
    seen = {client.get(f"/q/{n:012}").status_code for n in range(40)}
    assert seen == {404, 429}


class TestAnybody:
    def test_the_common_address_takes_unnamed_answers_each_form_once(self, survey, warehouse):
        assert phone().get(f"/q/{survey.token}").status_code == 404
        row = published(anonymous=True)
        first, second = (slip_of(phone().get(f"/q/{row.token}").content.decode()) for _ in range(2))
        for slip in (first, first, second):
            assert answer(row.token, {**FULL, "slip": slip}).status_code == 200
        assert list(Response.objects.values_list("cid", "slip").order_by("id")) == [(None, first), (None, second)]
        assert Survey.objects.get().opens == 2
        assert ManualTag.objects.count() == 0
        loader.load_all()
        said = "SELECT cid, p_survey_score, p_nps_skin FROM event WHERE p_survey = 'nps'"
        assert [tuple(each.values()) for each in warehouse.query(said).to_pylist()] == [(None, 9, "dry")] * 2

    def test_one_address_answers_so_often_in_a_minute(self, survey):
        row = published(anonymous=True)
        seen = [answer(row.token, {**FULL, "slip": f"s{n}"}).status_code for n in range(61)]
        assert seen == [*[200] * 60, 429]
