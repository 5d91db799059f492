"""surveys.writing and files: drafts change nothing for customers; what is published never changes."""

import pytest
import yaml

from potager.content.surveys import files, queries, writing
from potager.content.surveys.models import Survey, SurveyVersion
from potager.core import store
from potager.core.errors import Conflict, Forbidden, Problem
from potager.facts import plan
from potager.org.access import Actor
from potager.org.models import AuditRow, Role
from potager.people import attributes
from tests.content.surveys.conftest import OWNER, QUESTIONS, published, spec


def test_a_draft_is_asked_when_it_is_published_and_versions_stay(survey):
    first = SurveyVersion.objects.get()
    with store.write():
        row = writing.save_draft(OWNER, spec(title="两分钟问卷"))
    assert (row.version_id, queries.current(row).title, queries.spec_of(row.version).title) == (
        first.pk,
        "两分钟问卷",
        "一分钟问卷",
    )
    with store.write():
        row = writing.publish(OWNER, "nps")
    assert [(each.n, each.definition["title"]) for each in row.versions.order_by("n")] == [
        (1, "一分钟问卷"),
        (2, "两分钟问卷"),
    ]
    with pytest.raises(Conflict) as caught, store.write():
        writing.publish(OWNER, "nps")
    assert caught.value.code == "survey.same"
    with store.write():
        assert writing.save_draft(OWNER, spec(title="两分钟问卷")).draft is None
    found = AuditRow.objects.filter(subject="survey:nps").order_by("id").values_list("action", flat=True)
    assert list(found) == [
        *("survey.create", "survey.publish", "survey.edit", "survey.publish", "survey.edit"),
    ]


def test_its_questions_are_properties_of_the_fact_and_personal_ones_are_not(survey):
    known = {each.key: each.kind for each in plan.events()["survey_answered"].properties}
    assert {key: kind for key, kind in known.items() if key.startswith("nps_")} == {
        "nps_score": "integer",
        "nps_skin": "text",
    }


CHOICE = {"key": "one", "kind": "single", "label": "题"}
AB = [{"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}]


@pytest.mark.parametrize(
    ("questions", "code", "place"),
    [
        ([], "survey.empty", "questions"),
        ([{**CHOICE, "options": AB[:1]}], "survey.options", "questions.0.options"),
        ([{**CHOICE, "options": [AB[0], AB[0]]}], "survey.options", "questions.0.options"),
        ([{**CHOICE, "kind": "text", "options": AB}], "survey.options", "questions.0.options"),
        ([QUESTIONS[0], QUESTIONS[0]], "survey.twice", "questions.1.key"),
        ([QUESTIONS[1], QUESTIONS[0]], "survey.show_if", "questions.0.show_if.question"),
        (
            [QUESTIONS[0], {**QUESTIONS[1], "show_if": {"question": "score", "any": [11]}}],
            "survey.show_if",
            "questions.1.show_if.any",
        ),
        ([{**QUESTIONS[0], "attribute": "nothing"}], "survey.attribute", "questions.0.attribute"),
        ([{**QUESTIONS[3], "attribute": "skin_type"}], "survey.personal", "questions.0.attribute"),
        ([{**QUESTIONS[0], "attribute": "birthday"}], "survey.attribute", "questions.0.attribute"),
        (
            [{**CHOICE, "options": [{**AB[0], "tag": {"tag": "nothing"}}, AB[1]]}],
            "not_found",
            "questions.0.options.0.tag",
        ),
    ],
)
def test_what_cannot_be_asked_is_not_published(known, questions, code, place):
    with store.write():
        attributes.define(OWNER, "birthday", name_zh="生日", kind="date")
    with pytest.raises(Problem) as caught:
        published(questions=questions)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert not SurveyVersion.objects.exists()


def test_a_question_keeps_its_kind(survey):
    with pytest.raises(Problem) as caught:
        published(questions=[{**QUESTIONS[0], "kind": "stars"}])
    assert (caught.value.code, caught.value.place) == ("survey.kind", "questions.0.kind")


def test_who_only_reads_writes_nothing(known):
    with pytest.raises(Forbidden), store.write():
        writing.save_draft(Actor("v", Role.READ_ONLY), spec())
    assert not Survey.objects.exists()


def test_a_survey_goes_out_as_a_file_and_comes_back_the_same(survey):
    written = yaml.safe_load(files.export("nps"))
    assert written["kind"] == "survey"
    assert files.plan(written).change == "unchanged"
    with store.write():
        assert files.apply(OWNER, written).change == "unchanged"
        changed = files.apply(OWNER, {**written, "title": "新问卷"})
    assert changed.change == "changed"
    assert "+title: 新问卷" in changed.diff
    assert files.plan({**written, "key": "other"}).change == "new"
    with pytest.raises(Problem) as caught:
        files.plan({**written, "questions": [{"key": "A"}]})
    assert (caught.value.code, caught.value.place) == ("survey.definition", "questions.0.key")
