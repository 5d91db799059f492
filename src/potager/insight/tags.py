"""Tags given by hand. The operations store is their truth; every change is a fact and an event."""

from collections.abc import Iterable, Mapping, Sequence

from potager.core import clock, journal, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.core.ids import new_token
from potager.core.journal import Entry, Fact
from potager.insight.fields import Kind, TagKind
from potager.insight.models import ManualTag, TagDefinition
from potager.org import audit
from potager.org.access import Actor
from potager.people.models import Customer, Identity, State


def add(actor: Actor, cids: Iterable[int], tag: str, value: str | None = None) -> int:
    """Give the tag to these customers; one who has it with this value already is left alone. Returns how many got it.

    Raises NotFound for an unknown tag, Conflict for one with a rule, Problem for a value that does not fit.
    """
    _require_write()
    _check(tag, value)
    wanted = sorted(set(cids))
    had = {row.customer_id: row for row in ManualTag.objects.filter(customer_id__in=wanted, tag=tag)}
    changed = [cid for cid in wanted if cid not in had or had[cid].value != value]
    identities = _identities(changed)
    changed = [cid for cid in changed if cid in identities]
    removed = [(had[cid].customer_id, had[cid].value) for cid in changed if cid in had]
    ManualTag.objects.filter(customer_id__in=[cid for cid, _ in removed], tag=tag).delete()
    now = clock.now()
    ManualTag.objects.bulk_create(
        [
            ManualTag(identity_id=identities[cid], customer_id=cid, tag=tag, value=value, since=now, by=actor.login)
            for cid in changed
        ]
    )
    _tell([("remove", cid, tag, old) for cid, old in removed])
    _tell([("add", cid, tag, value) for cid in changed], told=True)
    if changed:
        audit.record(actor, "tag.add", f"tag:{tag}", {"value": value, "customers": len(changed), **_few(changed)})
    return len(changed)


def remove(actor: Actor, cids: Iterable[int], tag: str) -> int:
    """Take the tag from these customers. Returns how many had it.

    Raises NotFound for an unknown tag, Conflict for one with a rule.
    """
    _require_write()
    _check(tag, None, removing=True)
    rows = list(ManualTag.objects.filter(customer_id__in=set(cids), tag=tag).order_by("customer_id"))
    ManualTag.objects.filter(id__in=[row.pk for row in rows]).delete()
    _tell([("remove", row.customer_id, tag, row.value) for row in rows], told=True)
    if rows:
        had = [row.customer_id for row in rows]
        audit.record(actor, "tag.remove", f"tag:{tag}", {"customers": len(had), **_few(had)})
    return len(rows)


def forget(cids: Iterable[int]) -> None:
    """Take every tag given by hand from people who are erased; nothing hears of it as an event."""
    rows = list(ManualTag.objects.filter(customer_id__in=set(cids)).order_by("id"))
    ManualTag.objects.filter(id__in=[row.pk for row in rows]).delete()
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


def _check(tag: str, value: str | None, *, removing: bool = False) -> None:
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
    rows = Identity.objects.filter(customer_id__in=cids, customer__state=State.LIVE).order_by("-id")
    return dict(rows.values_list("customer_id", "id"))


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
