"""Another kind for a property of events, over HTTP: looked at first, then done."""

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict

from potager.facts.models import PropertyKind
from potager.insight import retyping
from potager.insight.present import language_of
from potager.org.access import actor_of, require_write

router = Router(tags=["insight"])


class RetypeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: PropertyKind


class RetypePreview(BaseModel):
    """values received; misfits the kind could not hold; samples of those, masked; used_by: what asks about it."""

    values: int
    misfits: int
    samples: list[str]
    used_by: list[str]


@router.post("/{key}/kind/preview", response=RetypePreview, summary="What another kind would make of the values")
def preview_retype(request: HttpRequest, key: str, body: RetypeIn) -> RetypePreview:
    require_write(actor_of(request))
    found = retyping.preview(key, body.kind, language_of(request))
    return RetypePreview(
        values=found.values, misfits=found.misfits, samples=list(found.samples), used_by=list(found.used_by)
    )


@router.put("/{key}/kind", response={204: None}, summary="Give a property another kind; its column is made anew")
def retype(request: HttpRequest, key: str, body: RetypeIn) -> Status[None]:
    retyping.retype(actor_of(request), key, body.kind)
    return Status(204, None)
