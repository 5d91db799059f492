"""Journeys over HTTP."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.security import HttpBasicAuth, SessionAuth

from potager.core import store
from potager.core.errors import Problem
from potager.core.paging import PageQuery, page_of
from potager.facts import write_keys
from potager.insight import catalogue, conditions
from potager.journeys import (
    checks,
    entering,
    files,
    intakes,
    limits,
    live,
    present,
    publish,
    queries,
    staffing,
    starting,
)
from potager.journeys.entering_schemas import EnterIn, EnterOut, IntakeOut, StartCount, StartIn
from potager.journeys.graph import Definition
from potager.journeys.impact import draft_of, impact_of
from potager.journeys.parts import EntryLimits
from potager.journeys.publish_schemas import ImpactOut, OverdueOut, PublishIn, ResumeIn
from potager.journeys.schemas import (
    ArmOut,
    DefinitionIn,
    DoneOut,
    DraftOut,
    FileIn,
    FileOut,
    JourneyDetail,
    JourneyPage,
    MemberDone,
    ProblemOut,
    ResultsOut,
    RunPage,
    RunQuery,
    SlotDone,
    StaffResults,
    StopIn,
    Trace,
    VariableOut,
    VersionResult,
)
from potager.org.access import Actor, actor_of, require_write
from potager.org.models import Role

router = Router(tags=["journeys"])


@dataclass(frozen=True, slots=True)
class Program:
    """A program outside, and the realm of the identities it names."""

    actor: Actor
    realm: str


@router.get("", response=JourneyPage, summary="All journeys with their state and people")
def list_journeys(request: HttpRequest) -> JourneyPage:
    actor_of(request)
    rows = present.rows()
    return JourneyPage(items=rows, total=len(rows), all_stopped=live.all_stopped())


@router.get("/schema", response=dict[str, Any], summary="The JSON Schema of a definition")
def get_schema(request: HttpRequest) -> dict[str, Any]:
    actor_of(request)
    return Definition.model_json_schema(by_alias=True)


@router.get("/variables", response=list[VariableOut], summary="Variables a message may use")
def list_variables(request: HttpRequest) -> list[VariableOut]:
    actor_of(request)
    return present.variables()


@router.post("/validate", response=list[ProblemOut], summary="What keeps a definition from being published")
def validate(request: HttpRequest, body: DefinitionIn) -> list[ProblemOut]:
    actor_of(request)
    return _problems(request, checks.read(body.definition))


@router.post("/apply", response=FileOut, summary="Store a YAML definition as its journey's draft")
def apply_file(request: HttpRequest, body: FileIn) -> FileOut:
    actor = _writer(request)
    with store.write():
        planned = files.apply(actor, files.load(body.text))
    return FileOut(key=planned.key, text=planned.diff)


@router.post("/stop-all", response=JourneyPage, summary="Stop every journey at once, or let them go on")
def stop_all(request: HttpRequest, body: StopIn) -> JourneyPage:
    actor = _writer(request)
    with store.write():
        publish.stop_all(actor, stopped=body.stopped)
    return list_journeys(request)


@router.get("/limits", response=EntryLimits, summary="How often one person may enter journeys that say nothing of it")
def get_limits(request: HttpRequest) -> EntryLimits:
    actor_of(request)
    return limits.of_house()


@router.put("/limits", response=EntryLimits, summary="Change how often one person may enter")
def put_limits(request: HttpRequest, body: EntryLimits) -> EntryLimits:
    actor = _writer(request)
    with store.write():
        limits.set_of_house(actor, body)
    return limits.of_house()


@router.get("/runs/{int:run_id}", response=Trace, summary="One customer's passage with the reason of every step")
def get_trace(request: HttpRequest, run_id: int) -> Trace:
    return present.trace(queries.run_of(actor_of(request), run_id), _language(request))


@router.get("/customers/{int:cid}", response=RunPage, summary="A customer's passages through all journeys")
def list_customer_runs(request: HttpRequest, cid: int, page: Query[PageQuery]) -> RunPage:
    found, total = page_of(queries.runs(actor_of(request), cid=cid), page)
    return RunPage(items=present.runs(found), total=total, page=page.page, size=page.size)


@router.get("/{key}", response=JourneyDetail, summary="A journey's graph with the people at its steps")
def get_journey(request: HttpRequest, key: str, *, draft: bool = False, version: int | None = None) -> JourneyDetail:
    actor_of(request)
    return present.detail(queries.journey_of(key), _language(request), draft=draft, version=version)


@router.put("/{key}/draft", response=DraftOut, summary="Keep a draft; it need not be complete")
def save_draft(request: HttpRequest, key: str, body: DefinitionIn) -> DraftOut:
    actor = _writer(request)
    definition = checks.read({**body.definition, "key": key})
    with store.write():
        files.save_draft(actor, definition)
    return DraftOut(definition=definition.canonical(), problems=_problems(request, definition))


@router.get("/{key}/staff", response=StaffResults, summary="Tasks of a staff SOP by staff member and by slot")
def get_staff_results(request: HttpRequest, key: str) -> StaffResults:
    actor, journey = actor_of(request), queries.journey_of(key)
    return StaffResults(
        members=[
            MemberDone(staff=staff, name=name, **DoneOut.counts(done))
            for staff, name, done in staffing.by_member(actor, journey)
        ],
        slots=[SlotDone(slot=slot, **DoneOut.counts(done)) for slot, done in staffing.by_slot(actor, journey)],
    )


@router.get("/{key}/preview", response=ImpactOut, summary="What publishing the draft would do")
def preview(request: HttpRequest, key: str) -> ImpactOut:
    actor_of(request)
    journey = queries.journey_of(key)
    return ImpactOut.of(impact_of(journey), _problems(request, draft_of(journey)))


@router.post("/{key}/publish", response=JourneyDetail, summary="Make the draft live")
def publish_journey(request: HttpRequest, key: str, body: PublishIn) -> JourneyDetail:
    actor = _writer(request)
    with store.write():
        publish.publish(actor, queries.journey_of(key), body.people)
    return present.detail(queries.journey_of(key), _language(request))


@router.post("/{key}/pause", response=JourneyDetail, summary="Nobody enters and nobody moves until resumed")
def pause(request: HttpRequest, key: str) -> JourneyDetail:
    actor = _writer(request)
    with store.write():
        publish.pause(actor, queries.journey_of(key))
    return present.detail(queries.journey_of(key), _language(request))


@router.post("/{key}/resume", response=JourneyDetail, summary="Go on after a pause")
def resume(request: HttpRequest, key: str, body: ResumeIn) -> JourneyDetail:
    actor = _writer(request)
    with store.write():
        publish.resume(actor, queries.journey_of(key), body.overdue)
    return present.detail(queries.journey_of(key), _language(request))


@router.get("/{key}/overdue", response=OverdueOut, summary="Who became due while the journey is paused")
def overdue(request: HttpRequest, key: str) -> OverdueOut:
    actor_of(request)
    return present.overdue(queries.journey_of(key))


@router.post("/{key}/stop", response=JourneyDetail, summary="End the journey for everybody inside")
def stop(request: HttpRequest, key: str) -> JourneyDetail:
    actor = _writer(request)
    with store.write():
        publish.stop(actor, queries.journey_of(key))
    return present.detail(queries.journey_of(key), _language(request))


@router.post("/{key}/versions/{int:n}/restore", response=DraftOut, summary="Make an earlier version the draft")
def restore(request: HttpRequest, key: str, n: int) -> DraftOut:
    actor = _writer(request)
    with store.write():
        definition = files.restore(actor, queries.journey_of(key), n)
    return DraftOut(definition=definition.canonical(), problems=_problems(request, definition))


@router.get("/{key}/versions/results", response=list[VersionResult], summary="Raw counts by version and arm")
def version_results(request: HttpRequest, key: str) -> list[VersionResult]:
    actor_of(request)
    return present.version_results(queries.journey_of(key))


@router.get("/{key}/results", response=ResultsOut, summary="Raw counts by arm; statistics are with the evidence")
def results(request: HttpRequest, key: str) -> ResultsOut:
    actor_of(request)
    return ResultsOut(arms=[ArmOut.of(each) for each in queries.results(queries.journey_of(key))])


@router.get("/{key}/runs", response=RunPage, summary="Customers in a journey, newest first")
def list_runs(request: HttpRequest, key: str, query: Query[RunQuery]) -> RunPage:
    actor = actor_of(request)
    rows = queries.runs(actor, journey=queries.journey_of(key), step=query.step, state=query.state)
    found, total = page_of(rows, query)
    return RunPage(items=present.runs(found), total=total, page=query.page, size=query.size)


@router.post("/{key}/start/count", response=StartCount, summary="How many a manual start would enter")
def count_start(request: HttpRequest, key: str, body: StartIn) -> StartCount:
    _writer(request)
    queries.journey_of(key)
    return StartCount(people=starting.count(body.condition))


@router.post("/{key}/start", response=IntakeOut, summary="Let everybody a condition selects enter, by jobs in parts")
def start(request: HttpRequest, key: str, body: StartIn) -> IntakeOut:
    actor = _writer(request)
    conditions.bind(conditions.parse(body.condition), catalogue.load())
    with store.write():
        begun = intakes.begin(actor, queries.journey_of(key), body.condition)
    return IntakeOut.of(begun, _language(request))


@router.get("/{key}/intakes", response=list[IntakeOut], summary="Many people on their way in, and how far they are")
def list_intakes(request: HttpRequest, key: str) -> list[IntakeOut]:
    actor_of(request)
    return [IntakeOut.of(row, _language(request)) for row in queries.intakes(queries.journey_of(key))]


@router.post("/{key}/intakes/{int:intake_id}/cancel", response=IntakeOut, summary="Nobody more enters by it")
def cancel_intake(request: HttpRequest, key: str, intake_id: int) -> IntakeOut:
    actor = _writer(request)
    with store.write():
        row = intakes.cancel(actor, queries.journey_of(key), intake_id)
    return IntakeOut.of(row, _language(request))


@router.get("/{key}/file", response=FileOut, summary="The journey as YAML")
def export_file(request: HttpRequest, key: str) -> FileOut:
    actor_of(request)
    return FileOut(key=key, text=files.export(key))


class _WriteKey(HttpBasicAuth):
    """A write key as the user name of Basic auth. It stands for a program: no cookie is read, no CSRF asked."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Program:  # noqa: ARG002
        key = write_keys.holder(username)
        if key is None:
            raise Problem(
                "ingest.write_key",
                zh="写入密钥无效或已吊销：请用 Basic 认证，用户名为写入密钥",
                en="The write key is unknown or revoked: send it as the user name of Basic auth",
                status=401,
            )
        return Program(Actor(f"write-key:{key.key}", Role.MANAGER), key.realm)


@router.post(
    "/{key}/enter",
    response=EnterOut,
    auth=[_WriteKey(), SessionAuth()],
    summary="Let people enter, named row by row; a name sent again enters nobody again",
)
def enter_people(request: HttpRequest, key: str, body: EnterIn) -> EnterOut:
    program = getattr(request, "auth", None)
    actor, realm = (program.actor, program.realm) if isinstance(program, Program) else (_writer(request), "")
    rows = [
        entering.Row(
            row.entry_key,
            row.cid,
            row.identity.ref(realm) if row.identity is not None else None,
            row.properties,
        )
        for row in body.people
    ]
    with store.write():
        answers = entering.enter_rows(actor, queries.journey_of(key), rows)
    return EnterOut.of(answers, _language(request))


def _writer(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require_write(actor)
    return actor


def _language(request: HttpRequest) -> str:
    return "en" if request.headers.get("Accept-Language", "zh").lower().startswith("en") else "zh"


def _problems(request: HttpRequest, definition: Definition) -> list[ProblemOut]:
    return [ProblemOut.of(problem, _language(request)) for problem in checks.problems(definition)]
