"""What journeys need to know of the people in them, set-wise."""

from collections.abc import Collection

from django.db.models import Min

from potager.people.models import Customer, Identity


def iids(cids: Collection[int]) -> dict[int, int]:
    """An identity of each customer: facts that carry it follow the customer through merges."""
    rows = Identity.objects.filter(customer_id__in=cids).values_list("customer_id").annotate(first=Min("id"))
    return {int(cid): int(first) for cid, first in rows}


def owners(cids: Collection[int]) -> dict[int, str]:
    """The staff key of each customer's owner, where there is one who still works here."""
    return dict(Customer.objects.filter(id__in=cids, owner__active=True).values_list("id", "owner__key"))
