"""Touch intents: what journeys and operators want to say, judged and written down in the transaction that wants it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from potager.content.links import personal
from potager.content.links.personal import Bearer, Letter
from potager.content.render import render
from potager.core import clock
from potager.core.bulk import insert_rows
from potager.core.journal import from_us, to_us
from potager.touch import changes, judging, places, rhythm, tasks
from potager.touch import people as known_people
from potager.touch.best_hour import next_at
from potager.touch.changes import Change, Subject
from potager.touch.life import PENDING, State
from potager.touch.models import Lane, Touch
from potager.touch.people import Known
from potager.touch.policy import Verdict
from potager.touch.purposes import Purpose
from potager.touch.settings import Policy, policy

Key = tuple[int, str, int, str]


@dataclass(frozen=True, slots=True)
class Intent:
    """One message somebody wants to reach one person.

    run_id, step, visit, part  its identity: the same again is the same touch. Outside journeys run_id is 0 and
             `step` names the occasion ("manual:…")
    template the text with variables (content.render); `values` come before the customer's own
    sender   a staff key; "" leaves it to the customer's owner
    person_key, arm  the run's; "" is looked up, and no arm
    shadow   judge it, never send it
    due      business time from which it may go out; None is now
    expires  end of its send window; None is the policy's window after due
    at_best  not before the hour at which this person is likely to answer, where one comes inside the send window
    priority its journey's, 0 to 100: of two messages that cannot both go, the higher goes
    """

    cid: int
    channel: str
    template: str
    run_id: int = 0
    step: str = ""
    visit: int = 1
    part: str = ""
    purpose: Purpose = "marketing"
    lane: Lane = Lane.SOP
    journey: str = ""
    sender: str = ""
    person_key: str = ""
    arm: str = ""
    shadow: bool = False
    due: datetime | None = None
    expires: datetime | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    priority: int = 50
    at_best: bool = False

    @property
    def key(self) -> Key:
        return (self.run_id, self.step, self.visit, self.part)


@dataclass(frozen=True, slots=True)
class Intended:
    """What became of an intent: its touch, where that stands, by which rule, and until when it is deferred."""

    id: int
    state: State
    rule: str = ""
    until: datetime | None = None


def intend(batch: Sequence[Intent]) -> list[Intended]:
    """Create and judge touches set-wise; answers in the order of the batch. Known keys answer as they stand now.

    Must be called inside store.write; thousands per call cost a few statements.
    """
    changes.hold()
    now, rules = clock.now(), policy()
    answers = _existing(batch)
    fresh = {intent.key: intent for intent in reversed(batch) if intent.key not in answers}
    drafted = drafts(list(reversed(fresh.values())), rules, now)
    due = [draft for draft in drafted if draft.due_us <= to_us(now)]
    known = {draft.cid: draft.known for draft in due if draft.known}
    said, yielded = judging.verdicts(due, known, rules, now)
    verdicts = dict(zip((draft.intent.key for draft in due), said, strict=True))
    places.give_way(yielded)
    ids = _insert(drafted, verdicts, now)
    for draft in drafted:
        answers[draft.intent.key] = _answer(ids[draft.intent.key], verdicts.get(draft.intent.key), draft)
    _keep_links(drafted, verdicts, ids)
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


@dataclass(frozen=True, slots=True)
class Draft:
    """A touch before it has an id; judging asks it what it asks a row."""

    intent: Intent
    known: Known | None
    cid: int
    person_key: str
    sender: str
    text: str
    missing: tuple[str, ...]
    zone: str
    due_us: int
    expires_us: int
    letter: Letter

    @property
    def run_id(self) -> int:
        return self.intent.run_id

    @property
    def channel(self) -> str:
        return self.intent.channel

    @property
    def purpose(self) -> str:
        return self.intent.purpose

    @property
    def arm(self) -> str:
        return self.intent.arm

    @property
    def shadow(self) -> bool:
        return self.intent.shadow

    @property
    def journey(self) -> str:
        return self.intent.journey

    @property
    def priority(self) -> int:
        return self.intent.priority


def _existing(batch: Sequence[Intent]) -> dict[Key, Intended]:
    runs = {intent.run_id for intent in batch}
    rows = Touch.objects.filter(run_id__among=runs, step__among={intent.step for intent in batch}).values_list(
        "run_id", "step", "visit", "part", "id", "state", "rule", "due_us"
    )
    return {
        (run, step, visit, part): Intended(id_, State(state), rule, from_us(due) if state == State.DEFERRED else None)
        for run, step, visit, part, id_, state, rule, due in rows
    }


def drafts(intents: Sequence[Intent], rules: Policy, now: datetime) -> list[Draft]:
    """The messages as they would be written, in the order of the intents. Writes nothing."""
    if not intents:
        return []
    known = known_people.customers({intent.cid for intent in intents}, rules.zone_attr)
    speaking = [intent.sender or _owner(known.get(intent.cid)) for intent in intents]
    senders = known_people.senders(speaking)
    attributes = known_people.attribute_names()
    hours = _best_hours(intents, known, rules, now)
    post = personal.post(intent.template for intent in intents)
    found = []
    for intent, sender in zip(intents, speaking, strict=True):
        who = known.get(intent.cid)
        values = known_people.values_of(who, senders.get(sender), attributes) if who else {}
        letter = post.letter(real=not intent.shadow and who is not None and who.iid is not None)
        rendered = render(intent.template, {**values, **intent.values}, letter.url)
        due = intent.due or now
        expires = intent.expires or due + timedelta(hours=rules.window_hours)
        if who and intent.at_best:
            due = next_at(hours[who.cid], max(due, now), expires, known_people.zone_of(who.zone))
        found.append(
            Draft(
                intent=intent,
                known=who,
                cid=who.cid if who else intent.cid,
                person_key=intent.person_key or (who.person_key if who else ""),
                sender=sender,
                text=rendered.text,
                missing=rendered.missing,
                zone=who.zone if who else clock.zone().key,
                due_us=to_us(due),
                expires_us=to_us(expires),
                letter=letter,
            )
        )
    return found


def _best_hours(
    intents: Sequence[Intent], known: Mapping[int, Known], rules: Policy, now: datetime
) -> Mapping[int, int]:
    """cid → the hour of its messages that ask for the best one."""
    asking = [known[intent.cid] for intent in intents if intent.at_best and intent.cid in known]
    if not asking:
        return {}
    return rhythm.best_hours({who.cid: known_people.zone_of(who.zone) for who in asking}, now, fallback=rules.best_hour)


def _owner(who: Known | None) -> str:
    return who.owner if who else ""


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
