"""Reading calls of the Segment spec: one JSON item becomes what it says of whom. Pure; refusals are Problems."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from potager.core.errors import Problem
from potager.people.identity_types import SEALED, TIERS, IdentityRef, contact

MAX_ITEM = 32 * 1024
# A clock this near ours is believed; beyond, the sender's clock is corrected by what `sentAt` shows.
BELIEVED = timedelta(minutes=1)
CALLS = frozenset({"track", "identify", "group", "alias", "page", "screen"})

Text = str | int | None
Properties = dict[str, Any]


class ExternalId(msgspec.Struct):
    """`type` is one of our identity types; `collection` its realm."""

    id: str | int
    type: str
    collection: str = ""


class Campaign(msgspec.Struct):
    source: str | None = None


class Context(msgspec.Struct, rename="camel"):
    traits: Properties | None = None
    external_ids: list[ExternalId] | None = None
    campaign: Campaign | None = None


class Item(msgspec.Struct, rename="camel"):
    """What the spec lets an item hold; fields we do not use are let be."""

    type: str = ""
    user_id: Text = None
    anonymous_id: Text = None
    message_id: Text = None
    event: str | None = None
    properties: Properties | None = None
    traits: Properties | None = None
    context: Context | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    previous_id: Text = None
    group_id: Text = None
    name: str | None = None
    category: str | None = None


class Batch(msgspec.Struct, rename="camel"):
    batch: list[msgspec.Raw]
    sent_at: str | None = None
    write_key: str | None = None


@dataclass(slots=True)
class Said:
    """An item, read: who is meant (`claim`, what the fact came by first), when, and what was said."""

    call: str
    claim: list[IdentityRef]
    at: datetime
    message_id: str
    source: str
    name: str = ""
    properties: Properties = field(default_factory=dict)
    traits: Properties = field(default_factory=dict)
    group: str = ""


class _Keyed(msgspec.Struct, rename="camel"):
    write_key: str | None = None


_keyed = msgspec.json.Decoder(_Keyed)
_item = msgspec.json.Decoder(Item)
_batch = msgspec.json.Decoder(Batch)
_NOT_WORD = re.compile(r"\W+")


def write_key_in(raw: bytes) -> str | None:
    """The write key an item carries itself, if it does."""
    try:
        return _keyed.decode(raw).write_key
    except msgspec.DecodeError:
        return None


def read_batch(body: bytes) -> Batch:
    """The envelope, its items unread. Raises Problem("ingest.json")."""
    try:
        return _batch.decode(body)
    except msgspec.DecodeError as error:
        raise Problem(
            "ingest.json",
            zh='请求体不是 Segment 规范的 JSON：应为 {"batch": [...]}',
            en=f"The body is not JSON of the Segment spec: {error}",
            status=400,
        ) from error


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a batch came in: `now` by the business clock, `wall` by the machine's, `sent_at` by the sender's."""

    now: datetime
    wall: datetime
    sent_at: str | None = None


def read(raw: bytes | msgspec.Raw, call: str, realm: str, arrival: Arrival) -> Said:
    """One item. `call` is its type unless it says so itself.

    Raises Problem with the reason and the field.
    """
    if len(raw) > MAX_ITEM:
        raise Problem(
            "ingest.too_large",
            zh=f"单条超过 {MAX_ITEM // 1024} kB",
            en=f"The item is larger than {MAX_ITEM // 1024} kB",
            status=413,
        )
    try:
        item = _item.decode(raw)
    except msgspec.DecodeError as error:
        raise Problem("ingest.item", zh=f"格式不对：{error}", en=f"Malformed: {error}") from error
    call = call or item.type
    if call not in CALLS:
        raise _wrong(
            "type", zh=f"type 应为 {'、'.join(sorted(CALLS))}", en=f"type is one of {', '.join(sorted(CALLS))}"
        )
    said = Said(
        call=call,
        claim=_claim(item, call, realm),
        at=_when(item, arrival),
        message_id=_text(item.message_id) or f"content:{_content_key(raw)}",
        source=item.context.campaign.source or "" if item.context and item.context.campaign else "",
    )
    match call:
        case "track":
            said.name = event_key(item.event or "")
            said.properties = item.properties or {}
        case "page" | "screen":
            said.name = "page_viewed"
            said.properties = {**(item.properties or {}), **_page(item)}
        case "identify":
            said.traits = item.traits or {}
        case "group":
            said.group = _needed(item.group_id, "groupId")
            said.traits = item.traits or {}
        case _:
            pass
    return said


