"""Review items: contacts shared by customers who cannot be one person by the rules. A person decides."""

from potager.core import clock
from potager.people.graph import Cluster
from potager.people.identity_types import Tier
from potager.people.models import ReviewItem

_State = ReviewItem.State


def note(cluster: Cluster) -> None:
    """Open, update or settle the review items of the contacts in a cluster that was just regrouped."""
    contacts = {iid: member for iid, member in cluster.members.items() if member.tier == Tier.CONTACT}
    if not contacts:
        return
    touched = {member.iid: {member.cid} for member in contacts.values()}
    for a, b, _ in cluster.links:
        one, other = cluster.members[a], cluster.members[b]
        for contact, neighbour in ((one, other), (other, one)):
            if contact.tier == Tier.CONTACT and not contact.crowded and neighbour.tier != Tier.DEVICE:
                touched[contact.iid].add(neighbour.cid)
    items = {item.identity_id: item for item in ReviewItem.objects.filter(identity_id__in=list(touched))}
    now = clock.now()
    for iid, between in touched.items():
        customers = sorted(between)
        item = items.get(iid)
        if len(customers) == 1:
            if item is not None and item.state == _State.OPEN:
                item.customers, item.state, item.decided_at = customers, _State.SETTLED, now
                item.save()
        elif item is None:
            ReviewItem.objects.create(identity_id=iid, customers=customers, opened_at=now)
        elif item.customers != customers:
            item.customers, item.state, item.opened_at = customers, _State.OPEN, now
            item.decided_at, item.decided_by = None, ""
            item.save()
