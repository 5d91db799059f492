"""From touches to verdicts: gathers what the policy asks about in a few statements, whatever the number of touches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from potager.core.bulk import insert_rows
from potager.core.journal import from_us, to_us
from potager.people import consent
from potager.touch import channels
from potager.touch.models import CapReservation
from potager.touch.people import Known, zone_of
from potager.touch.policy import UNTREATED, Book, Candidate, Place, Verdict, judge_all
from potager.touch.settings import Policy


class Case(Protocol):
    """What is judged: an intent about to be written, or a touch whose time has come (a row has these fields)."""

    @property
    def cid(self) -> int: ...
    @property
    def person_key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def arm(self) -> str: ...
    @property
    def shadow(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def missing(self) -> Sequence[str]: ...
    @property
    def zone(self) -> str: ...
    @property
    def expires_us(self) -> int: ...


def verdicts(cases: Sequence[Case], known: Mapping[int, Known], policy: Policy, now: datetime) -> list[Verdict]:
    """What policy says of each at `now`, the earlier ones counting against the later."""
    if not cases:
        return []
    refused = _refused(cases)
    book = _book({case.person_key for case in cases}, policy, now)
    candidates = [
        Candidate(
            person_key=case.person_key,
            channel=case.channel,
            purpose=case.purpose,
            now=now,
            expires=from_us(case.expires_us),
            zone=zone_of(case.zone),
            shadow=case.shadow,
            gone=case.cid not in known or known[case.cid].gone,
            opted_out=case.cid in refused[case.channel, case.purpose],
            held_out=case.arm in UNTREATED,
            missing=tuple(case.missing),
            lacking=_lacking(case),
        )
        for case in cases
    ]
    return judge_all(candidates, policy, book)


def reserve(places: Iterable[tuple[int, Case]], now: datetime) -> None:
    """Take the places of the touches that may be sent: (touch id, case)."""
    at = to_us(now)
    insert_rows(
        CapReservation._meta.db_table,
        {
            "touch_id": "bigint",
            "person_key": "text",
            "channel": "text",
            "purpose": "text",
            "at_us": "bigint",
            "shadow": "boolean",
        },
        [(touch, c.person_key, c.channel, c.purpose, at, c.shadow) for touch, c in places],
    )


def _refused(cases: Sequence[Case]) -> dict[tuple[str, str], set[int]]:
    asked: dict[tuple[str, str], set[int]] = {}
    for case in cases:
        asked.setdefault((case.channel, case.purpose), set()).add(case.cid)
    return {way: consent.opted_out(cids, *way) for way, cids in asked.items()}


def _book(persons: Collection[str], policy: Policy, now: datetime) -> Book:
    widest = max((cap.window for cap in policy.caps), default=timedelta())
    places: dict[str, list[Place]] = {}
    rows = CapReservation.objects.filter(person_key__among=persons, at_us__gt=to_us(now - widest)).values_list(
        "person_key", "at_us", "channel", "purpose", "shadow"
    )
    for person, at_us, channel, purpose, shadow in rows:
        places.setdefault(person, []).append(Place(from_us(at_us), channel, purpose, shadow))
    return Book(places)


def _lacking(case: Case) -> str:
    channel = channels.installed().get(case.channel)
    if channel is None:
        return "channel"
    if channel.capabilities.needs_sender and not case.sender:
        return "sender"
    if len(case.text) > channel.capabilities.text_limit:
        return "length"
    return ""
