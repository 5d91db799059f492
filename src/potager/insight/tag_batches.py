"""批量打标: a tag given to or taken from a crowd at once, and undone where nothing has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass

from potager.core import clock
from potager.core.errors import Conflict, NotFound
from potager.insight import tags
from potager.insight.models import ManualTag, TagBatch, TagBefore
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.people.models import Identity


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
    """Customers who are as they were before, and those left alone since somebody changed the tag after the batch."""

    back: int
    left: int


def preview(cids: Sequence[int], tag: str, value: str | None, *, removing: bool) -> Preview:
    """Count without changing anything. Raises what `tags.check` raises."""
    tags.check(tag, value, removing=removing)
    held, excluded = tags.held_by(cids, tag)
    if removing:
        return Preview(len(cids), len(held), len(cids) - len(held), 0)
    change = [cid for cid in cids if cid not in held or held[cid] != value]
    replaced = sum(cid in held or cid in excluded for cid in change)
    return Preview(len(cids), len(change), len(cids) - len(change), replaced)


def run(
    actor: Actor, cids: Sequence[int], tag: str, value: str | None = None, *, removing: bool = False, of: str
) -> TagBatch:
    """Give or take the tag. of: where these people come from, for whoever reads the list of batches.

    Raises what `tags.check` raises.
    """
    require_write(actor)
    batch = TagBatch.objects.create(tag=tag, value=value, removing=removing, of=of, by=actor.login, at=clock.now())
    done = tags.take(cids, tag) if removing else tags.give(cids, tag, value, by=actor.login, batch=batch.pk)
    TagBefore.objects.bulk_create(
        [
            TagBefore(batch=batch, identity_id=row.identity_id, tag=row.tag, value=row.value, by=row.by)
            for row in done.lost
        ]
    )
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
    back = _give_back(batch, _had(batch)) if batch.removing else _take_back(batch)
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


def _take_back(batch: TagBatch) -> int:
    """The rows the batch gave and nobody touched since go; what they had before comes back."""
    given = list(ManualTag.objects.filter(batch=batch).values_list("customer_id", flat=True))
    before = [row for row in _had(batch) if row[0] in set(given)]
    tags.take(given, batch.tag)
    _restore(before)
    return len(given)


def _give_back(batch: TagBatch, before: list[tuple[int, TagBefore]]) -> int:
    """Who has not got the tag again since the batch took it gets back what they had."""
    again, _ = tags.held_by([cid for cid, _ in before], batch.tag)
    missing = [(cid, row) for cid, row in before if cid not in again]
    _restore(missing)
    return len({cid for cid, _ in missing})


def _restore(before: list[tuple[int, TagBefore]]) -> None:
    alike: dict[tuple[str, str | None, str], list[int]] = {}
    for cid, row in before:
        alike.setdefault((row.tag, row.value, row.by), []).append(cid)
    for (tag, value, by), cids in alike.items():
        tags.give(cids, tag, value, by=by)


def _had(batch: TagBatch) -> list[tuple[int, TagBefore]]:
    """What was there before, under the customers the identities belong to today."""
    rows = list(TagBefore.objects.filter(batch=batch).order_by("id"))
    owners = dict(
        Identity.objects.filter(id__in=TagBefore.objects.filter(batch=batch).values("identity_id")).values_list(
            "id", "customer_id"
        )
    )
    return [(owners[row.identity_id], row) for row in rows if owners.get(row.identity_id) is not None]
