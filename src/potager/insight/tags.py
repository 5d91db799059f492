"""Tags given by hand. The operations store is their truth; every change is a fact and an event."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from potager.core import clock, journal
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.ids import new_token
from potager.core.journal import Entry, Fact
from potager.insight.fields import Kind, TagKind, TagOrigin
from potager.insight.models import ManualTag, TagBefore, TagDefinition, TagGroup
from potager.org import audit
from potager.org.access import SYSTEM, Actor
from potager.people.models import Customer, Identity, State

# SQLite takes no more names in one statement than some ten thousands.
_BATCH: Final = 10_000
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Change:
    """What giving or taking a tag did: the customers it touched, and the tags they lost by it, as they were."""

    cids: list[int]
    lost: list[ManualTag]


def add(
    actor: Actor, cids: Iterable[int], tag: str, value: str | None = None, *, origin: TagOrigin = TagOrigin.HAND
) -> int:
    """Give the tag to these customers; who has it with this value already keeps it, for a new term where tags of this
    kind have one. Returns how many got it.

    In an exclusive group they lose the other tags of it. Raises NotFound for an unknown tag, Conflict for one with a
    rule, Problem for a value that does not fit.
    """
    changed = give(cids, tag, value, by=actor.login, origin=origin).cids
    if changed:
        audit.record(actor, "tag.add", f"tag:{tag}", {"value": value, "customers": len(changed), **_few(changed)})
    return len(changed)


def remove(actor: Actor, cids: Iterable[int], tag: str) -> int:
    """Take the tag from these customers. Returns how many had it.

    Raises NotFound for an unknown tag, Conflict for one with a rule.
    """
    had = take(cids, tag).cids
    if had:
        audit.record(actor, "tag.remove", f"tag:{tag}", {"customers": len(had), **_few(had)})
    return len(had)


def give(
    cids: Iterable[int], tag: str, value: str | None, *, by: str, origin: TagOrigin, batch: int | None = None
) -> Change:
    """Give the tag, telling the warehouse and journeys; whoever calls writes the trail. See `add`."""
    _begin()
    check(tag, value)
    wanted = sorted(set(cids))
    had = _by_customer(_rows(wanted, [tag]))
    changed = [cid for cid in wanted if {row.value for row in had[cid]} != {value}]
    identities = _identities(changed)
    changed = [cid for cid in changed if cid in identities]
    now = clock.now()
    until = _end(tag, now)
    _renew([row for cid in wanted for row in had[cid] if row.value == value], until)
    replaced = [row for cid in changed for row in had[cid] if row.value != value]
    excluded = _rows(changed, _rivals(tag))
    withdraw(replaced, told=False)
    withdraw(excluded)
    new = [cid for cid in changed if all(row.value != value for row in had[cid])]
    given = {"tag": tag, "value": value, "since": now, "until": until, "by": by, "origin": origin, "batch_id": batch}
    ManualTag.objects.bulk_create(
        [ManualTag(identity_id=identities[cid], customer_id=cid, **given) for cid in new], batch_size=_BATCH
    )
    _tell([("add", cid, tag, value) for cid in new], told=True)
    return Change(changed, [*replaced, *excluded])


def take(cids: Iterable[int], tag: str) -> Change:
    """Take the tag away, telling the warehouse and journeys; whoever calls writes the trail. See `remove`."""
    _begin()
    check(tag, None, removing=True)
    rows = _rows(sorted(set(cids)), [tag])
    withdraw(rows)
    return Change(sorted({row.customer_id for row in rows}), rows)


def withdraw(rows: Sequence[ManualTag], *, told: bool = True) -> None:
    """Delete these and tell who has not got the value any more: somebody known by two identities may have it by the
    other one still. told: whether journeys hear of it."""
    for start in range(0, len(rows), _BATCH):
        ManualTag.objects.filter(id__in=[row.pk for row in rows[start : start + _BATCH]]).delete()
    gone = dict.fromkeys((row.customer_id, row.tag, row.value) for row in rows)
    left = _rows(sorted({cid for cid, _, _ in gone}), sorted({tag for _, tag, _ in gone}))
    still = {(row.customer_id, row.tag, row.value) for row in left}
    _tell([("remove", *each) for each in gone if each not in still], told=told)


def restore(rows: Sequence[ManualTag]) -> None:
    """Put tags back as they were given, telling the warehouse and journeys."""
    _begin()
    ManualTag.objects.bulk_create(rows, batch_size=_BATCH)
    _tell([("add", *each) for each in dict.fromkeys((row.customer_id, row.tag, row.value) for row in rows)], told=True)


def expire() -> int:
    """Take the tags whose term is over. Returns how many."""
    _begin()
    rows = list(ManualTag.objects.filter(until__lte=clock.now()).order_by("tag", "customer_id", "id"))
    withdraw(rows)
    for tag, some in groupby(rows, key=attrgetter("tag")):
        audit.record(SYSTEM, "tag.expire", f"tag:{tag}", {"customers": len(list(some))})
    return len(rows)


def _end(tag: str, now: datetime) -> datetime | None:
    """The midnight at which a tag given now is taken away."""
    days = TagDefinition.objects.filter(key=tag).values_list("expires_after_days", flat=True).first()
    return None if days is None else clock.day_start(clock.business_date(now) + timedelta(days=days + 1))


def _renew(rows: Sequence[ManualTag], until: datetime | None) -> None:
    if until is not None:
        later = [row.pk for row in rows if row.until is not None and row.until < until]
        for start in range(0, len(later), _BATCH):
            ManualTag.objects.filter(id__in=later[start : start + _BATCH]).update(until=until)


def held_by(cids: Iterable[int], tag: str) -> tuple[Mapping[int, frozenset[str | None]], frozenset[int]]:
    """Who of these has the tag, with its values (two, where two customers became one); and who has another tag that
    giving this one would take away."""
    wanted = sorted(set(cids))
    held = {cid: frozenset(row.value for row in rows) for cid, rows in _by_customer(_rows(wanted, [tag])).items()}
    return held, frozenset(row.customer_id for row in _rows(wanted, _rivals(tag)))


def _by_customer(rows: Iterable[ManualTag]) -> defaultdict[int, list[ManualTag]]:
    found: defaultdict[int, list[ManualTag]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found


def _rows(cids: Sequence[int], tags: Sequence[str]) -> list[ManualTag]:
    """The rows of these customers and tags, by customer; so many at a time as one statement can name."""
    if not tags:
        return []
    found: list[ManualTag] = []
    for start in range(0, len(cids), _BATCH):
        some = cids[start : start + _BATCH]
        found += ManualTag.objects.filter(customer_id__in=some, tag__in=tags).order_by("customer_id", "tag", "id")
    return found


def _rivals(tag: str) -> list[str]:
    """The other tags of the tag's group, where the group is exclusive."""
    group = TagDefinition.objects.filter(key=tag).values_list("group", flat=True).first()
    if not group or not TagGroup.objects.filter(key=group, exclusive=True).exists():
        return []
    return list(TagDefinition.objects.filter(group=group).exclude(key=tag).values_list("key", flat=True))


