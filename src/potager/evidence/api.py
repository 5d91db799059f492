"""What journeys earned, over HTTP."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from potager.core import clock, store
from potager.evidence import arms, export, report
from potager.evidence.arms import Holdout
from potager.evidence.schemas import JourneyResult, Overall, ResultPage, SplitResult
from potager.org.access import actor_of, require_all, require_owner, require_write

router = Router(tags=["evidence"])


@router.get("/journeys", response=ResultPage, summary="What every journey earned")
def list_results(request: HttpRequest, as_of: str | None = None) -> ResultPage:
    require_all(actor_of(request))
    items = report.journeys(clock.as_of(as_of))
    return ResultPage(items=items, total=len(items))


@router.get("/journeys/{key}", response=JourneyResult, summary="What one journey earned, with the running differences")
def get_result(request: HttpRequest, key: str, as_of: str | None = None) -> JourneyResult:
    require_all(actor_of(request))
    return report.journey(key, clock.as_of(as_of))


@router.get("/journeys/{key}/csv", summary="The result as CSV (an export: written to the audit trail)")
def export_result(request: HttpRequest, key: str, as_of: str | None = None) -> HttpResponse:
    actor = actor_of(request)
    require_write(actor)
    result = report.journey(key, clock.as_of(as_of))
    with store.write():
        export.record(actor, result)
    answer = HttpResponse(export.to_csv(result), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{result.journey}.csv"'
    return answer


@router.get("/journeys/{key}/splits", response=list[SplitResult], summary="What the variants of its splits earned")
def list_splits(request: HttpRequest, key: str, as_of: str | None = None) -> list[SplitResult]:
    require_all(actor_of(request))
    return report.splits(key, clock.as_of(as_of))


@router.get("/overall", response=Overall, summary="What all journeys earned: the global holdout against the rest")
def get_overall(request: HttpRequest, as_of: str | None = None) -> Overall:
    require_all(actor_of(request))
    return Overall(result=report.overall(clock.as_of(as_of)))


@router.get("/holdout", response=Holdout, summary="The share of customers no journey treats")
def get_holdout(request: HttpRequest) -> Holdout:
    actor_of(request)
    return arms.holdout()


@router.put("/holdout", response=Holdout, summary="Set the global holdout (owner only)")
def put_holdout(request: HttpRequest, body: Holdout) -> Holdout:
    actor = actor_of(request)
    require_owner(actor)
    with store.write():
        return arms.keep_holdout(actor, body)
