"""Messages before they are judged: what somebody wants to say to whom, and that written out for the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from potager.content.links import personal
from potager.content.links.personal import Letter
from potager.content.render import render
from potager.core import clock
from potager.core.journal import to_us
from potager.touch import people as known_people
from potager.touch import rhythm
from potager.touch.best_hour import next_at
from potager.touch.models import Lane
from potager.touch.people import Known
from potager.touch.purposes import Purpose
from potager.touch.settings import Policy

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


def write_out(intents: Sequence[Intent], rules: Policy, now: datetime) -> dict[Key, Draft]:
    """The drafts of these intents, by key. Reads only: it may be done before the transaction that intends them."""
    if not intents:
        return {}
    known = known_people.customers({intent.cid for intent in intents}, rules.zone_attr)
    speaking = [intent.sender or _owner(known.get(intent.cid)) for intent in intents]
    senders = known_people.senders(speaking)
    attributes = known_people.attribute_names()
    hours = _best_hours(intents, known, rules, now)
    post = personal.post(intent.template for intent in intents)
    drafts: dict[Key, Draft] = {}
    for intent, sender in zip(intents, speaking, strict=True):
        who = known.get(intent.cid)
        values = known_people.values_of(who, senders.get(sender), attributes) if who else {}
        letter = post.letter(real=not intent.shadow and who is not None and who.iid is not None)
        rendered = render(intent.template, {**values, **intent.values}, letter.url)
        due = intent.due or now
        expires = intent.expires or due + timedelta(hours=rules.window_hours)
        if who and intent.at_best:
            due = next_at(hours[who.cid], max(due, now), expires, known_people.zone_of(who.zone))
        drafts[intent.key] = Draft(
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
    return drafts


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