def forget(cids: Iterable[int]) -> None:
    """Take every tag given by hand from people who are erased; nothing hears of it as an event."""
    _begin()
    wanted = set(cids)
    rows = list(ManualTag.objects.filter(customer_id__in=wanted).order_by("id"))
    ManualTag.objects.filter(id__in=[row.pk for row in rows]).delete()
    TagBefore.objects.filter(identity__customer_id__in=wanted).delete()
    _tell([("remove", row.customer_id, row.tag, None) for row in rows])


def follow(entries: Sequence[Entry]) -> None:
    """A journal subscriber: a tag moves with the identity it was given to, when customers are merged or split."""
    moves = {
        entry.fact.iid: entry.fact.cid
        for entry in entries
        if entry.fact.kind == "identity" and entry.fact.iid is not None and entry.fact.cid is not None
    }
    if not moves:
        return
    joined: set[int] = set()
    for row in ManualTag.objects.filter(identity_id__in=moves.keys()).order_by("id"):
        before, after = row.customer_id, moves[row.identity_id]
        if after is None or after == before:
            continue
        row.customer_id = after
        row.save(update_fields=["customer"])
        if not ManualTag.objects.filter(customer_id=before, tag=row.tag, value=row.value).exists():
            _tell([("remove", before, row.tag, row.value)])
        _tell([("add", after, row.tag, row.value)])
        joined.add(after)
    _exclude(joined)


