"""Surveys: edited, published, closed and opened again. What was published never changes."""

from collections.abc import Iterator

from potager.content.links.addresses import new_token
from potager.content.models import Script
from potager.content.surveys.models import Survey, SurveyVersion
from potager.content.surveys.queries import current, spec_of, survey
from potager.content.surveys.specs import SurveyQuestion, SurveySpec, problems, property_of
from potager.core import clock
from potager.core.errors import Conflict, Problem
from potager.facts import plan
from potager.facts.models import PropertyKind
from potager.insight import tags
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.people import attributes
from potager.people.models import Attribute

ANSWERED = "survey_answered"
_KINDS = {
    "single": PropertyKind.TEXT,
    "multiple": PropertyKind.TEXT,
    "scale": PropertyKind.INTEGER,
    "stars": PropertyKind.INTEGER,
    "number": PropertyKind.NUMBER,
    "date": PropertyKind.DATE,
}
# Which attributes can hold the answers to a kind of question; choices are told by their labels.
_HOLDS = {
    "single": {"text", "choice"},
    "multiple": {"text"},
    "scale": {"number", "text"},
    "stars": {"number", "text"},
    "number": {"number", "text"},
    "date": {"date", "text"},
    "text": {"text"},
    "phone": {"text"},
}


def create(actor: Actor, spec: SurveySpec) -> Survey:
    """A survey nobody answers yet. Raises Conflict("survey.taken") for a key there is already."""
    require_write(actor)
    if Survey.objects.filter(key=spec.key).exists():
        raise Conflict("survey.taken", zh=f"已有问卷「{spec.key}」", en=f"There is a survey “{spec.key}”", place="key")
    return save_draft(actor, spec)


def save_draft(actor: Actor, spec: SurveySpec) -> Survey:
    """Keep what is being edited, complete or not; customers see it when it is published. A draft equal to what is
    published is none."""
    require_write(actor)
    row = Survey.objects.select_related("version").filter(key=spec.key).first()
    made = row is None
    row = row or Survey(key=spec.key, token=new_token())
    row.draft = None if row.version is not None and row.version.hash == spec.hash else spec.canonical()
    _changed(actor, row, spec.title, "survey.create" if made else "survey.edit")
    return row


def publish(actor: Actor, key: str) -> Survey:
    """Ask this from now on; answers to earlier versions stay what they are.

    Raises the first Problem that keeps it from being asked, Conflict("survey.same") when nothing was changed.
    """
    require_write(actor)
    row = Survey.objects.select_for_update().get(id=survey(key).pk)
    if row.draft is None:
        raise Conflict("survey.same", zh="没有需要发布的修改", en="There is nothing new to publish")
    spec = current(row)
    for problem in (*problems(spec), *_unfit(spec)):
        raise problem
    for question in spec.questions:
        if not question.is_sealed and question.kind in _KINDS:
            name = f"{spec.title}：{question.label}"[:100]
            plan.define_property(
                actor, ANSWERED, property_of(key, question.key), zh=name, kind=_KINDS[question.kind], personal=False
            )
    last = row.versions.order_by("-n").first()
    row.version = SurveyVersion.objects.create(
        survey=row,
        n=last.n + 1 if last else 1,
        definition=row.draft,
        hash=spec.hash,
        published_at=clock.now(),
        published_by=actor.login,
    )
    row.draft = None
    _changed(actor, row, spec.title, "survey.publish", {"version": row.version.n})
    return row


def close(actor: Actor, key: str) -> Survey:
    """Let nobody answer any more; what was answered stays."""
    return _toggle(actor, key, closed=True)


def reopen(actor: Actor, key: str) -> Survey:
    """Let it be answered again."""
    return _toggle(actor, key, closed=False)


def _toggle(actor: Actor, key: str, *, closed: bool) -> Survey:
    require_write(actor)
    row = survey(key)
    if (row.closed_at is not None) != closed:
        row.closed_at = clock.now() if closed else None
        _changed(actor, row, row.title, "survey.close" if closed else "survey.reopen")
    return row


def _changed(actor: Actor, row: Survey, title: str, action: str, detail: dict[str, object] | None = None) -> None:
    row.title, row.changed_at, row.changed_by = title, clock.now(), actor.login
    row.save()
    audit.record(actor, action, f"survey:{row.key}", detail)


def _unfit(spec: SurveySpec) -> Iterator[Problem]:
    """What a survey names that is not there, or cannot take its answers."""
    if spec.incentive and spec.incentive.script and not Script.objects.filter(key=spec.incentive.script).exists():
        yield Problem(
            "survey.script",
            zh=f"没有话术「{spec.incentive.script}」：请换一条，或留空",
            en=f"There is no script “{spec.incentive.script}”: name another, or none",
            place="incentive.script",
        )
    declared = attributes.declared()
    for n, question in enumerate(spec.questions):
        yield from _attribute(question, declared, f"questions.{n}.attribute")
        for m, option in enumerate(question.options):
            if option.tag is not None:
                yield from _tag(option.tag.tag, option.tag.value, f"questions.{n}.options.{m}.tag")
    yield from _properties(spec)


def _attribute(question: SurveyQuestion, declared: dict[str, Attribute], place: str) -> Iterator[Problem]:
    if not question.attribute:
        return
    attribute = declared.get(question.attribute)
    if attribute is None:
        yield Problem(
            "survey.attribute",
            zh=f"没有客户属性「{question.attribute}」：请先新建",
            en=f"There is no customer attribute “{question.attribute}”: declare it first",
            place=place,
        )
    elif question.is_sealed and not attribute.personal:
        yield Problem(
            "survey.personal",
            zh=f"这道题的答案是个人信息，只能写进标为个人信息的属性；「{attribute.name_zh}」不是",
            en=f"Its answers are personal, and “{attribute.key}” is no personal attribute",
            place=place,
        )
    elif attribute.kind not in _HOLDS[question.kind]:
        yield Problem(
            "survey.attribute",
            zh=f"「{attribute.name_zh}」存不下这种题的答案：请换一个属性",
            en=f"The attribute “{attribute.key}” cannot hold such answers: choose another",
            place=place,
        )
    elif attribute.kind == "choice" and (
        strange := [o.label for o in question.options if o.label not in attribute.options]
    ):
        yield Problem(
            "survey.attribute",
            zh=f"属性「{attribute.name_zh}」没有选项「{strange[0]}」：请把两边写成一样",
            en=f"The attribute “{attribute.key}” has no choice “{strange[0]}”: write both the same",
            place=place,
        )


def _tag(tag: str, value: str | None, place: str) -> Iterator[Problem]:
    try:
        tags.check(tag, value)
    except Problem as problem:
        yield Problem(problem.code, zh=problem.zh, en=problem.en, place=place, status=problem.status)


def _properties(spec: SurveySpec) -> Iterator[Problem]:
    """A question that was asked in another way before needs a key of its own: its answers have another kind."""
    asked = {
        question.key: question.kind
        for version in SurveyVersion.objects.filter(survey__key=spec.key)
        for question in spec_of(version).questions
    }
    for n, question in enumerate(spec.questions):
        if asked.get(question.key, question.kind) != question.kind:
            yield Problem(
                "survey.kind",
                zh=f"「{question.label}」换了题型：请删掉它，新加一题，旧答案才不会混在一起",
                en=f"“{question.label}” changed its kind: delete it and add a question, so that answers do not mix",
                place=f"questions.{n}.kind",
            )
