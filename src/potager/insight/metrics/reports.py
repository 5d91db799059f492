"""Saved charts and dashboards: kept, changed, removed, and as files. Each write records its audit row."""

import difflib
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from potager.core import clock
from potager.core.errors import Conflict, NotFound, Problem
from potager.insight import catalogue
from potager.insight.conditions.tree import problem_of
from potager.insight.files import Planned
from potager.insight.metrics import paths, present
from potager.insight.metrics.plan import make_plan
from potager.insight.metrics.schemas import (
    AskIn,
    ChartOut,
    ChartSpec,
    DashboardSpec,
    FunnelIn,
    ReportList,
    RetentionIn,
)
from potager.insight.models import Chart, Dashboard
from potager.org import audit
from potager.org.access import Actor, require_write

KINDS: Final = ("chart", "dashboard")
Model = TypeVar("Model", bound=BaseModel)
_QUESTIONS: Final[Mapping[str, type[AskIn] | type[FunnelIn] | type[RetentionIn]]] = {
    "metrics": AskIn,
    "funnel": FunnelIn,
    "retention": RetentionIn,
}


def reports() -> ReportList:
    """Every saved chart and dashboard, by key; shipped ones and the house's own alike."""
    boards = [_dashboard(row) for row in Dashboard.objects.order_by("id")]
    charts = [
        ChartOut(**_chart(row).model_dump(), used_by=[board.key for board in boards if row.key in board.charts])
        for row in Chart.objects.order_by("id")
    ]
    return ReportList(charts=charts, dashboards=boards)


def save_chart(actor: Actor, spec: ChartSpec) -> None:
    """Keep a chart, new or changed.

    Raises Problem with the place in its question when it cannot be asked of this house.
    """
    require_write(actor)
    check(spec)
    _, created = Chart.objects.update_or_create(key=spec.key, defaults=spec.model_dump(exclude={"key"}))
    audit.record(actor, f"chart.{'create' if created else 'change'}", f"chart:{spec.key}", {"question": spec.question})


def save_dashboard(actor: Actor, spec: DashboardSpec) -> None:
    """Keep a dashboard, new or changed.

    Raises Problem naming a chart there is none of, or one that stands in it twice.
    """
    require_write(actor)
    known = set(Chart.objects.values_list("key", flat=True))
    for i, key in enumerate(spec.charts):
        if key not in known or key in spec.charts[:i]:
            raise Problem(
                "report.chart",
                zh=f"没有报表「{key}」，或它在看板里出现了两次",
                en=f"There is no chart “{key}”, or it stands in the dashboard twice",
                place=f"charts[{i}]",
            )
    _, created = Dashboard.objects.update_or_create(key=spec.key, defaults=spec.model_dump(exclude={"key"}))
    verb = "create" if created else "change"
    audit.record(actor, f"dashboard.{verb}", f"dashboard:{spec.key}", {"charts": spec.charts})


def remove_chart(actor: Actor, key: str) -> None:
    """Raises NotFound, or Conflict while a dashboard shows it."""
    require_write(actor)
    row = chart(key)
    boards = [board.name_zh for board in Dashboard.objects.order_by("id") if key in board.charts]
    if boards:
        raise Conflict(
            "report.used",
            zh=f"看板「{'」「'.join(boards)}」里还有这张报表，请先移出",
            en=f"A dashboard still shows this chart ({', '.join(boards)}): take it out first",
            place="key",
        )
    row.delete()
    audit.record(actor, "chart.remove", f"chart:{key}")


def remove_dashboard(actor: Actor, key: str) -> None:
    """Its charts stay. Raises NotFound."""
    require_write(actor)
    row = Dashboard.objects.filter(key=key).first()
    if row is None:
        raise NotFound("看板", "dashboard", key)
    row.delete()
    audit.record(actor, "dashboard.remove", f"dashboard:{key}")


def chart(key: str) -> Chart:
    """Raises NotFound."""
    row = Chart.objects.filter(key=key).first()
    if row is None:
        raise NotFound("报表", "chart", key)
    return row


def check(spec: ChartSpec) -> None:
    """The question can be asked here. Raises Problem with its place below "question"."""
    fields, known = catalogue.load(), clock.now()
    try:
        body = _read(_QUESTIONS[spec.kind], spec.question)
        match body:
            case AskIn():
                make_plan(present.question_of(body, fields, known), fields)
            case FunnelIn():
                paths.bind_funnel(body, known, fields)
            case RetentionIn():
                paths.bind_retention(body, known, fields)
    except Problem as problem:
        place = f"question.{problem.place}".rstrip(".")
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=place) from problem


def read(document: Mapping[str, Any]) -> ChartSpec | DashboardSpec:
    """A document of kind chart or dashboard. In a file `kind` says what it is; which question a chart holds is `asks`.

    Raises Problem with the place of the mistake.
    """
    body = {key: value for key, value in document.items() if key != "kind"}
    if document.get("kind") == "chart":
        return _read(ChartSpec, {"kind": body.pop("asks", "metrics"), **body})
    return _read(DashboardSpec, body)


def plan(document: Mapping[str, Any]) -> Planned:
    """Compare a document with what is stored."""
    spec, kind = read(document), str(document["kind"])
    stored = _stored(kind, spec.key)
    if stored is None:
        return Planned(kind, spec.key, "new", _written(kind, spec))
    if stored == spec:
        return Planned(kind, spec.key, "unchanged", "")
    lines = difflib.unified_diff(
        _written(kind, stored).splitlines(), _written(kind, spec).splitlines(), "stored", "file", lineterm="", n=2
    )
    return Planned(kind, spec.key, "changed", "\n".join(lines))


def apply(actor: Actor, document: Mapping[str, Any]) -> Planned:
    """Store a document of kind chart or dashboard, unless it is stored just so."""
    planned = plan(document)
    if planned.change != "unchanged":
        match read(document):
            case ChartSpec() as spec:
                save_chart(actor, spec)
            case DashboardSpec() as board:
                save_dashboard(actor, board)
    return planned


def export(kind: str, key: str) -> str:
    """The stored chart or dashboard as YAML, ready to be applied again. Raises NotFound."""
    stored = _stored(kind, key)
    if stored is None:
        raise NotFound("定义", "definition", f"{kind}:{key}")
    return _written(kind, stored)


def _stored(kind: str, key: str) -> ChartSpec | DashboardSpec | None:
    if kind == "chart":
        row = Chart.objects.filter(key=key).first()
        return None if row is None else _chart(row)
    board = Dashboard.objects.filter(key=key).first()
    return None if board is None else _dashboard(board)


def _written(kind: str, spec: ChartSpec | DashboardSpec) -> str:
    body = {
        name: value
        for name, value in spec.model_dump(mode="json").items()
        if value != type(spec).model_fields[name].default
    }
    if kind == "chart" and "kind" in body:
        body["asks"] = body.pop("kind")
    return yaml.safe_dump({"kind": kind, **body}, allow_unicode=True, sort_keys=False, width=120)


def _read(model: type[Model], written: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise problem_of(error, written) from error


def _chart(row: Chart) -> ChartSpec:
    return ChartSpec.model_validate({name: getattr(row, name) for name in ChartSpec.model_fields})


def _dashboard(row: Dashboard) -> DashboardSpec:
    return DashboardSpec.model_validate({name: getattr(row, name) for name in DashboardSpec.model_fields})
