"""Moving the world on from the console: owners only, one day at a time, in the background."""

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel

from potager.core import clock, jobs, store
from potager.core.errors import Conflict
from potager.core.models import Job
from potager.core.store import Lane
from potager.demo import keeping
from potager.demo.jobs import ADVANCE
from potager.org import audit
from potager.org.access import actor_of, require_owner

router = Router(tags=["demo"])


class World(BaseModel):
    """is_world: time stands still here; can_advance: it is the demo's; advancing: a day is being lived just now."""

    is_world: bool
    can_advance: bool
    advancing: bool
    failed: str = ""


@router.get("/world", response=World, summary="Whether this house is a world, and whether it is moving")
def get_world(request: HttpRequest) -> World:
    actor_of(request)
    job = Job.objects.filter(dedupe_key=ADVANCE).first()
    return World(
        is_world=clock.is_world(),
        can_advance=clock.is_world() and keeping.file().exists(),
        advancing=job is not None and not job.failed,
        failed=job.last_error if job is not None and job.failed else "",
    )


@router.post("/advance", response={202: World}, summary="Live one more day; ask for the world to see when it is done")
def advance(request: HttpRequest) -> Status[World]:
    actor = actor_of(request)
    require_owner(actor)
    if not (clock.is_world() and keeping.file().exists()):
        raise Conflict("demo.no_world", zh="这不是演示世界，没有可推进的日子", en="This house is not the demo world")
    with store.write(Lane.WEB):
        Job.objects.filter(dedupe_key=ADVANCE, failed=True).delete()
        jobs.enqueue(ADVANCE, lane="heavy", dedupe_key=ADVANCE)
        audit.record(actor, "demo.advance", "world")
    return Status(202, World(is_world=True, can_advance=True, advancing=True))
