from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from potager.core.errors import Problem
from potager.core.journal import from_us
from potager.core.paging import PageQuery
from potager.journeys.models import Journey, Run, Stuck
from potager.journeys.parts import Json, Subject
from potager.journeys.queries import ArmCounts, Traffic
from potager.journeys.staffing import Done


class ProblemOut(BaseModel):
    """A mistake in a definition and the place it belongs to ("steps.<id>.…")."""

    code: str
    message: str
    place: str

    @classmethod
    def of(cls, problem: Problem, language: str) -> "ProblemOut":
        return cls(code=problem.code, message=problem.say(language), place=problem.place)


class JourneyRow(BaseModel):
    key: str
    name: str
    name_en: str
    about: str
    subject: Subject
    state: Literal["draft", "live", "paused", "stopped"]
    version: int | None
    has_draft: bool
    control: float
    inside: int
    entered_30d: int
    converted_30d: int
    updated_at: datetime

    @classmethod
    def of(cls, row: Journey, traffic: Traffic, definition: Json) -> "JourneyRow":
        return cls(
            key=row.key,
            name=row.name,
            name_en=row.name_en,
            about=str(definition.get("about", "")),
            subject="staff" if definition.get("subject") == "staff" else "customer",
            state=row.state,
            version=row.live.n if row.live is not None else None,
            has_draft=row.draft is not None,
            control=float(definition.get("control", 0)),
            inside=traffic.inside,
            entered_30d=traffic.entered,
            converted_30d=traffic.converted,
            updated_at=row.updated_at,
        )


class JourneyPage(BaseModel):
    items: list[JourneyRow]
    total: int
    all_stopped: bool


class Node(BaseModel):
    """A step on the canvas with its people; `line` is the first line of a message, or what the step says."""

    id: str
    kind: str
    title: str
    line: str
    here: int
    passed: int
    dropped: int


class Edge(BaseModel):
    frm: str
    to: str
    label: str


class VersionOut(BaseModel):
    n: int
    published_at: datetime
    published_by: str


class StuckOut(BaseModel):
    """People of a version who cannot go on from a place ("steps.<id>", "filter", "" the whole version), and why."""

    version: int
    place: str
    people: int
    since: datetime
    message: str

    @classmethod
    def of(cls, row: Stuck, people: int, language: str) -> "StuckOut":
        message = row.zh if language == "zh" else row.en
        return cls(version=row.version.n, place=row.place, people=people, since=from_us(row.since_us), message=message)


class RefusedOut(BaseModel):
    """How many entries limits (limit:at_once, limit:entries) and groups (limit:group) refused in the last 30 days."""

    reason: str
    n: int


class JourneyDetail(BaseModel):
    """The live version (or the draft when nothing is live, or the version asked for) with its people.

    ahead   people who will enter when their lead is over; late  people waiting for the warehouse to catch up
    stuck   people who cannot go on, the longest first
    broken  what the versions people are in ask about and is no more: what asks it holds for nobody
    """

    journey: JourneyRow
    definition: Json
    showing: Literal["live", "draft", "version"]
    nodes: list[Node]
    edges: list[Edge]
    ahead: int
    late: int
    stuck: list[StuckOut]
    refused: list[RefusedOut]
    broken: list[ProblemOut]
    versions: list[VersionOut]


class DefinitionIn(BaseModel):
    definition: Json


class DraftOut(BaseModel):
    """A stored draft and what still keeps it from being published."""

    definition: Json
    problems: list[ProblemOut]


class ArmOut(BaseModel):
    arm: str
    entered: int
    people: int
    reached: int
    replied: int
    converted: int

    @classmethod
    def of(cls, counts: ArmCounts) -> "ArmOut":
        return cls(
            arm=counts.arm,
            entered=counts.entered,
            people=counts.people,
            reached=counts.reached,
            replied=counts.replied,
            converted=counts.converted,
        )


class VersionResult(ArmOut):
    """What came of the passages that are in a version, by arm."""

    version: int

    @classmethod
    def of_version(cls, n: int, counts: ArmCounts) -> "VersionResult":
        return cls(version=n, **ArmOut.of(counts).model_dump())


class ResultsOut(BaseModel):
    arms: list[ArmOut]


class RunQuery(PageQuery):
    step: str = ""
    state: Literal["", "ahead", "inside", "over", "converted"] = ""


class RunOut(BaseModel):
    """One customer's passage. `next_at` is when something happens next; null once it is over."""

    id: int
    journey: str
    journey_name: str
    version: int
    cid: int
    customer_name: str
    arm: str
    untreated: bool
    step: str
    step_title: str
    entered_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    converted_at: datetime | None

    @classmethod
    def of(cls, run: Run, customer_name: str, step_title: str) -> "RunOut":
        def at(us: int | None) -> datetime | None:
            return None if us is None else from_us(us)

        return cls(
            id=run.pk,
            journey=run.journey.key,
            journey_name=run.journey.name,
            version=run.version.n,
            cid=run.subject_id,
            customer_name=customer_name,
            arm=run.arm,
            untreated=run.shadow,
            step=run.step,
            step_title=step_title,
            entered_at=from_us(run.entered_us),
            next_at=at(run.due_us),
            ended_at=at(run.ended_us),
            end_reason=run.end_reason,
            converted_at=at(run.converted_us),
        )


class RunPage(BaseModel):
    items: list[RunOut]
    total: int
    page: int
    size: int


class TraceMark(BaseModel):
    state: str
    at: datetime
    reason: str


class TraceTouch(BaseModel):
    id: int
    state: str
    rule: str
    channel: str
    sender: str
    text: str
    due: datetime
    marks: list[TraceMark]


class TraceStep(BaseModel):
    """One step taken and why: the condition as a sentence, the wait that ended, the message and its fate."""

    step: str
    title: str
    kind: str
    at: datetime
    outcome: str
    sentence: str
    detail: dict[str, Any]
    touch: TraceTouch | None


class Trace(BaseModel):
    run: RunOut
    steps: list[TraceStep]


class VariableOut(BaseModel):
    name: str
    zh: str
    en: str


class DoneOut(BaseModel):
    """Tasks asked for, how they ended, and the share done of those that ended."""

    asked: int
    done: int
    not_done: int
    expired: int
    rate: float | None

    @classmethod
    def counts(cls, of: Done) -> dict[str, Any]:
        return {name: getattr(of, name) for name in ("asked", "done", "not_done", "expired", "rate")}


class MemberDone(DoneOut):
    staff: str
    name: str


class SlotDone(DoneOut):
    slot: datetime


class StaffResults(BaseModel):
    """What came of a staff SOP's tasks in the last 30 days."""

    members: list[MemberDone]
    slots: list[SlotDone]


class StopIn(BaseModel):
    stopped: bool


class FileIn(BaseModel):
    text: str


class FileOut(BaseModel):
    key: str
    text: str
