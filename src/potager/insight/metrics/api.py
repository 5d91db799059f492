"""Metrics, funnels and retention over HTTP."""

from django.http import HttpRequest
from ninja import Router, Status

from potager.core import store
from potager.insight import catalogue
from potager.insight.metrics import paths, present, reports
from potager.insight.metrics.schemas import (
    AnswerOut,
    AskIn,
    ChartOut,
    ChartSpec,
    DashboardSpec,
    FocusIn,
    FocusOut,
    FunnelIn,
    FunnelOut,
    MetricCatalog,
    ReportList,
    RetentionIn,
    RetentionOut,
)
from potager.insight.present import language_of
from potager.org.access import actor_of, require_all

router = Router(tags=["metrics"])


@router.get("/catalog", response=MetricCatalog, summary="Measures and dimensions, with their definitions")
def get_metric_catalog(request: HttpRequest) -> MetricCatalog:
    require_all(actor_of(request))
    return present.catalog(catalogue.load())


@router.post("/query", response=AnswerOut, summary="Measures of a span, cut, narrowed and compared")
def query_metrics(request: HttpRequest, body: AskIn) -> AnswerOut:
    require_all(actor_of(request))
    return present.asked(body, language_of(request))


@router.post("/funnel", response=FunnelOut, summary="How many people take one step after another")
def query_funnel(request: HttpRequest, body: FunnelIn) -> FunnelOut:
    require_all(actor_of(request))
    return paths.funnel_of(body, language_of(request))


@router.post("/retention", response=RetentionOut, summary="How many people of each cohort come back")
def query_retention(request: HttpRequest, body: RetentionIn) -> RetentionOut:
    require_all(actor_of(request))
    return paths.retention_of(body, language_of(request))


@router.post("/focus", response=FocusOut, summary="What each group brings for what is put in, and what to stop")
def query_focus(request: HttpRequest, body: FocusIn) -> FocusOut:
    require_all(actor_of(request))
    return paths.focus_of(body)


@router.get("/reports", response=ReportList, summary="Saved charts and dashboards")
def list_reports(request: HttpRequest) -> ReportList:
    require_all(actor_of(request))
    return reports.reports()


@router.put("/charts/{key}", response=ChartOut, summary="Keep a chart, new or changed")
def put_chart(request: HttpRequest, key: str, body: ChartSpec) -> ChartOut:
    actor = actor_of(request)
    with store.write():
        reports.save_chart(actor, body.model_copy(update={"key": key}))
    return next(each for each in reports.reports().charts if each.key == key)


@router.delete("/charts/{key}", response={204: None}, summary="Remove a chart no dashboard shows")
def delete_chart(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        reports.remove_chart(actor, key)
    return Status(204, None)


@router.put("/dashboards/{key}", response=DashboardSpec, summary="Keep a dashboard, new or changed")
def put_dashboard(request: HttpRequest, key: str, body: DashboardSpec) -> DashboardSpec:
    actor = actor_of(request)
    with store.write():
        reports.save_dashboard(actor, body.model_copy(update={"key": key}))
    return next(each for each in reports.reports().dashboards if each.key == key)


@router.delete("/dashboards/{key}", response={204: None}, summary="Remove a dashboard; its charts stay")
def delete_dashboard(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        reports.remove_dashboard(actor, key)
    return Status(204, None)
