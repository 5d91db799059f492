"""surveys.personal: each person their own invitation, made with the message; journeys start and wait by its answer."""

import re

import pytest

from potager import assembly
from potager.content.surveys import personal, writing
from potager.content.surveys.follow import on_entries
from potager.content.surveys.models import Invitation, Response
from potager.core import journal, store
from potager.core.errors import Conflict, Problem
from potager.core.journal import Entry, Fact
from potager.touch.models import Touch
from tests.content.links.conftest import phone
from tests.content.surveys.conftest import FULL, OWNER, invited, person, published, spec
from tests.journeys.conftest import Garden, garden, problems  # noqa: F401  (a fixture)

LETTER = {"id": "ask", "message": {"text": "想听听您的想法：{问卷:nps}", "purpose": "service"}}


@pytest.fixture
def served(garden: Garden) -> Garden:  # noqa: F811
    journal.set_subscribers(assembly.SUBSCRIBERS)
    published(questions=spec().model_dump(mode="json", exclude_defaults=True)["questions"][:1])
    return garden


def test_a_journey_asks_waits_for_the_answer_and_another_starts_by_the_score(served):
    answered = {"event": "survey_answered", "where": [{"prop": "survey", "value": "nps"}]}
    served.publish(
        steps=[
            LETTER,
            {"id": "look", "wait": {"for": "2d", "or_event": answered}},
            {"id": "ok", "message": {"text": "谢谢您的回答", "purpose": "service"}},
        ]
    )
    unhappy = {"prop": "nps_score", "op": "lte", "value": 6}
    served.publish(
        key="rescue",
        triggers=[{"event": "survey_answered", "where": [unhappy]}],
        steps=[{"id": "sorry", "message": {"text": "对不起，我们马上联系您", "purpose": "service"}}],
    )
    one, other = served.person(), served.person()
    for cid in (one, other):
        served.tell("friend_added", cid, staff="chen")
    served.later(seconds=1)
    served.send()
    for cid, score in ((one, "3"), (other, "9")):
        invitation = Invitation.objects.get(cid=cid)
        assert invitation.token in Touch.objects.get(cid=cid).text
        assert (invitation.journey, invitation.sent_us > 0) == ("welcome", True)
        phone().post(f"/q/{invitation.token}", {"a_score": score})
    served.later(minutes=1)
    assert set(served.texts(one)[1:]) == {"谢谢您的回答", "对不起，我们马上联系您"}
    assert served.texts(other)[1:] == ["谢谢您的回答"]


def test_an_opened_survey_is_a_click_of_its_message(served):
    served.publish(steps=[LETTER])
    cid = served.person()
    served.tell("friend_added", cid, staff="chen")
    served.later(seconds=1)
    served.send()
    phone().get(f"/q/{Invitation.objects.get().token}")
    assert Touch.objects.get(cid=cid).state == "clicked"


def test_a_journey_that_names_a_survey_not_published_is_not_published(served):
    assert problems(steps=[LETTER]) == []
    with store.write():
        writing.close(OWNER, "nps")
    assert problems(steps=[LETTER]) == [("survey.unknown", "steps.ask.message.text")]


def test_a_survey_nobody_answers_keeps_its_message_back(survey):
    assert personal.post(["{survey:nps}{问卷：nps}"]).letter(real=False).url("nps") == "http://127.0.0.1:8000/q/…"
    with store.write():
        writing.close(OWNER, "nps")
    assert personal.post(["{survey:nps}"]).letter(real=True).url("nps") is None
    with pytest.raises(Conflict) as caught:
        invited(person())
    assert caught.value.code == "survey.closed"
    with pytest.raises(Problem) as caught:
        personal.check("{survey:nps}", "text")
    assert (caught.value.code, caught.value.place) == ("survey.unknown", "text")


def test_by_hand_it_is_the_same_address_each_time(survey):
    one = person()
    assert invited(one).pk == invited(one).pk
    assert re.fullmatch(r"\w{12}", Invitation.objects.get().token)


def test_invitations_and_answers_go_where_their_person_goes(survey, house):
    invitation = invited(person())
    phone().post(f"/q/{invitation.token}", FULL)
    fact = Fact("identity", "identity_moved", "people", "m1", house, {}, iid=invitation.iid, cid=99)
    on_entries([Entry(1, fact.key, fact)])
    assert (Invitation.objects.get().cid, Response.objects.get().cid) == (99, 99)
