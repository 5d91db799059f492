"""Touches, staff tasks, contact policy and simulated phones over HTTP."""

from collections.abc import Iterable
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router

from potager.core import clock, store
from potager.core.errors import NotFound, Problem
from potager.core.paging import PageQuery, page_of
from potager.org.access import Actor, actor_of, require_write
from potager.people.models import Customer
from potager.people.queries import visible_to
from potager.touch import queries, schemas, settings, tasks
from potager.touch.channels import Unavailable, installed
from potager.touch.channels.simulator import SimulatedChannel, Simulator
from potager.touch.models import StaffTask
from potager.touch.people import senders
from potager.touch.settings import Policy

router = Router(tags=["touch"])


@router.get("/touches", response=schemas.TouchPage, summary="Touches of a customer or a journey, newest first")
def list_touches(
    request: HttpRequest,
    page: Query[PageQuery],
    cid: int | None = None,
    journey: str | None = None,
    state: str | None = None,
) -> schemas.TouchPage:
    rows, total = page_of(queries.touches(actor_of(request), cid=cid, journey=journey, state=state), page)
    names, customers = _names(row.sender for row in rows), _customers(row.cid for row in rows)
    return schemas.TouchPage(items=[schemas.TouchOut.of(row, names, customers) for row in rows], total=total)


@router.get("/tasks", response=schemas.TaskPage, summary="Staff tasks: staff see their own, the others all")
def list_tasks(
    request: HttpRequest,
    page: Query[PageQuery],
    state: str | None = None,
    staff: str | None = None,
    due: Literal["overdue", "today", "later"] | None = None,
) -> schemas.TaskPage:
    actor = actor_of(request)
    rows, total = page_of(queries.tasks(actor, state=state, staff=staff, due=due), page)
    return schemas.TaskPage(items=_tasks(rows), total=total)


@router.post("/tasks/{task_id}/complete", response=schemas.TaskOut, summary="Mark a task done or not done, once")
def complete_task(request: HttpRequest, task_id: int, body: schemas.TaskDone) -> schemas.TaskOut:
    actor = actor_of(request)
    with store.write():
        task = tasks.complete(actor, task_id, body.outcome, body.note)
    return _tasks([task])[0]


@router.get("/execution", response=schemas.ExecutionPage, summary="Execution rate per staff member over recent days")
def list_execution(request: HttpRequest, days: int = 7) -> schemas.ExecutionPage:
    rows = queries.execution(actor_of(request), days=days)
    names = _names(row.staff for row in rows)
    items = [
        schemas.ExecutionOut(staff=r.staff, staff_name=names.get(r.staff, r.staff), done=r.done, due=r.due)
        for r in rows
    ]
    return schemas.ExecutionPage(items=items, total=len(items))


@router.get("/policy", response=Policy, summary="The contact policy")
def get_policy(request: HttpRequest) -> Policy:
    actor_of(request)
    return settings.policy()


@router.put("/policy", response=Policy, summary="Set the contact policy")
def put_policy(request: HttpRequest, body: Policy) -> Policy:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        settings.put_policy(actor, body)
    return settings.policy()


@router.get("/stop", response=schemas.Stopped, summary="Whether all sending is stopped")
def get_stop(request: HttpRequest) -> schemas.Stopped:
    actor_of(request)
    return schemas.Stopped(stopped=settings.is_stopped())


@router.put("/stop", response=schemas.Stopped, summary="Stop all sending, or let it go on")
def put_stop(request: HttpRequest, body: schemas.Stopped) -> schemas.Stopped:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        settings.put_stopped(actor, stopped=body.stopped)
    return body


@router.get("/channels", response=schemas.ChannelPage, summary="The ways out of this house")
def list_channels(request: HttpRequest) -> schemas.ChannelPage:
    actor_of(request)
    world = clock.is_world()
    usable = [each for each in installed().values() if world or not isinstance(each, SimulatedChannel)]
    return schemas.ChannelPage(items=[schemas.ChannelOut.of(each) for each in usable], total=len(usable))


@router.get("/phone/{cid}", response=schemas.PhoneOut, summary="What a person's simulated phone shows (worlds only)")
def get_phone(request: HttpRequest, cid: int) -> schemas.PhoneOut:
    return _phone(_person(actor_of(request), cid))


@router.post("/phone/{cid}/act", response=schemas.PhoneOut, summary="Act on a person's simulated phone (worlds only)")
def act_on_phone(request: HttpRequest, cid: int, body: schemas.PhoneAct) -> schemas.PhoneOut:
    actor = actor_of(request)
    require_write(actor)
    person = _person(actor, cid)
    act = {**body.model_dump(), "person": person.person_key, "at": clock.now().isoformat()}
    try:
        _simulator().act([act])
    except Unavailable as error:
        raise _no_simulator() from error
    return _phone(person)


def _tasks(rows: list[StaffTask]) -> list[schemas.TaskOut]:
    names = _names(row.staff for row in rows)
    customers = _customers(row.cid for row in rows if row.cid is not None)
    return [schemas.TaskOut.of(row, names, customers) for row in rows]


def _names(keys: Iterable[str]) -> dict[str, str]:
    return {key: name for key, (name, _) in senders(keys).items()}


def _customers(cids: Iterable[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(id__in=set(cids)).values_list("id", "name"))


def _person(actor: Actor, cid: int) -> Customer:
    if not clock.is_world():
        raise Problem(
            "touch.no_world",
            zh="只有演示世界里的人才有模拟手机",
            en="Only people of a demo world have simulated phones",
            status=404,
        )
    person = visible_to(actor).filter(id=cid).first()
    if person is None:
        raise NotFound("客户", "customer", cid)
    return person


def _simulator() -> Simulator:
    for channel in installed().values():
        if isinstance(channel, SimulatedChannel):
            return channel.simulator
    raise _no_simulator()


def _phone(person: Customer) -> schemas.PhoneOut:
    try:
        shown = _simulator().phone(person.person_key)
    except Unavailable as error:
        raise _no_simulator() from error
    names = _names(item["sender"] for item in shown)
    items = [schemas.PhoneItem(**item, sender_name=names.get(item["sender"], item["sender"])) for item in shown]
    return schemas.PhoneOut(cid=person.id, name=person.name, items=items)


def _no_simulator() -> Problem:
    return Problem(
        "touch.no_simulator",
        zh="模拟平台没有在运行；bin/up 会启动它",
        en="The simulated platform is not running; bin/up starts it",
        status=503,
    )
