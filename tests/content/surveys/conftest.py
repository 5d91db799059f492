"""A survey, and people who answer it."""

from collections.abc import Iterator

import pytest

from potager.content.surveys import personal, writing
from potager.content.surveys.models import Invitation, Survey
from potager.content.surveys.pages import unnamed
from potager.content.surveys.specs import SurveySpec
from potager.core import store
from potager.insight.models import TagDefinition
from potager.people import attributes
from potager.people.models import Customer
from tests.content.links.conftest import OWNER, _no_guesses, facts, heard, person, phone  # noqa: F401  (fixtures)

QUESTIONS = [
    {"key": "score", "kind": "scale", "label": "您愿意向朋友推荐我们吗？", "low": "不愿意", "high": "非常愿意"},
    {
        "key": "why",
        "kind": "text",
        "label": "哪里让您失望？",
        "show_if": {"question": "score", "any": [0, 1, 2, 3, 4, 5, 6]},
    },
    {
        "key": "skin",
        "kind": "single",
        "label": "您的肤质",
        "attribute": "skin_type",
        "options": [
            {"key": "dry", "label": "干皮", "tag": {"tag": "dry"}},
            {"key": "oily", "label": "油皮"},
        ],
    },
    {"key": "phone", "kind": "phone", "label": "手机号", "optional": True},
]
FULL = {"a_score": "9", "a_skin": "dry", "a_phone": "138 0013 8001"}


@pytest.fixture(autouse=True)
def _no_crowd() -> Iterator[None]:
    unnamed.forget()
    yield
    unnamed.forget()


@pytest.fixture
def known(house) -> None:
    """The tag and the attribute the survey fills."""
    with store.write():
        attributes.define(OWNER, "skin_type", name_zh="肤质", kind="text")
    TagDefinition.objects.create(key="dry", name_zh="干皮", source="manual")


@pytest.fixture
def survey(known) -> Survey:
    return published()


def spec(key: str = "nps", **more: object) -> SurveySpec:
    return SurveySpec.model_validate(
        {"key": key, "title": "一分钟问卷", "questions": QUESTIONS, "thanks": "收到啦", **more}
    )


def published(key: str = "nps", **more: object) -> Survey:
    with store.write():
        writing.save_draft(OWNER, spec(key, **more))
        return writing.publish(OWNER, key)


def invited(customer: Customer, key: str = "nps") -> Invitation:
    """The invitation a colleague gave this customer."""
    with store.write():
        url = personal.hand_out(OWNER, key, customer)
    return Invitation.objects.get(token=url.rsplit("/", 1)[1])
