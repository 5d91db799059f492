"""批量打标: a tag given to or taken from a crowd at once, and undone where nothing has changed since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from potager.core import clock
from potager.core.errors import Conflict, NotFound
from potager.insight import tags
from potager.insight.fields import TagOrigin
from potager.insight.models import ManualTag, TagBatch, TagBefore, TagDefinition
from potager.org import audit
from potager.org.access import Actor, require_write

_KEPT: Final = ("identity_id", "tag", "value", "until", "by", "origin")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch would do to `people`.

    change    would get the tag (removing: would lose it)
    same      are so already
    replaced  of those who would change, would lose another value of it, or another tag of its exclusive group
    """

    people: int
    change: int
    same: int
    replaced: int


@dataclass(frozen=True, slots=True)
class Undone:
    """Customers who are as they were before, and those left alone: somebody changed the tag after the batch, or the
    term of what they had is over."""

    back: int
    left: int


def preview(cids: Sequence[int], tag: str, value: str | None, *, removing: bool) -> Preview:
    """Count without changing anything. Raises what `tags.check` raises."""
    tags.check(tag, value, removing=removing)
    held, excluded = tags.held_by(cids, tag)
    if removing:
        return Preview(len(cids), len(held), len(cids) - len(held), 0)
    change = [cid for cid in cids if held.get(cid, frozenset()) != {value}]
    replaced = sum(bool(held.get(cid, frozenset()) - {value}) or cid in excluded for cid in change)
    return Preview(len(cids), len(change), len(cids) - len(change), replaced)


def run(
    actor: Actor, cids: Sequence[int], tag: str, value: str | None = None, *, removing: bool = False, of: str
) -> TagBatch:
    """Give or take the tag. of: where these people come from, for whoever reads the list of batches.

    Raises what `tags.check` raises.
    """
    require_write(actor)
    batch = TagBatch.objects.create(tag=tag, value=value, removing=removing, of=of, by=actor.login, at=clock.now())
    if removing:
        done = tags.take(cids, tag)
    else:
        done = tags.give(cids, tag, value, by=actor.login, origin=TagOrigin.BATCH, batch=batch.pk)
    TagBefore.objects.bulk_create([_before(batch, row) for row in done.lost])
    batch.changed = len(done.cids)
    batch.replaced = 0 if removing else len({row.customer_id for row in done.lost})
    batch.save(update_fields=["changed", "replaced"])
    said = {"batch": batch.pk, "value": value, "customers": batch.changed, "of": of}
    audit.record(actor, "tag.batch_remove" if removing else "tag.batch_add", f"tag:{tag}", said)
    return batch


def undo(actor: Actor, batch: TagBatch) -> Undone:
    """Take back what the batch did, as far as it still stands.

    Raises Conflict("tag.undone") for the second time.
    """
    require_write(actor)
    if batch.undone_at is not None:
        raise Conflict(
            "tag.undone",
            zh="这一批已经撤销过了",
            en="This batch was undone already",
            place="batch",
        )
    back = len(_restore(_had(batch))) if batch.removing else _take_back(batch)
    batch.undone_at, batch.undone_by = clock.now(), actor.login
    batch.save(update_fields=["undone_at", "undone_by"])
    audit.record(actor, "tag.batch_undo", f"tag:{batch.tag}", {"batch": batch.pk, "customers": back})
    return Undone(back, batch.changed - back)


def recent(tag: str, limit: int = 20) -> list[TagBatch]:
    """The newest batches of a tag."""
    return list(TagBatch.objects.filter(tag=tag).order_by("-id")[:limit])


def batch(number: int) -> TagBatch:
    """Raises NotFound."""
    found = TagBatch.objects.filter(pk=number).first()
    if found is None:
        raise NotFound("批次", "batch", str(number))
    return found


def _before(batch: TagBatch, row: ManualTag) -> TagBefore:
    kept = {name: getattr(row, name) for name in _KEPT}
    return TagBefore(batch=batch, earlier_id=row.batch_id, **kept)


def _take_back(batch: TagBatch) -> int:
    """The rows the batch gave and nobody touched since go, and only those; what they had before comes back."""
    given = list(ManualTag.objects.filter(batch=batch).order_by("customer_id", "id"))
    tags.withdraw(given)
    whose = {row.customer_id for row in given}
    _restore([row for row in _had(batch) if row.customer_id in whose])
    return len(whose)


def _restore(rows: Sequence[ManualTag]) -> set[int]:
    """Put back what is not in the way of what somebody has by now. Returns the customers."""
    by_tag: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_tag[row.tag].append(row.customer_id)
    free: dict[str, set[int]] = {}
    for tag, cids in by_tag.items():
        held, excluded = tags.held_by(cids, tag)
        free[tag] = set(cids) - held.keys() - excluded
    back = [row for row in rows if row.customer_id in free[row.tag]]
    tags.restore(back)
    return {row.customer_id for row in back}


def _had(batch: TagBatch) -> list[ManualTag]:
    """What was there before, as rows of the customers the identities belong to today; what is past its term is not,
    nor tags that are no more."""
    now = clock.now()
    known = set(TagDefinition.objects.values_list("key", flat=True))
    rows = TagBefore.objects.filter(batch=batch).select_related("identity").order_by("id")
    return [
        ManualTag(
            customer_id=row.identity.customer_id,
            since=now,
            batch_id=row.earlier_id,
            **{name: getattr(row, name) for name in _KEPT},
        )
        for row in rows
        if row.tag in known and (row.until is None or row.until > now)
    ]
