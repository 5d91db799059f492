"""Many people entering at once: chosen by a job, entered by jobs part by part, to be watched and called off.

How far it has come is written with the entries themselves: killed anywhere, it goes on behind the last person entered.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from pyroaring import BitMap

from potager.core import clock, jobs, journal, store
from potager.core.errors import Conflict, Down, NotFound, Problem
from potager.core.journal import from_us, to_us
from potager.core.store import Lane
from potager.facts import loader
from potager.insight import sets
from potager.insight.conditions import parse
from potager.journeys import closing, live
from potager.journeys.entry import Candidate, enter
from potager.journeys.models import Intake, Journey
from potager.journeys.parts import Json
from potager.org import audit
from potager.org.access import Actor

JOB = "journeys.intake"
AT_ONCE = 500
# Parts one job takes before it lets others have their turn.
PARTS = 10
AGAIN = timedelta(minutes=1)
logger = logging.getLogger("potager.journeys")
OPEN = (Intake.State.CHOOSING, Intake.State.RUNNING)


def members(condition: Json, as_of: datetime) -> list[int]:
    """Customer numbers a condition selects, in order."""
    return sorted(int(cid) for cid in sets.members(parse(condition), as_of))


def begin(actor: Actor, journey: Journey, condition: Json) -> Intake:
    """Let everybody the condition selects now enter; returns at once. Must be called inside store.write.

    Raises Conflict where the journey is not live, or is not about customers.
    """
    current = live.board().by_key.get(journey.key)
    if current is None:
        raise Conflict(
            "journey.not_live", zh="旅程没有在运行，不能加入客户", en="The journey is not live; nobody can enter"
        )
    if current.definition.subject != "customer":
        raise Conflict(
            "journey.for_staff",
            zh="这是员工 SOP，客户不能加入；请选一个客户的旅程",
            en="This is a staff SOP, which customers cannot enter; choose a journey for customers",
        )
    now = clock.now()
    key = "" if current.definition.entry == "once" else f"manual:{now:%Y%m%dT%H%M%S}"
    row = Intake.objects.create(
        journey=journey,
        state=Intake.State.CHOOSING,
        event="manual",
        condition=condition,
        entry_key=key,
        at_us=to_us(now),
        by=actor.login,
    )
    _enqueue(row)
    audit.record(actor, "journey.start", f"journey:{journey.key}", {"intake": row.pk, "condition": condition})
    return row


def take(current: live.Live, cids: Collection[int], *, key: str, at: datetime, seq: int, event: str) -> Intake:
    """Let these people enter, chosen when the warehouse had `seq`. Must be called inside store.write."""
    row = Intake.objects.create(
        journey_id=current.journey_id,
        state=Intake.State.RUNNING,
        event=event,
        entry_key="" if current.definition.entry == "once" else key,
        at_us=to_us(at),
        seq=seq,
        members=BitMap(cids).serialize(),
        total=len(cids),
        by="system",
    )
    _enqueue(row)
    return row


def cancel(actor: Actor, journey: Journey, intake_id: int) -> Intake:
    """Nobody more enters by it; who has entered stays. Raises NotFound, or Conflict once it is over."""
    journal.hold()
    row = Intake.objects.filter(journey=journey, id=intake_id).first()
    if row is None:
        raise NotFound("加入批次", "intake", intake_id)
    if row.state not in OPEN:
        raise Conflict("journey.intake_over", zh="这一批已经结束", en="This intake is over")
    _end(row, Intake.State.CANCELLED)
    audit.record(actor, "journey.start_cancel", f"journey:{journey.key}", {"intake": row.pk, "entered": row.entered})
    return row


def proceed(journey: Journey) -> None:
    """Go on with what was under way when the journey was paused. Must be called inside store.write."""
    for row in Intake.objects.filter(journey=journey, state__in=OPEN):
        _enqueue(row)


def call_off(journey: Journey) -> None:
    """The journey is stopped: nobody more enters. Must be called with the journal held."""
    for row in Intake.objects.filter(journey=journey, state__in=OPEN):
        _end(row, Intake.State.CANCELLED)


def forget(cids: Collection[int]) -> None:
    """These people are on no list of people on their way in any more."""
    gone = BitMap(cids)
    for row in Intake.objects.filter(state__in=OPEN):
        listed = BitMap.deserialize(bytes(row.members)) if row.members else BitMap()
        if listed & gone:
            row.members = (listed - gone).serialize()
            row.save(update_fields=["members"])


def work(intake_id: int, *, parts: int = PARTS) -> bool:
    """Choose the people if that is still to be done, and enter the next parts; whether there is more to do now.

    Opens its own write transactions.
    """
    if not _chosen(intake_id):
        return False
    listed = Intake.objects.filter(id=intake_id, state=Intake.State.RUNNING).values_list("members", flat=True).first()
    if listed is None:
        return False
    people = BitMap.deserialize(bytes(listed))
    more = True
    while more and parts > 0:
        more, parts = _part(intake_id, people), parts - 1
    return more


def run(payload: Mapping[str, object]) -> None:
    """The job: a few parts, and the next job where there is more."""
    intake_id = int(str(payload["intake"]))
    due: datetime | None = None
    try:
        more = work(intake_id)
    except Exception:
        # People who were promised to enter do: however long the warehouse is away, it is asked again.
        logger.exception("intake %s of a journey does not go on", intake_id)
        more, due = True, clock.wall() + AGAIN
    if more:
        with store.write(Lane.TICK):
            jobs.enqueue(JOB, {"intake": intake_id}, lane="tick", due=due)


def work_off(intake_id: int) -> int:
    """Enter all of them before returning: for worlds and commands. Returns how many entered."""
    while work(intake_id):
        pass
    return Intake.objects.values_list("entered", flat=True).get(id=intake_id)


def _enqueue(row: Intake) -> None:
    jobs.enqueue(JOB, {"intake": row.pk}, lane="tick")


def _chosen(intake_id: int) -> bool:
    """Ask the warehouse who is meant, once. Whether they are known."""
    row = Intake.objects.filter(id=intake_id).first()
    if row is None or row.state != Intake.State.CHOOSING:
        return row is not None
    seq, problem, cids = loader.loaded_seq(), None, []
    try:
        cids = members(row.condition or {}, from_us(row.at_us))
    except Down:
        raise
    except Problem as error:
        problem = error
    with store.write(Lane.TICK):
        journal.hold()
        row = Intake.objects.get(id=intake_id)
        if row.state == Intake.State.CHOOSING and problem is not None:
            row.zh, row.en = problem.zh, problem.en
            _end(row, Intake.State.FAILED)
        elif row.state == Intake.State.CHOOSING:
            row.state, row.seq, row.total = Intake.State.RUNNING, seq, len(cids)
            row.members = BitMap(cids).serialize()
            row.save()
    return problem is None


def _part(intake_id: int, people: BitMap) -> bool:
    """Enter the next few as the journey stands now; whether more are left and may enter."""
    with store.write(Lane.TICK):
        journal.hold()
        row = Intake.objects.select_related("journey").defer("members").get(id=intake_id)
        board = live.board()
        current = board.by_key.get(row.journey.key)
        if row.state != Intake.State.RUNNING or current is None:
            return False
        # The bitmap counts how many stand up to a number, so the next ones are found without walking to them.
        passed = people.rank(row.after)
        some = list(people[passed : passed + AT_ONCE])
        if some:
            at = from_us(row.at_us)
            row.entered += len(let_in(board, current, [_candidate(row, cid, at) for cid in some]))
            row.after, row.looked = some[-1], row.looked + len(some)
        if len(some) < AT_ONCE:
            _end(row, Intake.State.DONE)
            return False
        row.save(update_fields=["after", "looked", "entered"])
        return True


def let_in(board: live.Board, current: live.Live, some: Sequence[Candidate]) -> list[int]:
    """Enter them; what happened since the warehouse was asked (their `seq`) happens to them. The journal is held."""
    started = enter(current, some)
    happened = journal.since(some[0].seq, {each.cid for each in some}, board.closing)
    closing.act(board, happened, only=started)
    return started


def _candidate(row: Intake, cid: int, at: datetime) -> Candidate:
    return Candidate(cid, row.entry_key, at, row.seq, {"event": row.event})


def _end(row: Intake, state: Intake.State) -> None:
    row.state, row.members = state, b""
    row.save()
