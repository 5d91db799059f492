"""标签组: their names, colours and order; and which of them let a customer have one tag only."""

from collections.abc import Sequence

from django.db.models import Count, Max

from potager.core.errors import Conflict, NotFound, Problem
from potager.insight.fields import TagKind, refusal
from potager.insight.models import ManualTag, TagDefinition, TagGroup
from potager.insight.specs import TagGroupSpec
from potager.org import audit
from potager.org.access import Actor, require_write


def save(actor: Actor, spec: TagGroupSpec) -> TagGroup:
    """Create or change a group; a new one comes last.

    Raises Problem("insight.condition") for an exclusive group with tags that rules set, Conflict where customers have
    several of its tags already.
    """
    require_write(actor)
    if spec.exclusive:
        _refuse_rules(spec.key)
        _refuse_several(spec.key)
    row, created = TagGroup.objects.update_or_create(
        key=spec.key,
        defaults=spec.model_dump(exclude={"key"}),
        create_defaults={**spec.model_dump(), "position": _next()},
    )
    audit.record(actor, "tag_group.create" if created else "tag_group.change", f"tag_group:{spec.key}")
    return row


def order(actor: Actor, keys: Sequence[str]) -> None:
    """Put the groups in this order.

    Raises Problem("tag_group.order") when it is not each of them once.
    """
    require_write(actor)
    groups = {row.key: row for row in TagGroup.objects.all()}
    if sorted(keys) != sorted(groups):
        raise Problem(
            "tag_group.order",
            zh="顺序里要把每个标签组写一次",
            en="Name every group of tags once to put them in order",
            place="keys",
        )
    for position, key in enumerate(keys):
        groups[key].position = position
    TagGroup.objects.bulk_update(groups.values(), ["position"])
    audit.record(actor, "tag_group.order", "tag_group", {"keys": list(keys)})


def remove(actor: Actor, key: str) -> None:
    """Remove a group without tags.

    Raises NotFound, or Conflict naming a tag in it.
    """
    require_write(actor)
    row = group(key)
    tag = TagDefinition.objects.filter(group=key).order_by("key").first()
    if tag is not None:
        raise Conflict(
            "tag_group.used",
            zh=f"组里还有标签「{tag.name_zh}」；先把它移到别的组",
            en=f"The tag “{tag.name_en or tag.key}” is still in it: move it to another group first",
            place="key",
        )
    row.delete()
    audit.record(actor, "tag_group.remove", f"tag_group:{key}")


def group(key: str) -> TagGroup:
    """Raises NotFound."""
    row = TagGroup.objects.filter(key=key).first()
    if row is None:
        raise NotFound("标签组", "group of tags", key)
    return row


def listed() -> list[TagGroup]:
    """In their order."""
    return list(TagGroup.objects.order_by("position", "key"))


def admit(key: str, source: str, tag: str) -> None:
    """A tag comes into a group: one nobody has named before is made.

    Raises Problem("insight.condition") when the group is exclusive and a rule sets the tag, or when customers have the
    tag beside another of the group.
    """
    if not key:
        return
    row, _ = TagGroup.objects.get_or_create(key=key, defaults={"name_zh": key, "position": _next()})
    if not row.exclusive:
        return
    if source != TagKind.MANUAL:
        raise _by_rule(row.name_zh, row.name_en or key, tag)
    _refuse_several(key, tag)


def _next() -> int:
    last: int | None = TagGroup.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _refuse_rules(key: str) -> None:
    tag = TagDefinition.objects.filter(group=key).exclude(source=TagKind.MANUAL).order_by("key").first()
    if tag is not None:
        raise _by_rule(tag.group, tag.group, tag.name_zh)


def _by_rule(zh: str, en: str, tag: str) -> Problem:
    return refusal(
        f"互斥组「{zh}」里只能是手工标签：「{tag}」由规则打标，规则之间谁先谁后请写在同一个「按条件取值」的标签里",
        f"Only tags given by hand fit into the exclusive group “{en}”: a rule sets “{tag}”; put rules that "
        "exclude each other into one tag by cases",
        "group",
    )


def _refuse_several(key: str, more: str | None = None) -> None:
    tags = set(TagDefinition.objects.filter(group=key).values_list("key", flat=True)) | ({more} if more else set())
    several = (
        ManualTag.objects.filter(tag__in=tags)
        .values("customer_id")
        .annotate(n=Count("tag", distinct=True))
        .filter(n__gt=1)
        .count()
    )
    if several:
        raise Conflict(
            "tag_group.several",
            zh=f"有 {several:,} 位客户同时有组里的几个标签；先用批量移除留下一个",
            en=f"{several:,} customers have several tags of the group: leave them one by a bulk removal first",
            place="exclusive",
        )
