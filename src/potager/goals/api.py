"""Goals over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.core import clock, store
from potager.goals import plan, queries, schemas
from potager.goals.models import Goal
from potager.goals.overview import overview
from potager.goals.overview_schemas import Overview, OverviewQuery
from potager.goals.plan import Plan
from potager.goals.standing import propose, standings
from potager.insight.metrics import Period
from potager.org.access import actor_of, require_all, require_write

router = Router(tags=["goals"])


@router.get("/", response=schemas.GoalPage, summary="Goals and where they stand, the latest period first")
def list_goals(request: HttpRequest, as_of: str | None = None, archived: bool = False) -> schemas.GoalPage:
    actor_of(request)
    items = standings(list(queries.goals(archived=archived)), clock.as_of(as_of))
    return schemas.GoalPage(items=items, total=len(items))


@router.post("/", response={201: schemas.GoalOut}, summary="Set a goal")
def create_goal(request: HttpRequest, body: schemas.GoalIn) -> Status[schemas.GoalOut]:
    actor = actor_of(request)
    require_write(actor)
    made = _plan(body)
    with store.write():
        goal = plan.create(actor, made)
    return Status(201, _out(goal))


@router.get("/overview", response=Overview, summary="The house in a period: the same numbers as `potager report`")
def get_overview(request: HttpRequest, period: Query[OverviewQuery]) -> Overview:
    require_all(actor_of(request))
    return overview(start=period.start, end=period.end, as_of=clock.as_of(period.as_of))


@router.get("/{key}", response=schemas.GoalOut, summary="A goal: tree, attainment, what it still takes")
def get_goal(request: HttpRequest, key: str, as_of: str | None = None) -> schemas.GoalOut:
    actor_of(request)
    return _out(queries.goal(key), as_of)


@router.put("/{key}", response=schemas.GoalOut, summary="Change a goal")
def change_goal(request: HttpRequest, key: str, body: schemas.GoalIn) -> schemas.GoalOut:
    actor = actor_of(request)
    require_write(actor)
    made = _plan(body.model_copy(update={"key": key}))
    with store.write():
        goal = plan.change(actor, made)
    return _out(goal)


@router.delete("/{key}", response={204: None}, summary="Archive a goal")
def archive_goal(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        plan.archive(actor, key)
    return Status(204, None)


@router.post("/{key}/tasks", response={201: schemas.GoalTaskOut}, summary="Add a task to a goal")
def add_task(request: HttpRequest, key: str, body: schemas.GoalTaskIn) -> Status[schemas.GoalTaskOut]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        task = plan.add_task(actor, key, node=body.node, title=body.title, owner=body.owner, due=body.due)
    return Status(201, schemas.GoalTaskOut.of(task, clock.today()))


@router.patch("/{key}/tasks/{task_id}", response=schemas.GoalTaskOut, summary="Mark a task done, or open again")
def settle_task(request: HttpRequest, key: str, task_id: int, body: schemas.GoalTaskChange) -> schemas.GoalTaskOut:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        task = plan.settle_task(actor, key, task_id, is_done=body.done)
    return schemas.GoalTaskOut.of(task, clock.today())


@router.delete("/{key}/tasks/{task_id}", response={204: None}, summary="Remove a task")
def remove_task(request: HttpRequest, key: str, task_id: int) -> Status[None]:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        plan.remove_task(actor, key, task_id)
    return Status(204, None)


def _plan(body: schemas.GoalIn) -> Plan:
    """The body as a plan, levels proposed where none are given (a warehouse read: before the write begins)."""
    given = body.levels
    if given is None:
        given = propose(Period(body.start, body.end), body.target_minor, clock.now()) if body.end >= body.start else {}
    return Plan(body.key, body.name, body.start, body.end, body.target_minor, body.owner, given)


def _out(goal: Goal, as_of: str | None = None) -> schemas.GoalOut:
    return standings([queries.goal(goal.key)], clock.as_of(as_of))[0]
