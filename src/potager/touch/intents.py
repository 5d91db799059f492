"""Touch intents: what journeys and operators want to say, judged and written down in the transaction that wants it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from potager.content.links import personal
from potager.content.links.personal import Bearer
from potager.core import clock
from potager.core.bulk import insert_rows
from potager.core.journal import from_us, to_us
from potager.touch import changes, judging, places, tasks
from potager.touch.changes import Change, Subject
from potager.touch.drafts import Draft, Intent, Key, write_out
from potager.touch.life import PENDING, State
from potager.touch.models import Touch
from potager.touch.policy import Verdict
from potager.touch.settings import policy


@dataclass(frozen=True, slots=True)
class Intended:
    """What became of an intent: its touch, where that stands, by which rule, and until when it is deferred."""

    id: int
    state: State
    rule: str = ""
    until: datetime | None = None


def intend(batch: Sequence[Intent], written: Mapping[Key, Draft] | None = None) -> list[Intended]:
    """Create and judge touches set-wise; answers in the order of the batch. Known keys answer as they stand now.

    written  drafts of the batch that were written out before, so as not to hold the order of touches meanwhile
    Must be called inside store.write; thousands per call cost a few statements.
    """
    changes.hold()
    now, rules = clock.now(), policy()
    answers = _existing(batch)
    fresh = {intent.key: intent for intent in reversed(batch) if intent.key not in answers}
    wanted = list(reversed(fresh.values()))
    texts = write_out(wanted, rules, now) if written is None else written
    drafts = [texts[intent.key] for intent in wanted]
    due = [draft for draft in drafts if draft.due_us <= to_us(now)]
    known = {draft.cid: draft.known for draft in due if draft.known}
    said, yielded = judging.verdicts(due, known, rules, now)
    verdicts = dict(zip((draft.intent.key for draft in due), said, strict=True))
    places.give_way(yielded)
    ids = _insert(drafts, verdicts, now)
    for draft in drafts:
        answers[draft.intent.key] = _answer(ids[draft.intent.key], verdicts.get(draft.intent.key), draft)
    _keep_links(drafts, verdicts, ids)
    judged = [(ids[draft.intent.key], draft, verdicts[draft.intent.key]) for draft in due]
    places.reserve([(id_, draft) for id_, draft, verdict in judged if verdict.decision == "send"], now, rules.costs)
    changes.note(
        [Change(id_, state_of(v, shadow=d.shadow), to_us(now), v.rule) for id_, d, v in judged],
        {id_: _subject(id_, draft, verdict) for id_, draft, verdict in judged},
    )
    return [answers[intent.key] for intent in batch]


def cancel(run_ids: Collection[int]) -> int:
    """The runs ended: take back what was not sent; returns how many touches were cancelled at once.

    What a channel has already is asked back by the outbox (`cancel_wanted`). Open staff tasks of the runs close too.
    """
    cancelled = cancel_touches(Touch.objects.filter(run_id__among=run_ids), "journey_ended")
    tasks.cancel_runs(run_ids)
    return cancelled


def cancel_touches(mine: QuerySet[Touch], reason: str) -> int:
    """Take these back as far as they have not gone out; returns how many were cancelled at once."""
    changes.hold()
    at = to_us(clock.now())
    mine.filter(state=State.HANDED_OVER).update(cancel_wanted=True)
    # A queued touch with a token is, or was, in a worker's hand: it must be looked up before it can be taken back.
    mine.filter(state=State.QUEUED).exclude(token="").update(cancel_wanted=True)
    ids = mine.filter(state__in=[*PENDING, State.QUEUED], token="").values_list("id", flat=True)
    return changes.apply([Change(id_, State.CANCELLED, at, reason) for id_ in ids])


def state_of(verdict: Verdict, *, shadow: bool) -> State:
    """The state a verdict puts a touch into."""
    match verdict.decision:
        case "send":
            return State.WITHHELD if shadow else State.QUEUED
        case "defer":
            return State.DEFERRED
        case "skip":
            return State.SKIPPED
        case "drop":
            return State.DROPPED


def _existing(batch: Sequence[Intent]) -> dict[Key, Intended]:
    runs = {intent.run_id for intent in batch}
    rows = Touch.objects.filter(run_id__among=runs, step__among={intent.step for intent in batch}).values_list(
        "run_id", "step", "visit", "part", "id", "state", "rule", "due_us"
    )
    return {
        (run, step, visit, part): Intended(id_, State(state), rule, from_us(due) if state == State.DEFERRED else None)
        for run, step, visit, part, id_, state, rule, due in rows
    }


_COLUMNS = {
    "run_id": "bigint",
    "step": "text",
    "visit": "integer",
    "part": "text",
    "journey": "text",
    "iid": "bigint",
    "cid": "integer",
    "person_key": "text",
    "channel": "text",
    "purpose": "text",
    "lane": "smallint",
    "sender": "text",
    "arm": "text",
    "shadow": "boolean",
    "text": "text",
    "missing": "jsonb",
    "zone": "text",
    "state": "text",
    "rule": "text",
    "detail": "jsonb",
    "created_us": "bigint",
    "asked_us": "bigint",
    "due_us": "bigint",
    "expires_us": "bigint",
    "judged_us": "bigint",
    "token": "text",
    "lease_until_us": "bigint",
    "claimed_us": "bigint",
    "tries": "integer",
    "trouble": "text",
    "cancel_wanted": "boolean",
    "asked_back": "boolean",
    "cost_minor": "bigint",
    "priority": "smallint",
}


def _insert(drafts: Sequence[Draft], verdicts: Mapping[Key, Verdict], now: datetime) -> dict[Key, int]:
    rows = insert_rows(
        Touch._meta.db_table,
        _COLUMNS,
        [_row(draft, verdicts.get(draft.intent.key), to_us(now)) for draft in drafts],
        returning=("run_id", "step", "visit", "part", "id"),
    )
    return {(int(str(r)), str(s), int(str(v)), str(p)): int(str(i)) for r, s, v, p, i in rows}


def _row(draft: Draft, verdict: Verdict | None, now_us: int) -> tuple[object, ...]:
    intent = draft.intent
    state = State.INTENDED if verdict is None else state_of(verdict, shadow=intent.shadow)
    due_us = to_us(verdict.until) if verdict and verdict.until else draft.due_us
    return (
        *(intent.run_id, intent.step, intent.visit, intent.part, intent.journey),
        *(draft.known.iid if draft.known else None, draft.cid, draft.person_key, intent.channel, intent.purpose),
        *(int(intent.lane), draft.sender, intent.arm, intent.shadow, draft.text, list(draft.missing)),
        *(draft.zone, state, verdict.rule if verdict else "", dict(verdict.detail) if verdict else {}, now_us),
        *(draft.due_us, due_us, draft.expires_us, now_us if verdict else 0, ""),
        *(0, 0, 0, "", False, False, 0, intent.priority),
    )


def _keep_links(drafts: Sequence[Draft], verdicts: Mapping[Key, Verdict], ids: Mapping[Key, int]) -> None:
    """The links of messages that go out, or still may."""
    kept = []
    for draft in drafts:
        verdict = verdicts.get(draft.intent.key)
        if draft.known is None or draft.known.iid is None or (verdict and verdict.decision in {"skip", "drop"}):
            continue
        who = Bearer(
            iid=draft.known.iid,
            cid=draft.cid,
            touch=ids[draft.intent.key],
            channel=draft.channel,
            journey=draft.intent.journey,
            sender=draft.sender,
        )
        kept.append((draft.letter, who))
    personal.write(kept)


def _answer(id_: int, verdict: Verdict | None, draft: Draft) -> Intended:
    if verdict is None:
        return Intended(id_, State.INTENDED)
    return Intended(id_, state_of(verdict, shadow=draft.shadow), verdict.rule, verdict.until)


def _subject(id_: int, draft: Draft, verdict: Verdict) -> Subject:
    intent = draft.intent
    return Subject(
        id=id_,
        state=state_of(verdict, shadow=intent.shadow),
        iid=draft.known.iid if draft.known else None,
        cid=draft.cid,
        channel=intent.channel,
        purpose=intent.purpose,
        sender=draft.sender,
        journey=intent.journey,
        run_id=intent.run_id,
        step=intent.step,
        visit=intent.visit,
        shadow=intent.shadow,
    )
