"""Journeys as HTTP and the command line show them."""

from collections.abc import Sequence
from typing import Literal

from potager.core.errors import Problem
from potager.core.journal import from_us
from potager.insight import catalogue, conditions
from potager.insight.fields import Fields
from potager.journeys import checks, knowing, live, queries
from potager.journeys.graph import Definition, Step
from potager.journeys.models import Journey, Run, RunStep, State
from potager.journeys.nodes.message import RUN_VARIABLES
from potager.journeys.parts import Json
from potager.journeys.publish_schemas import OverdueOut, OverdueStepOut
from potager.journeys.queries import Place, Traffic
from potager.journeys.schemas import (
    Edge,
    JourneyDetail,
    JourneyRow,
    Node,
    ProblemOut,
    RefusedOut,
    RunOut,
    StuckOut,
    Trace,
    TraceMark,
    TraceStep,
    TraceTouch,
    VariableOut,
    VersionOut,
    VersionResult,
)
from potager.people.models import Customer
from potager.touch.models import Touch

Showing = Literal["live", "draft", "version"]


def rows() -> list[JourneyRow]:
    """All journeys with their traffic."""
    traffic = queries.traffic()
    return [row(journey, traffic.get(journey.pk, Traffic())) for journey in queries.journeys()]


def row(journey: Journey, traffic: Traffic) -> JourneyRow:
    written = journey.live.definition if journey.live is not None else journey.draft or {}
    return JourneyRow.of(journey, traffic, written)


def detail(journey: Journey, language: str, *, draft: bool = False, version: int | None = None) -> JourneyDetail:
    """The canvas: a definition without positions, and the people at its steps."""
    showing, definition = _shown(journey, draft=draft, version=version)
    places = queries.places(journey)
    return JourneyDetail(
        journey=row(journey, queries.traffic().get(journey.pk, Traffic())),
        definition=definition.canonical(),
        showing=showing,
        nodes=[_node(step, places.get(step.id, Place())) for step in definition.steps],
        edges=[
            Edge(frm=step.id, to=to, label=label) for step in definition.steps for to, label in definition.edges(step)
        ],
        ahead=queries.ahead(journey),
        late=queries.late(journey, knowing.loaded_seq()),
        stuck=[StuckOut.of(row, people, language) for row, people in queries.stuck(journey)],
        refused=[RefusedOut(reason=reason, n=n) for reason, n in queries.refused(journey)],
        broken=_broken(journey, language),
        versions=[
            VersionOut(n=each.n, published_at=each.published_at, published_by=each.published_by)
            for each in journey.versions.order_by("-n")
        ],
    )


def _broken(journey: Journey, language: str) -> list[ProblemOut]:
    used = queries.versions_in_use(Journey.objects.filter(id=journey.pk).exclude(state=State.STOPPED))
    found = [
        ProblemOut.of(problem, language)
        for definition in live.definitions_of([version.pk for version in used]).values()
        for problem in checks.problems(definition)
    ]
    return [problem for n, problem in enumerate(found) if problem not in found[:n]]


def runs(found: Sequence[Run]) -> list[RunOut]:
    """Passages with the names of their customers and steps."""
    names = dict(Customer.objects.filter(id__in={run.subject_id for run in found}).values_list("id", "name"))
    definitions = live.definitions_of({run.version_id for run in found})
    return [
        RunOut.of(run, names.get(run.subject_id, ""), _title(definitions[run.version_id], run.step)) for run in found
    ]


def trace(run: Run, language: str) -> Trace:
    """Every decision of a passage with what it was decided on."""
    definition = live.definitions_of([run.version_id])[run.version_id]
    fields = catalogue.load()
    touches = {(touch.step, touch.visit): touch for touch in queries.touches(run)}
    return Trace(
        run=runs([run])[0],
        steps=[
            _trace_step(passage, definition, touches.get((passage.step, passage.visit)), fields, language)
            for passage in queries.passages(run)
        ],
    )


def overdue(journey: Journey) -> OverdueOut:
    """Who became due in a pause, by step."""
    found = queries.overdue(journey)
    definitions = live.definitions_of({each.version for each in found})
    return OverdueOut(
        paused_at=journey.paused_at,
        people=sum(each.people for each in found),
        steps=[
            OverdueStepOut(
                step=each.step,
                title=_title(definitions[each.version], each.step),
                people=each.people,
                oldest=from_us(each.oldest_us),
            )
            for each in found
        ],
    )


def version_results(journey: Journey) -> list[VersionResult]:
    return [VersionResult.of_version(n, counts) for n, counts in queries.version_results(journey)]


def variables() -> list[VariableOut]:
    """What a message may say, with and without default."""
    built_in = {
        "customer_name": ("客户昵称", "customer's name"),
        "staff_name": ("员工姓名", "staff member's name"),
        "store_name": ("门店", "store"),
        "product_name": RUN_VARIABLES["product_name"],
        "order_amount": RUN_VARIABLES["order_amount"],
    }
    attributes = {key: (field.label("zh"), field.label("en")) for key, field in catalogue.load().attrs.items()}
    return [VariableOut(name=name, zh=zh, en=en) for name, (zh, en) in {**built_in, **attributes}.items()]


def _shown(journey: Journey, *, draft: bool, version: int | None) -> tuple[Showing, Definition]:
    if version is not None:
        stored = queries.version_of(journey, version)
        return "version", live.definitions_of([stored.pk])[stored.pk]
    if journey.live is None or (draft and journey.draft is not None):
        return "draft", checks.read(journey.draft)
    return "live", live.definitions_of([journey.live.pk])[journey.live.pk]


def _node(step: Step, place: Place) -> Node:
    return Node(
        id=step.id,
        kind=step.kind,
        title=step.title,
        line=step.node.line(),
        here=place.here,
        passed=place.passed,
        dropped=place.dropped,
    )


def _title(definition: Definition, step_id: str) -> str:
    step = definition.by_id.get(step_id)
    return step.title if step is not None else ""


def _trace_step(
    passage: RunStep, definition: Definition, touch: Touch | None, fields: Fields, language: str
) -> TraceStep:
    return TraceStep(
        step=passage.step,
        title=_title(definition, passage.step),
        kind=passage.kind,
        at=from_us(passage.at_us),
        outcome=passage.outcome,
        sentence=_sentence(passage.detail.get("if"), fields, language),
        detail=passage.detail,
        touch=_touch(touch) if touch is not None else None,
    )


def _sentence(condition: Json | None, fields: Fields, language: str) -> str:
    if condition is None:
        return ""
    try:
        return conditions.sentence(conditions.parse(condition), language, fields)
    except Problem:
        # A name the condition speaks of may be gone since; the stored condition is still in the detail.
        return ""


def _touch(touch: Touch) -> TraceTouch:
    return TraceTouch(
        id=touch.pk,
        state=touch.state,
        rule=touch.rule,
        channel=touch.channel,
        sender=touch.sender,
        text=touch.text,
        due=from_us(touch.due_us),
        marks=[
            TraceMark(state=mark.state, at=from_us(mark.at_us), reason=mark.reason)
            for mark in sorted(touch.marks.all(), key=lambda mark: mark.at_us)
        ],
    )