def _exclude(cids: Iterable[int]) -> None:
    """Customers who became one keep, of an exclusive group, the tag given last."""
    groups = TagGroup.objects.filter(exclusive=True).values("key")
    tags = dict(TagDefinition.objects.filter(group__in=groups).values_list("key", "group"))
    for cid, rows in _by_customer(_rows(sorted(cids), sorted(tags))).items():
        last = {tags[row.tag]: row.tag for row in sorted(rows, key=attrgetter("since", "pk"))}
        older = [row for row in rows if last[tags[row.tag]] != row.tag]
        withdraw(older)
        for row in older:
            said = {"customer": cid, "group": tags[row.tag], "kept": last[tags[row.tag]]}
            audit.record(SYSTEM, "tag.exclude", f"tag:{row.tag}", said)


def _begin() -> None:
    """The order of facts before any row of a tag: whoever appends facts changes tags, too, and holds them so."""
    journal.hold()


def check(tag: str, value: str | None, *, removing: bool = False) -> None:
    """Raises NotFound for an unknown tag, Conflict for one with a rule, Problem for a value that does not fit."""
    definition = TagDefinition.objects.filter(key=tag).first()
    if definition is None:
        raise NotFound("标签", "tag", tag)
    if definition.source != TagKind.MANUAL:
        raise Conflict(
            "tag.rule",
            zh=f"「{definition.name_zh}」由规则自动打标，不能手工增减；请修改它的规则",
            en=f"“{definition.name_en or tag}” is set by its rule and not by hand; change the rule instead",
            place="tag",
        )
    if removing:
        return
    if bool(definition.value_kind) != (value is not None):
        raise Problem(
            "tag.value",
            zh="这个标签需要一个值" if definition.value_kind else "这个标签没有值",
            en="This tag needs a value" if definition.value_kind else "This tag takes no value",
            place="value",
        )
    options = [str(option) for option in definition.options]
    if value is not None and options and value not in options:
        raise Problem(
            "tag.value",
            zh=f"「{value}」不在可选值里：{'、'.join(options)}",
            en=f"“{value}” is none of the values: {', '.join(options)}",
            place="value",
        )
    if value is not None and definition.value_kind == Kind.NUMBER and not _NUMBER.fullmatch(value):
        raise Problem(
            "tag.value",
            zh=f"这个标签的值是数字，如 3 或 2.5，不能是「{value}」",
            en=f"This tag's value is a number such as 3 or 2.5, not “{value}”",
            place="value",
        )


def _identities(cids: Sequence[int]) -> dict[int, int]:
    """The oldest identity of each live customer."""
    found: dict[int, int] = {}
    for start in range(0, len(cids), _BATCH):
        some = cids[start : start + _BATCH]
        rows = Identity.objects.filter(customer_id__in=some, customer__state=State.LIVE).order_by("-id")
        found |= dict(rows.values_list("customer_id", "id"))
    return found


def _few(cids: Sequence[int]) -> Mapping[str, object]:
    """A single customer is named in the trail; a crowd is counted."""
    return {"customer": cids[0]} if len(cids) == 1 else {}


def _tell(changes: Sequence[tuple[str, int, str, str | None]], *, told: bool = False) -> None:
    """Append the facts the warehouse keeps, and with `told` the events journeys hear."""
    now, batch = clock.now(), new_token("t")
    facts = []
    for i, (op, cid, tag, value) in enumerate(changes):
        body = {"tag": tag, "value": value, "op": op}
        facts.append(Fact("tag", f"tag_{op}", "insight", f"{batch}:{i}", now, body, cid=cid))
        if told:
            event = "tag_added" if op == "add" else "tag_removed"
            facts.append(Fact("event", event, "insight", f"{batch}:{i}:e", now, {"tag": tag, "value": value}, cid=cid))
    if facts:
        journal.append(facts)


def of_customer(customer: Customer) -> list[ManualTag]:
    """The tags a customer has by hand, by key."""
    found: dict[str, ManualTag] = {}
    for row in ManualTag.objects.filter(customer=customer).order_by("tag", "-since"):
        found.setdefault(row.tag, row)
    return list(found.values())
