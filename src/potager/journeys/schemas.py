from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.core.errors import Problem
from potager.core.journal import from_us
from potager.core.paging import PageQuery
from potager.journeys.entering import MOST_ROWS, Answer
from potager.journeys.impact import Impact
from potager.journeys.models import Intake, Journey, Run, Stuck
from potager.journeys.parts import Json
from potager.journeys.queries import ArmCounts, Traffic
from potager.people.identity_types import IdentityRef


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


class StepImpactOut(BaseModel):
    """People at a step that will be different, and where they would go. Of a changed wait, of those looked at: who
    would go on at once, sooner and later than before."""

    step: str
    people: int
    change: Literal["changed", "removed"]
    to: str
    looked_at: int
    at_once: int
    sooner: int
    later: int


class QueuedOut(BaseModel):
    step: str
    messages: int


class EmptyVariableOut(BaseModel):
    step: str
    variable: str
    people: int


class ImpactOut(BaseModel):
    """What publishing will do: people at changed and removed steps, where they would go, variables that are empty."""

    first: bool
    unchanged: bool
    inside: int
    control: float
    control_before: float | None
    steps: list[StepImpactOut]
    queued: list[QueuedOut]
    added: list[str]
    empty: list[EmptyVariableOut]
    problems: list[ProblemOut]

    @classmethod
    def of(cls, impact: Impact, problems: list[ProblemOut]) -> "ImpactOut":
        return cls(
            first=impact.first,
            unchanged=impact.unchanged,
            inside=impact.inside,
            control=impact.control,
            control_before=impact.control_before,
            steps=[
                StepImpactOut(step=s.step, people=s.people, change=s.change, to=s.to, **asdict(s.timing))
                for s in impact.steps
            ],
            queued=[QueuedOut(step=each.step, messages=each.messages) for each in impact.queued],
            added=impact.added,
            empty=[EmptyVariableOut(step=e.step, variable=e.variable, people=e.people) for e in impact.empty],
            problems=problems,
        )


class PublishIn(BaseModel):
    """What becomes of people inside: finish on their version, move to the same step of the new one, or exit."""

    people: Literal["finish", "move", "exit"] = "finish"


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


class ResumeIn(BaseModel):
    """What becomes of people whose time came in the pause: late, as of its own time (what is not valid any more is not
    sent), or shift, as if the pause had not been."""

    overdue: Literal["late", "shift"] = "late"


class OverdueStepOut(BaseModel):
    step: str
    title: str
    people: int
    oldest: datetime


class OverdueOut(BaseModel):
    """People whose time has come, by step, the longest first."""

    paused_at: datetime | None
    people: int
    steps: list[OverdueStepOut]


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


class StartIn(BaseModel):
    condition: Json


class StartCount(BaseModel):
    people: int


class IntakeOut(BaseModel):
    """Many people on their way in. `total` is 0 while they are being chosen; `message` says why it failed."""

    id: int
    state: Literal["choosing", "running", "done", "cancelled", "failed"]
    event: str
    at: datetime
    by: str
    total: int
    looked: int
    entered: int
    message: str

    @classmethod
    def of(cls, row: Intake, language: str) -> "IntakeOut":
        return cls(
            id=row.pk,
            state=row.state,
            event=row.event,
            at=from_us(row.at_us),
            by=row.by,
            total=row.total,
            looked=row.looked,
            entered=row.entered,
            message=row.zh if language == "zh" else row.en,
        )


class EnteringIdentity(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str
    value: str
    realm: str = ""

    def ref(self, realm: str) -> IdentityRef:
        """The identity, in this realm where it says none."""
        return IdentityRef(self.type, self.realm or realm, self.value)


class EnterRow(BaseModel):
    """Who enters: a customer number, or an identity whose realm is the write key's where none is given.

    entry_key   names the entry: sent again it enters nobody again
    properties  what messages may say: {event.<name>}
    """

    model_config = ConfigDict(extra="forbid")

    entry_key: str = Field(min_length=1, max_length=100)
    cid: int | None = None
    identity: EnteringIdentity | None = None
    properties: dict[str, Any] = {}


class EnterIn(BaseModel):
    people: list[EnterRow] = Field(min_length=1, max_length=MOST_ROWS)


class EnterAnswer(BaseModel):
    """What became of a row; code, message and place say why it was refused."""

    outcome: Literal["entered", "again", "refused"]
    code: str = ""
    message: str = ""
    place: str = ""

    @classmethod
    def of(cls, answer: Answer, language: str) -> "EnterAnswer":
        problem = answer.problem
        if problem is None:
            return cls(outcome=answer.outcome)
        return cls(outcome=answer.outcome, code=problem.code, message=problem.say(language), place=problem.place)


class EnterOut(BaseModel):
    """Counts, and one answer per row in order."""

    entered: int
    again: int
    refused: int
    people: list[EnterAnswer]

    @classmethod
    def of(cls, answers: list[Answer], language: str) -> "EnterOut":
        counts = [answer.outcome for answer in answers]
        return cls(
            entered=counts.count("entered"),
            again=counts.count("again"),
            refused=counts.count("refused"),
            people=[EnterAnswer.of(answer, language) for answer in answers],
        )


class VariableOut(BaseModel):
    name: str
    zh: str
    en: str


class StopIn(BaseModel):
    stopped: bool


class FileIn(BaseModel):
    text: str


class FileOut(BaseModel):
    key: str
    text: str
