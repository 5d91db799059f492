"""What a person decides about who is who: merging, taking a merge back, cutting a wrong link, review items."""

from collections.abc import Collection
from itertools import product

from potager.core import clock, store
from potager.core.errors import Conflict, NotFound, Problem
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.people import graph, queries
from potager.people.models import Customer, Identity, Merge, ReviewItem, Severance
from potager.people.settle import settle


def merge(actor: Actor, a_cid: int, b_cid: int) -> Merge:
    """Declare two customers to be one person. The older cid is kept; nothing is lost (`unmerge`).

    Raises NotFound for a customer that does not exist, Conflict when both are one customer already.
    """
    require_write(actor)
    a, b = (queries.customer(actor, cid) for cid in (a_cid, b_cid))
    if a.id == b.id:
        raise Conflict("people.same", zh="这两位已经是同一个客户", en="These two are one customer already")
    return join(actor, _speaker(a), _speaker(b))


def join(actor: Actor, a_iid: int, b_iid: int) -> Merge:
    """Declare the persons behind two identities to be one."""
    store.serialise("journal")
    found = Merge.objects.create(a_id=a_iid, b_id=b_iid, at=clock.now(), actor=actor.login)
    settle(graph.clusters([a_iid, b_iid]))
    audit.record(actor, "customer.merge", f"merge:{found.id}", {"iids": [a_iid, b_iid], "cids": _cids(a_iid, b_iid)})
    return found


def unmerge(actor: Actor, merge_id: int) -> None:
    """Take back what a person merged. Identities go home unless links still hold them together.

    Raises NotFound for an unknown merge, Conflict when it was taken back before.
    """
    require_write(actor)
    store.serialise("journal")
    found = Merge.objects.filter(id=merge_id).first()
    if found is None:
        raise NotFound("合并记录", "merge", merge_id)
    if found.undone_at is not None:
        raise Conflict("people.unmerged", zh="这次合并已经撤销过", en="This merge was taken back before")
    found.undone_at = clock.now()
    found.save()
    settle(graph.clusters([found.a_id, found.b_id]))
    audit.record(actor, "customer.unmerge", f"merge:{merge_id}", {"cids": _cids(found.a_id, found.b_id)})


def split(actor: Actor, cid: int, iids: Collection[int]) -> list[int]:
    """Say that some identities of a customer are another person: cut every link between them and the rest.

    Merges between the two sides are taken back too. Returns the cids the identities of the customer have then.
    Raises Problem("people.split") unless `iids` are some, and not all, of the customer's identities.
    """
    require_write(actor)
    store.serialise("journal")
    customer = queries.customer(actor, cid)
    held = set(Identity.objects.filter(customer=customer).values_list("id", flat=True))
    apart = set(iids)
    if not apart or not apart < held:
        raise Problem(
            "people.split",
            zh="请选择这位客户的一部分身份（不能是全部）拆分出去",
            en="Choose some of this customer's identities, not all, to split off",
            place="iids",
        )
    rest = held - apart
    pairs = [(min(pair), max(pair)) for pair in product(apart, rest)]
    sever(actor, [pair for pair, stored in graph.stored_pairs(pairs).items() if stored.at_us is not None])
    crossing = Merge.objects.filter(undone_at__isnull=True)
    crossing.filter(a_id__in=apart, b_id__in=rest).update(undone_at=clock.now())
    crossing.filter(a_id__in=rest, b_id__in=apart).update(undone_at=clock.now())
    settle(graph.clusters(held))
    after = sorted(set(Identity.objects.filter(id__in=held).values_list("customer_id", flat=True)))
    audit.record(actor, "customer.split", f"customer:{cid}", {"iids": sorted(apart), "cids": after})
    return after


def sever(actor: Actor, pairs: Collection[graph.Pair]) -> None:
    """Cut these links (a < b) for ever, however often the pair is claimed again."""
    now = clock.now()
    Severance.objects.bulk_create(
        [Severance(a=a, b=b, at=now, actor=actor.login) for a, b in pairs], ignore_conflicts=True
    )
    settle(graph.clusters({iid for pair in pairs for iid in pair}))


def decide(actor: Actor, item_id: int, *, same: bool) -> ReviewItem:
    """Settle a review item: the customers are one person, or they stay apart although they share the contact.

    Raises NotFound for an unknown item, Conflict when it is not open any more.
    """
    require_write(actor)
    item = ReviewItem.objects.filter(id=item_id).first()
    if item is None:
        raise NotFound("待处理合并", "review item", item_id)
    if item.state != ReviewItem.State.OPEN:
        raise Conflict("people.decided", zh="这一条已经处理过", en="This item was decided before")
    if same:
        first, *others = (_speaker(queries.customer(actor, cid)) for cid in item.customers)
        for other in others:
            join(actor, first, other)
        item.refresh_from_db()
    item.state = ReviewItem.State.MERGED if same else ReviewItem.State.APART
    item.decided_at, item.decided_by = clock.now(), actor.login
    item.save()
    audit.record(actor, "review.decide", f"review:{item_id}", {"same": same, "customers": item.customers})
    return item


def _speaker(customer: Customer) -> int:
    """The identity a decision about a customer is tied to: its oldest."""
    return Identity.objects.filter(customer=customer).order_by("id").values_list("id", flat=True)[0]


def _cids(*iids: int) -> list[int]:
    return sorted(set(Identity.objects.filter(id__in=iids).values_list("customer_id", flat=True)))
