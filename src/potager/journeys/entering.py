"""People entered by a program: row by row, each under a name of its own, so that telling twice enters once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from potager.core import clock, journal
from potager.core.errors import Conflict, Problem
from potager.journeys import limits, live
from potager.journeys.entry import Candidate, enter, refused_key
from potager.journeys.models import Journey, Run
from potager.journeys.triggers.api import ByProgram
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import AuditRow
from potager.people.graph import find
from potager.people.identity_types import IdentityRef, handle_of
from potager.people.models import Customer, Identity

MOST_ROWS, MOST_PROPERTIES, LONGEST = 1_000, 20, 500
# Calls a minute into one journey.
MOST_CALLS = 120
ACTION = "journey.enter"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Row:
    """Who enters (a customer number, or an identity), under which name, and what messages may say of it."""

    entry_key: str
    cid: int | None
    identity: IdentityRef | None
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a row.

    entered  a passage began; again: one under this name had begun before; refused: why is in `problem`
    """

    outcome: Literal["entered", "again", "refused"]
    problem: Problem | None = None


def enter_rows(actor: Actor, journey: Journey, rows: Sequence[Row]) -> list[Answer]:
    """One answer per row, in order. Must be called inside store.write.

    Raises Conflict where the journey is not live or not open to programs, Problem(429) above MOST_CALLS a minute.
    """
    journal.hold()
    current = _open(journey)
    _within_rate(journey)
    answers: dict[int, Answer] = {}
    candidates: dict[int, Candidate] = {}
    bearers = _bearers(rows)
    now, seq = clock.now(), journal.last_seq()
    for n, row in enumerate(rows):
        try:
            cid = _customer(row, bearers, f"people[{n}]")
            _check(row.properties, f"people[{n}].properties")
        except Problem as problem:
            answers[n] = Answer("refused", problem)
            continue
        key = "" if current.definition.entry == "once" else f"api:{row.entry_key}"
        candidates[n] = Candidate(cid, key, now, seq, {**row.properties, "event": ByProgram.KIND})
    answers |= _entered(current, candidates)
    counts = [answer.outcome for answer in answers.values()]
    detail = {outcome: counts.count(outcome) for outcome in ("entered", "again", "refused")}
    audit.record(actor, ACTION, f"journey:{journey.key}", detail)
    return [answers[n] for n in range(len(rows))]


def _open(journey: Journey) -> live.Live:
    current = live.board().by_key.get(journey.key)
    if current is None:
        raise Conflict(
            "journey.not_live", zh="旅程没有在运行，不能加入客户", en="The journey is not live; nobody can enter"
        )
    if not any(isinstance(trigger, ByProgram) for trigger in current.definition.triggers):
        raise Conflict(
            "journey.no_api",
            zh="这个旅程没有开放给程序：请在开始条件里加上「由程序加入」并发布",
            en="This journey is not open to programs: add the api trigger to it and publish",
        )
    return current


def _within_rate(journey: Journey) -> None:
    since = clock.wall() - timedelta(minutes=1)
    if AuditRow.objects.filter(at__gt=since, action=ACTION, subject=f"journey:{journey.key}").count() >= MOST_CALLS:
        raise Problem(
            "journey.enter_rate",
            zh=f"一分钟内最多 {MOST_CALLS} 次，每次可加入 {MOST_ROWS} 人：请稍后再试，或把多人放进一次",
            en=f"At most {MOST_CALLS} calls a minute, each with up to {MOST_ROWS} people: try again later, or send "
            "more people in one call",
            status=429,
        )


def _bearers(rows: Sequence[Row]) -> dict[IdentityRef, int]:
    """The customers of the identities that can be read and are known."""
    handles = {}
    for ref in {row.identity for row in rows if row.identity is not None}:
        try:
            handles[ref] = handle_of(ref)
        except Problem:
            # Said of the row itself, where it is told with its place.
            continue
    found = find(set(handles.values()))
    homes = dict(Identity.objects.filter(id__in=[each.iid for each in found.values()]).values_list("id", "customer_id"))
    return {ref: homes[found[handle].iid] for ref, handle in handles.items() if handle in found}


