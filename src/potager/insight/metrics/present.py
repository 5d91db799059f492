"""Questions as they come over HTTP and the command line, answers as they go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from potager.core import clock, house
from potager.core.errors import Problem
from potager.insight import catalogue
from potager.insight.conditions import Bound, bind_rule
from potager.insight.conditions.base import Words as Naming
from potager.insight.conditions.logic import say
from potager.insight.fields import Fields, nearest
from potager.insight.metrics import measures as declared
from potager.insight.metrics.answer import Answer, Level, Row, answer
from potager.insight.metrics.cuts import groups_of, labels
from potager.insight.metrics.dimensions import DIMENSIONS
from potager.insight.metrics.periods import Period, checked
from potager.insight.metrics.plan import WHOLE, Question, cuttable
from potager.insight.metrics.schemas import (
    AnswerOut,
    AskIn,
    DimensionOut,
    FocusIn,
    FunnelIn,
    LevelOut,
    MeasureOut,
    MetricCatalog,
    Option,
    RetentionIn,
    RowOut,
    Wording,
)
from potager.insight.metrics.terms import Dimension, Measure, Words
from potager.insight.moment import CALENDAR, Moment, bounds_of, days_of
from potager.org.models import Department, Staff, Store
from potager.people.models import Source

DAYS = 30


def asked(body: AskIn, language: str) -> AnswerOut:
    """Answer a question.

    Raises Problem("metrics.query"), Problem("metrics.period") or Problem("insight.condition") with the place in it.
    """
    fields, known = catalogue.load(), clock.as_of(body.as_of)
    question = question_of(body, fields, known)
    return _out(answer(question, known, fields), fields, body.limit, language)


def question_of(body: AskIn, fields: Fields, known: datetime) -> Question:
    """The question bound to this house."""
    span = span_of(body, known, fields.zone)
    return Question(tuple(body.measures), tuple(body.by), span, condition_of(body.where, fields), body.compare)


def span_of(body: AskIn | FunnelIn | RetentionIn | FocusIn, known: datetime, zone: ZoneInfo) -> Period:
    """The days asked about: until the day of the answer at most, 30 of them by default.

    Raises Problem("metrics.period").
    """
    today = clock.business_date(known)
    if body.period is None:
        last = min(body.end or today, today)
        return checked(body.start or last - timedelta(days=DAYS - 1), last)
    if not (days_of(body.period) or body.period in CALENDAR):
        close = nearest(body.period, CALENDAR)
        raise Problem(
            "metrics.period",
            zh=f"没有时间段「{body.period}」" + (f"，是不是「{close}」？" if close else "，例如 30d、last_month"),
            en=f"There is no period “{body.period}”"
            + (f"; did you mean “{close}”?" if close else "; try 30d, last_month"),
            place="period",
        )
    bounds = bounds_of(body.period, Moment(known, zone))
    return checked(bounds.first or today, min(bounds.last or today, today))


def condition_of(written: Mapping[str, object] | None, fields: Fields) -> "Bound | None":
    """A condition as written in a question. Places of its mistakes begin with "where"."""
    if written is None:
        return None
    try:
        return bind_rule(written, fields)
    except Problem as problem:
        place = f"where.{problem.place}".rstrip(".")
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=place) from problem


def sentence_of(where: "Bound | None", fields: Fields, language: str) -> str:
    return "" if where is None else say(where, Naming(language, fields))


def catalog(fields: Fields) -> MetricCatalog:
    """Everything a question may name in this house."""
    return MetricCatalog(
        measures=[measure_out(each) for each in declared.offered()],
        dimensions=[_dimension(each, fields) for each in DIMENSIONS.values()],
    )


def measure_out(measure: Measure) -> MeasureOut:
    return MeasureOut(
        key=measure.key,
        name=said(measure.name),
        unit=measure.unit,
        line=said(measure.line),
        time=said(measure.time),
        cuts=list(cuttable(measure)),
    )


def level_out(level: Level) -> LevelOut:
    ratio = level.ratio
    return LevelOut(
        value=level.value,
        numerator=ratio and ratio.numerator,
        denominator=ratio and ratio.denominator,
        why=said(level.why) if level.why else None,
    )


def said(words: Words) -> Wording:
    return Wording(zh=words.zh, en=words.en)


def names() -> dict[str, dict[str, Words]]:
    """What staff, departments, stores and sources are called."""
    return {
        "staff": {key: Words(name, name) for key, name in Staff.objects.values_list("key", "name")},
        "department": {key: Words(name, name) for key, name in Department.objects.values_list("key", "name")},
        "store": {key: Words(name, name) for key, name in Store.objects.values_list("key", "name")},
        "source": {key: Words(zh, en or zh) for key, zh, en in Source.objects.values_list("key", "name_zh", "name_en")},
    }


def _dimension(each: Dimension, fields: Fields) -> DimensionOut:
    return DimensionOut(
        key=each.key,
        name=said(each.name),
        line=said(each.line),
        takes=said(each.takes) if each.takes else None,
        absent=said(each.absent) if each.absent else None,
        options=[Option(key=key, name=said(name)) for key, name in groups_of(each.key, fields).items()],
    )


def _out(found: Answer, fields: Fields, limit: int, language: str) -> AnswerOut:
    plan = found.plan
    span, before = plan.question.span, plan.question.span.before() if plan.question.compare else None
    called = labels(plan.cuts, fields, names())
    return AnswerOut(
        as_of=found.as_of,
        start=span.start,
        end=span.end,
        before_start=before and before.start,
        before_end=before and before.end,
        currency=house.facts().currency,
        measures=[measure_out(each) for each in plan.measures],
        by=list(plan.question.by),
        rows=[_row(row, found) for row in found.rows[:limit]],
        whole=_row(found.whole, found),
        more=max(0, len(found.rows) - limit),
        labels={key: {value: said(name) for value, name in some.items()} for key, some in called.items()},
        sentence=sentence_of(plan.question.where, fields, language),
    )


def _row(row: Row, found: Answer) -> RowOut:
    plan = found.plan
    values: dict[str, str | None] = {cut.key: value for cut, value in zip(plan.cuts, row.cell, strict=False)}
    if plan.grain and row.period != WHOLE:
        values[plan.grain] = row.period
    keys = [each.key for each in plan.measures]
    return RowOut(
        by={key: values[key] for key in plan.question.by if key in values},
        now=dict(zip(keys, map(level_out, row.now), strict=True)),
        before=None if row.before is None else dict(zip(keys, map(level_out, row.before), strict=True)),
    )
