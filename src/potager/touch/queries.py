"""Every read of touches and tasks that is shown to somebody."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from potager.core import clock
from potager.core.errors import Forbidden, NotFound
from potager.core.journal import to_us
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.people.queries import visible_to
from potager.touch.models import StaffTask, Touch

T = StaffTask.State


def tasks_of(actor: Actor) -> QuerySet[StaffTask]:
    """The tasks the actor may see: staff their own, the others all."""
    if actor.sees_all:
        return StaffTask.objects.all()
    if actor.staff_id is None:
        return StaffTask.objects.none()
    return StaffTask.objects.filter(staff__in=Staff.objects.filter(id=actor.staff_id).values("key"))


def task_of(actor: Actor, task_id: int) -> StaffTask:
    """One task the actor may see, or NotFound."""
    task = tasks_of(actor).filter(id=task_id).first()
    if task is None:
        raise NotFound("待办", "task", task_id)
    return task


def require_hand(actor: Actor) -> None:
    """Readers do no tasks; raises Forbidden for them."""
    if actor.role == Role.READ_ONLY:
        raise Forbidden


@dataclass(frozen=True, slots=True)
class Execution:
    """执行率 of one staff member: tasks done in time of those whose time has passed; cancelled ones do not count."""

    staff: str
    done: int
    due: int


def tasks(
    actor: Actor, *, state: str | None = None, staff: str | None = None, due: str | None = None
) -> QuerySet[StaffTask]:
    """Tasks the actor may see, the most urgent first; `due` is overdue, today or later on the business calendar."""
    rows = tasks_of(actor)
    if state is not None:
        rows = rows.filter(state=state)
    if staff is not None:
        rows = rows.filter(staff=staff)
    now, tonight = to_us(clock.now()), to_us(clock.day_end(clock.today()))
    match due:
        case "overdue":
            rows = rows.filter(state=T.OPEN, due_us__lt=to_us(clock.day_start(clock.today())), expires_us__gt=now)
        case "today":
            rows = rows.filter(due_us__gte=to_us(clock.day_start(clock.today())), due_us__lte=tonight)
        case "later":
            rows = rows.filter(due_us__gt=tonight)
    return rows.order_by("due_us", "id")


def execution(actor: Actor, *, days: int) -> list[Execution]:
    """Per staff member, over tasks due on the last `days` business dates, today included."""
    since = clock.day_start(clock.today() - timedelta(days=days - 1))
    closed = Q(state__in=[T.DONE, T.NOT_DONE, T.EXPIRED])
    rows = (
        tasks_of(actor)
        .filter(due_us__gte=to_us(since), due_us__lte=to_us(clock.now()))
        .values("staff")
        .annotate(done=Count("id", filter=Q(state=T.DONE)), due=Count("id", filter=closed))
        .filter(due__gt=0)
        .order_by("staff")
    )
    return [Execution(row["staff"], row["done"], row["due"]) for row in rows]


def touches(
    actor: Actor, *, cid: int | None = None, journey: str | None = None, state: str | None = None
) -> QuerySet[Touch]:
    """Touches to customers the actor may see, newest first."""
    rows = Touch.objects.all()
    if cid is not None:
        rows = rows.filter(cid=cid)
    if journey is not None:
        rows = rows.filter(journey=journey)
    if state is not None:
        rows = rows.filter(state=state)
    if not actor.sees_all:
        rows = rows.filter(cid__in=visible_to(actor).values("id"))
    return rows.order_by("-due_us", "-id").prefetch_related("marks")
