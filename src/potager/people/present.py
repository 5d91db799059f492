"""Customers as the screens show them, gathered from the tables operations knows."""

from potager.org.access import Actor
from potager.people import queries
from potager.people.models import Customer
from potager.people.schemas import (
    ConsentOut,
    CustomerCard,
    CustomerOut,
    HouseholdOut,
    MergeOut,
    RelationOut,
    RelativeOut,
)


def card(actor: Actor, cid: int) -> CustomerCard:
    """The head of the 360° page. Raises NotFound when the actor may not see the customer."""
    row = queries.customer(actor, cid)
    cid = row.id
    head = CustomerOut.of(queries.in_cards([cid])[cid])
    return CustomerCard(
        **dict(head),
        relations=[RelationOut.of(each) for each in queries.relations(cid)],
        households=[
            HouseholdOut(
                key=mine.household.key,
                name=mine.household.name,
                role=mine.role,
                others=[RelativeOut.of(each) for each in mine.household.members.all() if each.customer_id != cid],
            )
            for mine in queries.memberships(cid)
        ],
        consents=[ConsentOut.of(each) for each in queries.consents(cid)],
        merges=[MergeOut.of(each) for each in queries.merges(cid)],
        merged_cids=list(Customer.objects.filter(merged_into=row).order_by("id").values_list("id", flat=True)),
        extras=queries.extras(cid),
    )
