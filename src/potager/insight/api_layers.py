"""Layer models over HTTP."""

from datetime import date, timedelta
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Status

from potager.core import clock, store
from potager.core.errors import Problem
from potager.insight import catalogue, cost, definitions, layer_trend, present, present_layers, queries, tables
from potager.insight.layer_schemas import (
    DivisionIn,
    DivisionOut,
    Flow,
    FlowOut,
    HistoryOut,
    LayerList,
    LayerOut,
    SizesOfDay,
    TrendOut,
)
from potager.insight.models import LayerModel
from potager.insight.present import language_of
from potager.insight.specs import Card, LayerSpec
from potager.org.access import actor_of, require_all, require_write

router = Router(tags=["insight"])
_MAX_DAYS = 800


@router.get("", response=LayerList, summary="Layer models with the sizes of their layers on a day")
def list_layers(request: HttpRequest, as_of: str | None = None) -> LayerList:
    actor_of(request)
    fields, day = catalogue.load(), clock.business_date(clock.as_of(as_of))
    rows = LayerModel.objects.order_by("-kind", "key")
    used = present.uses(fields)
    items = [present_layers.layer_out(row, day, fields, language_of(request), used) for row in rows]
    return LayerList(items=items, total=len(items))


@router.post("/preview", response=DivisionOut, summary="How conditions in order would divide everybody, before saving")
def preview_layers(request: HttpRequest, body: DivisionIn) -> DivisionOut:
    require_write(actor_of(request))
    return present_layers.preview(body, catalogue.load(), language_of(request))


@router.post("", response={201: LayerOut}, summary="Create a layer model")
def create_layers(request: HttpRequest, body: LayerSpec) -> Status[LayerOut]:
    return Status(201, _save(request, body))


@router.get("/{key}", response=LayerOut, summary="A layer model")
def get_layers(request: HttpRequest, key: str, as_of: str | None = None) -> LayerOut:
    actor_of(request)
    return _out(request, queries.layer_model(key), clock.business_date(clock.as_of(as_of)))


@router.put("/{key}", response=LayerOut, summary="Change a layer model; the moves it causes start no journey")
def change_layers(request: HttpRequest, key: str, body: LayerSpec) -> LayerOut:
    queries.layer_model(key)
    return _save(request, body.model_copy(update={"key": key}))


@router.delete("/{key}", response={204: None}, summary="Remove a layer model nothing refers to")
def remove_layers(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        definitions.remove(actor, "layers", key)
    return Status(204, None)


@router.put("/{key}/cards/{layer}", response=LayerOut, summary="Write down how a layer is treated")
def change_card(request: HttpRequest, key: str, layer: str, body: Card) -> LayerOut:
    actor = actor_of(request)
    with store.write():
        row = definitions.save_card(actor, queries.layer_model(key), layer, body)
    return _out(request, row, clock.today())


@router.get("/{key}/trend", response=TrendOut, summary="What each layer's people bought, period by period, and stay")
def get_trend(
    request: HttpRequest, key: str, start: date, end: date, grain: Literal["week", "month"] = "month"
) -> TrendOut:
    require_all(actor_of(request))
    queries.layer_model(key)
    _check_span(start, end)
    items, dwell = layer_trend.trend(key, start, end, grain), layer_trend.dwell(key, end)
    return TrendOut(grain=grain, items=items, dwell=dwell)


@router.get("/{key}/flow", response=FlowOut, summary="Who went from which layer to which, between two days")
def get_flow(request: HttpRequest, key: str, start: date, end: date) -> FlowOut:
    actor_of(request)
    queries.layer_model(key)
    _check_span(start, end)
    rows = queries.layer_flow(key, start, end)
    items = [Flow(from_layer=before, to_layer=after, n=n) for before, after, n in rows]
    return FlowOut(start=start, end=end, items=items, total=sum(each.n for each in items))


@router.get("/{key}/history", response=HistoryOut, summary="The sizes of the layers day by day")
def get_history(request: HttpRequest, key: str, start: date, end: date) -> HistoryOut:
    actor_of(request)
    queries.layer_model(key)
    _check_span(start, end)
    rows = queries.layer_history(key, start, end)
    return HistoryOut(items=[SizesOfDay(day=day, sizes=sizes) for day, sizes in rows.items()], total=len(rows))


def _save(request: HttpRequest, body: LayerSpec) -> LayerOut:
    actor = actor_of(request)
    sizes = tables.asked().counts(cost.TABLES)
    with store.write():
        row = definitions.save_layers(actor, body, sizes)
    return _out(request, row, clock.today())


def _out(request: HttpRequest, row: LayerModel, day: date) -> LayerOut:
    fields = catalogue.load()
    return present_layers.layer_out(row, day, fields, language_of(request), present.uses(fields))


def _check_span(start: date, end: date) -> None:
    if not timedelta(0) <= end - start <= timedelta(days=_MAX_DAYS):
        raise Problem(
            "insight.span",
            zh=f"结束日期应不早于开始日期，最多相隔 {_MAX_DAYS} 天",
            en=f"The end lies on or after the start, at most {_MAX_DAYS} days later",
            place="end",
        )