def event_key(name: str) -> str:
    """ "Order Completed" → order_completed. Letters of any script stay.

    Raises Problem("ingest.field") for a name without any.
    """
    key = _NOT_WORD.sub("_", name).strip("_").lower()[:100]
    if not key:
        raise _wrong("event", zh="缺少事件名", en="The event has no name")
    return key


def _claim(item: Item, call: str, realm: str) -> list[IdentityRef]:
    """Everything the item says its person is known by; the user id first, then the device, then contacts."""
    claim: list[IdentityRef] = []
    for kind, value in (("user_id", item.user_id), ("anonymous_id", item.anonymous_id)):
        if text := _text(value):
            claim.append(IdentityRef(kind, realm, _short(text, kind)))
    context = item.context
    for each in (context.external_ids or ()) if context else ():
        if each.type not in TIERS:
            raise _wrong("context.externalIds", zh=f"没有身份类型「{each.type}」", en=f"No identity type “{each.type}”")
        claim.append(_checked(each.type, each.collection or realm, str(each.id), "context.externalIds"))
    if call == "alias":
        previous = _needed(item.previous_id, "previousId")
        # The spec lets previousId be either a user id or a visitor's: both are said to be this person.
        claim += [IdentityRef("user_id", realm, previous), IdentityRef("anonymous_id", realm, previous)]
    elif call == "identify":
        claim += _named_in(item.traits or {}, realm, "traits")
    claim += _named_in((context.traits or {}) if context else {}, realm, "context.traits")
    if not claim:
        raise _wrong("userId", zh="缺少 userId 或 anonymousId", en="Neither userId nor anonymousId is given")
    return list(dict.fromkeys(claim))


def _named_in(traits: Mapping[str, Any], realm: str, place: str) -> list[IdentityRef]:
    """Traits that are identities: phone, email, member_no, unionid and the like."""
    if not traits:
        return []
    found = TIERS.keys() & traits.keys() - {"user_id", "anonymous_id"}
    return [
        _checked(kind, realm, str(traits[kind]), f"{place}.{kind}")
        for kind in sorted(found)
        if traits[kind] not in {None, ""}
    ]


def _checked(kind: str, realm: str, value: str, place: str) -> IdentityRef:
    if kind in SEALED:
        try:
            return IdentityRef(kind, "", contact(kind, value))
        except Problem as problem:
            raise Problem(problem.code, zh=problem.zh, en=problem.en, place=place) from problem
    return IdentityRef(kind, realm, _short(value.strip(), place))


def _when(item: Item, arrival: Arrival) -> datetime:
    """When it happened; never later than now, which only a wrong clock could say."""
    given = item.timestamp or item.original_timestamp
    if given is None:
        return arrival.now
    at = instant(given, "timestamp")
    sent = item.sent_at or arrival.sent_at
    if sent is not None:
        skew = arrival.wall - instant(sent, "sentAt")
        if abs(skew) > BELIEVED:
            at += skew
    return min(at, arrival.now)


def instant(text: str, place: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or not 1970 < at.year < 2100:
        raise _wrong(
            place, zh=f"{place} 应为 ISO 8601 时间，例如 2026-11-01T04:00:00Z", en=f"{place} is no ISO 8601 time"
        )
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _page(item: Item) -> Properties:
    return {key: value for key, value in (("name", item.name), ("category", item.category)) if value}


def _content_key(raw: bytes | msgspec.Raw) -> str:
    """An item without messageId is known by its content, so that sending it again adds nothing."""
    return hashlib.blake2b(bytes(raw), digest_size=16).hexdigest()


def _text(value: Text) -> str:
    return "" if value is None else str(value).strip()


def _needed(value: Text, place: str) -> str:
    if not (text := _text(value)):
        raise _wrong(place, zh=f"缺少 {place}", en=f"{place} is missing")
    return _short(text, place)


def _short(text: str, place: str) -> str:
    if not 0 < len(text) <= 200:
        raise _wrong(place, zh=f"{place} 应为 1–200 个字符", en=f"{place} has 1–200 characters")
    return text


def _wrong(place: str, *, zh: str, en: str) -> Problem:
    return Problem("ingest.field", zh=zh, en=en, place=place)