def _customer(row: Row, bearers: Mapping[IdentityRef, int], place: str) -> int:
    if (row.cid is None) == (row.identity is None):
        raise Problem(
            "journey.enter_who",
            zh="每一行要写客户编号 cid 或一个身份 identity，二选一",
            en="A row names a customer by cid or by one identity, and not by both",
            place=place,
        )
    if row.identity is not None:
        try:
            handle_of(row.identity)
        except Problem as problem:
            raise Problem(problem.code, zh=problem.zh, en=problem.en, place=f"{place}.identity") from problem
        if row.identity in bearers:
            return bearers[row.identity]
    customer = Customer.objects.filter(id=row.cid).first() if row.cid is not None else None
    while customer is not None and customer.state == "merged" and customer.merged_into is not None:
        customer = customer.merged_into
    if customer is None or customer.state != "live":
        raise Problem(
            "journey.enter_unknown",
            zh="没有这个客户：请先用 /v1/identify 告诉我们这个人",
            en="There is no such customer: tell of the person by /v1/identify first",
            place=place,
        )
    return customer.pk


def _check(properties: Mapping[str, object], place: str) -> None:
    if len(properties) > MOST_PROPERTIES:
        raise Problem(
            "journey.enter_properties",
            zh=f"一个人最多带 {MOST_PROPERTIES} 个属性",
            en=f"A person brings at most {MOST_PROPERTIES} properties",
            place=place,
        )
    for name, value in properties.items():
        plain = isinstance(value, int | float | bool) or (isinstance(value, str) and len(value) <= LONGEST)
        if not plain or not _NAME.fullmatch(name) or name == "event":
            raise Problem(
                "journey.enter_property",
                zh=f"属性名用小写字母、数字和下划线，值是数字、真假或不超过 {LONGEST} 个字符的文字；event 已被占用",
                en=f"A property has a name of small letters, digits and underscores and is a number, true or false, or "
                f"a text of at most {LONGEST} characters; event is taken",
                place=f"{place}.{name[:40]}",
            )


def _entered(current: live.Live, candidates: Mapping[int, Candidate]) -> dict[int, Answer]:
    """Enter them, and what became of each: the first of a name enters, if its journey lets the person in."""

    def begun(cids: set[int]) -> set[tuple[int, str]]:
        rows = Run.objects.filter(journey_id=current.journey_id, subject_kind="customer", subject_id__in=cids)
        return set(rows.values_list("subject_id", "entry_key"))

    cids = {each.cid for each in candidates.values()}
    before = begun(cids)
    first = {(each.cid, each.entry_key): n for n, each in reversed(list(candidates.items()))}
    enter(current, list(candidates.values()))
    after = begun(cids)
    seq = next((each.seq for each in candidates.values()), 0)
    turned_away = Run.objects.filter(journey_id=current.journey_id, subject_id__in=cids, end_reason__in=limits.REASONS)
    reasons = {
        (cid, key): reason for cid, key, reason in turned_away.values_list("subject_id", "entry_key", "end_reason")
    }
    answers = {}
    for n, each in candidates.items():
        name = (each.cid, each.entry_key)
        if name in before or (name in after and first[name] != n):
            answers[n] = Answer("again")
        else:
            reason = reasons.get((each.cid, refused_key(each.entry_key, seq)))
            answers[n] = Answer("entered") if name in after else Answer("refused", _refusal(reason, f"people[{n}]"))
    return answers


def _refusal(reason: str | None, place: str) -> Problem:
    if reason is not None:
        return limits.why(reason, place)
    return Problem(
        "journey.enter_gap",
        zh="这位客户上次进入到现在，还不到旅程要求的间隔",
        en="The customer's last entry is less than the gap of this journey ago",
        place=place,
    )
