"""Links: made, changed, retired and brought back."""

from urllib.parse import urlsplit

from potager.content.links import addresses
from potager.content.links.models import Kind, Link
from potager.content.links.queries import link
from potager.content.links.specs import LinkSpec, refuse_target
from potager.core import clock
from potager.core.errors import Conflict, Problem
from potager.insight import tags
from potager.org import audit
from potager.org.access import Actor, require_write


def create(actor: Actor, spec: LinkSpec) -> Link:
    """A link that opens from its first day on.

    Raises Conflict("link.taken") for a key there is already, and the refusals of `change`.
    """
    require_write(actor)
    if Link.objects.filter(key=spec.key).exists():
        raise Conflict("link.taken", zh=f"已有链接「{spec.key}」", en=f"There is a link “{spec.key}”", place="key")
    row = Link(key=spec.key, kind=spec.kind)
    _write(actor, row, spec)
    audit.record(actor, "link.create", f"link:{row.key}", {"target": row.target})
    return row


def change(actor: Actor, key: str, spec: LinkSpec) -> Link:
    """Change what a link shows and does from now on, also for those who have it already.

    Raises NotFound; Conflict("link.kind") for another kind; Problem for a target, a text, days or a tag that cannot be.
    """
    require_write(actor)
    row = link(key)
    if row.kind != spec.kind:
        raise Conflict(
            "link.kind",
            zh="网址和本站文章不能互换：发出去的地址不一样，请新建一个",
            en="An address does not become a page, nor a page an address: links already sent differ. Make another",
            place="kind",
        )
    before = row.target
    _write(actor, row, spec)
    audit.record(actor, "link.change", f"link:{key}", {"target": {"from": before, "to": row.target}})
    return row


def retire(actor: Actor, key: str) -> Link:
    """Let a link open for nobody any more and stand in no new message; what is known of it stays."""
    require_write(actor)
    row = link(key)
    if row.retired_at is None:
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        audit.record(actor, "link.retire", f"link:{key}")
    return row


def revive(actor: Actor, key: str) -> Link:
    """Let a retired link open again, for everybody who has it."""
    require_write(actor)
    row = link(key)
    if row.retired_at is not None:
        row.retired_at = None
        row.save(update_fields=["retired_at"])
        audit.record(actor, "link.revive", f"link:{key}")
    return row


def _write(actor: Actor, row: Link, spec: LinkSpec) -> None:
    if row.kind == Kind.URL:
        refuse_target(spec.target)
        _refuse_circle(spec.target)
    elif not spec.body:
        raise Problem("link.body", zh="正文还没有写", en="The text is not written yet", place="body")
    if spec.from_day and spec.until_day and spec.until_day < spec.from_day:
        raise Problem(
            "link.days", zh="结束日期在开始日期之前", en="Its last day is before its first", place="until_day"
        )
    for each in spec.tags:
        tags.check(each.tag, each.value)
    for name in ("title", "target", "body", "task", "from_day", "until_day"):
        setattr(row, name, getattr(spec, name))
    row.tags = [each.model_dump() for each in spec.tags]
    row.changed_at, row.changed_by = clock.now(), actor.login
    row.save()


def _refuse_circle(target: str) -> None:
    """A short link that leads to a short link of ours would count one person's opening as another's."""
    url, own = urlsplit(target), urlsplit(addresses.base())
    if url.hostname == own.hostname and url.path.startswith(("/r/", "/c/")):
        raise Problem(
            "link.circle",
            zh="这是本系统发给某位客户的短链：请填它最终打开的网址",
            en="This is a short link of this house, made for one customer: give the address it leads to",
            place="target",
        )
