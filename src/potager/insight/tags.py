"""Tags given by hand. The operations store is their truth; every change is a fact and an event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from potager.core import clock, journal, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.ids import new_token
from potager.core.journal import Entry, Fact
from potager.insight.fields import Kind, TagKind
from potager.insight.models import ManualTag, TagBefore, TagDefinition, TagGroup
from potager.org import audit
from potager.org.access import SYSTEM, Actor
from potager.people.models import Customer, Identity, State

# SQLite takes no more names in one statement than some ten thousands.
_BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """What giving or taking a tag did: the customers it touched, and the tags they lost by it, as they were."""

    cids: list[int]
    lost: list[ManualTag]


def add(actor: Actor, cids: Iterable[int], tag: str, value: str | None = None) -> int:
    """Give the tag to these customers; one who has it with this value already is left alone. Returns how many got it.

    In an exclusive group they lose the other tags of it. Raises NotFound for an unknown tag, Conflict for one with a
    rule, Problem for a value that does not fit.
    """
    changed = give(cids, tag, value, by=actor.login).cids
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


def give(cids: Iterable[int], tag: str, value: str | None, *, by: str, batch: int | None = None) -> Change:
    """Give the tag, telling the warehouse and journeys; whoever calls writes the trail. See `add`."""
    _require_write()
    check(tag, value)
    wanted = sorted(set(cids))
    had = {row.customer_id: row for row in _rows(wanted, [tag])}
    changed = [cid for cid in wanted if cid not in had or had[cid].value != value]
    identities = _identities(changed)
    changed = [cid for cid in changed if cid in identities]
    replaced = [had[cid] for cid in changed if cid in had]
    excluded = _rows(changed, _rivals(tag))
    _drop([*replaced, *excluded])
    now = clock.now()
    given = {"tag": tag, "value": value, "since": now, "until": _end(tag, now), "by": by, "batch_id": batch}
    ManualTag.objects.bulk_create(
        [ManualTag(identity_id=identities[cid], customer_id=cid, **given) for cid in changed], batch_size=_BATCH
    )
    _tell([("remove", row.customer_id, tag, row.value) for row in replaced])
    _tell([("remove", row.customer_id, row.tag, row.value) for row in excluded], told=True)
    _tell([("add", cid, tag, value) for cid in changed], told=True)
    return Change(changed, [*replaced, *excluded])


def take(cids: Iterable[int], tag: str) -> Change:
    """Take the tag away, telling the warehouse and journeys; whoever calls writes the trail. See `remove`."""
    _require_write()
    check(tag, None, removing=True)
    rows = _rows(sorted(set(cids)), [tag])
    _drop(rows)
    _tell([("remove", row.customer_id, tag, row.value) for row in rows], told=True)
    return Change(sorted({row.customer_id for row in rows}), rows)


def expire() -> int:
    """Take the tags whose term is over. Returns how many."""
    _require_write()
    rows = list(ManualTag.objects.filter(until__lte=clock.now()).order_by("tag", "customer_id", "id"))
    _drop(rows)
    _tell([("remove", row.customer_id, row.tag, row.value) for row in rows], told=True)
    for tag, some in groupby(rows, key=attrgetter("tag")):
        audit.record(SYSTEM, "tag.expire", f"tag:{tag}", {"customers": len(list(some))})
    return len(rows)


def _end(tag: str, now: datetime) -> datetime | None:
    """The midnight at which a tag given now is taken away."""
    days = TagDefinition.objects.filter(key=tag).values_list("expires_after_days", flat=True).first()
    return None if days is None else clock.day_start(clock.business_date(now) + timedelta(days=days + 1))


def held_by(cids: Iterable[int], tag: str) -> tuple[dict[int, str | None], set[int]]:
    """Who of these has the tag, with its value; and who has another tag that giving this one would take away."""
    wanted = sorted(set(cids))
    held = {row.customer_id: row.value for row in _rows(wanted, [tag])}
    return held, {row.customer_id for row in _rows(wanted, _rivals(tag))}


def _rows(cids: Sequence[int], tags: Sequence[str]) -> list[ManualTag]:
    """The rows of these customers and tags, by customer; so many at a time as one statement can name."""
    if not tags:
        return []
    found: list[ManualTag] = []
    for start in range(0, len(cids), _BATCH):
        some = cids[start : start + _BATCH]
        found += ManualTag.objects.filter(customer_id__in=some, tag__in=tags).order_by("customer_id", "tag", "id")
    return found


def _drop(rows: Sequence[ManualTag]) -> None:
    for start in range(0, len(rows), _BATCH):
        ManualTag.objects.filter(id__in=[row.pk for row in rows[start : start + _BATCH]]).delete()


def _rivals(tag: str) -> list[str]:
    """The other tags of an exclusive group."""
    group = TagDefinition.objects.filter(key=tag).values_list("group", flat=True).first()
    if not group or not TagGroup.objects.filter(key=group, exclusive=True).exists():
        return []
    return list(TagDefinition.objects.filter(group=group).exclude(key=tag).values_list("key", flat=True))


def forget(cids: Iterable[int]) -> None:
    """Take every tag given by hand from people who are erased; nothing hears of it as an event."""
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
    for row in ManualTag.objects.filter(identity_id__in=moves.keys()).order_by("id"):
        before, after = row.customer_id, moves[row.identity_id]
        if after is None or after == before:
            continue
        row.customer_id = after
        row.save(update_fields=["customer"])
        if not ManualTag.objects.filter(customer_id=before, tag=row.tag).exists():
            _tell([("remove", before, row.tag, row.value)])
        _tell([("add", after, row.tag, row.value)])


def _require_write() -> None:
    if not store.is_writing():
        raise RuntimeError("tags are changed inside store.write")


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
    if value is not None and definition.value_kind == Kind.NUMBER:
        try:
            float(value)
        except ValueError as error:
            raise Problem(
                "tag.value", zh="这个标签的值是数字", en="This tag's value is a number", place="value"
            ) from error


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
